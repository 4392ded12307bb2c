"""A checked dataset is one that nobody has touched since it was written."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mrt_pipeline.runtime.files import sha256_of
from tests.e2e.command import Workplace, load

pytestmark = pytest.mark.slow


def _edit(path: Path, edit: Callable[[Any], None]) -> None:
    """Change a JSON file as a hand would, every byte but the edited ones as they were."""
    content = json.loads(path.read_bytes())
    edit(content)
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n")


def _move_an_exit(dataset: Any) -> None:
    dataset["stations"][0]["exits"][0]["lat"] += 0.0005


def _add_a_service(dataset: Any) -> None:
    stops = next(found["bus_stops"] for found in dataset["stations"][0]["exits"] if found.get("bus_stops"))
    stops[0]["services"].append("999Z")


def _remove_a_platform(dataset: Any) -> None:
    dataset["stations"][0]["exits"][0]["platforms"].pop()


@pytest.mark.parametrize("edit", [_move_an_exit, _add_a_service, _remove_a_platform])
def test_validate_refuses_a_dataset_that_was_altered_although_its_values_are_sound(
    edit: Callable[[Any], None], after_a_run: Workplace
) -> None:
    path = after_a_run.latest / "stage3_final.json"
    written = sha256_of(path.read_bytes())
    _edit(path, edit)
    for target in ("outputs/latest", "outputs/latest/stage3_final.json"):
        result = after_a_run.call("validate", target)
        assert result.returncode == 1
        [line] = [line for line in result.stdout.splitlines() if line.startswith("error")]
        assert "stage3_final.json has been changed since it was written" in line
        assert f"expected sha256 {written}, found {sha256_of(path.read_bytes())}" in line
    for command in (("explain", "NS1"), ("diff", "latest", "latest")):
        refused = after_a_run.call(*command)
        assert refused.returncode == 1
        assert "stage3_final.json has been changed since it was written" in refused.stderr
    assert (
        "stage3_final.json has been changed since it was written" in after_a_run.call("show", "latest").stdout
    )


@pytest.mark.parametrize(
    "name",
    [
        "stage1_deterministic.json",
        "stage2_enrichment.json",
        "mrt_transit_graph.json",
        "mrt_transit_graph.meta.json",
        "report.html",
        "validation.json",
        "gates.json",
    ],
)
def test_validate_and_show_name_any_altered_file_and_a_run_makes_it_again(
    name: str, after_a_run: Workplace
) -> None:
    path = after_a_run.latest / name
    path.write_bytes(path.read_bytes() + b" ")
    alone, whole = (after_a_run.call("validate", target) for target in (path, after_a_run.latest))
    assert (alone.returncode, whole.returncode) == (1, 1)
    assert f"{name} has been changed since it was written" in alone.stdout
    assert f"{name} has been changed since it was written" in whole.stdout
    assert f"{name} has been changed since it was written" in after_a_run.call("show", "latest").stdout
    if name != "gates.json":  # the next comparison writes it
        assert after_a_run.call("run", "--skip-existing").returncode == 0
        assert after_a_run.call("validate", after_a_run.latest).returncode == 0


def test_a_file_of_a_run_that_is_as_it_was_written_passes(finished: Workplace) -> None:
    for name in ("mrt_transit_graph.json", "stage1_deterministic.json", "manifest.json"):
        result = finished.call("validate", finished.latest / name)
        assert (result.returncode, "error " in result.stdout) == (0, False)


def test_of_a_file_without_a_manifest_it_is_said_that_nothing_vouches_for_it(
    finished: Workplace, tmp_path: Path
) -> None:
    alone = tmp_path / "received.json"
    alone.write_bytes((finished.latest / "stage3_final.json").read_bytes())
    result = finished.call("validate", alone)
    assert result.returncode == 0
    assert f"Cannot verify {alone}" in result.stdout
    for command in (("explain", "NS1", "--run", alone), ("diff", alone, finished.latest)):
        assert f"Cannot verify {alone}" in finished.call(*command).stderr


def test_a_run_that_has_lost_its_manifest_does_not_pass_for_another_one(after_a_run: Workplace) -> None:
    assert after_a_run.call("run", "--output-dir", "outputs/another").returncode == 0
    (after_a_run.latest / "manifest.json").unlink()
    result = after_a_run.call("explain", "NS1")
    assert result.returncode == 2
    assert "Run 'latest' not found" in result.stderr
    whole = after_a_run.call("validate", "outputs/latest")
    assert "Cannot verify outputs/latest/stage3_final.json" in whole.stdout


@pytest.mark.parametrize(
    ("key", "value"),
    [("as_of", "2020-01-01"), ("sha256", None), ("content_sha256", "e" * 64), ("size_bytes", 1)],
)
def test_a_manifest_edited_by_hand_is_found_out(key: str, value: Any, after_a_run: Workplace) -> None:
    def edit(manifest: Any) -> None:
        checkpoint = manifest["stages"]["stage3_merger"]["checkpoint"]
        if key == "sha256":  # along with the dataset
            _edit(after_a_run.latest / "stage3_final.json", _move_an_exit)
            checkpoint[key] = sha256_of((after_a_run.latest / "stage3_final.json").read_bytes())
        else:
            (manifest if key == "as_of" else checkpoint)[key] = value

    _edit(after_a_run.latest / "manifest.json", edit)
    result = after_a_run.call("validate", "outputs/latest")
    assert result.returncode == 1
    assert "altered by hand" in result.stdout


def test_the_gate_compares_with_what_is_shown_and_not_with_its_manifest(after_a_run: Workplace) -> None:
    """The new dataset is that of the manifest; what everybody reads meanwhile has a station more."""

    def add_a_station(dataset: Any) -> None:
        dataset["stations"].append({**dataset["stations"][-1], "slug": "atlantis", "name": "Atlantis"})

    _edit(after_a_run.latest / "stage3_final.json", add_a_station)
    result = after_a_run.call("run")
    assert result.returncode == 1
    assert "stage3_final.json has been changed since it was written" in result.stderr
    assert "Atlantis" in result.stderr
    assert load(after_a_run.runs[-1] / "gates.json")["status"] == "failed"
