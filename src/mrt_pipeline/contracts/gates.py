"""The comparison of a dataset with the last one published, and whether it may be published."""

from datetime import date
from enum import StrEnum

from pydantic import AwareDatetime, Field

from mrt_pipeline.contracts.base import Record
from mrt_pipeline.contracts.comparison import ExitPresence, LostStation, StationChange
from mrt_pipeline.contracts.network import AccessFeature, StepFree


class GateStatus(StrEnum):
    """What the comparison means for publishing."""

    PASSED = "passed"
    """losses are within the configured limits"""
    FAILED = "failed"
    """losses exceed the limits, or a source has gaps; nothing is published"""
    ACCEPTED = "accepted"
    """losses exceed the limits, and a person accepted them"""
    NOT_COMPARED = "not_compared"
    """there was nothing to compare with, or the gates are disabled"""


class BaselineRun(Record):
    """The dataset that a new one is compared with."""

    run_id: str
    folder: str
    as_of: date
    generated_at: AwareDatetime | None = None
    """none if it was not read, because it says the same as the new one"""
    content_sha256: str | None = None
    """the checksum that identifies it, from its run's manifest"""


class FieldLoss(Record):
    """How many values of one field were lost at the exits that both datasets have."""

    field: str
    old: int = Field(ge=0)
    """values then"""
    lost: int = Field(ge=0)
    share: float = Field(ge=0, le=1)
    """``lost`` of ``old``, to four decimals; 0 when there was none"""
    exits: tuple[str, ...] = ()
    """ids of the exits that have fewer of them than then"""


class SilentSource(StationChange):
    """A station of which a source gave values then and gives none now."""

    source_id: str
    values: int = Field(ge=1)
    """how many it gave then"""
    documents: tuple[str, ...]
    """title and revision of what they were quoted from"""


class AccessTurn(Record):
    """An exit whose access is different from before (compare/access_turns.py)."""

    exit_id: str
    slug: str
    old: StepFree | None = None
    """step-free access then, if it is another one now"""
    new: StepFree | None = None
    gained: tuple[AccessFeature, ...] = ()
    """decisive features that are new"""
    lost: tuple[AccessFeature, ...] = ()
    """decisive features that are no longer listed, while others are"""
    documents: tuple[str, ...] = ()
    """what the newer dataset cites for the exit's access"""


class LostAnswer(Record):
    """An exit whose step-free access was known and is now unknown."""

    exit_id: str
    slug: str
    old: StepFree
    sources: tuple[str, ...] = ()
    """the sources of the answer in the older dataset"""


class RecordLoss(Record):
    """A source whose documents hold fewer records than then."""

    source_id: str
    old: int = Field(ge=1)
    """records then"""
    new: int = Field(ge=0)
    """records now; 0 also if the source was not read"""
    share: float = Field(ge=0, le=1)
    """what is missing of ``old``, to four decimals"""


class GateReport(Record):
    """The outcome of a comparison, kept in the manifest and, in full, in ``gates.json``."""

    status: GateStatus
    reason: str
    """one sentence: why it was not compared, or the result"""
    baseline: BaselineRun | None = None
    excesses: tuple[str, ...] = ()
    """one sentence for each limit that is exceeded"""
    gaps: tuple[str, ...] = ()
    """one sentence for each source that returned nothing for some stations, unless that was accepted"""
    stations: tuple[LostStation, ...] = ()
    exits: tuple[ExitPresence, ...] = ()
    """those that a station had then and has not now, neither under their id nor at their place"""
    fields: tuple[FieldLoss, ...] = ()
    """only fields with losses"""
    silences: tuple[SilentSource, ...] = ()
    """stations for which a source no longer gives anything; reported, but publication goes ahead"""
    turns: tuple[AccessTurn, ...] = ()
    """exits whose access has changed; each is a warning, whether the limit is exceeded or not"""
    lost_answers: tuple[LostAnswer, ...] = ()
    """exits whose step-free access is no longer known; each is a warning"""
    sources: tuple[RecordLoss, ...] = ()
    """only sources that have fewer records"""
