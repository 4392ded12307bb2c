"""Check for impossible positions, and for distances that no real station has.

Distances are computed here from degrees, not in the projection of stages 1 and 2, so that an error in the
projection cannot hide itself.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import combinations

from mrt_pipeline.contracts.checks import finding_of
from mrt_pipeline.contracts.findings import Finding
from mrt_pipeline.contracts.network import ExitBusStop, Station, StationExit
from mrt_pipeline.network import Network
from mrt_pipeline.runtime.records import SINGAPORE

Point = tuple[float, float]
"""latitude, longitude"""

LAT_RANGE, LNG_RANGE = SINGAPORE

MAX_BETWEEN_EXITS_M = 1000
"""the widest real station is Marine Parade, 605 m (LTA, July 2026)"""
MAX_FROM_STATION_M = 750
"""the farthest real exit is Marine Parade 5, 564 m from its station (LTA, July 2026)"""
MAX_TO_BUS_STOP_M = 400
METRES_PER_DEGREE_LAT = 110_575
METRES_PER_DEGREE_LNG = 111_289
"""on the WGS84 ellipsoid at 1.35° north; accurate to 0.1 m per kilometre throughout Singapore"""
SAME_PLACE_DECIMALS = 6
"""0.1 m: records closer together than that share a point"""


def check_positions(stations: tuple[Station, ...], network: Network) -> Iterator[Finding]:
    """Yield every position outside Singapore, every impossible distance, and points shared by two exits."""
    for station in stations:
        yield from _check_bounds(station)
        yield from _check_between_exits(station)
        for found in station.exits:
            yield from _check_from_station(station, found, network)
            yield from _check_bus_stops(station, found)
    yield from _check_shared_points(stations)


def distance_m(one: Point, other: Point) -> float:
    """Return the distance between two points in Singapore, metres."""
    north_m = (one[0] - other[0]) * METRES_PER_DEGREE_LAT
    east_m = (one[1] - other[1]) * METRES_PER_DEGREE_LNG
    return math.hypot(north_m, east_m)


def _check_bounds(station: Station) -> Iterator[Finding]:
    yield from _check_point(station.name, (station.lat, station.lng), station.slug)
    for found in station.exits:
        place = f"{station.name} Exit {found.exit_code}"
        yield from _check_point(place, (found.lat, found.lng), station.slug, found.exit_id)
        for stop in found.bus_stops:
            place = f"Bus stop {stop.bus_stop_code}"
            yield from _check_point(place, (stop.lat, stop.lng), station.slug, found.exit_id)


def _check_point(place: str, point: Point, slug: str, exit_id: str | None = None) -> Iterator[Finding]:
    if _is_in_singapore(point):
        return
    swapped = _is_in_singapore((point[1], point[0]))
    where = f"{place} lies at lat {point[0]}, lng {point[1]}"
    yield finding_of(
        "position-swapped" if swapped else "position-outside-singapore",
        f"{where}: latitude and longitude are swapped; correct the source that gave them."
        if swapped
        else f"{where}; expected lat {LAT_RANGE[0]} to {LAT_RANGE[1]}, lng {LNG_RANGE[0]} to {LNG_RANGE[1]}.",
        slug=slug,
        exit_id=exit_id,
    )


def _is_in_singapore(point: Point) -> bool:
    return LAT_RANGE[0] <= point[0] <= LAT_RANGE[1] and LNG_RANGE[0] <= point[1] <= LNG_RANGE[1]


def _check_between_exits(station: Station) -> Iterator[Finding]:
    """Yield one finding for a station's widest pair of exits, if wider than at any real station."""
    pairs = combinations(station.exits, 2)
    widest = max(
        ((distance_m(_point(a), _point(b)), a, b) for a, b in pairs), key=lambda found: found[0], default=None
    )
    if widest is None or widest[0] <= MAX_BETWEEN_EXITS_M:
        return
    metres, one, other = widest
    yield finding_of(
        "exits-far-apart",
        f"{one.exit_id} and {other.exit_id} are {metres:.0f} m apart; expected at most "
        f"{MAX_BETWEEN_EXITS_M} m in one station. Check whether one of them belongs to another station.",
        slug=station.slug,
        exit_id=one.exit_id,
    )


def _check_from_station(station: Station, found: StationExit, network: Network) -> Iterator[Finding]:
    building = network.find_code(found.station_code)
    origin = (building.lat, building.lng) if building else (station.lat, station.lng)
    metres = distance_m(_point(found), origin)
    if metres > MAX_FROM_STATION_M:
        yield finding_of(
            "exit-far-from-station",
            f"{found.exit_id} lies {metres:.0f} m from {found.station_code}; expected at most "
            f"{MAX_FROM_STATION_M} m. Check its position on a map before publishing it.",
            slug=station.slug,
            exit_id=found.exit_id,
        )


def _check_bus_stops(station: Station, found: StationExit) -> Iterator[Finding]:
    for stop in found.bus_stops:
        metres = max(stop.distance_m, distance_m(_point(found), _point(stop)))
        if metres > MAX_TO_BUS_STOP_M:
            yield finding_of(
                "bus-stop-too-far",
                f"Bus stop {stop.bus_stop_code} ({stop.description}) is {metres:.0f} m from "
                f"{found.exit_id}; expected at most {MAX_TO_BUS_STOP_M} m.",
                slug=station.slug,
                exit_id=found.exit_id,
            )


def _check_shared_points(stations: tuple[Station, ...]) -> Iterator[Finding]:
    first_at: dict[Point, str] = {}
    for station in stations:
        for found in station.exits:
            point = (round(found.lat, SAME_PLACE_DECIMALS), round(found.lng, SAME_PLACE_DECIMALS))
            earlier = first_at.setdefault(point, found.exit_id)
            if earlier != found.exit_id:
                yield finding_of(
                    "exits-at-one-point",
                    f"{found.exit_id} has the position of {earlier} ({point[0]}, {point[1]}); "
                    "two exits are two places. Check which position is wrong.",
                    slug=station.slug,
                    exit_id=found.exit_id,
                )


def _point(place: StationExit | ExitBusStop) -> Point:
    return place.lat, place.lng
