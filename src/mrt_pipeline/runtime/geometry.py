"""Distances and neighbours in SVY21, Singapore's plane coordinates in metres (EPSG:3414).

SVY21 is a transverse Mercator projection whose scale is accurate to 1 in 10,000 throughout Singapore: a
straight line of 400 m is correct to a few centimetres.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from pyproj import Proj
    from shapely.geometry.base import BaseGeometry

SVY21 = (
    "+proj=tmerc +lat_0=1.366666666666667 +lon_0=103.8333333333333 +k=1 +x_0=28001.642 +y_0=38744.572 "
    "+ellps=WGS84 +units=m"
)
"""EPSG:3414's own parameters; looking them up in PROJ's database takes forty times as long"""

_EQUATOR_M = 6_378_137.0
_ECCENTRICITY2 = 0.006_694_379_990_14
"""of the WGS84 ellipsoid"""


@dataclass(frozen=True, slots=True)
class Point:
    """A position in SVY21, metres."""

    easting_m: float
    northing_m: float

    def distance_m(self, other: Point) -> float:
        """Return the straight-line distance to another position, metres."""
        return math.hypot(self.easting_m - other.easting_m, self.northing_m - other.northing_m)


def to_svy21(lat: float, lng: float) -> Point:
    """Return the plane position of WGS84 degrees."""
    easting_m, northing_m = _projection()(lng, lat)
    return Point(easting_m, northing_m)


def to_svy21_all(positions: Sequence[tuple[float, float]]) -> list[Point]:
    """Return the plane positions of many (latitude, longitude) pairs, in their order."""
    if not positions:
        return []
    lats, lngs = zip(*positions, strict=True)
    eastings_m, northings_m = _projection()(lngs, lats)
    return [Point(east, north) for east, north in zip(eastings_m, northings_m, strict=True)]


def distance_m(lat: float, lng: float, other_lat: float, other_lng: float) -> float:
    """Return the straight-line distance between two nearby WGS84 positions, metres.

    Uses the ellipsoid's radii of curvature at the midpoint; within a kilometre it equals the SVY21 distance
    to 2 cm.
    """
    middle = math.radians((lat + other_lat) / 2)
    shrink = 1 - _ECCENTRICITY2 * math.sin(middle) ** 2
    north_m = math.radians(other_lat - lat) * _EQUATOR_M * (1 - _ECCENTRICITY2) / shrink**1.5
    east_m = math.radians(other_lng - lng) * _EQUATOR_M / math.sqrt(shrink) * math.cos(middle)
    return math.hypot(north_m, east_m)


class SpatialIndex:
    """Finds the positions near a given one, without checking all of them."""

    def __init__(self, points: Iterable[Point]) -> None:
        """Build the index once; results refer to positions by their number in this order."""
        from shapely import STRtree

        self._points = tuple(points)
        self._tree = STRtree(_to_geometries(self._points) if self._points else [])

    def within(self, centres: Sequence[Point], radius_m: float) -> list[list[tuple[int, float]]]:
        """Return, for each centre, number and distance of each position within a radius.

        Nearest first, ties by number; distances in metres.
        """
        # The tree rounds differently from distance_m, so it is queried with a slightly larger radius.
        reach_m = radius_m * (1 + 1e-9) + 1e-6
        found: list[list[tuple[int, float]]] = [[] for _ in centres]
        if centres:
            pairs = self._tree.query(_to_geometries(centres), predicate="dwithin", distance=reach_m)
            for place, number in pairs.T.tolist():
                distance_m = centres[place].distance_m(self._points[number])
                if distance_m <= radius_m:
                    found[place].append((number, distance_m))
        return [sorted(items, key=lambda item: (item[1], item[0])) for items in found]

    def around(self, shapes: Sequence[BaseGeometry], radius_m: float) -> list[list[tuple[int, float]]]:
        """Return, for each shape, number and distance of each position within a radius of its edge.

        Nearest first, ties by number; distances in metres, 0 within an area.
        """
        from shapely import distance

        found: list[list[tuple[int, float]]] = [[] for _ in shapes]
        if not shapes:
            return found
        places, numbers = self._tree.query(shapes, predicate="dwithin", distance=radius_m)
        metres = distance([shapes[place] for place in places], self._tree.geometries.take(numbers))
        for place, number, distance_m in zip(places.tolist(), numbers.tolist(), metres.tolist(), strict=True):
            found[place].append((number, distance_m))
        return [sorted(items, key=lambda item: (item[1], item[0])) for items in found]

    def nearest(self, points: Sequence[Point]) -> list[int]:
        """Return the number of the position nearest to each point; the index must not be empty."""
        if not points:
            return []
        return [int(number) for number in self._tree.nearest(_to_geometries(points))]


def to_dots(positions: Sequence[tuple[float, float]]) -> list[BaseGeometry]:
    """Return (latitude, longitude) pairs as shapes in SVY21, in their order."""
    return list(_to_geometries(to_svy21_all(positions))) if positions else []


def _to_geometries(points: Sequence[Point]) -> NDArray[Any]:
    from shapely import points as to_geometries

    return to_geometries([(point.easting_m, point.northing_m) for point in points])


@cache
def _projection() -> Proj:
    from pyproj import Proj

    return Proj(SVY21)
