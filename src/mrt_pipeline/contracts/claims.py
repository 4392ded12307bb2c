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
    """A value that a source did not read because the meaning of its head or key is unknown."""

    head: str
    exit_labels: tuple[str, ...]
    start: int = Field(ge=0)
    """position of the value in the document's clean text"""
    end: int


class StationClaims(Record):
    """One source's grounded claims about one station; every value carries that source's evidence."""

    source: str
    outranks: tuple[str, ...] = ()
    """sources whose platform letters give way where they differ from this one's"""
    exits: tuple[ExitEnrichment, ...] = ()
    names: StationNames | None = None
    trains: tuple[TrainTimes, ...] = ()
    """times at platforms, identified as ``name_platforms`` does"""
    passages: tuple[Passage, ...] = ()
    page: Passage | None = None
    """the whole document, if some of its values have unknown heads"""
    headed: tuple[HeadedValue, ...] = ()
    rejected: tuple[RejectedClaim, ...] = ()
    findings: tuple[Finding, ...] = ()
    provenance: dict[str, Provenance] = {}
    usage: ModelUsage = ModelUsage()


class EnrichmentSource(Protocol):
    """One entry of ``stages.stage2_enrichment.sources``."""

    @property
    def name(self) -> str:
        """Return the source's name in the configuration."""

    def prepare(self, stations: Sequence[Station]) -> None:
        """Request, once and before any station, what concerns all stations still to be processed.

        Raises:
            SourceError: if the source is unavailable.
        """

    def version_for(self, station: Station) -> str | None:
        """Return what the source's answer depends on besides code and configuration, e.g. a page's revision.

        A finished station is processed again when this value changes. None means that the value is unknown
        now; the earlier result then remains. Called after ``prepare``.
        """

    def claims_for(self, station: Station, earlier: tuple[StationClaims, ...]) -> StationClaims:
        """Return the source's claims about a station's exits.

        Args:
            station: a station of stage 1.
            earlier: claims of the sources before this one, in the configured order.

        Raises:
            SourceError: if the source has no answer for this station now.
            ModelCallError: if the language model has none.
        """


@runtime_checkable
class SurveyingSource(Protocol):
    """A source that compares all stations: its claims about one depend on the others as well."""

    def survey(self, stations: Sequence[Station]) -> None:
        """Take every station of the run, including those that need no request; called after ``prepare``."""


@runtime_checkable
class BoundedSource(Protocol):
    """A source that covers only some stations: if it is unavailable, the others lack nothing."""

    def covers(self, station: Station) -> bool:
        """Return whether the source may have anything about a station; known before ``prepare``."""


@runtime_checkable
class KeepingSource(Protocol):
    """A source that keeps what it has read between runs; if that is deleted, everything is read again."""

    def keeps(self, station: Station) -> bool:
        """Return whether what it read about a station is still kept; called after ``prepare``."""


@runtime_checkable
class RemarkingSource(Protocol):
    """A source with findings that concern no single station."""

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Return the findings; known after ``prepare``."""


@runtime_checkable
class MeteredSource(Protocol):
    """A source that pays for its answers, including those that led to no claims."""

    @property
    def requests_made(self) -> int:
        """Return how many requests were sent so far."""

    @property
    def spent(self) -> ModelUsage:
        """Return the cost of these requests."""
