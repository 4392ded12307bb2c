"""The fields of each dataset, derived from the contracts that define its files.

Nested fields follow the convention of the schema facet: ``_element`` below a list, ``key`` and ``value``
below a map.
"""

from __future__ import annotations

import dataclasses
import types
from collections.abc import Container, Mapping
from datetime import date, datetime
from enum import Enum
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

from pydantic import AwareDatetime, BaseModel

from mrt_pipeline.config.registry import all_sources
from mrt_pipeline.contracts.evidence import Citing, EvidenceGroup, Published
from mrt_pipeline.contracts.fields import PARTS, PLAIN_PARTS, Part
from mrt_pipeline.contracts.network import Platform, PlatformLink, Station, StationExit
from mrt_pipeline.contracts.outputs import OUTPUT_KINDS
from mrt_pipeline.lineage.facets import Json

_SIMPLE = {bool: "boolean", int: "integer", float: "number", str: "string", date: "date"}
_UNPUBLISHED = frozenset({"evidence", "reasons", "codes", "wiki_title", "exits"})
"""fields that consumers of a map do not get, or get elsewhere"""


def _form_of(part: Part) -> Any:
    """Return the shape of a part in plain formats, for ``_fields_in``."""
    form = "string" if part.named_by else part.record_type
    return [form] if part.key else form


def _texts(names: str) -> dict[str, str]:
    return dict.fromkeys(names.split(), "string")


_PLACE = {"lat": "number", "lng": "number"}
_GRAPH_PLATFORM = {
    **_texts("platform_code line direction station_code line_code towards_code next_code"),
    "is_same_building": "boolean",
    "confidence": "string",
}
_GRAPH_STOP = {
    **_texts("code description"),
    "services": ["string"],
    "relation": "string",
    "distance_m": "number",
    "confidence": "string",
}
_GRAPH = {
    "official_name": "string",
    "mrt_codes": ["string"],
    "lines_served": ["string"],
    **_texts("station_id slug name"),
    "names": _texts("zh_hans ms ta"),
    "station_type": "string",
    "lines": ["string"],
    **_PLACE,
    "exits": [
        {
            **_texts("exit_code exit_id station_code line_code"),
            **_PLACE,
            "platforms": [_GRAPH_PLATFORM],
            "accessibility": ["string"],
            **_texts("step_free access_confidence out_of_service"),
            "bus_stops": [_GRAPH_STOP],
            **{part.earlier_name or part.name: _form_of(part) for part in PLAIN_PARTS},
        }
    ],
}
"""a station of ``mrt_transit_graph.json``, whose names differ from those of the contracts"""
_GRAPH_META = {
    "file": "string",
    "as_of": "date",
    "licences": "string",
    "stations": "integer",
    "documents": [_texts("document_id title publisher licence licence_url attribution")],
}

_NUMBERED: Json = {
    "name": "evidence",
    "type": "map",
    "fields": [
        {"name": "key", "type": "string"},
        {"name": "value", "type": "array", "fields": [{"name": "_element", "type": "integer"}]},
    ],
}


def source_fields(source_id: str) -> list[Json] | None:
    """Return the fields read from a source's records, or None if it is text."""
    documents = (document for spec in all_sources() for document in spec.documents)
    kinds = {document.document_id: document.record_type for document in documents}
    kind = kinds.get(source_id)
    return None if kind is None else _fields_of(kind)


def checkpoint_fields(stage_name: str) -> list[Json]:
    """Return the fields of a stage's output."""
    return _fields_of(OUTPUT_KINDS[stage_name])


def export_fields(file_name: str) -> list[Json] | None:
    """Return the fields of a published format, or None if unknown."""
    makers = {
        "mrt_transit_graph.json": lambda: _fields_in(_GRAPH),
        "mrt_transit_graph.meta.json": lambda: _fields_in(_GRAPH_META),
        "exits.geojson": _geojson_fields,
    }
    return makers[file_name]() if file_name in makers else None


