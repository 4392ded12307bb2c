from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, nullcontext
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mrt_pipeline.contracts.names import JOURNAL_NAME
from mrt_pipeline.contracts.outputs import EnrichmentStatus, ModelUsage, StationEnrichment
from mrt_pipeline.errors import StorageError
from mrt_pipeline.runtime.files import sha256_of
from mrt_pipeline.runtime.stores import pack, unpack
from mrt_pipeline.stages.enrichment.journal import Journal, JournalRow, _digest, open_journal
from mrt_pipeline.stages.enrichment.keys import StationKey
from tests.bench.stage2 import write_journal
from tests.fakes.network_builder import NOW, make_enrichment, provenance
from tests.fakes.small_disk import small_disk

CITING = {"yishun": 0, "bishan": 1, "senja": 0, "expo": 1}
"""which of two versions of a document a station cites"""
KEY = StationKey("basis", {"network": "1", "fandom_wiki": None})


def _row(slug: str = "yishun", attempt: int = 1, **changes: object) -> JournalRow:
    enrichment = make_enrichment(slug).model_copy(update=changes)
    return JournalRow(KEY, enrichment, ModelUsage(calls=1, cost_usd=0.25), attempt)


@contextmanager
def _opened(folder: Path | None, told: list[str] | None = None, is_costly: bool = False) -> Iterator[Journal]:
    notify = (told if told is not None else []).append
    with open_journal(folder, now=NOW, notify=notify, is_costly=is_costly) as journal:
        yield journal


def _create_functions(connection: sqlite3.Connection) -> None:
    """Let statements read and forge what is packed."""
    connection.create_function("packed", 1, lambda text: pack(text.encode()))
    connection.create_function("unpacked", 1, unpack)
    connection.create_function("digest", 1, lambda text: sha256_of(text.encode()))


def _write(folder: Path, *slugs: str) -> Path:
    with _opened(folder) as journal:
        for slug in slugs:
            journal.commit(_row(slug))
    return folder / JOURNAL_NAME


@pytest.mark.parametrize("is_costly", [False, True])
def test_a_committed_row_reads_back_as_it_was(tmp_path: Path, is_costly: bool) -> None:
    row = _row(failures={"fandom_wiki": "No page — “gone”."}, status=EnrichmentStatus.PARTIAL)
    with _opened(tmp_path, is_costly=is_costly) as journal:
        journal.commit(row)
    with _opened(tmp_path) as journal:
        assert journal.find("yishun") == row
        assert journal.find("bishan") is None


def test_documents_that_many_stations_cite_are_kept_once_in_each_version(tmp_path: Path) -> None:
    read = [provenance(retrieved_at=NOW + timedelta(days=day)) for day in range(2)]
    rows = [
        _row(slug, provenance={read[number].document_id: read[number]}) for slug, number in CITING.items()
    ]
    with _opened(tmp_path) as journal, journal.at_once():
        for row in rows:
            journal.commit(row)
    with _opened(tmp_path) as journal:
        assert [journal.find(slug) for slug in CITING] == rows
        assert journal._connection.execute("SELECT count(*) FROM documents").fetchone() == (2,)


@pytest.mark.parametrize(
    "change",
    [
        "sha256 = 'x' || sha256",
        "document = x'00'",
        "document = packed('{}'), sha256 = digest('{}')",
        "document = packed(replace(unpacked(document), 'publisher', 'PUBLISHER'))",
        "number = number + 7",
    ],
)
def test_a_row_whose_document_is_not_there_whole_counts_as_not_there(tmp_path: Path, change: str) -> None:
    cited = provenance()
    with _opened(tmp_path) as journal:
        journal.commit(_row(provenance={cited.document_id: cited}))
        journal.commit(_row("bishan"))
    with closing(sqlite3.connect(tmp_path / JOURNAL_NAME)) as connection, connection:
        _create_functions(connection)
        connection.execute(f"UPDATE documents SET {change}")  # noqa: S608 - ours
    with _opened(tmp_path) as journal:
        assert journal.find("yishun") is None
        assert journal.find("bishan") == _row("bishan")


