"""Lines as drawn on the map: from station to station in travel order, side by side where they share a way.

No open source gives the position of the tracks between two stations, so the map does not suggest one.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from mrt_pipeline.contracts.network import Station
from mrt_pipeline.network import Network
from mrt_pipeline.report.compact_rows import Place

Segment = tuple[int, int]
"""positions of two neighbouring stations, smaller one first"""


@dataclass(frozen=True, slots=True)
class Track:
    """One stopping pattern as drawn."""

    line_code: str
    is_loop: bool
    stations: tuple[int, ...]
    """positions in the list of stations, in travel order"""
    shifts: tuple[tuple[float, float], ...]
    """for each station, the offset from its centre, in line widths, east and south"""


def find_tracks(
    stations: Iterable[Station], places: Mapping[int, Place], network: Network, as_of: date
) -> list[Track]:
    """Return the tracks on a date in the order of services.

    Args:
        stations: stations in operation; other stops are left out.
        places: map position of each station, by its position in the list.
        network: network with the services.
        as_of: the date.
    """
    by_code = {code: number for number, station in enumerate(stations) for code in station.mrt_codes}
    routes = [
        (
            service.line_code,
            service.is_loop,
            [by_code[code] for code in service.station_codes if code in by_code],
        )
        for service in network.services
        if service.runs_on(as_of)
    ]
    routes = [route for route in routes if len(route[2]) > 1]
    users = _find_users(routes)
    return [
        Track(line_code, is_loop, tuple(stops), tuple(_shifts(line_code, is_loop, stops, users, places)))
        for line_code, is_loop, stops in routes
    ]


def _find_users(routes: Iterable[tuple[str, bool, list[int]]]) -> dict[Segment, list[str]]:
    """Return the lines that run between each pair of neighbouring stations."""
    users: dict[Segment, list[str]] = defaultdict(list)
    for line_code, is_loop, stops in routes:
        for segment in _segments(stops, is_loop):
            if line_code not in users[segment]:
                users[segment].append(line_code)
    return users


def _segments(stops: list[int], is_loop: bool) -> Iterator[Segment]:
    ways = [*pairwise(stops), *([(stops[-1], stops[0])] if is_loop else [])]
    yield from ((min(way), max(way)) for way in ways)


def _shifts(
    line_code: str,
    is_loop: bool,
    stops: list[int],
    users: Mapping[Segment, list[str]],
    places: Mapping[int, Place],
) -> Iterator[tuple[float, float]]:
    """Yield each stop's offset: that of the shared segment that ends there, or the mean of two."""
    by_stop: dict[int, list[tuple[float, float]]] = defaultdict(list)
    for segment in _segments(stops, is_loop):
        lines = users[segment]
        if len(lines) > 1:
            lane = lines.index(line_code) - (len(lines) - 1) / 2
            shift = _sideways(places[segment[0]], places[segment[1]], lane)
            for stop in segment:
                by_stop[stop].append(shift)
    for stop in stops:
        found = by_stop.get(stop, [(0.0, 0.0)])
        east, south = (sum(values) / len(found) for values in zip(*found, strict=True))
        yield round(east, 3), round(south, 3)


def _sideways(start: Place, end: Place, lane: float) -> tuple[float, float]:
    """Return an offset of ``lane`` at a right angle to the way from one place to another."""
    east, south = end[0] - start[0], end[1] - start[1]
    length = math.hypot(east, south)
    return (-south / length * lane, east / length * lane) if length else (0.0, 0.0)
