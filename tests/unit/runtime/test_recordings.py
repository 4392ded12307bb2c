from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mrt_pipeline.contracts.evidence import RecordedTable
from mrt_pipeline.errors import SourceFormatError, StorageError
from mrt_pipeline.runtime.files import sha256_of
from mrt_pipeline.runtime.recordings import (
    PROVENANCE_NAME,
    RECORDED,
    find_table_sha256,
    load_recording,
    save_recording,
)
from tests.fakes.network_builder import provenance
from tests.fakes.small_disk import small_disk

STOPS = "lta-bus-stops"
ROWS = [{"code": "01012", "description": 'Opp "Hotel", Blk 1'}, {"code": "01013", "description": ""}]
PROVENANCE = provenance(STOPS, records=2, revision="7")
CELLS = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=20)


def _save(folder: Path, document_id: str = STOPS) -> Path:
    return save_recording(folder, document_id, ["code", "description"], ROWS, provenance(document_id))


def test_a_recording_is_read_as_it_was_written(tmp_path: Path) -> None:
    table = save_recording(tmp_path, STOPS, ["code", "description"], ROWS, PROVENANCE)
    recording = load_recording(STOPS, tmp_path)
    named = RecordedTable(path=f"{tmp_path.name}/{STOPS}.csv", sha256=sha256_of(table.read_bytes()))
    assert recording.rows == ROWS
    assert recording.provenance == PROVENANCE.model_copy(update={"recorded_tables": (named,)})
    assert find_table_sha256(STOPS, tmp_path) == sha256_of(table.read_bytes())


@given(rows=st.lists(st.fixed_dictionaries({"a": CELLS, "b": CELLS}), max_size=5))
def test_any_text_comes_back(rows: list[dict[str, str]], tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("recorded")
    save_recording(folder, STOPS, ["a", "b"], rows, PROVENANCE)
    assert load_recording(STOPS, folder).rows == rows


def test_the_same_rows_are_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "other"):
        for document in (STOPS, "onemap-stations") if name == "one" else ("onemap-stations", STOPS):
            _save(tmp_path / name, document)
    files = [sorted(path.read_bytes() for path in (tmp_path / name).iterdir()) for name in ("one", "other")]
    assert files[0] == files[1]


def test_recording_again_replaces_one_table_and_leaves_the_others(tmp_path: Path) -> None:
    _save(tmp_path, "onemap-stations")
    _save(tmp_path)
    save_recording(tmp_path, STOPS, ["code"], [{"code": "1"}], PROVENANCE)
    assert load_recording(STOPS, tmp_path).rows == [{"code": "1"}]
    assert load_recording("onemap-stations", tmp_path).rows == ROWS


def test_nothing_recorded_is_reported_with_what_to_do(tmp_path: Path) -> None:
    assert find_table_sha256(STOPS, tmp_path) is None
    with pytest.raises(SourceFormatError, match="nothing is recorded") as caught:
        load_recording(STOPS, tmp_path)
    assert caught.value.source_id == STOPS
    assert "mrt-pipeline snapshot refresh" in str(caught.value)


def test_a_table_without_provenance_is_refused(tmp_path: Path) -> None:
    _save(tmp_path)
    (tmp_path / PROVENANCE_NAME).unlink()
    with pytest.raises(SourceFormatError, match=r"no entry in provenance\.json"):
        load_recording(STOPS, tmp_path)


@pytest.mark.parametrize("damage", [b"", b"code\n1\n", b"\xff", b'code,description\n"open'])
def test_a_damaged_table_is_refused(damage: bytes, tmp_path: Path) -> None:
    _save(tmp_path).write_bytes(damage)
    with pytest.raises(SourceFormatError, match="is damaged"):
        load_recording(STOPS, tmp_path)


@pytest.mark.parametrize(
    "table", [b"code\n\xff\n", b'code\n"open', b"code\n1,2\n", b"code,road\n1\n", b"", b'a\n"x"y\n']
)
def test_a_table_that_was_edited_with_its_sum_is_read_or_refused(table: bytes, tmp_path: Path) -> None:
    path = _save(tmp_path)
    path.write_bytes(table)
    entries = json.loads((tmp_path / PROVENANCE_NAME).read_bytes())
    entries[STOPS]["table_sha256"] = sha256_of(table)
    (tmp_path / PROVENANCE_NAME).write_text(json.dumps(entries))
    with pytest.raises(SourceFormatError, match="is not a table"):
        load_recording(STOPS, tmp_path)


@pytest.mark.parametrize("content", [b"", b"[]", b'{"lta-bus-stops": {}}', b"\xff"])
def test_a_damaged_provenance_is_refused_and_not_overwritten(content: bytes, tmp_path: Path) -> None:
    _save(tmp_path)
    (tmp_path / PROVENANCE_NAME).write_bytes(content)
    with pytest.raises(SourceFormatError, match=r"provenance\.json is damaged"):
        load_recording(STOPS, tmp_path)
    with pytest.raises(SourceFormatError):
        _save(tmp_path)
    assert (tmp_path / PROVENANCE_NAME).read_bytes() == content


def test_a_full_disk_leaves_the_recording_before(tmp_path: Path) -> None:
    _save(tmp_path)
    with small_disk(5), pytest.raises(StorageError):
        save_recording(tmp_path, STOPS, ["code"], [{"code": "1"}], PROVENANCE)
    assert load_recording(STOPS, tmp_path).rows == ROWS


def test_an_interruption_between_table_and_provenance_is_noticed(tmp_path: Path) -> None:
    _save(tmp_path)
    with small_disk(100), pytest.raises(StorageError, match=r"provenance\.json"):
        save_recording(tmp_path, STOPS, ["code"], [{"code": "1"}], PROVENANCE)
    with pytest.raises(SourceFormatError, match="is damaged"):
        load_recording(STOPS, tmp_path)


def test_everything_the_package_records_is_whole() -> None:
    names = sorted(path.stem for path in RECORDED.glob("*.csv"))
    assert names == sorted(json.loads((RECORDED / PROVENANCE_NAME).read_bytes()))
    for name in names:
        recording = load_recording(name)
        assert recording.rows
        assert recording.provenance.document_id == name
        [table] = recording.provenance.recorded_tables
        assert sha256_of((RECORDED.parent / table.path).read_bytes()) == table.sha256


def test_what_is_recorded_again_as_it_was_read_is_the_same_entry(tmp_path: Path) -> None:
    _save(tmp_path)
    before = (tmp_path / PROVENANCE_NAME).read_bytes()
    recording = load_recording(STOPS, tmp_path)
    save_recording(tmp_path, STOPS, ["code", "description"], recording.rows, recording.provenance)
    assert (tmp_path / PROVENANCE_NAME).read_bytes() == before
