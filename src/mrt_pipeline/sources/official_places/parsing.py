"""From data.gov.sg's files, and the table of hotels, to records; names and statuses stay as published."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar

from mrt_pipeline.contracts.findings import REPEATED_ID, Finding
from mrt_pipeline.errors import SourceFormatError
from mrt_pipeline.runtime.documents import Parsed
from mrt_pipeline.runtime.geojson_features import read_features, read_point, table_fields
from mrt_pipeline.runtime.records import RecordReader, as_utf8, is_object, natural_key
from mrt_pipeline.sources.official_places import HOTELS, PARKS
from mrt_pipeline.sources.official_places.layouts import Layout
from mrt_pipeline.sources.official_places.outlines import read_outline
from mrt_pipeline.sources.official_places.records import Hotel, PlaceArea, PlacePoint

MAX_NAME_CHARS = 120
_NAME = re.compile(r"[^<>{}]+")
_RECORD_ID = re.compile(r"[\w@.' -]{1,60}")
_UPDATED = re.compile(r"[0-9]{8,14}")
_ROOMS = re.compile(r"[0-9]{1,3}(?:,?[0-9]{3})?")
_HOTEL_COLUMNS = {"record_id", "name", "rooms", "lat", "lng"}

RecordT = TypeVar("RecordT", PlacePoint, PlaceArea, Hotel)
Read = tuple[RecordReader, RecordT]
"""a record and its reader, which says whether the record can be used"""


def parse_points(content: bytes, layout: Layout) -> Parsed[PlacePoint]:
    """Return the places of a GeoJSON file of points, in natural order of their identifiers.

    Raises:
        SourceFormatError: if it is no GeoJSON or has no features.
    """
    features = read_features(content, layout.document_id, "place")
    return _collect(_read_point_feature(number, feature, layout) for number, feature in enumerate(features))


def parse_areas(content: bytes, layout: Layout) -> Parsed[PlaceArea]:
    """Return the places of a GeoJSON file of areas, in natural order of their identifiers.

    Raises:
        SourceFormatError: if it is no GeoJSON or has no features.
    """
    features = read_features(content, PARKS.document_id, "place")
    return _collect(_read_area_feature(number, feature, layout) for number, feature in enumerate(features))


def parse_hotels(content: bytes) -> Parsed[Hotel]:
    """Return the hotels of a table with the columns record_id, name, rooms, lat and lng, among others.

    Raises:
        SourceFormatError: if it is no such table or has no rows.
    """
    document_id = HOTELS.document_id
    try:
        rows = list(csv.DictReader(io.StringIO(as_utf8(content).decode(), newline=""), strict=True))
    except (UnicodeDecodeError, csv.Error) as error:
        raise SourceFormatError(document_id, f"the table is not CSV ({error}). Get it again.") from error
    if not rows or (missing := sorted(_HOTEL_COLUMNS - rows[0].keys())):
        given = f"no column {', '.join(missing)}" if rows else "no rows"
        raise SourceFormatError(document_id, f"the table has {given}; expected one row per hotel.")
    return _collect(_read_hotel(number, row) for number, row in enumerate(rows))


def find_update(content: bytes, document_id: str) -> str | None:
    """Return when the newest record of a file says that it was updated; nothing if none says so.

    Raises:
        SourceFormatError: if it is no GeoJSON or has no features.
    """
    fields = (fields_of(feature) for feature in read_features(content, document_id, "place"))
    told = (str(found.get("FMEL_UPD_D")) for found in fields)
    return max((day for day in told if _UPDATED.fullmatch(day)), default=None)


def fields_of(feature: object) -> Mapping[str, object]:
    """Return a feature's fields, those of an HTML table among them."""
    properties = feature.get("properties") if is_object(feature) else None
    if not is_object(properties):
        return {}
    description = properties.get("Description")
    return {**properties, **table_fields(description)} if isinstance(description, str) else properties


def _read_point_feature(number: int, feature: object, layout: Layout) -> Read[PlacePoint]:
    fields = fields_of(feature)
    reader, record_id = _open(number, fields, layout)
    lat, lng = read_point(reader, feature.get("geometry") if is_object(feature) else None)
    has_status = layout.status_field and fields.get(layout.status_field)
    return reader, PlacePoint(
        record_id=record_id,
        name=_read_name(reader, fields, layout),
        status=reader.text(layout.status_field, max_chars=60) if has_status else None,
        lat=lat,
        lng=lng,
    )


def _read_area_feature(number: int, feature: object, layout: Layout) -> Read[PlaceArea]:
    fields = fields_of(feature)
    reader, record_id = _open(number, fields, layout)
    geometry = feature.get("geometry") if is_object(feature) else None
    return reader, PlaceArea(record_id, _read_name(reader, fields, layout), read_outline(reader, geometry))


def _read_hotel(number: int, row: Mapping[str, object]) -> Read[Hotel]:
    reader = RecordReader(
        f"{HOTELS.document_id}:{_shown_id(row.get('record_id'), f'[{number}]')}", row, "hotel"
    )
    lat, lng = reader.position(row.get("lat"), row.get("lng"))
    rooms = reader.text("rooms", max_chars=7, pattern=_ROOMS).replace(",", "")
    return reader, Hotel(
        record_id=reader.text("record_id", max_chars=60, pattern=_RECORD_ID),
        name=reader.text("name", max_chars=MAX_NAME_CHARS, pattern=_NAME),
        rooms=int(rooms or 0),
        lat=lat,
        lng=lng,
    )


def _open(number: int, fields: Mapping[str, object], layout: Layout) -> tuple[RecordReader, str]:
    """Return the reader of a feature's fields, and what its publisher calls the record."""
    field = _first_given(fields, layout.id_fields)
    shown = _shown_id(fields.get(field), f"features[{number}]")
    reader = RecordReader(f"{layout.document_id}:{shown}", fields, "place")
    return reader, reader.text(field, max_chars=60, pattern=_RECORD_ID)


def _read_name(reader: RecordReader, fields: Mapping[str, object], layout: Layout) -> str:
    field = _first_given(fields, layout.name_fields)
    return reader.text(field, max_chars=MAX_NAME_CHARS, pattern=_NAME)


def _first_given(fields: Mapping[str, object], names: Sequence[str]) -> str:
    return next((name for name in names if fields.get(name)), names[0])


def _shown_id(given: object, place: str) -> str:
    text = str(given).strip() if isinstance(given, str | int) and not isinstance(given, bool) else ""
    return text if _RECORD_ID.fullmatch(text) else place


def _collect(read: Iterable[Read[RecordT]]) -> Parsed[RecordT]:
    """Return the records that can be used, each identifier once; the first is kept."""
    kept: dict[str, RecordT] = {}
    findings: list[Finding] = []
    for reader, record in read:
        if reader.is_sound and (earlier := kept.setdefault(record.record_id, record)) is not record:
            if earlier == record:
                reader.note("record-repeated", "stands twice in the file with the same content.")
            else:
                reader.lose(REPEATED_ID, f"stands for {earlier.name!r} and for {record.name!r}.")
        findings.extend(reader.findings)
    ordered = sorted(kept.values(), key=lambda record: natural_key(record.record_id))
    return Parsed(tuple(ordered), tuple(findings))