def _fields_in(shape: Mapping[str, Any]) -> list[Json]:
    """Return the fields of a record by their types; a list contains its elements' type, a tuple fields."""
    return [{"name": name, **_type_in(kind)} for name, kind in shape.items()]


def _type_in(kind: Any) -> Json:
    if isinstance(kind, list):
        return {"type": "array", "fields": [{"name": "_element", **_type_in(kind[0])}]}
    if isinstance(kind, type):
        return {"type": "struct", "fields": _plain(kind)}
    if isinstance(kind, tuple):
        return {"type": "struct", "fields": list(kind)}
    return {"type": "struct", "fields": _fields_in(kind)} if isinstance(kind, dict) else {"type": kind}


def _geojson_fields() -> list[Json]:
    station = _plain(Station, only={"station_id", "slug", "name", "names"})
    left_out = {"exit_id", "lat", "lng", "platforms"}
    found = [field for field in _plain(StationExit) if field["name"] not in left_out]
    platforms = {field["name"]: field for field in (*_plain(Platform), *_plain(PlatformLink))}
    found.append(_list_of("platforms", {"type": "struct", "fields": list(platforms.values())}))
    feature = {
        **_texts("type id"),
        "geometry": {"type": "string", "coordinates": ["number"]},
        "properties": (*station, *found),
    }
    return _fields_in({**_texts("type as_of"), "attribution": ["string"], "features": [feature]})


def _plain(kind: type[Any], only: Container[str] | None = None) -> list[Json]:
    """Return the fields of a record as consumers get it: without evidence, some parts renamed."""
    wanted = [field for field in _fields_of(kind) if only is None or field["name"] in only]
    return [_without_evidence(field) for field in wanted if field["name"] not in _UNPUBLISHED]


def _without_evidence(field: Json) -> Json:
    if field["name"] in PARTS and PARTS[field["name"]].named_by:
        return _list_of(field["name"], {"type": "string"})
    if "fields" not in field:
        return field
    below = [_without_evidence(one) for one in field["fields"] if one["name"] != "evidence"]
    return {**field, "fields": below}


def _fields_of(kind: type[Any]) -> list[Json]:
    """Return the fields of a record or of a plain dataclass, in the order they are written."""
    if issubclass(kind, BaseModel):
        fields = [{"name": name, **_describe(info.annotation)} for name, info in kind.model_fields.items()]
        if issubclass(kind, Published):  # a file has numbers in place of evidence
            fields = [_NUMBERED if field["name"] == "evidence" else field for field in fields]
        return (
            [*fields, _list_of("reasons", _describe(EvidenceGroup))] if issubclass(kind, Citing) else fields
        )
    hints = get_type_hints(kind)
    return [{"name": field.name, **_describe(hints[field.name])} for field in dataclasses.fields(kind)]


def _describe(annotation: Any) -> Json:
    """Return the type of a field, and the fields below it."""
    origin, inner = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _describe(inner[0])
    if origin in (Union, types.UnionType):
        return _describe(next(one for one in inner if one is not type(None)))
    if origin is tuple:
        return {"type": "array", "fields": [{"name": "_element", **_describe(inner[0])}]}
    if origin is dict:
        below = [{"name": "key", **_describe(inner[0])}, {"name": "value", **_describe(inner[1])}]
        return {"type": "map", "fields": below}
    if origin is Literal:
        return {"type": "string"}
    return _describe_class(annotation)


def _describe_class(kind: type[Any]) -> Json:
    if kind in (AwareDatetime, datetime):
        return {"type": "timestamp"}
    if kind in _SIMPLE:
        return {"type": _SIMPLE[kind]}
    if issubclass(kind, Enum):
        return {"type": "string"}
    return {"type": "struct", "fields": _fields_of(kind)}


def _list_of(name: str, element: Json) -> Json:
    return {"name": name, "type": "array", "fields": [{"name": "_element", **element}]}
