"""The lifts that LTA's answers have named so far, kept between runs: what was learnt once stays learnt.

Layout: one SQLite file, ``lifts.sqlite3``, in its own folder, a row a lift with the days on which it was seen
first and last. Nobody can ask LTA for it again, so a file that is damaged or of another layout is set aside
and never removed, and one that cannot be written is a warning: the lifts are then learnt for this run alone.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import astuple, fields
from datetime import datetime
from pathlib import Path

from mrt_pipeline.contracts.counting import counted
from mrt_pipeline.contracts.source import LiftRecord
from mrt_pipeline.runtime.stores import STORE_ERRORS, UnfitStoreError, open_store, read_row
from mrt_pipeline.secrecy import SECRETS
from mrt_pipeline.sources.lta_lifts.kept import FILE

LAYOUT = 1
_COLUMNS = tuple(field.name for field in fields(LiftRecord))
_TABLE = (
    "CREATE TABLE lifts (line TEXT, station_code TEXT, station_name TEXT, lift_id TEXT, description TEXT, "
    "first_seen TEXT, last_seen TEXT, PRIMARY KEY (station_code, lift_id, description)) WITHOUT ROWID"
)
_KEEP = (
    "INSERT INTO lifts VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET "
    "line = excluded.line, station_name = excluded.station_name, "
    "first_seen = min(first_seen, excluded.first_seen), last_seen = max(last_seen, excluded.last_seen)"
)


class LiftStore:
    """The lifts on disk; several processes may add to them at once."""

    def __init__(self, folder: Path, *, now: datetime, warn: Callable[[str], None]) -> None:
        """Take the folder, the time by which a damaged file is named, and what hears of one."""
        self._path = folder / FILE
        self._now = now
        self._warn = warn

    def learn(self, seen: Iterable[LiftRecord]) -> tuple[LiftRecord, ...]:
        """Add lifts to those kept, and return all of them; only the given ones if the disk refuses."""
        records = self._without_secrets(seen)
        try:
            with self._open() as connection:
                connection.execute("BEGIN IMMEDIATE")
                with connection:
                    connection.executemany(_KEEP, map(astuple, records))
                return tuple(self._rows(connection))
        except STORE_ERRORS as error:
            self._warn(
                f"{self._path} could not be used: {error}. Lifts that LTA named in earlier runs are missing "
                "from this one, and those named now are not kept. Make the file readable and writable, then "
                "run again."
            )
            return records

    def _rows(self, connection: sqlite3.Connection) -> Iterator[LiftRecord]:
        columns = ", ".join(_COLUMNS)
        statement = f"SELECT {columns} FROM lifts ORDER BY station_code, lift_id, description"  # noqa: S608 - ours
        for row in connection.execute(statement):
            if (sound := read_row(row, *(str for _ in _COLUMNS))) is not None:
                yield LiftRecord(*sound)

    @contextlib.contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        opened = open_store(self._path, _TABLE, LAYOUT, self._tell, now=lambda: self._now)
        with contextlib.closing(opened) as connection:
            yield connection

    def _tell(self, unfit: UnfitStoreError, aside: Path) -> None:
        self._warn(
            f"{self._path} cannot be used ({unfit}); it is kept as {aside.name}, and a new one is started. "
            "Lifts that LTA named in earlier runs are missing until LTA names them again."
        )

    def _without_secrets(self, seen: Iterable[LiftRecord]) -> tuple[LiftRecord, ...]:
        """Return the lifts that may be kept; those that may not are told once for each secret."""
        found = [(SECRETS.find(*astuple(record)), record) for record in seen]
        for secret, number in Counter(secret for secret, _ in found if secret is not None).items():
            lifts = counted(number, "lift")
            self._warn(f"{self._path}: {lifts} not kept, because each repeats the value of {secret}.")
        return tuple(record for secret, record in found if secret is None)
