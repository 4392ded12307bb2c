from __future__ import annotations

import tracemalloc
from datetime import datetime, timedelta
from pathlib import Path

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mrt_pipeline.contracts.names import CHECKPOINT_NAMES
from mrt_pipeline.contracts.outputs import Stage1Output, StageOutput
from mrt_pipeline.contracts.run import CheckpointRecord
from mrt_pipeline.errors import (
    CheckpointError,
    CorruptCheckpointError,
    MissingCheckpointError,
    StorageError,
    UnrecordedCheckpointError,
)
from mrt_pipeline.regular_files import BLOCK_BYTES
from mrt_pipeline.runtime.checkpoints import (
    content_sha256,
    describe_checkpoint,
    move_aside,
    parse_checkpoint,
    verify_checkpoint,
    write_checkpoint,
)
from mrt_pipeline.runtime.files import sha256_of
from mrt_pipeline.runtime.output_files import read_output, render_output
from tests.fakes.fake_time import START
from tests.fakes.network_builder import NOW, make_dataset, make_stage1, make_stage2, open_stations

REMEDY = "mrt-pipeline run --resume-from 2"
NAME = CHECKPOINT_NAMES["stage1_ingestion"]


def _save(folder: Path, output: Stage1Output) -> CheckpointRecord:
    write_checkpoint(folder, "stage1_ingestion", output)
    return describe_checkpoint(folder / NAME)


@pytest.mark.parametrize(
    "output", [make_stage1(open_stations()), make_stage2(), make_dataset(*open_stations())]
)
def test_a_checkpoint_is_read_as_it_was_written(output: StageOutput, tmp_path: Path) -> None:
    path = write_checkpoint(tmp_path, output.metadata.stage_name, output)
    record = describe_checkpoint(path)
    content = verify_checkpoint(tmp_path, record, REMEDY)
    assert read_output(type(output), content) == output
    assert record.size_bytes == len(content)


@pytest.mark.parametrize(
    ("since", "expected"),
    [
        (NOW, UnrecordedCheckpointError),
        (NOW + timedelta(seconds=1), CorruptCheckpointError),
        (None, CorruptCheckpointError),
    ],
)
def test_a_whole_checkpoint_of_an_attempt_that_recorded_none_is_not_called_damaged(
    since: datetime | None, expected: type[CheckpointError], tmp_path: Path
) -> None:
    record = _save(tmp_path, make_stage1(open_stations()[:1]))
    _save(tmp_path, make_stage1(open_stations()))
    with pytest.raises(expected):
        verify_checkpoint(tmp_path, record, REMEDY, since)


def test_a_checkpoint_of_another_stage_under_its_name_is_damage(tmp_path: Path) -> None:
    stage1 = make_stage1(open_stations())
    record = _save(tmp_path, stage1)
    _save(tmp_path, stage1.model_copy(update={"metadata": make_stage2().metadata}))
    with pytest.raises(CorruptCheckpointError):
        verify_checkpoint(tmp_path, record, REMEDY, NOW)


def test_a_missing_checkpoint_is_reported_with_the_command_that_makes_it(tmp_path: Path) -> None:
    record = _save(tmp_path, make_stage1(open_stations()))
    (tmp_path / NAME).unlink()
    with pytest.raises(MissingCheckpointError, match=f"{NAME} is missing. Create it with: {REMEDY}"):
        verify_checkpoint(tmp_path, record, REMEDY)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
@given(place=st.integers(min_value=0), change=st.integers(min_value=1, max_value=255))
def test_any_changed_byte_is_noticed(place: int, change: int, tmp_path: Path) -> None:
    record = _save(tmp_path, make_stage1(open_stations()))
    content = bytearray((tmp_path / NAME).read_bytes())
    content[place % len(content)] ^= change
    (tmp_path / NAME).write_bytes(content)
    with pytest.raises(CorruptCheckpointError, match="has been changed since it was written") as caught:
        verify_checkpoint(tmp_path, record, REMEDY)
    assert REMEDY in str(caught.value)


def test_a_cut_checkpoint_is_noticed(tmp_path: Path) -> None:
    record = _save(tmp_path, make_stage1(open_stations()))
    (tmp_path / NAME).write_bytes((tmp_path / NAME).read_bytes()[:100])
    with pytest.raises(CorruptCheckpointError, match=f"expected sha256 {record.sha256}, found "):
        verify_checkpoint(tmp_path, record, REMEDY)


@pytest.mark.parametrize("content", [b"", b"{}", b"[]", b"\xff", b'{"metadata": 1}'])
def test_what_is_no_output_of_this_version_is_reported(content: bytes) -> None:
    with pytest.raises(
        CorruptCheckpointError, match="is damaged, or is not an output of stage 1 of this version"
    ) as caught:
        parse_checkpoint(Stage1Output, Path(NAME), content, REMEDY)
    assert REMEDY in str(caught.value)


def test_equal_results_have_equal_contents_whenever_they_were_made() -> None:
    one = make_stage1(open_stations())
    later = one.metadata.model_copy(update={"generated_at": one.metadata.generated_at + timedelta(days=1)})
    assert content_sha256(one) == content_sha256(one.model_copy(update={"metadata": later}))
    assert content_sha256(one) != content_sha256(make_stage1(open_stations()[:2]))


def test_a_result_read_from_disk_has_the_content_it_had(tmp_path: Path) -> None:
    output = make_stage1(open_stations())
    record = _save(tmp_path, output)
    read = parse_checkpoint(Stage1Output, tmp_path / NAME, (tmp_path / NAME).read_bytes(), REMEDY)
    assert content_sha256(read) == record.content_sha256


def test_a_file_that_a_person_reformatted_counts_as_another(tmp_path: Path) -> None:
    record = _save(tmp_path, make_stage1(open_stations()))
    (tmp_path / NAME).write_bytes(orjson.dumps(orjson.loads((tmp_path / NAME).read_bytes())))
    assert describe_checkpoint(tmp_path / NAME).content_sha256 != record.content_sha256


def test_a_damaged_file_is_kept_under_another_name(tmp_path: Path) -> None:
    (tmp_path / NAME).write_bytes(b"half")
    aside = move_aside(tmp_path / NAME, START)
    assert aside.name == f"{NAME}.damaged-20261123_081203_000000"
    assert (aside.read_bytes(), (tmp_path / NAME).exists()) == (b"half", False)


def test_a_file_that_cannot_be_moved_aside_is_reported(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="could not be moved aside"):
        move_aside(tmp_path / NAME, START)


def test_a_checkpoint_is_written_and_described_without_ever_being_held_whole(tmp_path: Path) -> None:
    output = make_stage1(open_stations() * 2_000)
    write_checkpoint(tmp_path, "stage1_ingestion", make_stage1())  # what is made once for all
    tracemalloc.start()
    try:
        path = write_checkpoint(tmp_path, "stage1_ingestion", output)
        record = describe_checkpoint(path)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert record.sha256 == sha256_of(render_output(output))
    assert record.content_sha256 == content_sha256(output)
    assert peak < 5 * BLOCK_BYTES < record.size_bytes
