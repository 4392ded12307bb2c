"""Stations, exits and what hangs on an exit: the published dataset's vocabulary (docs/glossary.md)."""

from datetime import date
from enum import StrEnum
from typing import Annotated, ClassVar

from pydantic import Field

from mrt_pipeline.contracts.base import Record
from mrt_pipeline.contracts.evidence import Confidence, Published

Latitude = Annotated[float, Field(ge=-90, le=90)]
Longitude = Annotated[float, Field(ge=-180, le=180)]


class StationType(StrEnum):
    """The mode of a station's first line."""

    MRT = "mrt"
    LRT = "lrt"


class StationStatus(StrEnum):
    """Whether passengers can board on the run's ``as_of`` date."""

    OPERATIONAL = "operational"
    FUTURE = "future"


class StepFree(StrEnum):
    """Whether one can get from the street to the platforms without a step through this very exit."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


class AccessFeature(StrEnum):
    """The closed vocabulary of access features of one exit."""

    WHEELCHAIR_ACCESSIBLE = "wheelchair_accessible"
    BARRIER_FREE = "barrier_free"
    LIFT = "lift"
    ESCALATOR = "escalator"
    STAIRS_ONLY = "stairs_only"
    TACTILE_GUIDANCE = "tactile_guidance"
    ACCESSIBLE_TOILET = "accessible_toilet"
    RAMP = "ramp"
    TOILET = "toilet"
    """not said to be accessible"""


class TowardsKind(StrEnum):
    """What ``towards_code`` is to the trains of a platform."""

    TERMINUS = "terminus"
    """they end there"""
    LOOP_RETURN = "loop_return"
    """they run round a loop and come back there; ``next_code`` tells the two ways round apart"""
    NEXT_STATION = "next_station"
    """they end nowhere, as on a ring: the next station stands in for a terminus"""


class BusStopRelation(StrEnum):
    """How a bus stop lies to an exit, in LTA's own words, or ``nearby`` when only distance speaks."""

    AT = "at"
    OPPOSITE = "opposite"
    BEFORE = "before"
    AFTER = "after"
    NEARBY = "nearby"
    LISTED = "listed"
    """a wiki page lists the stop under this exit"""


class LandmarkKind(StrEnum):
    """What a landmark is, where its source says so."""

    BUS_INTERCHANGE = "bus_interchange"
    COMMUNITY_CLUB = "community_club"
    HAWKER_CENTRE = "hawker_centre"
    HOTEL = "hotel"
    LIBRARY = "library"
    MUSEUM = "museum"
    PARK = "park"
    SPORT_FACILITY = "sport_facility"


class StationCode(Published):
    """One code of a station in operation on ``as_of``; LRT codes included."""

    IDENTITY: ClassVar[frozenset[str]] = frozenset({"station_code"})

    station_code: str
    line_code: str
    opened_date: date | None = None
    """first day of passenger service under this code; none for a code without an announced date"""


class ExitPlatform(Published):
    """A boarding edge that an exit leads to, named by where its trains go."""

    IDENTITY: ClassVar[frozenset[str]] = frozenset({"station_code", "line_code"})

    station_code: str
    """whose platform it is, e.g. NS24"""
    line_code: str
    towards_code: str
    """where signs and trains say that they go; ``towards_kind`` says what it is to them"""
    towards_kind: TowardsKind | None = None
    """none only in datasets made before it was recorded"""
    next_code: str
    """the next station in this direction"""
    platform_code: str | None = None
    """letter or number as signed; empty until a source gives it"""
    further_codes: tuple[str, ...] = ()
    """other letters from which trains go the same way, as at some termini; all are true"""
    is_same_building: bool
    """false when the platform belongs to another building of the interchange than the exit"""
    confidence: Confidence = Confidence.HIGH


class ExitBusStop(Published):
    """A bus stop within reach of an exit."""

    IDENTITY: ClassVar[frozenset[str]] = frozenset({"bus_stop_code", "confidence"})

    bus_stop_code: str = Field(pattern=r"^\d{5}$")
    description: str
    road_name: str
    lat: Latitude
    lng: Longitude
    services: tuple[str, ...]
    """service numbers that call here, in natural order"""
    relation: BusStopRelation
    distance_m: float = Field(ge=0)
    """straight line from the exit in SVY21, metres"""
    confidence: Confidence = Confidence.HIGH


class ExitAccess(Published):
    """What is known of step-free access through one exit; never inferred from its station."""

    IDENTITY: ClassVar[frozenset[str]] = frozenset({"confidence"})

    step_free: StepFree
    features: tuple[AccessFeature, ...] = ()
    out_of_service: date | None = None
    """the day on which LTA listed a lift of this exit as out of service, if the run asked and it did; changes
    neither ``features`` nor ``step_free``"""
    confidence: Confidence = Confidence.HIGH


class Landmark(Published):
    """A place that a source names as reached by an exit, or that no other exit is nearer to."""

    IDENTITY: ClassVar[frozenset[str]] = frozenset({"confidence"})

    name: str
    kind: LandmarkKind | None = None
    """none where no source says what it is"""
    distance_m: float | None = Field(default=None, ge=0)
    """straight line from the exit to its nearest edge in SVY21, metres; none where no source has its place"""
    confidence: Confidence = Confidence.HIGH


class EnrichedExit(Record):
    """What hangs on one exit: what stage 2 finds and the dataset publishes."""

    exit_id: str
    """unique and stable across renumberings: slug, line of the building, label"""
    platforms: tuple[ExitPlatform, ...] = ()
    bus_stops: tuple[ExitBusStop, ...] = ()
    access: ExitAccess | None = None
    """empty while no source says anything about this exit's access"""
    landmarks: tuple[Landmark, ...] = ()


class StationExit(EnrichedExit, Published):
    """A public way in or out, as LTA numbers them."""

    IDENTITY: ClassVar[frozenset[str]] = frozenset({"exit_id"})

    exit_code: str
    """the bare label as signed, e.g. ``A`` or ``1``"""
    station_code: str
    """the code whose building the exit belongs to"""
    line_code: str
    lat: Latitude
    lng: Longitude


class StationNames(Published):
    """What a station is called in Singapore's other official languages, where that is known."""

    zh_hans: str | None = None
    """Chinese in simplified characters"""
    ms: str | None = None
    """Malay"""
    ta: str | None = None
    """Tamil"""


class Station(Published):
    """One named place, whatever lines serve it."""

    IDENTITY: ClassVar[frozenset[str]] = frozenset({"station_id", "slug", "wiki_title", "status"})

    station_id: str
    """the station's code on its first line, in the order NSL EWL NEL CCL DTL TEL BPL SKL PGL"""
    slug: str
    """never changes, and is the key for comparing runs"""
    name: str
    names: StationNames | None = None
    """in other languages; none while no source gives them"""
    station_type: StationType
    status: StationStatus
    mrt_codes: tuple[str, ...]
    """all codes in operation on ``as_of``, first line first; LRT codes included"""
    lines: tuple[str, ...]
    codes: tuple[StationCode, ...]
    lat: Latitude
    lng: Longitude
    wiki_title: str
    """title to ask the wiki for; computed, to be resolved through its API"""
    exits: tuple[StationExit, ...] = ()
