"""One publisher's document on its way to a table: the bytes as they came, and who is to be named for them.

A source turns a ``Payload`` into a ``Parsed`` set of records; ``Document`` joins both to a ``SourceTable``.
So a payload read from a file, one fetched live and one recorded in the package carry the same provenance.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Generic, TypeVar

from mrt_pipeline.contracts.evidence import SODL, SODL_URL, Provenance
from mrt_pipeline.contracts.findings import Finding
from mrt_pipeline.contracts.source import SourceTable
from mrt_pipeline.errors import SourceFormatError
from mrt_pipeline.runtime.files import sha256_of

if TYPE_CHECKING:
    from mrt_pipeline.runtime.http import Answer, HttpClient

RecordT = TypeVar("RecordT")
ReadT = TypeVar("ReadT")


@dataclass(frozen=True, slots=True)
class Payload:
    """A publisher's answer before it is read."""

    content: bytes
    retrieved_at: datetime
    revision: str | None = None
    """what the publisher calls this state of the document, where it says so"""
    findings: tuple[Finding, ...] = ()
    """what was odd about getting it"""


@dataclass(frozen=True, slots=True)
class Parsed(Generic[RecordT]):
    """What a payload holds: its records in a fixed order, and what was odd about it."""

    records: tuple[RecordT, ...]
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """A document under the Singapore Open Data Licence, as its attribution names it."""

    document_id: str
    title: str
    publisher: str
    url: str
    """a page where a person can look"""
    dataset: str
    """what the attribution calls the document"""
    source: str
    """where the attribution says that it is from"""

    def attribution(self, accessed_on: date) -> str:
        """Return the sentence that the licence asks for."""
        return (
            f"Contains information from {self.dataset} accessed on {accessed_on} from {self.source} which is "
            f"made available under the terms of the Singapore Open Data Licence version 1.0 {SODL_URL}"
        )

    def provenance(self, payload: Payload, records: int) -> Provenance:
        """Return where the records of a payload come from."""
        return Provenance(
            document_id=self.document_id,
            source_id=self.document_id,
            title=self.title,
            publisher=self.publisher,
            url=self.url,
            revision=payload.revision,
            retrieved_at=payload.retrieved_at,
            licence=SODL,
            licence_url=SODL_URL,
            attribution=self.attribution(payload.retrieved_at.date()),
            sha256=sha256_of(payload.content),
            records=records,
        )

    def table(
        self, payload: Payload, parsed: Parsed[RecordT], findings: Iterable[Finding] = ()
    ) -> SourceTable[RecordT]:
        """Return the records of a payload with their provenance and all findings."""
        provenance = self.provenance(payload, len(parsed.records))
        return SourceTable(parsed.records, provenance, (*payload.findings, *parsed.findings, *findings))


def get_readable(
    client: HttpClient,
    document_id: str,
    url: str,
    read: Callable[[bytes], ReadT],
    *,
    params: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
    ttl_days: float = 0,
) -> tuple[ReadT, Answer]:
    """Return what ``read`` makes of an answer; one from the disk that it cannot read is asked for again.

    Without that, an error page that came with status 200 would stand in the way for as long as it is kept.

    Raises:
        FetchError: if there is no answer.
        SourceFormatError: if the service's own answer cannot be read.
    """
    answer = client.get(document_id, url, params=params, headers=headers, ttl_days=ttl_days)
    try:
        return read(answer.content), answer
    except SourceFormatError:
        if not answer.is_from_cache:
            raise
    answer = client.get(document_id, url, params=params, headers=headers)
    return read(answer.content), answer
