"""``stage2_journal.sqlite3``: one committed row per finished station, so that no finished work is done twice.

The file is in the run's folder and written by one thread, the driver (``runtime/stores.py``); a full disk
harms no committed row. A row is reused while its key is the current one (``keys.py``). A file that is
damaged, of another version or not ours is kept as ``stage2_journal.sqlite3.damaged-<time>``, reported, and
recreated; a row that is unreadable or holds a secret counts as missing. Cited documents have a table of their
own, which holds each once: most stations cite the same ones.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import json
import resource
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from mrt_pipeline.contracts.base import Record
from mrt_pipeline.contracts.evidence import Provenance
from mrt_pipeline.contracts.names import JOURNAL_NAME
from mrt_pipeline.contracts.outputs import EnrichmentStatus, ModelUsage, StationEnrichment
from mrt_pipeline.errors import StorageError
from mrt_pipeline.runtime.files import describe_os_error, refuse_secrets, sha256_of, temporary_path
from mrt_pipeline.runtime.held_folders import refuse_swapped
from mrt_pipeline.runtime.model_usage import add_usage
from mrt_pipeline.runtime.output_files import read_record, render_record
from mrt_pipeline.runtime.stores import (
    UnfitStoreError,
    open_store,
    pack,
    primary_code,
    read_row,
    read_store,
    unpack,
)
from mrt_pipeline.secrecy import SECRETS
from mrt_pipeline.stages.enrichment.keys import StationKey

_APPLICATION_ID = 0x4D525432  # "MRT2"
_VERSION = 4
_SCHEMA = """
CREATE TABLE stations (
    slug TEXT PRIMARY KEY, basis TEXT NOT NULL, versions TEXT NOT NULL, status TEXT NOT NULL,
    attempt INTEGER NOT NULL, usage TEXT NOT NULL, documents TEXT NOT NULL, enrichment BLOB NOT NULL,
    sha256 TEXT NOT NULL
);
CREATE TABLE documents (number INTEGER PRIMARY KEY, sha256 TEXT NOT NULL UNIQUE, document BLOB NOT NULL);
CREATE TABLE expenses (usage TEXT NOT NULL);
"""
_VERSIONS = TypeAdapter(dict[str, str | None])
_NUMBERS = TypeAdapter(list[int])
_ERRNO = {
    sqlite3.SQLITE_FULL: errno.ENOSPC,
    sqlite3.SQLITE_IOERR: errno.EIO,
    sqlite3.SQLITE_READONLY: errno.EROFS,
    sqlite3.SQLITE_PERM: errno.EACCES,
}


@dataclass(frozen=True, slots=True)
class JournalRow:
    """A finished station."""

    key: StationKey
    enrichment: StationEnrichment
    usage: ModelUsage
    """the cost of all attempts at this station"""
    attempt: int
    """number of attempts in this run; 0 if the row was reused from an earlier one"""
    written: bytes | None = field(default=None, repr=False, compare=False)
    """the enrichment without its documents, as stored in the journal that the row was read from: compressed
    and free of secrets"""

    @property
    def is_done(self) -> bool:
        """Return whether every source answered."""
        return self.enrichment.status is EnrichmentStatus.DONE


class Journal:
    """The rows of one run; belongs to the thread that opened it."""

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        self._connection = connection
        self._path = path
        self._documents: dict[int, Provenance | None] = {}
        """those that were read, by number"""
        self._cited: dict[str, tuple[Provenance, int]] = {}
        """those of the row that was committed last, with their numbers, by id: most are the next one's too"""

    def find(self, slug: str, basis: str | None = None) -> JournalRow | None:
        """Return a station's row, or None if there is no intact one, or none with the given basis."""
        with _sqlite_errors(self._path):
            found = self._connection.execute(
                "SELECT slug, basis, versions, status, attempt, usage, documents, enrichment, sha256 "
                "FROM stations WHERE slug = ? AND basis = ifnull(?, basis)",
                (slug, basis),
            ).fetchone()
        row = read_row(found, str, str, str, str, int, str, str, bytes, str)
        if row is None or row[-1] != _digest(row[:-1]):
            return None
        enrichment, documents = unpack(row[-2]), self._find_documents(row[-3])
        if enrichment is None or documents is None or SECRETS.find(enrichment):
            return None
        return _parse(row, enrichment, documents)

    def commit(self, row: JournalRow) -> None:
        """Write a station's row in place of an earlier one; it is on disk when this returns.

        Raises:
            SecretFoundError: if it holds a secret.
            StorageError: if it cannot be written; rows committed before are unchanged.
        """
        packed = row.written
        if packed is None:
            packed = self._pack(row.enrichment.model_copy(update={"provenance": {}}))
        with self.at_once():
            cited = {key: self._numbered(key, it) for key, it in row.enrichment.provenance.items()}
            values = (
                row.enrichment.slug,
                row.key.basis,
                json.dumps(row.key.versions, sort_keys=True),
                row.enrichment.status.value,
                row.attempt,
                row.usage.model_dump_json(),
                json.dumps([number for _, number in cited.values()]),
                packed,
            )
            with _sqlite_errors(self._path):
                self._connection.execute(
                    "INSERT OR REPLACE INTO stations VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    (*values, _digest(values)),
                )
        self._cited = cited

    @contextlib.contextmanager
    def at_once(self) -> Iterator[None]:
        """Commit all rows of a block, including those written before an error, with those of an outer block.

        Raises:
            StorageError: if they cannot be written.
        """
        if self._connection.in_transaction:
            yield
            return
        with _sqlite_errors(self._path):
            self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        finally:
            if self._connection.in_transaction:  # a disk that refused a row has ended it
                with _sqlite_errors(self._path):
                    self._connection.execute("COMMIT")

    def add_expense(self, usage: ModelUsage) -> None:
        """Record the cost of answers that led to no result.

        Raises:
            StorageError: if it cannot be written.
        """
        with _sqlite_errors(self._path):
            self._connection.execute("INSERT INTO expenses VALUES (?)", (usage.model_dump_json(),))

    def total_usage(self) -> ModelUsage:
        """Return the cost of all stations in the journal, and of answers recorded without a result."""
        total = ModelUsage()
        statement = "SELECT usage FROM stations UNION ALL SELECT usage FROM expenses"
        with _sqlite_errors(self._path):
            for (usage,) in self._connection.execute(statement):
                with contextlib.suppress(ValidationError):  # a damaged row, which will be recreated
                    total = add_usage(total, ModelUsage.model_validate_json(usage))
        return total

    def _pack(self, record: Record) -> bytes:
        rendered = render_record(record)
        refuse_secrets(self._path, rendered)
        return pack(rendered)

    def _numbered(self, document_id: str, document: Provenance) -> tuple[Provenance, int]:
        known = self._cited.get(document_id)
        return known if known is not None and known[0] is document else (document, self._number_of(document))

    def _number_of(self, document: Provenance) -> int:
        """Return the number of a document, which is added if it is new."""
        sha256 = sha256_of(render_record(document))
        with _sqlite_errors(self._path):
            found = self._connection.execute(
                "SELECT number FROM documents WHERE sha256 = ?", (sha256,)
            ).fetchone()
            if found is not None:
                return int(found[0])
            added = self._connection.execute(
                "INSERT INTO documents (sha256, document) VALUES (?, ?)", (sha256, self._pack(document))
            )
            return int(added.lastrowid or 0)

    def _find_documents(self, numbers: str) -> dict[str, Provenance] | None:
        """Return the documents of some numbers by their id, or none if one of them is not there whole."""
        documents: dict[str, Provenance] = {}
        try:
            for number in _NUMBERS.validate_json(numbers):
                if number not in self._documents:
                    self._documents[number] = self._find_document(number)
                if (document := self._documents[number]) is None:
                    return None
                documents[document.document_id] = document
        except ValidationError:
            return None
        return documents

    def _find_document(self, number: int) -> Provenance | None:
        with _sqlite_errors(self._path):
            found = self._connection.execute(
                "SELECT sha256, document FROM documents WHERE number = ?", (number,)
            ).fetchone()
        row = read_row(found, str, bytes)
        document = None if row is None else unpack(row[1])
        if (
            row is None
            or document is None
            or row[0] != sha256_of(document.encode())
            or SECRETS.find(document)
        ):
            return None
        try:
            return read_record(Provenance, document)
        except ValueError:  # no JSON, or none of such a record
            return None


