"""SQLite files that something is kept in between runs: opened, told apart and taken away in one way.

A store is SQLite in WAL mode: a row is there whole or not at all, whatever kills the process. Its file says
in ``user_version`` which layout it has. What is done about a file that is damaged, or of another version, is
decided by whoever owns the store: nothing here removes anything unasked.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from mrt_pipeline.runtime.checkpoints import move_aside
from mrt_pipeline.runtime.files import storage_errors

WAITS_FOR_OTHERS_S = 10.0
_LOG, _INDEX, _ROLLBACK = "-wal", "-shm", "-journal"
_Kind = tuple[str, int, int]
_DAMAGE = {sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT}


class UnfitStoreError(sqlite3.DatabaseError):
    """A file that cannot be used as a store: it is damaged, or of another version."""

    def __init__(self, fault: str, *, is_damage: bool) -> None:
        super().__init__(fault)
        self.is_damage = is_damage
        """whether the file is no sound database; otherwise it is one, with another layout than ours"""


def open_store(
    path: Path | None,
    schema: str,
    version: int,
    mend: Callable[[UnfitStoreError], None],
    *,
    application_id: int = 0,
) -> sqlite3.Connection:
    """Return a connection to a sound store, begun if there is none; every statement is a transaction.

    Args:
        path: its file, whose folder is there; none for a store in memory.
        schema: statements that make its tables.
        version: of the schema.
        mend: takes an unfit file out of the way, and tells of it; then the store is recreated.
        application_id: tells a file of this kind from others, where that matters.

    Raises:
        sqlite3.Error: if it cannot be opened or begun.
    """
    kind = (schema, version, application_id)
    connection = _connect(path)
    try:
        _begin_or_refuse(connection, kind, path)
    except UnfitStoreError as unfit:
        mend(unfit)  # before closing, which may remove the log that belongs to the file
        connection.close()
        connection = _connect(path)
        _begin_or_refuse(connection, kind, path)
    except BaseException:
        connection.close()
        raise
    return connection


def set_store_aside(path: Path, now: datetime) -> Path:
    """Move a store with its log to another name and return that name's path."""
    aside = move_aside(path, now)
    log, index = (path.with_name(path.name + ending) for ending in (_LOG, _INDEX))
    with storage_errors(log, "could not be moved aside"):
        if log.exists():
            log.rename(aside.with_name(aside.name + _LOG))
        index.unlink(missing_ok=True)  # it is of no use without its store
    return aside


def remove_store(path: Path) -> None:
    """Remove a store, as far as the disk lets us, with the files that would be played into a new one."""
    for name in (path.name, *(path.name + ending for ending in (_LOG, _INDEX, _ROLLBACK))):
        with contextlib.suppress(OSError):
            path.with_name(name).unlink(missing_ok=True)


def primary_code(error: sqlite3.Error) -> int:
    """Return SQLite's code of an error without its details, 0 if it has none."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF


def _connect(path: Path | None) -> sqlite3.Connection:
    return sqlite3.connect(
        ":memory:" if path is None else path,
        timeout=WAITS_FOR_OTHERS_S,
        check_same_thread=False,  # those who share a store lock it
        isolation_level=None,
    )


def _begin_or_refuse(connection: sqlite3.Connection, kind: _Kind, path: Path | None) -> None:
    try:
        _refuse_unfit(connection, *kind)
        if path is not None:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = NORMAL")
        _begin(connection, *kind)
    except sqlite3.DatabaseError as error:
        if primary_code(error) in _DAMAGE:
            raise UnfitStoreError(str(error), is_damage=True) from error
        raise


def _refuse_unfit(connection: sqlite3.Connection, schema: str, version: int, application_id: int) -> None:
    verdict = _ask(connection, "PRAGMA quick_check(1)")
    if verdict != "ok":
        raise UnfitStoreError(str(verdict), is_damage=True)
    found = _ask(connection, "PRAGMA user_version")
    tables = _tables_of(connection)
    if found == 0 and not tables:
        return
    if found != version:
        raise UnfitStoreError(f"schema {found}, expected {version}", is_damage=False)
    is_ours = application_id in (0, _ask(connection, "PRAGMA application_id"))
    if not is_ours or not tables >= _tables_made_by(schema):
        raise UnfitStoreError("it holds the tables of another program", is_damage=False)


def _begin(connection: sqlite3.Connection, schema: str, version: int, application_id: int) -> None:
    """Make the tables in one transaction, unless they are there, or another process makes them meanwhile."""
    if _tables_of(connection):
        return
    connection.execute("BEGIN IMMEDIATE")
    with connection:
        if _tables_of(connection):
            return
        for statement in filter(None, map(str.strip, schema.split(";"))):
            connection.execute(statement)
        if application_id:
            connection.execute(f"PRAGMA application_id = {application_id}")
        connection.execute(f"PRAGMA user_version = {version}")


def _tables_made_by(schema: str) -> set[str]:
    with contextlib.closing(sqlite3.connect(":memory:")) as model:
        model.executescript(schema)
        return _tables_of(model)


def _tables_of(connection: sqlite3.Connection) -> set[str]:
    return {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}


def _ask(connection: sqlite3.Connection, statement: str) -> object:
    return connection.execute(statement).fetchone()[0]
