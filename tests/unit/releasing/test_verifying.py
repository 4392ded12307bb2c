"""A release's folder is checked by ``validate`` as by ``rollback``, wherever it lies."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from mrt_pipeline.cli.app import app
from mrt_pipeline.releasing.release import release
from mrt_pipeline.releasing.verifying import check_release_folder, render_sums
from mrt_pipeline.runtime.files import sha256_of
from tests.fakes.release_scene import NOW, approve_as_is, put_candidate


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return the folder of a release."""
    candidate = put_candidate(tmp_path / "run")
    outcome = release(candidate, approve_as_is(candidate), tmp_path / "releases", NOW)
    return tmp_path / "releases" / outcome.entry.version


def change(path: Path, content: bytes) -> None:
    path.chmod(0o644)
    path.write_bytes(content)


def faults(folder: Path) -> list[str]:
    return [str(fault) for fault in check_release_folder(folder)]


def validate(path: Path) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["validate", str(path)])
    return result.exit_code, result.output


def test_a_whole_release_is_found_to_be_so_by_each_name_and_in_each_place(folder: Path) -> None:
    copy = folder.parents[1] / "download"
    shutil.copytree(folder, copy)
    assert faults(folder) == faults(folder.parent / "latest") == faults(copy) == []


def test_validate_makes_no_complaint_of_the_files_of_a_whole_release(folder: Path) -> None:
    said = validate(folder)[1]
    assert "changed since" not in said
    assert "Cannot verify" not in said


@pytest.mark.parametrize("name", ["exits.geojson", "stage3_final.json", "index.json", "SHA256SUMS"])
def test_validate_ends_with_an_error_for_a_byte_more_in_a_release(name: str, folder: Path) -> None:
    change(folder / name, (folder / name).read_bytes() + b"\n")
    code, said = validate(folder)
    assert code == 1
    assert f"{name} has been changed since" in said or f"{name} and index.json give different files" in said


def test_each_file_that_was_changed_is_named(folder: Path) -> None:
    for name in ("exits.geojson", "CHANGES.md"):
        change(folder / name, b"{}")
    (folder / "report.html").unlink()
    named = ("report.html", "CHANGES.md", "exits.geojson")
    said = faults(folder)
    assert len(said) == len(named)
    assert all(any(f"{folder / name} " in sentence for sentence in said) for name in named)


def test_a_whole_set_of_changed_files_is_reported_by_the_list_of_versions(folder: Path) -> None:
    change(folder / "exits.geojson", b"{}")
    index = json.loads((folder / "index.json").read_bytes())
    for file in index["resources"]:
        if file["path"] == "exits.geojson":
            file["sha256"] = sha256_of(b"{}")
    change(folder / "index.json", json.dumps(index).encode())
    sums = {
        str(it.relative_to(folder)): sha256_of(it.read_bytes())
        for it in folder.rglob("*")
        if it.is_file() and it.name != "SHA256SUMS"
    }
    change(folder / "SHA256SUMS", render_sums(sums))
    [said] = faults(folder)
    assert "index.json has been changed since its release" in said


@pytest.mark.parametrize("kept", ["index.json", "SHA256SUMS"])
def test_a_release_without_its_index_or_its_sums_is_still_taken_for_one(kept: str, folder: Path) -> None:
    copy = folder.parents[1] / "download"
    shutil.copytree(folder, copy)
    gone = ({"index.json", "SHA256SUMS"} - {kept}).pop()
    (copy / gone).unlink()
    code, said = validate(copy)
    assert code == 1
    assert gone in said


def test_a_file_that_was_added_and_one_that_became_a_link_are_named(folder: Path) -> None:
    folder.chmod(0o755)
    (folder / "evil.json").write_text("{}", encoding="utf-8")
    elsewhere = folder.parents[1] / "elsewhere"
    (folder / "exits.geojson").rename(elsewhere)
    (folder / "exits.geojson").symlink_to(elsewhere)
    said = faults(folder)
    assert any(f"{folder / 'evil.json'} is not a file of the release" in sentence for sentence in said)
    assert any(f"{folder / 'exits.geojson'} is a link" in sentence for sentence in said)
