"""The comparison of a dataset with the last published one, and whether it may be published."""

from datetime import date
from enum import StrEnum

from pydantic import Field

from mrt_pipeline.contracts.base import Moment, Record
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
    generated_at: Moment | None = None
    """None if it was not read because it equals the new one"""
    content_sha256: str | None = None
    """checksum that identifies it, from its run's manifest"""


class FieldLoss(Record):
    """How many values of one field were lost at the exits in both datasets."""

    field: str
    old: int = Field(ge=0)
    """values in the older dataset"""
    lost: int = Field(ge=0)
    share: float = Field(ge=0, le=1)
    """``lost`` of ``old``, to four decimals; 0 if there were none"""
    exits: tuple[str, ...] = ()
    """ids of the exits that have fewer values than before"""


class SilentSource(StationChange):
    """A station for which a source gave values before and gives none now."""

    source_id: str
    values: int = Field(ge=1)
    """number of values before"""
    documents: tuple[str, ...]
    """title and revision of the documents they were quoted from"""


class AccessTurn(Record):
    """An exit whose access differs from before (compare/access_turns.py)."""

    exit_id: str
    slug: str
    old: StepFree | None = None
    """earlier step-free access, if it has changed"""
    new: StepFree | None = None
    gained: tuple[AccessFeature, ...] = ()
    """decisive features that are new"""
    lost: tuple[AccessFeature, ...] = ()
    """decisive features that are no longer listed, although others are"""
    documents: tuple[str, ...] = ()
    """documents that the newer dataset cites for the exit's access"""


class LostAnswer(Record):
    """An exit whose step-free access was known and is unknown now."""

    exit_id: str
    slug: str
    old: StepFree
    sources: tuple[str, ...] = ()
    """sources of the answer in the older dataset"""


class RecordLoss(Record):
    """A source whose documents hold fewer records than before."""

    source_id: str
    old: int = Field(ge=1)
    """number of records before"""
    new: int = Field(ge=0)
    """number of records now; 0 also if the source was not read"""
    share: float = Field(ge=0, le=1)
    """share of ``old`` that is missing, to four decimals"""


class GateReport(Record):
    """The outcome of a comparison, kept in the manifest and, in full, in ``gates.json``."""

    status: GateStatus
    reason: str
    """one sentence: why nothing was compared, or the result"""
    baseline: BaselineRun | None = None
    excesses: tuple[str, ...] = ()
    """one sentence for each limit that is exceeded"""
    gaps: tuple[str, ...] = ()
    """one sentence for each source that returned nothing for some stations, unless that was accepted"""
    stations: tuple[LostStation, ...] = ()
    exits: tuple[ExitPresence, ...] = ()
    """exits that a station has lost: neither their id nor their position is present now"""
    fields: tuple[FieldLoss, ...] = ()
    """only fields with losses"""
    silences: tuple[SilentSource, ...] = ()
    """stations for which a source gives nothing any more; reported, but not a reason to refuse"""
    turns: tuple[AccessTurn, ...] = ()
    """exits whose access has changed; each is a warning, whether the limit is exceeded or not"""
    lost_answers: tuple[LostAnswer, ...] = ()
    """exits whose step-free access is no longer known; each is a warning"""
    sources: tuple[RecordLoss, ...] = ()
    """only sources with fewer records"""