@contextlib.contextmanager
def open_journal(
    folder: Path | None, *, now: datetime, notify: Callable[[str], None], is_costly: bool
) -> Iterator[Journal]:
    """Open a run's journal for the duration of a block; without a folder it is kept in memory only.

    Args:
        folder: the run's folder.
        now: gives the time for the name of a damaged journal.
        notify: receives the message about a damaged journal.
        is_costly: whether rows cost enough to flush each to the disk, so that they survive a power failure;
        otherwise they only survive the end of the process.

    Raises:
        StorageError: if the folder is not writable.
    """

    def tell_of_restart(unfit: UnfitStoreError, aside: Path) -> None:
        fault = "damaged" if unfit.is_damage else "not a journal of this version"
        notify(f"{shown} is {fault}; it was kept as {aside.name} and a new one was started.")

    if folder is not None:
        refuse_swapped(folder)
    path = None if folder is None else folder / JOURNAL_NAME
    shown = path or Path(":memory:")
    with _sqlite_errors(shown):
        connection = open_store(
            path, _SCHEMA, _VERSION, tell_of_restart, application_id=_APPLICATION_ID, now=lambda: now
        )
    try:
        with _sqlite_errors(shown):
            connection.execute(f"PRAGMA synchronous = {'FULL' if is_costly else 'NORMAL'}")
        yield Journal(connection, shown)
    finally:
        with contextlib.suppress(sqlite3.Error):  # committed rows are safe; the next opening cleans up
            connection.close()


