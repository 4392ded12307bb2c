"""Lifts as a table: recorded in the package, or what LTA lists now with all that was learnt before."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from mrt_pipeline.contracts.sections import Mode
from mrt_pipeline.contracts.source import LiftRecord, SourceTable
from mrt_pipeline.runtime.clock import singapore_date
from mrt_pipeline.runtime.datamall_requests import ask_datamall, datamall_url
from mrt_pipeline.runtime.documents import Parsed, Payload, table_of
from mrt_pipeline.runtime.recordings import RECORDED, find_table_sha256, from_row, load_recording
from mrt_pipeline.sources.lta_lifts import LIFTS
from mrt_pipeline.sources.lta_lifts.kept import FOLDER
from mrt_pipeline.sources.lta_lifts.parsing import LIFTS_ID, describe_versions, parse_lifts, unite_lifts
from mrt_pipeline.sources.lta_lifts.store import LiftStore

if TYPE_CHECKING:
    from mrt_pipeline.config import Settings
    from mrt_pipeline.contracts.documents import Document
    from mrt_pipeline.runtime.checked_answers import Answers
    from mrt_pipeline.runtime.source_access import SourceAccess

SERVICE = "v2/FacilitiesMaintenance"
MAX_BYTES = 2**20


@dataclass(frozen=True, slots=True)
class KnownLifts:
    """All lifts that are known, and those of them that are out of service now."""

    table: SourceTable[LiftRecord]
    out_of_service: frozenset[tuple[str, str, str]] = frozenset()
    """keys of the lifts that LTA lists now; none if it was not asked"""
    asked_on: date | None = None
    """the day on which it was asked"""

    @property
    def version(self) -> str:
        """Return what identifies all that may be claimed of it."""
        out = f"{self.asked_on} {sorted(self.out_of_service)}" if self.out_of_service else "none"
        return f"{self.table.provenance.sha256} out of service: {out}"


def read_lifts(access: SourceAccess) -> KnownLifts:
    """Return the recorded lifts, in live mode with those that LTA lists now or has listed in any run.

    Raises:
        SourceError: if LTA cannot be asked, or its answer is none.
    """
    if access.mode_of("datamall") is not Mode.LIVE:
        return KnownLifts(access.recorded_table(LIFTS))
    payload, listed = access.read_checked(LIFTS_ID, 0, lambda answers: _ask(access, answers))
    store = LiftStore(access.cache_dir / FOLDER, now=access.now(), warn=access.tell)
    recorded = access.recorded_table(LIFTS).records if access.recorded_sha256(LIFTS_ID) else ()
    known = unite_lifts(recorded, store.learn(listed.records), listed.records)
    return KnownLifts(
        table=_table_of(payload, Parsed(known, listed.findings)),
        out_of_service=frozenset(record.key for record in listed.records),
        asked_on=singapore_date(payload.retrieved_at),
    )


def record(access: SourceAccess) -> Iterator[SourceTable[LiftRecord]]:
    """Yield all lifts that are known, LTA asked now."""
    yield read_lifts(access).table


def read_files(_: Document, payloads: Sequence[Payload], _settings: Settings) -> SourceTable[LiftRecord]:
    """Return the lifts of downloaded answers together with those that the package has recorded already."""
    parsed = [parse_lifts(payload.content, singapore_date(payload.retrieved_at)) for payload in payloads]
    known = unite_lifts(_recorded(), *(one.records for one in parsed))
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
    """Return a table that grew over many answers: its SHA-256 is that of its rows, not of the last answer."""
    return table_of(LIFTS, replace(payload, content=describe_versions(parsed.records)), parsed)
