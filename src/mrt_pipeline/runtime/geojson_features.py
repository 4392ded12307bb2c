"""Features of data.gov.sg's GeoJSON files, in either of the shapes in use.

``properties`` holds the fields themselves, or a ``Description`` with an HTML table of them, one row
``<th>name</th> <td>value</td>`` each, as in files converted from KML.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from mrt_pipeline.errors import SourceFormatError
from mrt_pipeline.runtime.records import RecordReader, is_list, is_object, parse_json, show

if TYPE_CHECKING:
    from lxml.etree import _Element

MAX_TABLE_CHARS = 20_000


def read_features(content: bytes, document_id: str, what: str) -> Sequence[object]:
    """Return the features of a GeoJSON file.

    Args:
        content: the file.
        document_id: document that the file belongs to.
        what: what a feature is, in the singular.

    Raises:
        SourceFormatError: if it is not GeoJSON or has no features.
    """
    document = parse_json(content, document_id, "a FeatureCollection")
    features = document.get("features") if is_object(document) else None
    if not is_list(features) or not features:
        given = "no features" if features in (None, []) else f"{show(features)} as features"
        raise SourceFormatError(
            document_id, f"the file has {given}; expected a FeatureCollection with one feature per {what}."
        )
    return features


def table_fields(description: str) -> dict[str, str]:
    """Return the rows ``<th>name</th> <td>value</td>`` of an HTML table; empty if it is not one."""
    from lxml import etree, html

    if len(description) > MAX_TABLE_CHARS:
        return {}
    try:
        table = html.fromstring(description)
    except (etree.LxmlError, ValueError):  # empty, or not HTML
        return {}
    rows = ((row.find("th"), row.find("td")) for row in table.iter("tr"))
    return {_text_of(name): _text_of(value) for name, value in rows if name is not None and value is not None}


def read_point(reader: RecordReader, geometry: object) -> tuple[float, float]:
    """Return latitude and longitude of a GeoJSON point, which gives longitude first."""
    if not is_object(geometry):
        given = "no geometry" if geometry is None else f"{show(geometry)} as geometry"
        reader.lose("geometry-missing", f"has {given}; expected a Point.")
        return 0.0, 0.0
    coordinates = geometry.get("coordinates")
    if geometry.get("type") != "Point" or not is_list(coordinates) or len(coordinates) < 2:
        reader.lose(
            "geometry-not-a-point",
            f"has a geometry of type {show(geometry.get('type'))}; expected a Point with two coordinates.",
        )
        return 0.0, 0.0
    return reader.position(coordinates[1], coordinates[0])


def _text_of(cell: _Element) -> str:
    return "".join(map(str, cell.itertext())).strip()
