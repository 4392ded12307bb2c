"""Stations, exits and their parts: the vocabulary of the published dataset (docs/glossary.md)."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from enum import StrEnum
from functools import lru_cache
from typing import Annotated, ClassVar, Protocol, Self

from pydantic import Field, model_validator

from mrt_pipeline.contracts.base import Record
from mrt_pipeline.contracts.evidence import Citing, Confidence, EvidenceMap, Published

Latitude = Annotated[float, Field(ge=-90, le=90)]
Longitude = Annotated[float, Field(ge=-180, le=180)]
CLOCK = r"^([01][0-9]|2[0-3]):[0-5][0-9]$"


class StationType(StrEnum):
    """The mode of a station's first line."""

    MRT = "mrt"
    LRT = "lrt"


class StationStatus(StrEnum):
    """Whether passengers can board on the run's ``as_of`` date."""

    OPERATIONAL = "operational"
    FUTURE = "future"


class StepFree(StrEnum):
    """Whether the way from the street to the platforms through this exit has no steps."""

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
    """not necessarily an accessible one"""


class TowardsKind(StrEnum):
    """What ``towards_code`` means for the trains of a platform."""

    TERMINUS = "terminus"
    """the trains end there"""
    LOOP_RETURN = "loop_return"
    """the trains run round a loop and return there; ``next_code`` distinguishes the two directions"""
    NEXT_STATION = "next_station"
    """the trains have no terminus, as on a ring: the next station is given instead"""


class ServiceDays(StrEnum):
    """The days on which trains run at the same times."""

    WEEKDAY = "weekday"
    SATURDAY = "saturday"
    SUNDAY_PUBLIC_HOLIDAY = "sunday_public_holiday"


class BusStopRelation(StrEnum):
    """Where a bus stop is relative to an exit, according to LTA; ``nearby`` if only the distance is known."""

    AT = "at"
    OPPOSITE = "opposite"
    BEFORE = "before"
    AFTER = "after"
    NEARBY = "nearby"
    LISTED = "listed"
    """a wiki page lists the stop under this exit"""


class LandmarkKind(StrEnum):
    """The kind of a landmark, if its source gives it."""

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
    """first day of passenger service under this code; None if no date is announced"""


class Platform(Published):
    """A boarding edge of a station, named after the direction of its trains; exits refer to it."""

    IDENTITY: ClassVar[frozenset[str]] = frozenset({"platform_id", "station_code", "line_code"})

    platform_id: str
    """unique: slug, line and next code, e.g. ``yishun-nsl-NS12``"""
    station_code: str
    """code of the station on the platform's line, e.g. NS24"""
    line_code: str
    platform_codes: tuple[str, ...] = ()
    """letters or numbers as signed; empty until a source gives one, several if several serve one direction"""
    towards_code: str
    """the destination on signs and trains; ``towards_kind`` gives its kind"""
    towards_kind: TowardsKind | None = None
    """None only in datasets made before it was recorded"""
    next_code: str
    """the next station in this direction"""
    confidence: Confidence = Confidence.HIGH


class TrainTimes(Published):
    """When the first and the last train of one service leave a platform on some days, in Singapore time."""

    IDENTITY: ClassVar[frozenset[str]] = frozenset(
        {"platform_id", "service", "days", "is_last_next_day", "confidence"}
    )

    platform_id: str
    service: str
    """name of the stopping pattern at the source; several may share a platform"""
    days: ServiceDays
    """days on which the first train leaves"""
    first_train: str = Field(pattern=CLOCK)
    """clock time, ``05:35``"""
    last_train: str = Field(pattern=CLOCK)
    is_last_next_day: bool
    """whether the last train leaves after midnight, that is, on the day after ``days``"""
    confidence: Confidence

    @model_validator(mode="after")
    def _last_is_after_first(self) -> Self:
        if self.is_last_next_day is not (self.last_train < self.first_train):
            raise ValueError(
                f"is_last_next_day is {self.is_last_next_day}, first_train {self.first_train} and last_train "
                f"{self.last_train}; expected true only for a last_train that a clock shows as earlier"
            )
        return self


