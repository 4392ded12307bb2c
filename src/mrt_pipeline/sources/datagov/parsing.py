"""From the GeoJSON of LTA's exits, in either of its shapes, to records."""

from __future__ import annotations

import re
from collections.abc import Mapping

from mrt_pipeline.contracts.source import ExitFeature
from mrt_pipeline.runtime.documents import Parsed, collect
from mrt_pipeline.runtime.geojson_features import read_features, read_point, table_fields
from mrt_pipeline.runtime.records import RecordReader, is_object
from mrt_pipeline.sources.datagov import EXITS

EXITS_ID = EXITS.document_id

MAX_STATION_CHARS = 80
MAX_LABEL_CHARS = 20
_RECORD_ID = re.compile(r"[A-Za-z0-9_.-]{1,40}")


def parse_exits(content: bytes) -> Parsed[ExitFeature]:
    """Return the exits of a GeoJSON file in either shape, sorted by OBJECTID.

    Raises:
        SourceFormatError: if it is no GeoJSON or has no features.
    """
    features = read_features(content, EXITS_ID, "exit")
    return collect(
        (_read_feature(number, feature) for number, feature in enumerate(features)),
        lambda found: found.record_id,
        lambda found: f"{found.station_na} {found.exit_code}",
    )


def _read_feature(number: int, feature: object) -> tuple[RecordReader, ExitFeature]:
    """Return a feature's exit, and its reader, which says whether the exit can be used."""
    feature = feature if is_object(feature) else {}
    fields = _fields_of(feature.get("properties"))
    record_id = _name_of(fields) or f"features[{number}]"
    reader = RecordReader(f"{EXITS_ID}:{record_id}", fields, "exit")
    lat, lng = read_point(reader, feature.get("geometry"))
    return reader, ExitFeature(
        record_id=reader.text("OBJECTID", max_chars=40, pattern=_RECORD_ID),
        station_na=reader.text("STATION_NA", max_chars=MAX_STATION_CHARS),
        exit_code=reader.text("EXIT_CODE", max_chars=MAX_LABEL_CHARS),
        lat=lat,
        lng=lng,
    )


def _name_of(fields: Mapping[str, object]) -> str | None:
    """Return the OBJECTID if it can name the record."""
    given = fields.get("OBJECTID")
    is_name = isinstance(given, str | int) and not isinstance(given, bool)
    name = str(given).strip() if is_name else ""
    return name if _RECORD_ID.fullmatch(name) else None


def _fields_of(properties: object) -> Mapping[str, object]:
    """Return a feature's fields; of the older shape, its HTML table's, and ``Name`` for an OBJECTID."""
    if not is_object(properties):
        return {}
    description = properties.get("Description")
    if "STATION_NA" in properties or not isinstance(description, str):
        return properties
    return {"OBJECTID": properties.get("Name"), **table_fields(description)}
