"""A publisher's document on its way to a table: the bytes as received, and their attribution.

A source parses a ``Payload`` into a ``Parsed`` set of records; ``table_of`` joins both into a
``SourceTable``. So a payload read from a file, one fetched live and one recorded in the package carry the
same provenance.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Generic, TypeVar

from mrt_pipeline.contracts.checks import finding_of
from mrt_pipeline.contracts.counting import counted
from mrt_pipeline.contracts.documents import Document
from mrt_pipeline.contracts.evidence import Provenance
from mrt_pipeline.contracts.findings import REPEATED_ID, Finding, Severity
from mrt_pipeline.contracts.sections import ExpectedSection
from mrt_pipeline.contracts.source import SourceTable
from mrt_pipeline.errors import SourceFormatError
from mrt_pipeline.runtime.files import sha256_of
from mrt_pipeline.runtime.records import RecordReader, natural_key

RecordT = TypeVar("RecordT")


@dataclass(frozen=True, slots=True)
class Payload:
    """A publisher's answer before parsing."""

    content: bytes
    retrieved_at: datetime
    revision: str | None = None
    """the publisher's name for this state of the document, if it gives one"""
    findings: tuple[Finding, ...] = ()
    """anything odd about obtaining it"""


@dataclass(frozen=True, slots=True)
class Parsed(Generic[RecordT]):
    """The contents of a payload: its records in a fixed order, and findings about them."""

    records: tuple[RecordT, ...]
    findings: tuple[Finding, ...] = ()


def collect(
    read: Iterable[tuple[RecordReader, RecordT]],
    name: Callable[[RecordT], str],
    describe: Callable[[RecordT], str],
) -> Parsed[RecordT]:
    """Return the usable records in natural order of name; of several with one name, the first is kept.

    Args:
        read: each record with its reader, which says whether the record is usable.
        name: returns the publisher's identifier for a record.
        describe: returns what a record is, for a finding about two with one name.
    """
    kept: dict[str, RecordT] = {}
    findings: list[Finding] = []
    for reader, record in read:
        if reader.is_sound and (earlier := kept.setdefault(name(record), record)) is not record:
            if earlier == record:
                reader.note("record-repeated", "occurs twice with the same content.")
            else:
                fault = f"is used for {describe(earlier)} and for {describe(record)}"
                reader.lose(REPEATED_ID, f"{fault}; expected every identifier once. The first is kept.")
        findings.extend(reader.findings)
    return Parsed(tuple(kept[key] for key in sorted(kept, key=natural_key)), tuple(findings))


def provenance_of(document: Document, payload: Payload, records: int) -> Provenance:
    """Return the provenance of a payload's records."""
    return Provenance(
        document_id=document.document_id,
        source_id=document.document_id,
        title=document.title,
        publisher=document.publisher,
        url=document.url,
        revision=payload.revision,
        retrieved_at=payload.retrieved_at,
        licence=document.licence.licence_id,
        licence_url=document.licence.url,
        attribution=document.attribution(payload.retrieved_at.date()),
        sha256=sha256_of(payload.content),
        records=records,
    )


def table_of(
    document: Document, payload: Payload, parsed: Parsed[RecordT], findings: Iterable[Finding] = ()
) -> SourceTable[RecordT]:
    """Return the records of a payload with their provenance and all findings."""
    provenance = provenance_of(document, payload, len(parsed.records))
    return SourceTable(parsed.records, provenance, (*payload.findings, *parsed.findings, *findings))


@dataclass(frozen=True, slots=True)
class Count:
    """What is counted in a document, in the singular, and the configuration key for its limits."""

    what: str
    key: str
    check: str = "more-records-than-expected"


def check_number(
    table: SourceTable[RecordT], expected: ExpectedSection, count: Count
) -> SourceTable[RecordT]:
    """Return a table, with a finding if it holds more records than expected.

    Raises:
        SourceFormatError: if it holds fewer than expected.
    """
    number, document = len(table.records), table.provenance.document_id
    if number < expected.min:
        lost = _lost_records(table)
        why = f" {_describe_losses(lost)}" if lost else ""
        raise SourceFormatError(
            document,
            f"the list gives {counted(number, count.what)}; expected at least {expected.min:,} "
            f"({count.key}.min).{why} If {number} is correct, lower that limit; if not, get the list again.",
        )
    if number <= expected.max:
        return table
    finding = finding_of(
        count.check,
        f"{document} gives {counted(number, count.what)}; expected at most {expected.max:,} "
        f"({count.key}.max). Check what is new, then raise the limit.",
        record_id=document,
    )
    return replace(table, findings=(*table.findings, finding))


def refuse_losses(table: SourceTable[RecordT]) -> SourceTable[RecordT]:
    """Return a table after checking that every record could be read.

    Raises:
        SourceFormatError: if one could not; it would be missing from the dataset.
    """
    if lost := _lost_records(table):
        message = (
            f"{_describe_losses(lost)} Run again later; if the problem persists, the publisher must fix it."
        )
        raise SourceFormatError(table.provenance.document_id, message)
    return table


def _lost_records(table: SourceTable[RecordT]) -> dict[str | None, str]:
    """Return the first fault of each unreadable record, by record id."""
    lost: dict[str | None, str] = {}
    for finding in table.findings:
        if finding.severity is Severity.ERROR:
            lost.setdefault(finding.record_id, finding.message)
    return lost


def _describe_losses(lost: Mapping[str | None, str]) -> str:
    first = next(iter(lost.values()))
    return (
        f"{counted(len(lost), 'record')} could not be read; expected all to be readable. The first: {first}"
    )
