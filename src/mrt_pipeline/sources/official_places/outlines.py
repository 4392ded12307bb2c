"""Convert the edge of an area from GeoJSON to a few words, small enough to record, and back to a shape.

Each ring is a word, ``lat,lng;lat,lng;…`` in degrees to five decimals (1 m), without repeating its first
point; a hole starts with ``-`` and follows the ring that contains it. Points within 2.2 m of the line between
their neighbours are left out, so the distance to the nearest edge is correct to 3 m.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice
from typing import TYPE_CHECKING

from mrt_pipeline.runtime.geometry import to_svy21_all
from mrt_pipeline.runtime.records import RecordReader, is_list, is_object, show

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

DECIMALS = 5
TOLERANCE = 0.000_02
"""degrees; near the equator a degree is 111 km in either direction"""
MIN_CORNERS = 3
HOLE = "-"

Position = tuple[float, float]
"""latitude and longitude in degrees, or easting and northing in metres"""


def read_outline(reader: RecordReader, geometry: object) -> tuple[str, ...]:
    """Return the outline of a GeoJSON Polygon or MultiPolygon; a part without an area is left out."""
    if not is_object(geometry):
        reader.lose("geometry-missing", f"has {show(geometry)} as geometry; expected a MultiPolygon.")
        return ()
    rings = [ring for polygon in _polygons_of(geometry) for ring in _read_polygon(reader, polygon)]
    if reader.is_sound and not rings:
        reader.lose(
            "geometry-not-an-area",
            f"has a geometry of type {show(geometry.get('type'))} without an area; expected a Polygon or a "
            "MultiPolygon of rings with three corners or more.",
        )
    return tuple(rings)


def to_areas(outline: Iterable[str]) -> list[BaseGeometry]:
    """Return the parts of an outline as shapes in SVY21; rings have no direction and may cross themselves."""
    from shapely import linearrings, polygons

    rings = {word: _positions_in(word) for word in outline}
    points = iter(to_svy21_all([position for ring in rings.values() for position in ring]))
    parts: list[list[list[Position]]] = []
    for word, positions in rings.items():
        ring = [(point.easting_m, point.northing_m) for point in islice(points, len(positions))]
        if word.startswith(HOLE) and parts:
            parts[-1].append(ring)
        else:
            parts.append([ring])
    return [polygons(linearrings(edge), list(map(linearrings, holes)) or None) for edge, *holes in parts]


def _positions_in(word: str) -> list[Position]:
    pairs = (pair.partition(",") for pair in word.removeprefix(HOLE).split(";"))
    return [(float(lat), float(lng)) for lat, _, lng in pairs]


def _polygons_of(geometry: object) -> Sequence[object]:
    given = geometry.get("coordinates") if is_object(geometry) else None
    kind = geometry.get("type") if is_object(geometry) else None
    if kind == "Polygon":
        return (given,)
    return given if kind == "MultiPolygon" and is_list(given) else ()


def _read_polygon(reader: RecordReader, polygon: object) -> list[str]:
    """Return the valid rings of a polygon; empty if its outer one is invalid."""
    words: list[str] = []
    for number, ring in enumerate(polygon if is_list(polygon) else ()):
        corners = _corners_of(_read_ring(reader, ring))
        if len(corners) >= MIN_CORNERS:
            words.append((HOLE if number else "") + ";".join(f"{lat},{lng}" for lat, lng in corners))
        elif number == 0:
            return []
    return words


def _read_ring(reader: RecordReader, ring: object) -> list[Position]:
    """Return the positions of a ring, up to the first invalid one."""
    positions: list[Position] = []
    for point in ring if is_list(ring) else ():
        if not reader.is_sound:
            return []
        lng, lat = point[:2] if is_list(point) and len(point) > 1 else (None, None)
        north, east = reader.position(lat, lng)
        positions.append((round(north, DECIMALS), round(east, DECIMALS)))
    return positions


def _corners_of(positions: Sequence[Position]) -> Sequence[Position]:
    """Return the corners of a ring, without the repeated first position at its end."""
    from shapely import LineString

    distinct = list(dict.fromkeys(positions))
    if len(distinct) <= MIN_CORNERS:
        return distinct
    line = LineString([*positions, positions[0]] if positions[0] != positions[-1] else positions)
    simple = [(lat, lng) for lat, lng in line.simplify(TOLERANCE, preserve_topology=False).coords][:-1]
    return simple if len(simple) >= MIN_CORNERS else distinct
