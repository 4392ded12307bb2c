"""Official places and exits around one point, in metres from it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from shapely.affinity import translate
from shapely.geometry import Point as Dot
from shapely.geometry import Polygon
from shapely.geometry.base import BaseGeometry

from mrt_pipeline.contracts.evidence import Provenance
from mrt_pipeline.contracts.network import LandmarkKind, StationExit
from mrt_pipeline.runtime.documents import Payload, provenance_of
from mrt_pipeline.runtime.geometry import to_svy21
from mrt_pipeline.sources.official_places import LIBRARIES, PARKS
from mrt_pipeline.sources.official_places.choosing import Site

LAT, LNG = 1.3, 103.85
CENTRE = to_svy21(LAT, LNG)
DAY = datetime(2026, 5, 1, tzinfo=UTC)
M_PER_DEGREE = 111_000
LIBRARY_DOCUMENT = provenance_of(LIBRARIES, Payload(b"libraries", DAY), 2)
PARK_DOCUMENT = provenance_of(PARKS, Payload(b"parks", DAY), 2)

Fields = Mapping[str, Any]


def exit_at(exit_id: str, east_m: float, north_m: float = 0) -> StationExit:
    """Return an exit so many metres from the centre, to half a metre."""
    return StationExit(
        exit_id=exit_id,
        exit_code="A",
        station_code="NS1",
        line_code="NSL",
        lat=LAT + north_m / 110_574,
        lng=LNG + east_m / (111_320 * 0.99974),
        evidence={"record": (LIBRARY_DOCUMENT.cite("1"),)},
    )


def site_at(
    name: str,
    east_m: float,
    north_m: float = 0,
    *,
    record_id: str = "1",
    kind: LandmarkKind = LandmarkKind.LIBRARY,
    document: Provenance = LIBRARY_DOCUMENT,
) -> Site:
    """Return a place at one position."""
    shape = Dot(CENTRE.easting_m + east_m, CENTRE.northing_m + north_m)
    return Site(name, kind, document, record_id, shape)


def park_at(name: str, west_m: float, east_m: float, *, record_id: str = "1") -> Site:
    """Return a park from so far west or east of the centre to so far, 20 m broad."""
    edge: BaseGeometry = Polygon([(west_m, -10), (east_m, -10), (east_m, 10), (west_m, 10)])
    shape = translate(edge, CENTRE.easting_m, CENTRE.northing_m)
    return Site(name, LandmarkKind.PARK, PARK_DOCUMENT, record_id, shape)


def point_feature(fields: Fields, lat: float = LAT, lng: float = LNG) -> dict[str, Any]:
    """Return a GeoJSON feature at one position."""
    return {
        "type": "Feature",
        "properties": dict(fields),
        "geometry": {"type": "Point", "coordinates": [lng, lat]},
    }


def area_feature(fields: Fields, *polygons: Any) -> dict[str, Any]:
    """Return a GeoJSON feature of some polygons, each a list of rings."""
    geometry = {"type": "MultiPolygon", "coordinates": list(polygons)}
    return {"type": "Feature", "properties": dict(fields), "geometry": geometry}


def square(size: float = 0.001, lat: float = LAT, lng: float = LNG) -> list[list[float]]:
    """Return a ring of four corners, its first one repeated."""
    near, far = (lng, lat), (lng + size, lat + size)
    return [list(near), [far[0], near[1]], list(far), [near[0], far[1]], list(near)]


def in_table(fields: Fields) -> dict[str, Any]:
    """Return fields as files made of KML have them."""
    rows = "".join(f"<tr> <th>{name}</th> <td>{value}</td> </tr>" for name, value in fields.items())
    return {"Name": "kml_1", "Description": f"<center><table>{rows}</table></center>"}


def collection(*features: Any) -> bytes:
    """Return a GeoJSON file."""
    return json.dumps({"type": "FeatureCollection", "features": features}).encode()
