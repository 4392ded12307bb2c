"""What is known of a run whose manifest is gone, by its checkpoints alone."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from mrt_pipeline.contracts.outputs import Stage1Output
from mrt_pipeline.contracts.run import StageStatus
from mrt_pipeline.errors import CorruptCheckpointError
from mrt_pipeline.orchestrator.manifest_recovery import find_or_rebuild
from mrt_pipeline.runtime.files import write_bytes
from mrt_pipeline.runtime.manifests import MANIFEST_NAME
from mrt_pipeline.runtime.output_files import render_output
from tests.fakes.enrichment_sources import make_context, make_line
from tests.fakes.manifests import put_run
from tests.fakes.network_builder import make_stage1

STAGE1 = "stage1_deterministic.json"
STAGE2 = "stage2_enrichment.json"


@pytest.fixture
def stage1(tmp_path: Path) -> Stage1Output:
    output = make_stage1(make_line(3))
    write_bytes(tmp_path / STAGE1, render_output(output))
    return output


def _write_stage2(folder: Path, stage1: Stage1Output) -> None:
    from mrt_pipeline.stages.stage2_enrichment import without_enrichment

    write_bytes(folder / STAGE2, render_output(without_enrichment(stage1, make_context(folder))))


def test_a_manifest_that_is_there_is_taken(tmp_path: Path) -> None:
    manifest = put_run(tmp_path / "run")
    found = find_or_rebuild(tmp_path / "run")
    assert (found.manifest, found.unfit, found.remark) == (manifest, {}, None)


def test_an_empty_folder_holds_no_run(tmp_path: Path) -> None:
    assert find_or_rebuild(tmp_path).manifest is None


def test_checkpoints_that_fit_together_are_a_run(tmp_path: Path, stage1: Stage1Output) -> None:
    _write_stage2(tmp_path, stage1)
    found = find_or_rebuild(tmp_path)
    assert found.manifest is not None
    records = found.manifest.stages
    assert [(name, record.status) for name, record in records.items()] == [
        ("stage1_ingestion", StageStatus.COMPLETED),
        ("stage2_enrichment", StageStatus.COMPLETED),
    ]
    assert all(record.fingerprint is None for record in records.values())
    assert found.manifest.as_of == stage1.metadata.as_of
    assert found.manifest.checkpoints == {"stage1": STAGE1, "stage2": STAGE2}
    assert not (tmp_path / MANIFEST_NAME).exists()


def test_a_damaged_manifest_is_named(tmp_path: Path, stage1: Stage1Output) -> None:
    (tmp_path / MANIFEST_NAME).write_bytes(b"{")
    found = find_or_rebuild(tmp_path)
    assert found.manifest is not None
    assert found.unfit == {tmp_path / MANIFEST_NAME: "is damaged"}


def test_a_foreign_manifest_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / MANIFEST_NAME).write_bytes(b'{"name": "an app"}')
    with pytest.raises(CorruptCheckpointError, match="is not a manifest of this version"):
        find_or_rebuild(tmp_path)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"enrichments": ()}, "has other stations than stage 1"),
        ({"as_of": date(2020, 1, 1)}, "describes 2020-01-01, stage 1 "),
        ({"stage_name": "stage1_ingestion"}, "is a checkpoint of 'stage1_ingestion'"),
    ],
)
def test_a_checkpoint_that_does_not_belong_to_stage_1_is_unfit(
    change: dict[str, object], why: str, tmp_path: Path, stage1: Stage1Output
) -> None:
    from mrt_pipeline.stages.stage2_enrichment import without_enrichment

    output = without_enrichment(stage1, make_context(tmp_path))
    if "enrichments" not in change:
        change = {"metadata": output.metadata.model_copy(update=change)}
    write_bytes(tmp_path / STAGE2, render_output(output.model_copy(update=change)))
    found = find_or_rebuild(tmp_path)
    assert found.manifest is not None
    assert list(found.manifest.stages) == ["stage1_ingestion"]
    assert found.unfit[tmp_path / STAGE2].startswith(why)


@pytest.mark.parametrize("content", [b"", b"\xff\x00", b"[]", b'{"schema_version": "0"}'])
def test_a_checkpoint_that_is_not_whole_is_unfit(content: bytes, tmp_path: Path) -> None:
    (tmp_path / STAGE1).write_bytes(content)
    found = find_or_rebuild(tmp_path)
    assert found.manifest is None
    assert found.unfit == {tmp_path / STAGE1: "is not a complete checkpoint of this version"}
