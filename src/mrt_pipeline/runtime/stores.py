"""SQLite files that keep things between runs: how they are opened, recognised and set aside.

A store is SQLite in WAL mode: a row is whole or absent, however the process ends. Its ``user_version`` gives
the layout. The file under a store's name may be anything: a link, another program's database, or one with a
view that never ends. Only a file with one name that holds our tables and nothing else is used; any other is
renamed to ``<name>.damaged-<time>``, and a new one is started.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import stat
import zlib
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from mrt_pipeline.errors import RunInterrupted, StorageError
from mrt_pipeline.runtime.checkpoints import aside_path
from mrt_pipeline.runtime.clock import utc_now
from mrt_pipeline.runtime.files import storage_errors
from mrt_pipeline.runtime.signals import stopping_signal

STORE_ERRORS = (sqlite3.Error, OSError, StorageError)
"""exceptions that opening and using a store may raise"""
WAITS_FOR_OTHERS_S = 10.0
PAGE_BYTES = 1024
"""Our rows take two or three kilobytes: pages of SQLite's usual 4 KiB would be half empty."""
MAX_VALUE_BYTES = 64 * 2**20
MAX_UNPACKED_BYTES = 32 * 2**20
LOOKS_AFTER_STEPS = 1_000_000
"""After this many steps a statement checks whether the run is to stop; ours take some hundreds."""
_LOG, _INDEX, _ROLLBACK = "-wal", "-shm", "-journal"
_NAMES_ANOTHER_FILE = bytes.fromhex("d9d505f920a163d7")
"""end of a rollback journal that names another file, which SQLite then removes (sqlite.org/fileformat2)"""
_Kind = tuple[str, int, int]
_Shape = set[tuple[str | None, ...]]
_DAMAGE = {sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT}


class UnfitStoreError(sqlite3.DatabaseError):
    """A file that cannot be used as a store: it is damaged, of another version, or not ours."""

    def __init__(self, fault: str, *, is_damage: bool) -> None:
        super().__init__(fault)
        self.is_damage = is_damage
        """whether it is not a sound database; otherwise it has another layout, or is a link"""


def open_store(
    path: Path | None,
    schema: str,
    version: int,
    notify: Callable[[UnfitStoreError, Path], None],
    *,
    application_id: int = 0,
    now: Callable[[], datetime] = utc_now,
) -> sqlite3.Connection:
    """Return a connection to a sound store, created if missing; every statement is a transaction.

    Args:
        path: its file, in an existing folder; None for a store in memory.
        schema: statements that make its tables.
        version: version of the schema.
        notify: receives why a file was unfit, and its new path.
        application_id: identifies files of this kind, where that matters.
        now: gives the time for the name of a file set aside.

    Raises:
        sqlite3.Error: if it cannot be opened or started.
        StorageError: if an unfit file cannot be renamed.
        RunInterrupted: if the run is to stop while a statement does not end.
    """
    kind = (schema, version, application_id)
    with contextlib.ExitStack() as unfit_one:
        try:
            connection = _open(path, kind, unfit_one)
            unfit_one.pop_all()
            return connection
        except UnfitStoreError as unfit:
            if path is None:
                raise
            # before its connection is closed, which may remove the log that belongs to the file
            notify(unfit, _set_aside(path, now()))
    with contextlib.ExitStack() as new_one:
        connection = _open(path, kind, new_one)
        new_one.pop_all()
    return connection


def read_store(path: Path, schema: str, version: int, *, application_id: int = 0) -> sqlite3.Connection:
    """Return a read-only connection to a store of another run, which creates no files beside it.

    Raises:
        sqlite3.Error: if it is missing, unfit, or unreadable.
    """
    _refuse_strange_files(path)
    # Without a log, nothing is writing to it; then neither a lock nor a file beside it is needed.
    how = "mode=ro" if path.with_name(path.name + _LOG).exists() else "mode=ro&immutable=1"
    with contextlib.ExitStack() as unfit_one:
        connection = unfit_one.enter_context(
            contextlib.closing(_connect(f"{path.absolute().as_uri()}?{how}"))
        )
        _refuse_unfit(connection, schema, version, application_id)
        if not _shape_of(connection):
            raise UnfitStoreError("it is empty", is_damage=False)
        unfit_one.pop_all()
    return connection


def describe_rows(path: Path, schema: str, version: int, statement: str, *values: str) -> str:
    """Return what identifies the rows of a store; empty if it is missing or unfit."""
    try:
        with contextlib.closing(read_store(path, schema, version)) as connection:
            return repr(connection.execute(statement, values).fetchall())
    except sqlite3.Error:
        return ""


def pack(content: bytes) -> bytes:
    """Return large text in compressed form: a fifth of its size, quickly."""
    return zlib.compress(content, level=1)


def unpack(packed: bytes) -> str | None:
    """Return compressed text, or None if it is damaged or far longer than any of ours."""
    try:
        unpacker = zlib.decompressobj()
        content = unpacker.decompress(packed, MAX_UNPACKED_BYTES)
        return content.decode() if unpacker.eof and not unpacker.unused_data else None
    except (zlib.error, UnicodeDecodeError):
        return None


def read_row(found: Sequence[Any] | None, *kinds: type) -> tuple[Any, ...] | None:
    """Return a row if its columns have the given types, otherwise None: it counts as missing."""
    is_sound = found is not None and all(map(isinstance, found, kinds))
    return tuple(found) if found is not None and is_sound else None