def test_a_later_row_of_a_station_replaces_the_earlier_one(tmp_path: Path) -> None:
    with _opened(tmp_path) as journal:
        journal.commit(_row(status=EnrichmentStatus.FAILED))
        journal.commit(_row(attempt=2))
        assert journal.find("yishun") == _row(attempt=2)
        assert journal.total_usage() == ModelUsage(calls=1, cost_usd=0.25)


def test_the_cost_of_all_stations_is_added_up() -> None:
    with _opened(None) as journal:
        for slug in ("yishun", "bishan", "senja"):
            journal.commit(_row(slug))
        assert journal.total_usage() == ModelUsage(calls=3, cost_usd=0.75)


def test_without_a_folder_the_journal_leaves_nothing_behind(tmp_path: Path) -> None:
    with _opened(None) as journal:
        journal.commit(_row())
        assert journal.find("yishun") == _row()
    with _opened(None) as journal:
        assert journal.find("yishun") is None
    assert list(tmp_path.iterdir()) == []


def test_a_closed_journal_is_a_single_file_in_wal_mode(tmp_path: Path) -> None:
    path = _write(tmp_path, "yishun")
    assert list(tmp_path.iterdir()) == [path]
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_rows_that_were_not_yet_folded_into_the_file_are_found(tmp_path: Path) -> None:
    """A killed process leaves the write-ahead log beside the file."""
    killed = tmp_path / "killed"
    killed.mkdir()
    with _opened(tmp_path) as journal:
        journal.commit(_row())
        for path in tmp_path.glob(f"{JOURNAL_NAME}*"):
            (killed / path.name).write_bytes(path.read_bytes())
    assert (killed / f"{JOURNAL_NAME}-wal").stat().st_size > 0
    with _opened(killed) as journal:
        assert journal.find("yishun") == _row()


def _scribble(path: Path) -> None:
    path.write_bytes(b"not a database, but long enough to be taken for one " * 40)


def _truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def _cut_header(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:40])


