"""The outputs of the three stages: ``Stage1Output``, ``Stage2Output``, ``Stage3Output``."""

from datetime import date
from enum import StrEnum
from typing import Any, Literal, Self

from pydantic import Field, model_validator

from mrt_pipeline.contracts.base import Moment, Record
from mrt_pipeline.contracts.evidence import Citing, Evidence, Provenance
from mrt_pipeline.contracts.findings import Finding
from mrt_pipeline.contracts.names import STAGE1_INGESTION, STAGE2_ENRICHMENT, STAGE3_MERGER
from mrt_pipeline.contracts.network import (
    AccessFeature,
    EnrichedExit,
    ExitPlatform,
    LinkedExit,
    Platform,
    Station,
    StationNames,
    TrainTimes,
    check_links,
)

SCHEMA_VERSION: Literal["3"] = "3"
"""Raised whenever a field of an output changes meaning or shape. Checkpoints of stages 1 and 2 are then
refused, and datasets are read through ``runtime/older_datasets.py``."""


LicenceSet = Literal["all", "open"] | tuple[str, ...]
"""licences under which values are published: all, those that require attribution at most, or those listed"""


class StageMetadata(Record):
    """When a stage's output was made and for which date; times are recorded only here."""

    stage_name: str
    as_of: date
    as_known_on: date | None = None
    """horizon of the network table, if ``as_of`` is beyond it; later changes are unknown"""
    generated_at: Moment
    pipeline_name: str
    pipeline_version: str
    description: str
    licences: LicenceSet = "all"
    """the set that the dataset was made for; the licences it contains are those of ``provenance``"""


class FeatureOutcome(StrEnum):
    """What became of a feature of the exits file."""

    KEPT = "kept"
    MERGED = "merged"
    SET_APART = "set_apart"


class FeatureAccount(Record):
    """Account of one feature of LTA's exits file, so that none is lost unnoticed."""

    record_id: str
    """LTA's OBJECTID"""
    station_na: str
    exit_code: str
    outcome: FeatureOutcome
    exit_id: str | None = None
    """the published exit that it became or was merged into"""
    reason: str


class Stage1Output(Record):
    """Stations in operation with their exits, sorted by (first line, travel order)."""

    schema_version: Literal["3"] = SCHEMA_VERSION
    metadata: StageMetadata
    stations: tuple[Station, ...]
    future_stations: tuple[Station, ...]
    features: tuple[FeatureAccount, ...]
    provenance: dict[str, Provenance]
    findings: tuple[Finding, ...]


class RejectedClaim(Record):
    """A claim that was not published, and why."""

    source: str
    """configured name of the source that made it, e.g. ``openrouter_llm``"""
    reason: str
    """stable reason in kebab case, e.g. ``quote-not-in-page``"""
    field: str
    value: str
    exit_label: str | None = None
    document_id: str | None = None


class ModelUsage(Record):
    """The cost of a model's answers."""

    calls: int = Field(default=0, ge=0)
    cached_calls: int = Field(default=0, ge=0)
    """questions answered from the cache, at no cost"""
    prompt_tokens: int = Field(default=0, ge=0)
    completion_tokens: int = Field(default=0, ge=0)
    cost_usd: float = Field(default=0.0, ge=0)


class FeatureDenial(Record):
    """A statement that an access feature is missing."""

    feature: AccessFeature
    evidence: Evidence


class ExitEnrichment(EnrichedExit):
    """One source's claims about one exit."""

    platforms: tuple[ExitPlatform, ...] = ()
    denied: tuple[FeatureDenial, ...] = ()
    """features that a source denies; used only to find contradictions, never published"""
    street_lifts: tuple[Evidence, ...] = ()
    """records of a lift between the street at this exit and the concourse or platforms: premises of
    ``extraction.deduction``, never published by themselves"""


class EnrichmentStatus(StrEnum):
    """How far a station got in stage 2."""

    DONE = "done"
    PARTIAL = "partial"
    """a source failed for this station; the other sources' values are present"""
    FAILED = "failed"
    PENDING = "pending"
    """the run stopped at its budget before this station"""


class StationEnrichment(Citing):
    """Stage 2's result for one station, committed as one row of the journal."""

    slug: str
    status: EnrichmentStatus
    platforms: tuple[Platform, ...] = ()
    trains: tuple[TrainTimes, ...] = ()
    exits: tuple[LinkedExit, ...] = ()
    names: StationNames | None = None
    rejected: tuple[RejectedClaim, ...] = ()
    findings: tuple[Finding, ...] = ()
    provenance: dict[str, Provenance] = {}
    failures: dict[str, str] = {}
    """source name to a sentence that says why it returned nothing for this station"""

    @model_validator(mode="after")
    def _exits_lead_to_own_platforms(self) -> Self:
        check_links(self, self.trains)
        return self


class SourceUse(Record):
    """Whether a configured source was used, and why not."""

    source: str
    used: bool
    reason: str


class Stage2Output(Record):
    """One enrichment per station of stage 1, in stage 1's order."""

    schema_version: Literal["3"] = SCHEMA_VERSION
    metadata: StageMetadata
    sources: tuple[SourceUse, ...]
    enrichments: tuple[StationEnrichment, ...]
    provenance: dict[str, Provenance]
    findings: tuple[Finding, ...]


class Stage3Output(Record):
    """The dataset: metadata and stations in operation; future stations are separate."""

    schema_version: Literal["3"] = SCHEMA_VERSION
    metadata: StageMetadata
    stations: tuple[Station, ...]
    future_stations: tuple[Station, ...]
    provenance: dict[str, Provenance]
    findings: tuple[Finding, ...]


StageOutput = Stage1Output | Stage2Output | Stage3Output

OUTPUT_KINDS: dict[str, type[Any]] = {
    STAGE1_INGESTION: Stage1Output,
    STAGE2_ENRICHMENT: Stage2Output,
    STAGE3_MERGER: Stage3Output,
}
"""output type of each stage"""
