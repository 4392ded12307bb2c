from __future__ import annotations

import json
from pathlib import Path

import pytest

from mrt_pipeline.contracts.names import CHECKPOINT_NAMES
from mrt_pipeline.errors import CorruptCheckpointError, StorageError
from mrt_pipeline.runtime.manifests import MANIFEST_NAME, find_manifest, save_manifest
from tests.fakes.manifests import make_manifest, put_run
from tests.fakes.small_disk import small_disk


def test_a_manifest_is_read_as_it_was_written(tmp_path: Path) -> None:
    manifest = put_run(tmp_path / "run", "stage1_ingestion", "stage2_enrichment")
    assert find_manifest(tmp_path / "run") == manifest


def test_a_folder_without_a_manifest_has_none(tmp_path: Path) -> None:
    assert find_manifest(tmp_path) is None
    assert find_manifest(tmp_path / "nowhere") is None


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"{}",
        b"\xff\xfe",
        b'{"manifest_version": "99"}',
        b"[" * 100_000,
        b"\x00" * 10,
    ],
)
def test_a_damaged_or_foreign_manifest_is_reported_with_what_to_do(content: bytes, tmp_path: Path) -> None:
    (tmp_path / MANIFEST_NAME).write_bytes(content)
    with pytest.raises(CorruptCheckpointError, match="make a new run in another folder") as caught:
        find_manifest(tmp_path)
    assert caught.value.path == tmp_path / MANIFEST_NAME


def test_a_manifest_of_a_later_version_is_not_taken_for_ours(tmp_path: Path) -> None:
    save_manifest(tmp_path, make_manifest())
    path = tmp_path / MANIFEST_NAME
    path.write_bytes(path.read_bytes().replace(b'"run_id"', b'"unheard_of": 1, "run_id"'))
    with pytest.raises(CorruptCheckpointError, match="unheard_of"):
        find_manifest(tmp_path)


def test_every_cut_of_a_manifest_is_noticed(tmp_path: Path) -> None:
    save_manifest(tmp_path, make_manifest())
    path = tmp_path / MANIFEST_NAME
    whole = path.read_bytes().rstrip()
    for length in range(len(whole)):
        path.write_bytes(whole[:length])
        with pytest.raises(CorruptCheckpointError):
            find_manifest(tmp_path)


def test_a_full_disk_leaves_the_manifest_before(tmp_path: Path) -> None:
    before = make_manifest()
    save_manifest(tmp_path, before)
    with small_disk(10), pytest.raises(StorageError):
        save_manifest(tmp_path, make_manifest(error="x"))
    assert find_manifest(tmp_path) == before


def test_a_manifest_that_cannot_be_read_is_reported(tmp_path: Path) -> None:
    (tmp_path / MANIFEST_NAME).mkdir()
    with pytest.raises(StorageError, match="could not be read"):
        find_manifest(tmp_path)


@pytest.mark.parametrize("name", ["../stage1.json", "/etc/passwd", "a/b", ".hidden", "", "a\x00b", "a\n"])
def test_a_manifest_leads_nowhere_out_of_its_folder(name: str, tmp_path: Path) -> None:
    manifest = put_run(tmp_path / "run", "stage1_ingestion")
    content = (tmp_path / "run" / MANIFEST_NAME).read_bytes()
    written = json.dumps(CHECKPOINT_NAMES["stage1_ingestion"]).encode()
    assert find_manifest(tmp_path / "run") == manifest
    (tmp_path / "run" / MANIFEST_NAME).write_bytes(content.replace(written, json.dumps(name).encode(), 1))
    with pytest.raises(CorruptCheckpointError, match="file"):
        find_manifest(tmp_path / "run")


def test_what_is_quoted_of_a_damaged_manifest_is_short(tmp_path: Path) -> None:
    (tmp_path / MANIFEST_NAME).write_text(json.dumps({"x" * 100_000: 1}))
    with pytest.raises(CorruptCheckpointError) as caught:
        find_manifest(tmp_path)
    assert len(str(caught.value)) < 1000
