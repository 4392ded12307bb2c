"""Lifts as a table: recorded in the package, or LTA's current list with all lifts listed before.

Lifts named in LTA's answers are kept between runs. Layout: one SQLite file, ``lifts.sqlite3``, in its own
folder, with one row per lift and the days on which it was first and last seen. LTA's earlier answers cannot
be requested again, so a file that is damaged or of another layout is set aside and never removed; if the file
cannot be written, that is a warning, and the lifts are known in this run only.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import astuple, dataclass, fields, replace
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from mrt_pipeline.contracts.counting import counted
from mrt_pipeline.contracts.rows import from_row
from mrt_pipeline.contracts.sections import Mode
from mrt_pipeline.contracts.source import LiftRecord, SourceTable
from mrt_pipeline.runtime.clock import singapore_date
from mrt_pipeline.runtime.datamall_requests import ask_datamall, datamall_url
from mrt_pipeline.runtime.documents import Parsed, Payload, table_of
from mrt_pipeline.runtime.recordings import RECORDED, find_table_sha256, load_recording
from mrt_pipeline.runtime.stores import STORE_ERRORS, UnfitStoreError, open_store, read_row
from mrt_pipeline.secrecy import SECRETS
from mrt_pipeline.sources.lta_lifts import LIFTS
from mrt_pipeline.sources.lta_lifts.kept import FILE, FOLDER, LAYOUT, TABLE
from mrt_pipeline.sources.lta_lifts.parsing import LIFTS_ID, describe_versions, merge_lifts, parse_lifts

if TYPE_CHECKING:
    from mrt_pipeline.config import Settings
    from mrt_pipeline.contracts.documents import Document
    from mrt_pipeline.runtime.checked_answers import Answers
    from mrt_pipeline.runtime.source_access import SourceAccess


SERVICE = "v2/FacilitiesMaintenance"
MAX_BYTES = 2**20


@dataclass(frozen=True, slots=True)
class KnownLifts:
    """All known lifts, and those of them that are out of service now."""

    table: SourceTable[LiftRecord]
    out_of_service: frozenset[tuple[str, str, str]] = frozenset()
    """keys of the lifts that LTA lists now; empty if LTA was not asked"""
    asked_on: date | None = None
    """day on which LTA was asked"""

    @property
    def version(self) -> str:
        """Return what identifies everything that may be claimed from it."""
        out = f"{self.asked_on} {sorted(self.out_of_service)}" if self.out_of_service else "none"
        return f"{self.table.provenance.sha256} out of service: {out}"


def read_lifts(access: SourceAccess) -> KnownLifts:
    """Return the recorded lifts; in live mode also those that LTA lists now or that any run has seen.

    Raises:
        SourceError: if LTA is unavailable or its answer is invalid.
    """
    if access.mode_of("datamall") is not Mode.LIVE:
        return KnownLifts(access.recorded_table(LIFTS))
    payload, listed = access.read_checked(LIFTS_ID, lambda answers: _ask(access, answers), ttl_days=0)
    store = LiftStore(access.cache_dir / FOLDER, now=access.now(), warn=access.notify)
    recorded = access.recorded_table(LIFTS).records if access.recorded_sha256(LIFTS_ID) else ()
    known = merge_lifts(recorded, store.learn(listed.records), listed.records)
    return KnownLifts(
        table=_table_of(payload, Parsed(known, listed.findings)),
        out_of_service=frozenset(record.key for record in listed.records),
        asked_on=singapore_date(payload.retrieved_at),
    )


def record(access: SourceAccess) -> Iterator[SourceTable[LiftRecord]]:
    """Yield all known lifts, including LTA's current list."""
    yield read_lifts(access).table


def read_files(_: Document, payloads: Sequence[Payload], _settings: Settings) -> SourceTable[LiftRecord]:
    """Return the lifts of downloaded answers together with those recorded in the package."""
    parsed = [parse_lifts(payload.content, singapore_date(payload.retrieved_at)) for payload in payloads]
    known = merge_lifts(_recorded(), *(one.records for one in parsed))
    findings = tuple(finding for one in parsed for finding in one.findings)
    return _table_of(payloads[-1], Parsed(known, findings))


def _ask(access: SourceAccess, answers: Answers) -> tuple[Payload, Parsed[LiftRecord]]:
    url = datamall_url(access, SERVICE)
    answer = answers.get(
        url, lambda conditions: ask_datamall(access, LIFTS_ID, url, conditions), max_bytes=MAX_BYTES
    )
    payload = Payload(answer.content, answer.retrieved_at)
    return payload, parse_lifts(answer.content, singapore_date(answer.retrieved_at))


def _recorded() -> tuple[LiftRecord, ...]:
    if find_table_sha256(LIFTS_ID, RECORDED) is None:
        return ()
    return tuple(from_row(LiftRecord, row) for row in load_recording(LIFTS_ID).rows)


def _table_of(payload: Payload, parsed: Parsed[LiftRecord]) -> SourceTable[LiftRecord]:
    """Return a table built from many answers: its SHA-256 is that of its rows, not of the last answer."""
    return table_of(LIFTS, replace(payload, content=describe_versions(parsed.records)), parsed)


_COLUMNS = tuple(field.name for field in fields(LiftRecord))
_KEEP = (
    "INSERT INTO lifts VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET "
    "line = excluded.line, station_name = excluded.station_name, "
    "first_seen = min(first_seen, excluded.first_seen), last_seen = max(last_seen, excluded.last_seen)"
)


class LiftStore:
    """The lifts on disk; several processes may add lifts at once."""

    def __init__(self, folder: Path, *, now: datetime, warn: Callable[[str], None]) -> None:
        """Take the folder, the time that names a damaged file, and the function that receives warnings."""
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
        opened = open_store(self._path, TABLE, LAYOUT, self._tell, now=lambda: self._now)
        with contextlib.closing(opened) as connection:
            yield connection

    def _tell(self, unfit: UnfitStoreError, aside: Path) -> None:
        self._warn(
            f"{self._path} cannot be used ({unfit}); it is kept as {aside.name}, and a new one is started. "
            "Lifts that LTA named in earlier runs are missing until LTA names them again."
        )

    def _without_secrets(self, seen: Iterable[LiftRecord]) -> tuple[LiftRecord, ...]:
        """Return the lifts that may be kept; report the others once per secret."""
        found = [(SECRETS.find(*astuple(record)), record) for record in seen]
        for secret, number in Counter(secret for secret, _ in found if secret is not None).items():
            lifts = counted(number, "lift")
            self._warn(f"{self._path}: {lifts} not kept, because each repeats the value of {secret}.")
        return tuple(record for secret, record in found if secret is None)
