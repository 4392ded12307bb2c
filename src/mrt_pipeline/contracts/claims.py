"""What one source says about the exits of one station, before sources are merged."""

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

from pydantic import Field

from mrt_pipeline.contracts.base import Record
from mrt_pipeline.contracts.evidence import Provenance
from mrt_pipeline.contracts.findings import Finding
from mrt_pipeline.contracts.network import Station, StationNames, TrainTimes
from mrt_pipeline.contracts.outputs import ExitEnrichment, ModelUsage, RejectedClaim


class Passage(Record):
    """A passage of a document that a source could not read and passes on to the next one."""

    document_id: str
    licence: str
    text: str
    char_start: int = Field(ge=0)
    """position of ``text`` in the document's clean text"""


class HeadedValue(Record):
    """A value that a source did not read, since it does not know what its head or key means."""

    head: str
    exit_labels: tuple[str, ...]
    start: int = Field(ge=0)
    """position of the value in the document's clean text"""
    end: int


class StationClaims(Record):
    """One source's grounded claims about one station; every value carries that source's evidence."""

    source: str
    outranks: tuple[str, ...] = ()
    """sources whose letters of platforms give way where this one's differ"""
    exits: tuple[ExitEnrichment, ...] = ()
    names: StationNames | None = None
    trains: tuple[TrainTimes, ...] = ()
    """at platforms as ``name_platforms`` calls them"""
    passages: tuple[Passage, ...] = ()
    page: Passage | None = None
    """the whole document, if values of it have heads that are not known"""
    headed: tuple[HeadedValue, ...] = ()
    rejected: tuple[RejectedClaim, ...] = ()
    findings: tuple[Finding, ...] = ()
    provenance: dict[str, Provenance] = {}
    usage: ModelUsage = ModelUsage()


class EnrichmentSource(Protocol):
    """One entry of ``stages.stage2_enrichment.sources``."""

    @property
    def name(self) -> str:
        """Return the name the source has in config."""

    def prepare(self, stations: Sequence[Station]) -> None:
        """Ask, once and before any station, what concerns all of those still to be done.

        Raises:
            SourceError: if the source cannot be asked at all now.
        """

    def version_for(self, station: Station) -> str | None:
        """Return what this source's answer depends on besides code and configuration, e.g. a page's revision.

        A finished station is done again when this differs from what it was; none means that it cannot be
        known now, and that what was said before stands. Called after ``prepare``.
        """

    def claims_for(self, station: Station, earlier: tuple[StationClaims, ...]) -> StationClaims:
        """Return what this source says about a station's exits.

        Args:
            station: a station of stage 1.
            earlier: what the sources before this one said, in the configured order.

        Raises:
            SourceError: if the source has no answer for this station now.
            ModelCallError: if the language model has none.
        """


@runtime_checkable
class SurveyingSource(Protocol):
    """A source that compares all stations: what it says of one depends on the others as well."""

    def survey(self, stations: Sequence[Station]) -> None:
        """Take every station of the run, those that need not be asked about included; after ``prepare``."""


@runtime_checkable
class BoundedSource(Protocol):
    """A source that covers only some stations: if it cannot be asked, the others lack nothing."""

    def covers(self, station: Station) -> bool:
        """Return whether it may have anything to say of a station; known before ``prepare``."""


@runtime_checkable
class KeepingSource(Protocol):
    """A source that keeps what it has read between runs; if that was emptied, everything is read again."""

    def keeps(self, station: Station) -> bool:
        """Return whether what it read of a station is still kept; called after ``prepare``."""


@runtime_checkable
class RemarkingSource(Protocol):
    """A source with findings that concern no single station."""

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Return it; known after ``prepare``."""


@runtime_checkable
class MeteredSource(Protocol):
    """A source that pays for its answers, including those that led to no claims."""

    @property
    def requests_made(self) -> int:
        """Return how many requests were sent so far."""

    @property
    def spent(self) -> ModelUsage:
        """Return what they have cost."""