def primary_code(error: sqlite3.Error) -> int:
    """Return SQLite's code of an error without its details, or 0."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF


def _open(path: Path | None, kind: _Kind, stack: contextlib.ExitStack) -> sqlite3.Connection:
    """Return a connection to a store after checking that it is ours; the stack closes it."""
    if path is not None:
        _refuse_strange_files(path)
    connection = stack.enter_context(contextlib.closing(_connect(path)))
    try:
        _refuse_unfit(connection, *kind)
        if path is not None:
            connection.execute(f"PRAGMA page_size = {PAGE_BYTES}")  # of a file that is yet to be made
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = NORMAL")
        _begin(connection, *kind)
    except sqlite3.DatabaseError as error:
        if (signal_number := stopping_signal()) and primary_code(error) == sqlite3.SQLITE_INTERRUPT:
            raise RunInterrupted(signal_number) from error
        if primary_code(error) in _DAMAGE:
            raise UnfitStoreError(str(error), is_damage=True) from error
        raise
    return connection


def _refuse_strange_files(path: Path) -> None:
    """Raise if a file that SQLite would open is a link, has another name too, or refers to another file."""
    for ending in ("", _LOG, _INDEX, _ROLLBACK):
        beside = path.with_name(path.name + ending)
        try:
            found = beside.lstat()
        except OSError:
            continue  # opening the store reports the fault
        if not stat.S_ISREG(found.st_mode) or found.st_nlink != 1:
            what = "a symbolic link" if stat.S_ISLNK(found.st_mode) else "no file of its own"
            raise UnfitStoreError(f"{beside.name} is {what}", is_damage=False)
        if ending == _ROLLBACK and _last_bytes(beside) == _NAMES_ANOTHER_FILE:
            raise UnfitStoreError(f"{beside.name} names another file", is_damage=True)


def _last_bytes(path: Path) -> bytes:
    with contextlib.suppress(OSError), path.open("rb") as file:  # it may be missing or shorter by now
        file.seek(-len(_NAMES_ANOTHER_FILE), os.SEEK_END)
        return file.read()
    return b""


def _set_aside(path: Path, now: datetime) -> Path:
    """Move a store with its log to another name and return that name's path."""
    aside = aside_path(path, now)
    for ending in ("", _LOG):
        beside = path.with_name(path.name + ending)
        with storage_errors(beside, "could not be moved aside"), contextlib.suppress(FileNotFoundError):
            beside.rename(aside.with_name(aside.name + ending))
    for ending in (_INDEX, _ROLLBACK):  # useless without their store
        beside = path.with_name(path.name + ending)
        with storage_errors(beside, "could not be removed"):
            beside.unlink(missing_ok=True)
    return aside


def _connect(path: Path | str | None) -> sqlite3.Connection:
    """Return a connection to a file, to the target of a URI, or to memory."""
    connection = sqlite3.connect(
        ":memory:" if path is None else path,
        uri=isinstance(path, str),
        timeout=WAITS_FOR_OTHERS_S,
        check_same_thread=False,  # users who share a store lock it
        isolation_level=None,
    )
    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, MAX_VALUE_BYTES)
    connection.text_factory = _read_text
    connection.set_progress_handler(stopping_signal, LOOKS_AFTER_STEPS)
    return connection


def _read_text(stored: bytes) -> str | bytes:
    """Return a text; invalid text stays bytes, which no column of ours may hold (``read_row``)."""
    try:
        return stored.decode()
    except UnicodeDecodeError:
        return stored


def _refuse_unfit(connection: sqlite3.Connection, schema: str, version: int, application_id: int) -> None:
    """Raise unless a file is empty or ours; its rows are read only once its tables are known."""
    found = _ask(connection, "PRAGMA user_version")
    shape = _shape_of(connection)
    if found == 0 and not shape:
        return
    if found != version:
        raise UnfitStoreError(f"schema {found}, expected {version}", is_damage=False)
    is_ours = application_id in (0, _ask(connection, "PRAGMA application_id"))
    if not is_ours or shape != _shape_made_by(schema):
        raise UnfitStoreError("it holds tables, views or triggers of another program", is_damage=False)
    verdict = _ask(connection, "PRAGMA quick_check(1)")
    if verdict != "ok":
        raise UnfitStoreError(str(verdict), is_damage=True)


def _begin(connection: sqlite3.Connection, schema: str, version: int, application_id: int) -> None:
    """Create the tables in one transaction, unless they exist or another process is creating them."""
    if _shape_of(connection):
        return
    connection.execute("BEGIN IMMEDIATE")
    with connection:
        if _shape_of(connection):
            return
        for statement in _statements_of(schema):
            connection.execute(statement)
        if application_id:
            connection.execute(f"PRAGMA application_id = {application_id}")
        connection.execute(f"PRAGMA user_version = {version}")


def _statements_of(schema: str) -> list[str]:
    return [statement for part in schema.split(";") if (statement := part.strip())]


def _shape_made_by(schema: str) -> _Shape:
    with contextlib.closing(sqlite3.connect(":memory:")) as model:
        for statement in _statements_of(schema):
            model.execute(statement)
        return _shape_of(model)


def _shape_of(connection: sqlite3.Connection) -> _Shape:
    """Return every table, index, view and trigger, each with the statement that created it."""
    return set(connection.execute("SELECT type, name, tbl_name, sql FROM sqlite_master"))


def _ask(connection: sqlite3.Connection, statement: str) -> object:
    return connection.execute(statement).fetchone()[0]
