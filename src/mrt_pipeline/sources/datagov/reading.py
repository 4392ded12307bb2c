"""The exits as a table, recorded in the package or fetched live."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from mrt_pipeline.config.model import Mode, Settings
from mrt_pipeline.contracts.counting import counted
from mrt_pipeline.contracts.findings import Finding, Severity, count_records
from mrt_pipeline.contracts.source import ExitFeature, SourceTable
from mrt_pipeline.errors import SourceFormatError
from mrt_pipeline.runtime.documents import Document, Parsed, Payload
from mrt_pipeline.sources.datagov.fetching import fetch_exits
from mrt_pipeline.sources.datagov.parsing import EXITS_ID, parse_exits

if TYPE_CHECKING:
    from mrt_pipeline.runtime.source_access import SourceAccess

EXITS = Document(
    document_id=EXITS_ID,
    title="LTA MRT Station Exit",
    publisher="Land Transport Authority",
    url="https://data.gov.sg/datasets/d_b39d3a0871985372d7e1637193335da5/view",
    dataset="LTA MRT Station Exit",
    source="the Land Transport Authority at data.gov.sg",
)


def read_exits(access: SourceAccess, ttl_days: float) -> SourceTable[ExitFeature]:
    """Return every exit of LTA's file, recorded or live as configured, sorted by OBJECTID.

    Raises:
        SourceError: if the file cannot be had, has the wrong structure or holds too few exits.
    """
    if access.mode_of("datagov") is Mode.LIVE:
        return exits_table(fetch_exits(access, ttl_days), access.settings)
    recording = access.recorded(EXITS_ID)
    records = tuple(map(_from_row, recording.rows))
    return SourceTable(records, recording.provenance, _check_count(Parsed(records), access.settings))


def exits_table(payload: Payload, settings: Settings) -> SourceTable[ExitFeature]:
    """Return the exits of a payload, with the findings about its records and their number.

    Raises:
        SourceFormatError: if it has the wrong structure or holds too few exits.
    """
    parsed = parse_exits(payload.content)
    return EXITS.table(payload, parsed, _check_count(parsed, settings))


def _check_count(parsed: Parsed[ExitFeature], settings: Settings) -> tuple[Finding, ...]:
    """Return a finding if there are more exits than expected.

    Raises:
        SourceFormatError: if there are fewer than expected.
    """
    expected = settings.stages.stage1_ingestion.expected_exits
    number = len(parsed.records)
    if expected.min <= number <= expected.max:
        return ()
    key = "stages.stage1_ingestion.expected_exits"
    if number < expected.min:
        lost = list(_lost(parsed.findings))
        features = counted(count_records(lost), "feature")
        why = f" {features} could not be read; the first: {lost[0].message}" if lost else ""
        raise SourceFormatError(
            EXITS_ID,
            f"the file gives {counted(number, 'exit')}; expected at least {expected.min} ({key}.min).{why}",
        )
    message = f"{EXITS_ID} gives {number} exits; expected at most {expected.max} ({key}.max). " + (
        "See which stations grew, then raise the number."
    )
    return (
        Finding(
            check="more-exits-than-expected",
            severity=Severity.WARNING,
            message=message,
            record_id=EXITS_ID,
        ),
    )


def _lost(findings: Sequence[Finding]) -> Iterator[Finding]:
    return (finding for finding in findings if finding.severity is Severity.ERROR)


def _from_row(row: Mapping[str, str]) -> ExitFeature:
    return ExitFeature(
        row["record_id"], row["station_na"], row["exit_code"], float(row["lat"]), float(row["lng"])
    )
