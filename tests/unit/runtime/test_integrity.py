"""Which files of a run are no longer those that it wrote."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from mrt_pipeline.contracts.run import Manifest, RunStatus
from mrt_pipeline.runtime.files import sha256_of
from mrt_pipeline.runtime.integrity import Fault, check_file, find_altered, has_whole_dataset, recorded_files
from tests.fakes.manifests import make_manifest, put_run

ALL = ("stage1_ingestion", "stage2_enrichment", "stage3_merger")
WRITTEN = {"outputs": "mrt_transit_graph.json", "side_files": "validation.json"}


def _put(folder: Path, **changes: object) -> Manifest:
    """Make a run with every kind of file that a manifest vouches for."""
    manifest = put_run(folder, *ALL)
    for name in WRITTEN.values():
        (folder / name).write_bytes(name.encode())
    facts = {kind: {name: sha256_of(name.encode())} for kind, name in WRITTEN.items()}
    return manifest.model_copy(update=facts | changes)


NAMES = (
    "stage1_deterministic.json",
    "stage2_enrichment.json",
    "stage3_final.json",
    "mrt_transit_graph.json",
    "validation.json",
)


def test_a_run_as_it_was_written_has_no_altered_file(tmp_path: Path) -> None:
    manifest = _put(tmp_path / "run")
    assert tuple(recorded_files(manifest)) == NAMES
    assert list(find_altered(tmp_path / "run", manifest)) == []
    assert has_whole_dataset(tmp_path / "run", manifest)


@pytest.mark.parametrize("name", NAMES)
def test_an_altered_file_of_any_kind_is_named_with_what_was_expected_and_found(
    name: str, tmp_path: Path
) -> None:
    manifest = _put(tmp_path / "run")
    content = (tmp_path / "run" / name).read_bytes()
    edited = content[:-1] + b"X"
    (tmp_path / "run" / name).write_bytes(edited)
    [altered] = find_altered(tmp_path / "run", manifest)
    assert altered.path == tmp_path / "run" / name
    assert altered.fault is Fault.ALTERED
    assert (altered.expected_sha256, altered.found_sha256) == (sha256_of(content), sha256_of(edited))


@pytest.mark.parametrize("name", NAMES)
def test_a_missing_file_of_any_kind_is_named(name: str, tmp_path: Path) -> None:
    manifest = _put(tmp_path / "run")
    (tmp_path / "run" / name).unlink()
    [altered] = find_altered(tmp_path / "run", manifest)
    assert (altered.fault, altered.found_sha256) == (Fault.MISSING, None)


@pytest.mark.parametrize("changes", [{"size_bytes": 1}, {"content_sha256": "e" * 64}])
def test_a_manifest_that_fits_the_sha256_alone_is_found_out(
    changes: dict[str, object], tmp_path: Path
) -> None:
    manifest = _put(tmp_path / "run")
    record = manifest.stages["stage3_merger"]
    assert record.checkpoint is not None
    edited = record.model_copy(update={"checkpoint": record.checkpoint.model_copy(update=changes)})
    manifest = manifest.model_copy(update={"stages": {**manifest.stages, "stage3_merger": edited}})
    altered = check_file(tmp_path / "run", manifest, "stage3_final.json")
    assert altered is not None
    assert altered.fault is Fault.CONTRADICTED
    assert not has_whole_dataset(tmp_path / "run", manifest)


def test_a_run_that_died_may_have_written_a_file_that_it_could_not_record(tmp_path: Path) -> None:
    manifest = _put(tmp_path / "run", status=RunStatus.RUNNING)
    (tmp_path / "run" / "validation.json").write_bytes(b"{}")
    (tmp_path / "run" / "stage3_final.json").write_bytes(b"{}")
    faults = {found.path.name: found.fault for found in find_altered(tmp_path / "run", manifest)}
    assert faults == {"validation.json": Fault.UNRECORDED, "stage3_final.json": Fault.ALTERED}


@pytest.mark.parametrize("kind", WRITTEN)
def test_a_manifest_leads_to_no_file_outside_its_folder(kind: str) -> None:
    content = make_manifest().model_dump(mode="json") | {kind: {"../../etc/passwd": "0" * 64}}
    with pytest.raises(ValidationError):
        Manifest.model_validate(content, strict=False)
