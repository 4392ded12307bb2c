"""Parse data.gov.sg's files, and the table of hotels, into records; names and statuses stay as published."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mrt_pipeline.contracts.documents import Document
from mrt_pipeline.contracts.network import LandmarkKind
from mrt_pipeline.errors import SourceFormatError
from mrt_pipeline.runtime.documents import Parsed, collect
from mrt_pipeline.runtime.geojson_features import read_features, read_point, table_fields
from mrt_pipeline.runtime.records import RecordReader, as_utf8, is_object, name_or_place
from mrt_pipeline.sources.official_places import (
    COMMUNITY_CLUBS,
    HAWKER_CENTRES,
    HOTELS,
    LIBRARIES,
    MUSEUMS,
    PARKS,
    SPORT_FACILITIES,
    AnyPlace,
    Hotel,
    PlaceArea,
    PlacePoint,
)
from mrt_pipeline.sources.official_places.outlines import read_outline

MAX_NAME_CHARS = 120
_IDS = ("OBJECTID", "OBJECTID_1", "INC_CRC")
_NAMES = ("NAME", "name")
_NAME = re.compile(r"[^<>{}]+")
_RECORD_ID = re.compile(r"[\w@.' -]{1,60}")
_UPDATED = re.compile(r"[0-9]{8,14}")
_ROOMS = re.compile(r"[0-9]{1,3}(?:,?[0-9]{3})?")
_HOTEL_COLUMNS = {"record_id", "name", "rooms", "lat", "lng"}


@dataclass(frozen=True, slots=True)
class Layout:
    """The names of a document's fields; where several are listed, the first that is filled counts."""

    kind: LandmarkKind
    """kind of its places"""
    id_fields: tuple[str, ...] = _IDS
    name_fields: tuple[str, ...] = _NAMES
    status_field: str = ""


LAYOUTS: Mapping[str, Layout] = {
    HAWKER_CENTRES.document_id: Layout(LandmarkKind.HAWKER_CENTRE, status_field="STATUS"),
    SPORT_FACILITIES.document_id: Layout(LandmarkKind.SPORT_FACILITY, name_fields=("VENUE", "NAME")),
    PARKS.document_id: Layout(LandmarkKind.PARK),
    COMMUNITY_CLUBS.document_id: Layout(LandmarkKind.COMMUNITY_CLUB),
    # The recorded file had lost all attributes except the name.
    LIBRARIES.document_id: Layout(LandmarkKind.LIBRARY, (*_IDS, "Name"), (*_NAMES, "Name")),
    MUSEUMS.document_id: Layout(LandmarkKind.MUSEUM),
    HOTELS.document_id: Layout(LandmarkKind.HOTEL),
}


def parse_places(document: Document, content: bytes) -> Parsed[Any]:
    """Return the places in a document's file, in natural order of their identifiers.

    Args:
        document: one of this source's.
        content: GeoJSON of points or areas; for hotels, a table with the columns record_id, name, rooms, lat
            and lng, among others.

    Raises:
        SourceFormatError: if it is neither, or has no places.
    """
    if document.record_type is Hotel:
        return _collect(_read_hotel(number, row) for number, row in enumerate(_hotel_rows(content)))
    read = _read_area if document.record_type is PlaceArea else _read_point
    features = read_features(content, document.document_id, "place")
    return _collect(read(number, feature, document) for number, feature in enumerate(features))


def _hotel_rows(content: bytes) -> list[dict[str, str]]:
    document_id = HOTELS.document_id
    try:
        rows = list(csv.DictReader(io.StringIO(as_utf8(content).decode(), newline=""), strict=True))
    except (UnicodeDecodeError, csv.Error) as error:
        raise SourceFormatError(document_id, f"the table is not CSV ({error}). Get it again.") from error
    if not rows or (missing := sorted(_HOTEL_COLUMNS - rows[0].keys())):
        given = f"no column {', '.join(missing)}" if rows else "no rows"
        raise SourceFormatError(document_id, f"the table has {given}; expected one row per hotel.")
    return rows


def find_update(content: bytes, document_id: str) -> str | None:
    """Return the latest update time among the records of a file, or None if none has one.

    Raises:
        SourceFormatError: if it is not GeoJSON or has no features.
    """
    fields = (fields_of(feature) for feature in read_features(content, document_id, "place"))
    told = (str(found.get("FMEL_UPD_D")) for found in fields)
    return max((day for day in told if _UPDATED.fullmatch(day)), default=None)


def fields_of(feature: object) -> Mapping[str, object]:
    """Return a feature's fields, including those of an HTML table."""
    properties = feature.get("properties") if is_object(feature) else None
    if not is_object(properties):
        return {}
    description = properties.get("Description")
    return {**properties, **table_fields(description)} if isinstance(description, str) else properties


def _read_point(number: int, feature: object, document: Document) -> tuple[RecordReader, PlacePoint]:
    reader, record_id, name = _open(number, feature, document)
    lat, lng = read_point(reader, feature.get("geometry") if is_object(feature) else None)
    status = LAYOUTS[document.document_id].status_field
    has_status = status and fields_of(feature).get(status)
    return reader, PlacePoint(
        record_id=record_id,
        name=name,
        status=reader.text(status, max_chars=60) if has_status else None,
        lat=lat,
        lng=lng,
    )


def _read_area(number: int, feature: object, document: Document) -> tuple[RecordReader, PlaceArea]:
    reader, record_id, name = _open(number, feature, document)
    geometry = feature.get("geometry") if is_object(feature) else None
    return reader, PlaceArea(record_id, name, read_outline(reader, geometry))


def _read_hotel(number: int, row: Mapping[str, object]) -> tuple[RecordReader, Hotel]:
    name = name_or_place(row.get("record_id"), _RECORD_ID, f"[{number}]")
    reader = RecordReader(f"{HOTELS.document_id}:{name}", row, "hotel")
    lat, lng = reader.position(row.get("lat"), row.get("lng"))
    rooms = reader.text("rooms", max_chars=7, pattern=_ROOMS).replace(",", "")
    return reader, Hotel(
        record_id=reader.text("record_id", max_chars=60, pattern=_RECORD_ID),
        name=reader.text("name", max_chars=MAX_NAME_CHARS, pattern=_NAME),
        rooms=int(rooms or 0),
        lat=lat,
        lng=lng,
    )


def _open(number: int, feature: object, document: Document) -> tuple[RecordReader, str, str]:
    """Return the reader of a feature's fields, and the publisher's identifier and name for it."""
    fields, layout = fields_of(feature), LAYOUTS[document.document_id]
    field, name = (_first_given(fields, names) for names in (layout.id_fields, layout.name_fields))
    shown = name_or_place(fields.get(field), _RECORD_ID, f"features[{number}]")
    reader = RecordReader(f"{document.document_id}:{shown}", fields, "place")
    record_id = reader.text(field, max_chars=60, pattern=_RECORD_ID)
    return reader, record_id, reader.text(name, max_chars=MAX_NAME_CHARS, pattern=_NAME)


def _first_given(fields: Mapping[str, object], names: Sequence[str]) -> str:
    return next((name for name in names if fields.get(name)), names[0])


def _collect(read: Iterable[tuple[RecordReader, AnyPlace]]) -> Parsed[AnyPlace]:
    return collect(read, lambda record: record.record_id, lambda record: repr(record.name))