@contextlib.contextmanager
def read_journal(folder: Path) -> Iterator[Journal]:
    """Open the journal of another run for reading, without changing that run's folder.

    Raises:
        StorageError: if it is not a journal of this version, or cannot be read.
    """
    path = folder / JOURNAL_NAME
    with _sqlite_errors(path):
        connection = read_store(path, _SCHEMA, _VERSION, application_id=_APPLICATION_ID)
    with contextlib.closing(connection):
        yield Journal(connection, path)


def _parse(found: tuple[Any, ...], enrichment: str, documents: dict[str, Provenance]) -> JournalRow | None:
    """Return a row of the table as a journal row; None if this program cannot have written it."""
    slug, basis, versions, _, attempt, usage, _, packed, _ = found
    try:
        row = JournalRow(
            key=StationKey(basis, _VERSIONS.validate_json(versions)),
            enrichment=read_record(StationEnrichment, enrichment).model_copy(
                update={"provenance": documents}
            ),
            usage=ModelUsage.model_validate_json(usage),
            attempt=attempt,
            written=packed,
        )
    except ValueError:  # not JSON, or not of such a record
        return None
    return row if row.enrichment.slug == slug else None


def _digest(values: tuple[object, ...]) -> str:
    return hashlib.sha256(repr(values).encode()).hexdigest()


@contextlib.contextmanager
def _sqlite_errors(path: Path) -> Iterator[None]:
    """Turn SQLite's errors into a ``StorageError`` with advice."""
    try:
        yield
    except sqlite3.Error as error:
        reason = describe_os_error(_find_cause(error, path))
        raise StorageError(
            path, f"could not be written or read: {reason}. What was committed is kept."
        ) from error


def _find_cause(error: sqlite3.Error, path: Path) -> OSError:
    """Return the operating system's error; if SQLite hides it, provoke it with another file in the folder."""
    code = primary_code(error)
    if code == sqlite3.SQLITE_CANTOPEN:
        probe = temporary_path(path)
        try:
            with probe.open("xb") as file:
                file.write(b"?")
            probe.unlink()
        except OSError as refusal:
            return refusal
    is_limited = resource.getrlimit(resource.RLIMIT_FSIZE)[0] != resource.RLIM_INFINITY
    if code == sqlite3.SQLITE_IOERR and is_limited:
        return OSError(errno.EFBIG, str(error))
    return OSError(_ERRNO.get(code, 0), str(error))
