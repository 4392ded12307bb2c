"""Read an OpenLineage event with the classes that the official client generates from the published schemas.

The client's constructors check required fields, but hardly times, ids and addresses. Here the rest is checked
as well: no unknown fields, every value with the type and format of the schema, every facet where its schema
allows it, under its own name, and for exactly the client's version. The schemas themselves are less strict
(``tests.real.lineage.validate`` applies them): they allow unknown fields.
"""

from __future__ import annotations

import importlib
import pkgutil
import types
from enum import Enum
from functools import cache
from typing import Any, Union, get_args, get_origin, get_type_hints

import attr
from openlineage.client import generated
from openlineage.client.generated import base

from tests.fakes.formats import FORMATS

FACET_KEYS = {
    "DataQualityAssertionsDatasetFacet": "dataQualityAssertions",
    "DataQualityMetricsDatasetFacet": "dataQualityMetrics",
    "DatasetTypeDatasetFacet": "datasetType",
    "DatasetVersionDatasetFacet": "version",
    "DatasourceDatasetFacet": "dataSource",
    "DocumentationDatasetFacet": "documentation",
    "DocumentationJobFacet": "documentation",
    "ErrorMessageRunFacet": "errorMessage",
    "InputStatisticsInputDatasetFacet": "inputStatistics",
    "JobTypeJobFacet": "jobType",
    "NominalTimeRunFacet": "nominalTime",
    "OutputStatisticsOutputDatasetFacet": "outputStatistics",
    "OwnershipDatasetFacet": "ownership",
    "OwnershipJobFacet": "ownership",
    "ParentRunFacet": "parent",
    "ProcessingEngineRunFacet": "processing_engine",
    "SchemaDatasetFacet": "schema",
    "SourceCodeLocationJobFacet": "sourceCodeLocation",
    "TagsDatasetFacet": "tags",
    "TagsRunFacet": "tags",
    "TestRunFacet": "test",
}
"""the name under which the specification puts each facet that we write"""

_ADDRESSES = ("schemaURL", "_schemaURL", "producer", "_producer")
_FORMATS_OF = {
    **dict.fromkeys((*_ADDRESSES, "uri", "url"), "uri"),
    **dict.fromkeys(("eventTime", "nominalStartTime", "nominalEndTime"), "date-time"),
    "runId": "uuid",
}
"""the fields for which the specification requires a format, in any object"""


def read_event(event: Any) -> base.RunEvent:
    """Return an event as the client's own type.

    Raises:
        ValueError: if it is not what the schemas of the client's version describe.
    """
    read: base.RunEvent = _read(base.RunEvent, event, "event")
    return read


@cache
def facet_classes() -> dict[str, type[Any]]:
    """Return every class of the client by the address of its schema."""
    found = {}
    for module in pkgutil.iter_modules(generated.__path__):
        content = vars(importlib.import_module(f"{generated.__name__}.{module.name}"))
        for kind in content.values():
            if isinstance(kind, type) and attr.has(kind) and hasattr(kind, "_get_schema"):
                found[kind._get_schema()] = kind
    return found


def _read(kind: Any, value: Any, where: str) -> Any:
    origin, inner = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        return _read(next(one for one in inner if one is not type(None)), value, where)
    if kind is Any:
        return value
    if origin is list:
        _expect(list, value, where)
        return [_read(inner[0], one, f"{where}[{place}]") for place, one in enumerate(value)]
    if origin is dict:
        _expect(dict, value, where)
        return {key: _read_entry(inner[1], key, one, f"{where}.{key}") for key, one in value.items()}
    if attr.has(kind):
        return _read_record(kind, value, where)
    if issubclass(kind, Enum):
        return kind(value)
    _expect((int, float) if kind is float else kind, value, where)
    return value


def _read_entry(kind: Any, key: str, value: Any, where: str) -> Any:
    """Return an entry of a map; a facet has the class that its own address names."""
    if not (isinstance(kind, type) and issubclass(kind, base.BaseFacet)):
        return _read(kind, value, where)
    found = facet_classes().get(value.get("_schemaURL"))
    if found is None or not issubclass(found, kind):
        raise ValueError(f"{where}: {value.get('_schemaURL')} is no {kind.__name__} of this client")
    if FACET_KEYS[found.__name__] != key:
        raise ValueError(f"{where}: a {found.__name__} is called {FACET_KEYS[found.__name__]}")
    return _read(found, value, where)


def _read_record(kind: Any, value: Any, where: str) -> Any:
    _expect(dict, value, where)
    hints = get_type_hints(kind)
    fields = {field.name: field for field in attr.fields(kind)}
    if unknown := value.keys() - fields.keys():
        raise ValueError(f"{where}: {kind.__name__} knows no {sorted(unknown)}")
    addresses = fields.keys() & set(_ADDRESSES)
    missing = {name for name, field in fields.items() if field.default is attr.NOTHING} | addresses
    if missing := missing - value.keys():
        raise ValueError(f"{where}: {kind.__name__} lacks {sorted(missing)}")
    for name in value.keys() & _FORMATS_OF.keys():
        _expect(str, value[name], f"{where}.{name}")
        if not FORMATS[_FORMATS_OF[name]](value[name]):
            raise ValueError(f"{where}.{name}: {value[name]!r} is no {_FORMATS_OF[name]}")
    arguments = {
        fields[name].alias: _read(hints[name], one, f"{where}.{name}")
        for name, one in value.items()
        if fields[name].init
    }
    record = kind(**arguments)
    for name in addresses & {"schemaURL", "_schemaURL"}:
        if getattr(record, name) != value[name]:
            raise ValueError(f"{where}.{name}: expected {getattr(record, name)}")
    return record


def _expect(kind: Any, value: Any, where: str) -> None:
    if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
        raise ValueError(f"{where}: {value!r} is no {kind}")
