"""Stores: begun, found again, and restarted where their file is none of ours."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from mrt_pipeline.runtime.stores import UnfitStoreError, open_store, remove_store, set_store_aside
from tests.fakes.manifests import START

SCHEMA = "CREATE TABLE one (x TEXT); CREATE TABLE two (y TEXT)"


class Mender:
    """Takes an unfit store out of the way, and remembers why."""

    def __init__(self, path: Path, take: Callable[[Path], object] = remove_store) -> None:
        self.faults: list[UnfitStoreError] = []
        self._path = path
        self._take = take

    def __call__(self, unfit: UnfitStoreError) -> None:
        self.faults.append(unfit)
        self._take(self._path)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "rows.sqlite3"


def _put(path: Path, *statements: str) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        for statement in statements:
            connection.execute(statement)


def _rows(path: Path | None, mender: Mender, version: int = 1, application_id: int = 0) -> list[str]:
    opened = open_store(path, SCHEMA, version, mender, application_id=application_id)
    with closing(opened) as connection:
        return [x for (x,) in connection.execute("SELECT x FROM one")]


def test_what_was_put_in_is_there_when_it_is_opened_again(path: Path) -> None:
    mender = Mender(path)
    with closing(open_store(path, SCHEMA, 1, mender)) as connection:
        connection.execute("INSERT INTO one VALUES ('kept')")
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert _rows(path, mender) == ["kept"]
    assert mender.faults == []


def test_a_store_in_memory_needs_no_file(tmp_path: Path) -> None:
    assert _rows(None, Mender(tmp_path)) == []
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("statement", "fault"),
    [
        ("PRAGMA user_version = 2", "schema 2, expected 1"),
        ("PRAGMA user_version = 0", "schema 0, expected 1"),
        ("PRAGMA application_id = 8", "it holds the tables of another program"),
        ("DROP TABLE two", "it holds the tables of another program"),
    ],
)
def test_a_sound_file_of_another_kind_is_mended_and_is_no_damage(
    statement: str, fault: str, path: Path
) -> None:
    mender = Mender(path)
    _rows(path, mender, application_id=7)
    _put(path, statement, "INSERT INTO one VALUES ('old')")
    assert _rows(path, mender, application_id=7) == []
    assert [(str(unfit), unfit.is_damage) for unfit in mender.faults] == [(fault, False)]
    assert _rows(path, mender, application_id=7) == []
    assert len(mender.faults) == 1


def test_a_damaged_file_is_kept_aside_with_its_log(path: Path) -> None:
    path.write_bytes(b"no database, but long enough to be taken for one " * 40)
    log = path.with_name(f"{path.name}-wal")
    log.write_bytes(b"old log")
    mender = Mender(path, lambda damaged: set_store_aside(damaged, START))
    assert _rows(path, mender) == []
    assert mender.faults[0].is_damage
    [aside] = path.parent.glob("*.damaged-*-wal")
    assert aside.read_bytes() == b"old log"


def test_a_file_that_cannot_be_mended_is_an_error_like_any_other(path: Path) -> None:
    path.write_bytes(b"no database, but long enough to be taken for one " * 40)
    with pytest.raises(sqlite3.Error):
        open_store(path, SCHEMA, 1, lambda _unfit: None)


def test_a_removed_store_leaves_nothing_that_would_be_played_into_a_new_one(path: Path) -> None:
    for ending in ("", "-wal", "-shm", "-journal"):
        path.with_name(path.name + ending).write_bytes(b"x")
    remove_store(path)
    remove_store(path)
    assert list(path.parent.iterdir()) == []
