"""Match our stations, exits and platforms with the stops of LTA's GTFS feed, using distances.

LTA's ids: a station is one of its codes (``EW16``), an entrance ``EW16_E6`` with its label as ``stop_name``,
a platform ``EW16_A``, whose suffix is not its letter; the letter is ``platform_code``. Several of our exits
may share a label: then the position decides, or no match is made.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from mrt_pipeline.contracts.network import Platform, Station, StationExit
from mrt_pipeline.extraction.exit_matching import CLEAR_M
from mrt_pipeline.runtime.geometry import distance_m

NEAR_M = 30.0
"""an exit and an entrance with its label that are at most this far apart are one; both are of the same
survey"""
STATION_M = 750.0
"""a station of the feed that is farther from ours than this is another one, whatever its id"""
STATION, PLATFORM, ENTRANCE = "1", "0", "2"
"""values of ``location_type``"""


class Match(StrEnum):
    """How certain the match of one of our places with a stop is."""

    UNIQUE = "unique"
    AMBIGUOUS = "ambiguous"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Stop:
    """A row of LTA's ``stops.txt``."""

    stop_id: str
    stop_name: str
    lat: float
    lng: float
    location_type: str
    parent_station: str
    platform_code: str
    wheelchair_boarding: str
    position: int
    """position of the row"""


@dataclass(frozen=True, slots=True)
class Pairing:
    """A row of the crosswalk."""

    kind: str
    our_id: str
    match: Match
    stop: Stop | None = None
    """set if it is the only one"""
    distance_m: float | None = None
    """distance to that stop, otherwise to the nearest candidate"""
    candidates: tuple[str, ...] = ()
    """ids of the possible stops"""


class Crosswalk:
    """The stops of a feed, grouped by station."""

    def __init__(self, stops: Iterable[Stop]) -> None:
        self._stations: dict[str, Stop] = {}
        self._below: dict[str, list[Stop]] = {}
        for stop in stops:
            if stop.location_type == STATION:
                self._stations[stop.stop_id] = stop
            else:
                self._below.setdefault(stop.parent_station, []).append(stop)

    def parents_of(self, station: Station) -> list[Stop]:
        """Return the feed's stations that have a code of ours and are near it."""
        found = (self._stations[code] for code in station.mrt_codes if code in self._stations)
        return [stop for stop in found if _away(station, stop) <= STATION_M]

    def pair(self, station: Station) -> list[Pairing]:
        """Return the stops of the feed for a station, its platforms and its exits."""
        parents = self.parents_of(station)
        below = [stop for parent in parents for stop in self._below.get(parent.stop_id, ())]
        platforms = [stop for stop in below if stop.location_type in (PLATFORM, "")]
        entrances = [stop for stop in below if stop.location_type == ENTRANCE]
        return [
            _decide("station", station.slug, _measured(station, parents)),
            *_pair_platforms(station, platforms),
            *_pair_exits(station.exits, entrances),
        ]


def label_of(stop: Stop) -> str:
    """Return the label of an entrance in comparable form."""
    return re.sub(r"^exit\s+", "", stop.stop_name.strip().casefold())


def _decide(kind: str, our_id: str, candidates: Mapping[Stop, float], *, is_shared: bool = False) -> Pairing:
    """Return a pairing with the only candidate, if there is one and no other place of ours could be it."""
    ids = tuple(stop.stop_id for stop in candidates)
    nearest = min(candidates.values(), default=None)
    if not candidates:
        return Pairing(kind, our_id, Match.NONE)
    if len(candidates) > 1 or is_shared:
        return Pairing(kind, our_id, Match.AMBIGUOUS, None, nearest, ids)
    [stop] = candidates
    return Pairing(kind, our_id, Match.UNIQUE, stop, nearest, ids)


def _pair_exits(exits: Sequence[StationExit], entrances: Sequence[Stop]) -> list[Pairing]:
    """Return the pairing of each exit.

    An exit is the only entrance within reach that has its label, unless that entrance is within reach of
    another exit with the label. The match is in doubt if an exit or entrance with another label is clearly
    nearer. Otherwise the exit may be an entrance with its label that is no other exit; or, within reach, one
    with a label that no exit has, as after relabelling. Only if there is neither is it missing from the feed.
    """
    near = {found.exit_id: _of_label(found, entrances, NEAR_M) for found in exits}
    claims = Counter(stop for candidates in near.values() for stop in candidates)
    labels = {found.exit_code.casefold() for found in exits}
    settled = {stop for found in near.values() if len(found) == 1 for stop in found if claims[stop] == 1}
    free = [stop for stop in entrances if stop not in settled]
    pairings = []
    for found in exits:
        candidates = near[found.exit_id]
        is_shared = any(claims[stop] > 1 or _is_swapped(found, stop, exits, entrances) for stop in candidates)
        if not candidates:
            renamed = [stop for stop in free if label_of(stop) not in labels]
            candidates = _of_label(found, free) | _within(_measured(found, renamed), NEAR_M)
            is_shared = True
        pairings.append(_decide("exit", found.exit_id, candidates, is_shared=is_shared))
    return pairings


def _is_swapped(found: StationExit, stop: Stop, exits: Iterable[StationExit], stops: Iterable[Stop]) -> bool:
    """Return whether an exit or entrance with another label is clearly nearer than the two to each other."""
    most_m = _away(found, stop) - CLEAR_M
    return any(
        other.exit_code.casefold() != label_of(stop) and _away(other, stop) <= most_m for other in exits
    ) or any(label_of(other) != label_of(stop) and _away(found, other) <= most_m for other in stops)


def _of_label(found: StationExit, entrances: Iterable[Stop], most_m: float = math.inf) -> dict[Stop, float]:
    alike = [stop for stop in entrances if label_of(stop) == found.exit_code.casefold()]
    return _within(_measured(found, alike), most_m)


def _pair_platforms(station: Station, stops: Sequence[Stop]) -> list[Pairing]:
    """Return each platform's pairing: the only stop with exactly its letters, if no other one has them."""
    sets = [frozenset(platform.platform_codes) for platform in station.platforms]
    return [_pair_platform(station, platform, stops, sets) for platform in station.platforms]


def _pair_platform(
    station: Station, platform: Platform, stops: Sequence[Stop], sets: Sequence[frozenset[str]]
) -> Pairing:
    own = frozenset(platform.platform_codes)
    touched = [stop for stop in stops if own & _letters(stop)]
    is_shared = sum(bool(own & letters) for letters in sets) > 1 or any(
        _letters(stop) != own for stop in touched
    )
    return _decide("platform", platform.platform_id, _measured(station, touched), is_shared=is_shared)


def _letters(stop: Stop) -> frozenset[str]:
    """Return the letters of a platform; several are written ``A / D / E``."""
    return frozenset(filter(None, (letter.strip() for letter in stop.platform_code.split("/"))))


def _measured(place: Station | StationExit, stops: Iterable[Stop]) -> dict[Stop, float]:
    return {stop: _away(place, stop) for stop in stops}


def _within(measured: Mapping[Stop, float], most_m: float) -> dict[Stop, float]:
    return {stop: metres for stop, metres in measured.items() if metres <= most_m}


def _away(place: Station | StationExit, stop: Stop) -> float:
    return distance_m(place.lat, place.lng, stop.lat, stop.lng)
