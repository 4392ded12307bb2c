"""The exits as a table, recorded in the package or fetched live, from GeoJSON in either of its shapes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from mrt_pipeline.config.settings import Settings
from mrt_pipeline.contracts.sections import Mode
from mrt_pipeline.contracts.source import ExitFeature, SourceTable
from mrt_pipeline.runtime.datagov_download import Dataset, read_dataset
from mrt_pipeline.runtime.documents import (
    Count,
    Parsed,
    Payload,
    check_number,
    collect,
    table_of,
)
from mrt_pipeline.runtime.geojson_features import read_features, read_point, table_fields
from mrt_pipeline.runtime.records import RecordReader, is_object, name_or_place
from mrt_pipeline.sources.datagov import EXITS, SPEC

if TYPE_CHECKING:
    from mrt_pipeline.contracts.documents import Document
    from mrt_pipeline.runtime.source_access import SourceAccess


API = SPEC.api
COUNT = Count("exit", "stages.stage1_ingestion.expected_exits", "more-exits-than-expected")


def read_exits(access: SourceAccess) -> SourceTable[ExitFeature]:
    """Return every exit of LTA's file, recorded or live as configured, sorted by OBJECTID.

    Raises:
        SourceError: if the file is unavailable, has the wrong structure, lost a record or holds too few.
    """
    settings = access.settings
    if access.mode_of(API) is not Mode.LIVE:
        return _check_number(access.recorded_table(EXITS), settings)
    dataset = Dataset(settings.apis.datagov.dataset_id, API)
    return read_dataset(access, EXITS, dataset, lambda payload: exits_table(payload, settings))


def record(access: SourceAccess) -> Iterator[SourceTable[ExitFeature]]:
    """Yield the table to record, fetched from the service now."""
    yield read_exits(access)


def read_files(_: Document, payloads: Sequence[Payload], settings: Settings) -> SourceTable[ExitFeature]:
    """Return the exits of a downloaded file; if there are several, of the last one."""
    return exits_table(payloads[-1], settings)


def exits_table(payload: Payload, settings: Settings) -> SourceTable[ExitFeature]:
    """Return the exits of a payload, with findings about its records and their number.

    Raises:
        SourceFormatError: if it has the wrong structure or holds too few exits.
    """
    return _check_number(table_of(EXITS, payload, parse_exits(payload.content)), settings)


def _check_number(table: SourceTable[ExitFeature], settings: Settings) -> SourceTable[ExitFeature]:
    return check_number(table, settings.stages.stage1_ingestion.expected_exits, COUNT)


EXITS_ID = EXITS.document_id

MAX_STATION_CHARS = 80
MAX_LABEL_CHARS = 20
_RECORD_ID = re.compile(r"[A-Za-z0-9_.-]{1,40}")


def parse_exits(content: bytes) -> Parsed[ExitFeature]:
    """Return the exits of a GeoJSON file in either shape, sorted by OBJECTID.

    Raises:
        SourceFormatError: if it is not GeoJSON or has no features.
    """
    features = read_features(content, EXITS_ID, "exit")
    return collect(
        (_read_feature(number, feature) for number, feature in enumerate(features)),
        lambda found: found.record_id,
        lambda found: f"{found.station_na} {found.exit_code}",
    )


def _read_feature(number: int, feature: object) -> tuple[RecordReader, ExitFeature]:
    """Return the exit of a feature, and the reader that says whether it is usable."""
    feature = feature if is_object(feature) else {}
    fields = _fields_of(feature.get("properties"))
    record_id = name_or_place(fields.get("OBJECTID"), _RECORD_ID, f"features[{number}]")
    reader = RecordReader(f"{EXITS_ID}:{record_id}", fields, "exit")
    lat, lng = read_point(reader, feature.get("geometry"))
    return reader, ExitFeature(
        record_id=reader.text("OBJECTID", max_chars=40, pattern=_RECORD_ID),
        station_na=reader.text("STATION_NA", max_chars=MAX_STATION_CHARS),
        exit_code=reader.text("EXIT_CODE", max_chars=MAX_LABEL_CHARS),
        lat=lat,
        lng=lng,
    )


def _fields_of(properties: object) -> Mapping[str, object]:
    """Return a feature's fields; the older shape has them in an HTML table, and ``Name`` as the OBJECTID."""
    if not is_object(properties):
        return {}
    description = properties.get("Description")
    if "STATION_NA" in properties or not isinstance(description, str):
        return properties
    return {"OBJECTID": properties.get("Name"), **table_fields(description)}