class PlatformLink(Published):
    """The statement that an exit leads to a platform of its station.

    It has evidence of its own only if that differs from the evidence of its platform and exit:
    ``is_same_building`` follows from their two station codes (``extraction/exit_platforms.py``).
    """

    IDENTITY: ClassVar[frozenset[str]] = frozenset({"platform_id", "is_same_building", "confidence"})

    evidence: EvidenceMap = {}
    platform_id: str
    is_same_building: bool
    """False if the platform belongs to another building of the interchange than the exit"""
    confidence: Confidence
    """that the exit leads there: high only within its own building"""

    @model_validator(mode="after")
    def _another_building_is_not_certain(self) -> Self:
        if not self.is_same_building and self.confidence is Confidence.HIGH:
            raise ValueError("the platform is in another building; expected a confidence of medium or low")
        return self


class ExitPlatform(Published):
    """A source's claim about a platform that an exit leads to; merging turns it into a ``Platform``."""

    IDENTITY: ClassVar[frozenset[str]] = frozenset({"station_code", "line_code"})

    station_code: str
    line_code: str
    towards_code: str
    towards_kind: TowardsKind | None = None
    next_code: str
    platform_code: str | None = None
    """one letter or number as signed; a source that knows several makes one claim for each"""
    is_same_building: bool
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
    """numbers of services that call here, in natural order"""
    relation: BusStopRelation
    distance_m: float = Field(ge=0)
    """straight line from the exit in SVY21, metres"""
    confidence: Confidence = Confidence.HIGH


class ExitAccess(Published):
    """What is known about step-free access through one exit; never inferred from its station."""

    IDENTITY: ClassVar[frozenset[str]] = frozenset({"confidence"})

    step_free: StepFree
    features: tuple[AccessFeature, ...] = ()
    out_of_service: date | None = None
    """the day on which LTA listed a lift of this exit as out of service, if the run asked; affects
    neither ``features`` nor ``step_free``"""
    confidence: Confidence = Confidence.HIGH


class Landmark(Published):
    """A place that a source lists for an exit, or whose nearest exit this is."""

    IDENTITY: ClassVar[frozenset[str]] = frozenset({"confidence"})

    name: str
    kind: LandmarkKind | None = None
    """None if no source gives it"""
    distance_m: float | None = Field(default=None, ge=0)
    """straight line from the exit to its nearest edge in SVY21, metres; none if its position is unknown"""
    confidence: Confidence = Confidence.HIGH


class EnrichedExit(Record):
    """The published values of one exit, except its platforms."""

    exit_id: str
    """unique and stable across renumberings: slug, line of the building, label"""
    bus_stops: tuple[ExitBusStop, ...] = ()
    access: ExitAccess | None = None
    """None if no source says anything about this exit's access"""
    landmarks: tuple[Landmark, ...] = ()


class LinkedExit(EnrichedExit):
    """The merged values of one exit, with links to its platforms."""

    platforms: tuple[PlatformLink, ...] = ()
    """links to platforms of its station"""


class StationExit(LinkedExit, Published):
    """A public way in or out, labelled as LTA labels it."""

    IDENTITY: ClassVar[frozenset[str]] = frozenset({"exit_id"})

    exit_code: str
    """the bare label as signed, e.g. ``A`` or ``1``"""
    station_code: str
    """code of the building that the exit belongs to"""
    line_code: str
    lat: Latitude
    lng: Longitude


class StationNames(Published):
    """A station's names in Singapore's other official languages, where known."""

    zh_hans: str | None = None
    """Chinese, simplified characters"""
    ms: str | None = None
    """Malay"""
    ta: str | None = None
    """Tamil"""


