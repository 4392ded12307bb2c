"""Distances and neighbours in SVY21, Singapore's plane coordinates in metres (EPSG:3414).

SVY21 is a transverse Mercator projection whose scale is true to 1 in 10,000 all over Singapore: a straight
line of 400 m is right to a few centimetres.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pyproj import Proj

SVY21 = (
    "+proj=tmerc +lat_0=1.366666666666667 +lon_0=103.8333333333333 +k=1 +x_0=28001.642 +y_0=38744.572 "
    "+ellps=WGS84 +units=m"
)
"""EPSG:3414 in its own parameters; to look them up in PROJ's database takes forty times as long"""


@dataclass(frozen=True, slots=True)
class Point:
    """A position in SVY21, metres."""

    easting_m: float
    northing_m: float

    def distance_m(self, other: Point) -> float:
        """Return the straight line to another position, metres."""
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


def to_wgs84(point: Point) -> tuple[float, float]:
    """Return latitude and longitude of a plane position, degrees."""
    lng, lat = _projection()(point.easting_m, point.northing_m, inverse=True)
    return lat, lng


class SpatialIndex:
    """Finds which of many positions lie near one, without looking at all of them."""

    def __init__(self, points: Iterable[Point]) -> None:
        """Build the index once; results are positions in the given order."""
        from shapely import STRtree
        from shapely import points as to_geometries

        self._points = tuple(points)
        coordinates = [(point.easting_m, point.northing_m) for point in self._points]
        self._tree = STRtree(to_geometries(coordinates) if coordinates else [])

    def within(self, centre: Point, radius_m: float) -> list[tuple[int, float]]:
        """Return number and distance of each position within a radius, nearest first, ties by number."""
        from shapely import Point as Geometry

        # The tree rounds otherwise than distance_m, so it is asked for a little more than is returned.
        reach_m = radius_m * (1 + 1e-9) + 1e-6
        geometry = Geometry(centre.easting_m, centre.northing_m)
        numbers = self._tree.query(geometry, predicate="dwithin", distance=reach_m)
        found = [(int(number), centre.distance_m(self._points[number])) for number in numbers]
        return sorted((item for item in found if item[1] <= radius_m), key=lambda item: (item[1], item[0]))

    def nearest(self, points: Sequence[Point]) -> list[int]:
        """Return the number of the position nearest to each of many points; there must be a position."""
        from shapely import points as to_geometries

        if not points:
            return []
        coordinates = [(point.easting_m, point.northing_m) for point in points]
        return [int(number) for number in self._tree.nearest(to_geometries(coordinates))]


@cache
def _projection() -> Proj:
    from pyproj import Proj

    return Proj(SVY21)