def _overwrite_pages(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[4096:8192] = b"\xff" * 4096
    path.write_bytes(content)


def _make_other_version(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 99")


def _make_other_database(path: Path) -> None:
    path.unlink()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE stations (slug TEXT)")


@pytest.mark.parametrize(
    ("harm", "fault"),
    [
        (_scribble, "damaged"),
        (_truncate, "damaged"),
        (_cut_header, "damaged"),
        (_overwrite_pages, "damaged"),
        (_make_other_version, "not a journal of this version"),
        (_make_other_database, "not a journal of this version"),
    ],
)
def test_a_damaged_journal_is_set_aside_reported_and_restarted(
    tmp_path: Path, harm: object, fault: str
) -> None:
    path = _write(tmp_path, *(f"station-{number}" for number in range(200)))
    harm(path)  # type: ignore[operator]  # one of the functions above
    harmed, told = path.read_bytes(), list[str]()
    with _opened(tmp_path, told) as journal:
        assert journal.find("station-7") is None
        journal.commit(_row())
    aside = tmp_path / f"{JOURNAL_NAME}.damaged-20260105_040000_000000"
    assert aside.read_bytes() == harmed
    assert told == [f"{path} is {fault}; it was kept as {aside.name} and a new one was started."]
    with _opened(tmp_path, told) as journal:
        assert journal.find("yishun") == _row()
    assert len(told) == 1


def test_the_write_ahead_log_of_a_damaged_journal_goes_with_it(tmp_path: Path) -> None:
    path = tmp_path / JOURNAL_NAME
    _scribble(path)
    path.with_name(path.name + "-wal").write_bytes(b"old log")
    with _opened(tmp_path) as journal:
        journal.commit(_row())
    names = {found.name.replace(".damaged-20260105_040000_000000", " aside") for found in tmp_path.iterdir()}
    assert names == {JOURNAL_NAME, f"{JOURNAL_NAME} aside", f"{JOURNAL_NAME} aside-wal"}


def test_an_empty_file_is_a_journal_not_yet_begun(tmp_path: Path) -> None:
    (tmp_path / JOURNAL_NAME).touch()
    told: list[str] = []
    with _opened(tmp_path, told) as journal:
        journal.commit(_row())
    assert told == []


@pytest.mark.parametrize(
    "column", ["basis", "versions", "status", "usage", "documents", "enrichment", "sha256"]
)
def test_a_row_with_a_changed_letter_counts_as_not_there(tmp_path: Path, column: str) -> None:
    path = _write(tmp_path, "yishun", "bishan")
    with closing(sqlite3.connect(path)) as connection, connection:
        statement = f"UPDATE stations SET {column} = {column} || 'x' WHERE slug = 'yishun'"  # noqa: S608  # a name of ours
        connection.execute(statement)
    with _opened(tmp_path) as journal:
        assert journal.find("yishun") is None
        assert journal.total_usage().calls in {1, 2}
        assert journal.find("bishan") == _row("bishan")


def test_a_full_disk_is_reported_and_harms_no_committed_row(tmp_path: Path) -> None:
    _write(tmp_path, "yishun")
    with _opened(tmp_path) as journal:
        pages = journal._connection.execute("PRAGMA page_count").fetchone()[0]
        journal._connection.execute(f"PRAGMA max_page_count = {pages}")
        long = StationEnrichment(
            slug="bishan", status=EnrichmentStatus.PARTIAL, failures={"network": os.urandom(45_000).hex()}
        )
        with pytest.raises(
            StorageError, match=r"the disk is full; make room .* What was committed is kept\."
        ):
            journal.commit(JournalRow(KEY, long, ModelUsage(), 1))
    with _opened(tmp_path) as journal:
        assert journal.find("yishun") == _row()
        assert journal.find("bishan") is None


@pytest.mark.parametrize(
    "change",
    [
        "versions = '[]'",
        "versions = 'no JSON'",
        "enrichment = '{}'",
        "enrichment = x'00'",
        "enrichment = packed('{}')",
        "enrichment = packed(replace(unpacked(enrichment), '\"yishun\"', '\"bishan\"'))",
        "usage = '{\"calls\": -1}'",
        "basis = x'ff'",
        "attempt = 'two'",
        "documents = '[7]'",
        "documents = 'no JSON'",
    ],
)
def test_a_row_forged_with_a_matching_digest_counts_as_not_there(change: str, tmp_path: Path) -> None:
    path = _write(tmp_path, "yishun")
    with closing(sqlite3.connect(path)) as connection, connection:
        _create_functions(connection)
        connection.execute(f"UPDATE stations SET {change}")  # noqa: S608 - ours
        row = connection.execute("SELECT * FROM stations").fetchone()
        connection.execute("UPDATE stations SET sha256 = ?", (_digest(row[:-1]),))
    with _opened(tmp_path) as journal:
        assert journal.find("yishun") is None


def test_a_journal_that_cannot_be_made_is_reported_with_the_systems_reason(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match=r"no such file or directory\. What"), _opened(tmp_path / "gone"):
        pass
    assert list(tmp_path.iterdir()) == []


@given(
    st.lists(
        st.tuples(st.sampled_from("abcdef"), st.text(max_size=20), st.integers(1, 9)), min_size=1, max_size=20
    )
)
def test_the_last_row_of_each_station_is_what_is_found(rows: list[tuple[str, str, int]]) -> None:
    with _opened(None) as journal:
        for slug, text, attempt in rows:
            journal.commit(_row(slug, attempt, failures={"network": text}))
        for slug, text, attempt in {row[0]: row for row in rows}.values():
            assert journal.find(slug) == _row(slug, attempt, failures={"network": text})


def test_every_row_of_a_long_run_is_found_again(tmp_path: Path) -> None:
    """How long that takes, ``python -m tests.bench.stage2`` says."""
    assert write_journal(tmp_path, 300) == 300


@pytest.mark.parametrize("is_together", [False, True])
def test_a_limit_of_file_size_is_named_and_harms_no_row_that_was_committed(
    is_together: bool, tmp_path: Path
) -> None:
    path = _write(tmp_path, "yishun")
    long = {"fandom_wiki": "x" * 30_000}
    with small_disk(path.stat().st_size + 5_000), pytest.raises(StorageError, match=r"ulimit -f"):  # noqa: SIM117 # the limit is lifted last
        with _opened(tmp_path) as journal, journal.at_once() if is_together else nullcontext():
            for slug in ("bishan", "senja"):
                journal.commit(_row(slug, failures=long))
    with _opened(tmp_path) as journal:
        assert journal.find("yishun") == _row()
        journal.commit(_row("bishan", failures=long))