class Station(Published, Citing):
    """One named place, whichever lines serve it."""

    IDENTITY: ClassVar[frozenset[str]] = frozenset({"station_id", "slug", "wiki_title", "status"})

    station_id: str
    """the station's code on its first line, in the order NSL EWL NEL CCL DTL TEL BPL SKL PGL"""
    slug: str
    """never changes; the key for comparing runs"""
    name: str
    names: StationNames | None = None
    """names in other languages; None if no source gives them"""
    station_type: StationType
    status: StationStatus
    mrt_codes: tuple[str, ...]
    """all codes in operation on ``as_of``, first line first; includes LRT codes"""
    lines: tuple[str, ...]
    codes: tuple[StationCode, ...]
    lat: Latitude
    lng: Longitude
    wiki_title: str
    """title to request from the wiki; computed, to be resolved through its API"""
    platforms: tuple[Platform, ...] = ()
    trains: tuple[TrainTimes, ...] = ()
    """first and last trains by platform; empty if no source gives them"""
    exits: tuple[StationExit, ...] = ()

    @model_validator(mode="after")
    def _exits_lead_to_own_platforms(self) -> Self:
        """Refuse a link to a missing platform, which would be a value without evidence."""
        check_links(self, self.trains)
        return self


class Directed(Protocol):
    """Anything with a direction: a claim, or a row of the network's table."""

    @property
    def station_code(self) -> str:
        """Return the code of the station."""

    @property
    def line_code(self) -> str:
        """Return the line."""

    @property
    def towards_code(self) -> str:
        """Return the destination of its trains."""

    @property
    def next_code(self) -> str:
        """Return the code of the next station."""


Direction = tuple[str, str, str]
"""codes of the station, of the trains' destination, and of the next station"""


def direction_of(platform: Directed) -> Direction:
    """Return a platform's direction; platforms with equal directions are the same."""
    return platform.station_code, platform.towards_code, platform.next_code


def name_platforms(slug: str, claimed: Sequence[Directed]) -> list[str]:
    """Return the ids of a station's platforms; where two share line and next code, ids include the rest.

    Args:
        slug: slug of the station.
        claimed: one item per direction.
    """
    ways = Counter((item.line_code, item.next_code) for item in claimed)
    return [
        "-".join(
            (slug, item.line_code.lower(), item.next_code)
            + (direction_of(item)[:2] if ways[item.line_code, item.next_code] > 1 else ())
        )
        for item in claimed
    ]


@lru_cache(maxsize=1024)  # the exits of a station share their links
def link_platform(platform_id: str, *, is_same_building: bool) -> PlatformLink:
    """Return the link from an exit to a platform; one in another building is not certain."""
    return PlatformLink(
        platform_id=platform_id,
        is_same_building=is_same_building,
        confidence=Confidence.HIGH if is_same_building else Confidence.MEDIUM,
    )


class HasPlatforms(Protocol):
    """A station, or stage 2's result for one."""

    @property
    def platforms(self) -> tuple[Platform, ...]:
        """Return its platforms."""

    @property
    def exits(self) -> tuple[LinkedExit, ...]:
        """Return its exits."""


def count_stations(stations: Sequence[Station]) -> dict[str, int]:
    """Return the numbers of stations, codes, lines and exits."""
    return {
        "stations": len(stations),
        "codes": sum(len(station.mrt_codes) for station in stations),
        "lines": len({line for station in stations for line in station.lines}),
        "exits": sum(len(station.exits) for station in stations),
    }


def index_platforms(places: Iterable[HasPlatforms]) -> dict[str, Platform]:
    """Return the platforms of stations by id."""
    return {platform.platform_id: platform for place in places for platform in place.platforms}


def check_links(place: HasPlatforms, trains: Iterable[TrainTimes]) -> None:
    """Raise ``ValueError`` if an exit leads to, or trains leave from, a platform that the station lacks."""
    known = {platform.platform_id for platform in place.platforms}
    for times in trains:
        if times.platform_id not in known:
            raise ValueError(
                f"trains of {times.service} leave {times.platform_id!r}; expected a platform of its own "
                "station"
            )
    for found in place.exits:
        for link in found.platforms:
            if link.platform_id not in known:
                raise ValueError(
                    f"{found.exit_id} leads to platform {link.platform_id!r}; expected a platform of its own "
                    "station"
                )


def join_platforms(
    found: LinkedExit, platforms: Mapping[str, Platform]
) -> Iterator[tuple[PlatformLink, Platform]]:
    """Yield the platforms that an exit leads to, each with its link."""
    return ((link, platforms[link.platform_id]) for link in found.platforms)
