"""Stores: begun, found again, and restarted where their file is none of ours."""

from __future__ import annotations

import os
import signal
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from mrt_pipeline.errors import RunInterrupted
from mrt_pipeline.runtime.signals import StopRequest
from mrt_pipeline.runtime.stores import UnfitStoreError, describe_rows, open_store, read_row
from tests.fakes.manifests import START

SCHEMA = "CREATE TABLE one (x TEXT); CREATE TABLE two (y TEXT)"
ENDLESS = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x FROM n LIMIT 20000000) SELECT sum(x) FROM n"
OTHER = "it holds tables, views or triggers of another program"


class Listener:
    """Remembers why stores were set aside, and where to."""

    def __init__(self) -> None:
        self.faults: list[UnfitStoreError] = []
        self.kept: list[Path] = []

    def __call__(self, unfit: UnfitStoreError, aside: Path) -> None:
        self.faults.append(unfit)
        self.kept.append(aside)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "rows.sqlite3"


def _put(path: Path, *statements: str) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        for statement in statements:
            connection.execute(statement)


def _rows(path: Path | None, listener: Listener, version: int = 1, application_id: int = 0) -> list[str]:
    opened = open_store(path, SCHEMA, version, listener, application_id=application_id, now=lambda: START)
    with closing(opened) as connection:
        return [x for (x,) in connection.execute("SELECT x FROM one")]


def test_what_was_put_in_is_there_when_it_is_opened_again(path: Path) -> None:
    listener = Listener()
    with closing(open_store(path, SCHEMA, 1, listener)) as connection:
        connection.execute("INSERT INTO one VALUES ('kept')")
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert _rows(path, listener) == ["kept"]
    assert listener.faults == []


def test_a_store_in_memory_needs_no_file(tmp_path: Path) -> None:
    assert _rows(None, Listener()) == []
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("statement", "fault"),
    [
        ("PRAGMA user_version = 2", "schema 2, expected 1"),
        ("PRAGMA user_version = 0", "schema 0, expected 1"),
        ("PRAGMA application_id = 8", OTHER),
        ("DROP TABLE two", OTHER),
        (f"CREATE VIEW endless AS {ENDLESS}", OTHER),
        ("CREATE TRIGGER spy AFTER INSERT ON one BEGIN DELETE FROM two; END", OTHER),
        ("ALTER TABLE one ADD COLUMN z AS (x || x)", OTHER),
    ],
)
def test_a_sound_file_of_another_kind_is_set_aside_and_is_no_damage(
    statement: str, fault: str, path: Path
) -> None:
    listener = Listener()
    _rows(path, listener, application_id=7)
    _put(path, "INSERT INTO one(x) VALUES ('old')", statement)
    assert _rows(path, listener, application_id=7) == []
    assert [(str(unfit), unfit.is_damage) for unfit in listener.faults] == [(fault, False)]
    assert _rows(path, listener, application_id=7) == []
    assert len(listener.faults) == 1


def test_a_damaged_file_is_kept_aside_with_its_log(path: Path) -> None:
    path.write_bytes(b"no database, but long enough to be taken for one " * 40)
    log = path.with_name(f"{path.name}-wal")
    log.write_bytes(b"old log")
    listener = Listener()
    assert _rows(path, listener) == []
    assert listener.faults[0].is_damage
    [aside] = path.parent.glob("*.damaged-*-wal")
    assert aside.read_bytes() == b"old log"


def _link(name: Path, victim: Path) -> None:
    name.symlink_to(victim)


def _give_second_name(name: Path, victim: Path) -> None:
    name.hardlink_to(victim)


@pytest.mark.parametrize("ending", ["", "-wal", "-shm", "-journal"])
@pytest.mark.parametrize("plant", [_link, _give_second_name])
def test_a_file_that_lies_elsewhere_too_is_neither_used_nor_changed(
    plant: Callable[[Path, Path], None], ending: str, path: Path
) -> None:
    """Another program's database, which would be emptied, or written to, under our name."""
    victim, listener = path.parent / "victim.sqlite3", Listener()
    _rows(victim, listener)
    before = victim.read_bytes()
    plant(path.with_name(path.name + ending), victim)
    assert _rows(path, listener) == []
    assert (len(listener.faults), victim.read_bytes()) == (1, before)
    with closing(open_store(path, SCHEMA, 1, listener)) as connection:
        connection.execute("INSERT INTO one VALUES ('kept')")
    assert (_rows(path, listener), len(listener.faults), victim.read_bytes()) == (["kept"], 1, before)


def test_a_folder_under_a_stores_name_is_set_aside(path: Path) -> None:
    path.mkdir()
    listener = Listener()
    assert _rows(path, listener) == []
    assert [aside.is_dir() for aside in listener.kept] == [True]


def test_a_rollback_journal_removes_no_other_file(path: Path) -> None:
    """SQLite removes the file that a journal names, once it has played that journal back."""
    victim = path.parent / "victim"
    victim.write_bytes(b"nothing that is there\0")
    journal = path.with_name(f"{path.name}-journal")
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("CREATE TABLE one (x TEXT)")
        connection.execute("BEGIN")
        connection.execute("PRAGMA cache_spill = 1")
        connection.execute("PRAGMA cache_size = 1")
        for _ in range(50):
            connection.execute("INSERT INTO one VALUES (?)", ("x" * 4000,))
        played, kept = path.read_bytes(), journal.read_bytes()
    name = bytes(victim)
    page = (0x40000000 // 4096 + 1).to_bytes(4)
    ending = page + name + len(name).to_bytes(4) + sum(name).to_bytes(4) + kept[:8]
    path.write_bytes(played)
    journal.write_bytes(kept + ending)
    assert _rows(path, Listener()) == []
    assert victim.exists()


@pytest.mark.parametrize("is_graceful", [True, False])
def test_a_statement_that_never_ends_hears_a_signal(is_graceful: bool, path: Path) -> None:
    stop = StopRequest()
    with closing(open_store(path, SCHEMA, 1, Listener())) as connection, stop.watching():
        connection.create_function("stop", 0, lambda: os.kill(os.getpid(), signal.SIGTERM))
        stop._is_graceful = is_graceful
        with pytest.raises((sqlite3.OperationalError, RunInterrupted)):
            connection.execute(ENDLESS.replace("SELECT 1", "SELECT coalesce(stop(), 1)")).fetchone()
    assert stop.signal_number == signal.SIGTERM


def test_rows_are_described_of_a_store_of_ours_alone(path: Path) -> None:
    open_store(path, SCHEMA, 1, Listener()).close()
    _put(path, "INSERT INTO one VALUES ('kept')")
    assert describe_rows(path, SCHEMA, 1, "SELECT x FROM one") == "[('kept',)]"
    _put(path, "DROP TABLE one", f"CREATE VIEW one AS {ENDLESS.replace('sum(x)', 'x')}")
    assert describe_rows(path, SCHEMA, 1, "SELECT x FROM one") == ""


def test_no_rows_are_described_of_a_file_that_lies_elsewhere_too(path: Path, tmp_path: Path) -> None:
    open_store(path, SCHEMA, 1, Listener()).close()
    (tmp_path / "other.sqlite3").hardlink_to(path)
    assert describe_rows(path, SCHEMA, 1, "SELECT x FROM one") == ""


def test_a_row_of_other_types_counts_as_none() -> None:
    assert read_row(("a", 1), str, int) == ("a", 1)
    assert read_row((b"\xff", 1), str, int) is None
    assert read_row(None, str) is None
