"""From DataMall's rows to lifts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date

from mrt_pipeline.contracts.findings import Finding, Severity
from mrt_pipeline.contracts.source import LiftRecord
from mrt_pipeline.errors import SourceFormatError
from mrt_pipeline.runtime.datamall_requests import read_rows
from mrt_pipeline.runtime.documents import Parsed
from mrt_pipeline.runtime.records import RecordReader, is_object
from mrt_pipeline.sources.lta_lifts import LIFTS

LIFTS_ID = LIFTS.document_id
MAX_ROWS = 500
"""DataMall's page; the network has not many more lifts, and never are all of them out of service"""
MAX_CHARS = 200
_LINE = re.compile(r"[A-Za-z]{2,6}")
_CODE = re.compile(r"[A-Z]{2,3}[0-9]{0,2}[A-Z]?")


def parse_lifts(content: bytes, seen_on: date) -> Parsed[LiftRecord]:
    """Return the lifts of an answer, each once, sorted; a row that cannot be read is a warning and left out.

    Raises:
        SourceFormatError: if there are no rows, not even an empty list of them, or far too many.
    """
    rows = read_rows(content, LIFTS_ID)
    if len(rows) >= MAX_ROWS:
        raise SourceFormatError(
            LIFTS_ID,
            f"the answer lists {len(rows)} lifts out of service; expected fewer than {MAX_ROWS}. "
            "Run again later.",
        )
    findings: list[Finding] = []
    records: list[LiftRecord] = []
    for number, row in enumerate(rows):
        reader, record = _read_row(number, row if is_object(row) else {}, seen_on.isoformat())
        findings.extend(reader.findings)
        if reader.is_sound:
            records.append(record)
    return Parsed(unite_lifts(records), tuple(findings))


def unite_lifts(*tables: Iterable[LiftRecord]) -> tuple[LiftRecord, ...]:
    """Return every lift of some tables once, from the first to the last day on which it was seen, sorted."""
    united: dict[tuple[str, str, str], LiftRecord] = {}
    for record in (record for table in tables for record in table):
        known = united.get(record.key)
        united[record.key] = record if known is None else _join(known, record)
    return tuple(united[key] for key in sorted(united))


def _join(one: LiftRecord, other: LiftRecord) -> LiftRecord:
    """Return one lift of two sightings; the later one decides how line and station are called."""
    latest = max(one, other, key=lambda record: (record.last_seen, record.line, record.station_name))
    return replace(latest, first_seen=min(one.first_seen, other.first_seen))


def _read_row(number: int, fields: Mapping[str, object], day: str) -> tuple[RecordReader, LiftRecord]:
    reader = RecordReader(f"{LIFTS_ID}:value[{number}]", fields, "lift", Severity.WARNING)
    return reader, LiftRecord(
        line=reader.text("Line", max_chars=6, pattern=_LINE),
        station_code=reader.text("StationCode", max_chars=6, pattern=_CODE),
        station_name=reader.text("StationName", max_chars=MAX_CHARS),
        lift_id=_read_lift_id(fields, reader),
        description=reader.text("LiftDesc", max_chars=MAX_CHARS),
        first_seen=day,
        last_seen=day,
    )


def _read_lift_id(fields: Mapping[str, object], reader: RecordReader) -> str:
    """Return the number of a lift; LTA leaves it empty for some."""
    given = fields.get("LiftID")
    is_empty = given is None or (isinstance(given, str) and not given.strip())
    return "" if is_empty else reader.text("LiftID", max_chars=40)


def describe_versions(records: Sequence[LiftRecord]) -> bytes:
    """Return what identifies a table of lifts: not the day on which each was seen last, which moves daily."""
    return repr([replace(record, last_seen="") for record in records]).encode()
