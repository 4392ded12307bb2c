"""The dataset as related tables: which columns there are, what they refer to, and the rows.

Formats for databases and spreadsheets write these; each says how a value becomes a cell. As in all plain
formats there are the stations in operation only, in the dataset's order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import partial
from types import UnionType
from typing import Any, get_args, get_origin

from mrt_pipeline.contracts.evidence import Confidence, Published
from mrt_pipeline.contracts.fields import PARTS, Part
from mrt_pipeline.contracts.network import ServiceDays, StationExit, StationType, TowardsKind
from mrt_pipeline.contracts.outputs import Stage3Output
from mrt_pipeline.exports.plain import plain_names
from mrt_pipeline.network import Line, load_network

Cell = str | float | int | bool | date | datetime | tuple[str, ...] | None
"""none: nothing is known"""
Row = tuple[Cell, ...]


class Kind(StrEnum):
    """What a column holds, by the names that Frictionless has for it."""

    TEXT = "string"
    NUMBER = "number"
    INTEGER = "integer"
    BOOLEAN = "boolean"
    DATE = "date"
    MOMENT = "datetime"
    LIST = "array"
    """of texts"""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table."""

    name: str
    kind: Kind = Kind.TEXT
    refers_to: str = ""
    """the table whose key its values are"""
    values: type[StrEnum] | None = None
    """the only values that it can have"""


@dataclass(frozen=True, slots=True)
class Table:
    """A table, and how its rows are read from a dataset."""

    name: str
    title: str
    key: tuple[str, ...]
    """the columns that no two rows have alike"""
    columns: tuple[Column, ...]
    rows: Callable[[Stage3Output], Iterable[Row]]
    """one value for each column"""
    is_place: bool = False
    """whether each row is a point, at its ``lat`` and ``lng`` in WGS84 degrees"""


def lines_of(dataset: Stage3Output) -> Iterator[Line]:
    """Yield the lines of a dataset in the network's order; of one that the network lacks, only the code."""
    used = dict.fromkeys(code.line_code for station in dataset.stations for code in station.codes)
    known = {line.line_code: line for line in load_network().lines}
    yield from (line for code, line in known.items() if code in used)
    yield from (Line(code, code, "", (), "") for code in used if code not in known)


def documents_of(record: Published | None) -> tuple[str, ...]:
    """Return the ids of the documents that a record rests on, sorted."""
    if record is None:
        return ()
    return tuple(sorted({evidence.document_id for evidence in record.all_evidence()}))


def _stations(dataset: Stage3Output) -> Iterator[Row]:
    for station in dataset.stations:
        yield (
            *(station.slug, station.station_id, station.name, *plain_names(station).values()),
            *(station.station_type.value, station.lat, station.lng),
            *(documents_of(station), documents_of(station.names)),
        )


def _lines(dataset: Stage3Output) -> Iterator[Row]:
    for line in lines_of(dataset):
        yield line.line_code, line.name, line.mode or None, line.colour or None


def _station_codes(dataset: Stage3Output) -> Iterator[Row]:
    for station in dataset.stations:
        for code in station.codes:
            yield code.station_code, station.slug, code.line_code, code.opened_date, documents_of(code)


def _platforms(dataset: Stage3Output) -> Iterator[Row]:
    for station in dataset.stations:
        for platform in station.platforms:
            yield (
                *(platform.platform_id, station.slug, platform.station_code, platform.line_code),
                *(platform.platform_codes, platform.towards_code, platform.towards_kind, platform.next_code),
                *(platform.confidence.value, documents_of(platform)),
            )


def _platform_trains(dataset: Stage3Output) -> Iterator[Row]:
    for station in dataset.stations:
        for times in station.trains:
            yield (
                *(times.platform_id, times.service, times.days, times.first_train, times.last_train),
                *(times.is_last_next_day, times.confidence.value, documents_of(times)),
            )


def _all_exits(dataset: Stage3Output) -> Iterator[StationExit]:
    return (found for station in dataset.stations for found in station.exits)


def _exits(dataset: Stage3Output) -> Iterator[Row]:
    for station in dataset.stations:
        for found in station.exits:
            yield (
                *(found.exit_id, station.slug, found.exit_code, found.station_code, found.line_code),
                *(found.lat, found.lng, documents_of(found)),
            )


def _rows_of(part: Part, dataset: Stage3Output) -> Iterator[Row]:
    """Yield the rows of a part; where an exit has at most one, there is one for every exit."""
    for found in _all_exits(dataset):
        for record in part.records_or_silence(found):
            yield found.exit_id, *map(_cell, part.values(record).values()), documents_of(record)


def _cell(value: Any) -> Cell:
    return tuple(map(str, value)) if isinstance(value, tuple) else value


def _sources(dataset: Stage3Output) -> Iterator[Row]:
    for document in dataset.provenance.values():
        yield (
            *(document.document_id, document.source_id, document.title, document.publisher, document.url),
            *(document.revision, document.retrieved_at, document.licence, document.licence_url),
            *(document.attribution, document.sha256, document.records),
        )


def _texts(*names: str) -> tuple[Column, ...]:
    return tuple(map(Column, names))


_REFERENCES = {
    "slug": "stations",
    "line_code": "lines",
    "station_code": "station_codes",
    "towards_code": "station_codes",
    "next_code": "station_codes",
    "exit_id": "exits",
    "platform_id": "platforms",
}
"""the table whose key a column holds, by the column's name"""
_KINDS = {bool: Kind.BOOLEAN, int: Kind.INTEGER, float: Kind.NUMBER, date: Kind.DATE}


def _refer(*names: str) -> tuple[Column, ...]:
    return tuple(Column(name, refers_to=_REFERENCES[name]) for name in names)


def _column_of(name: str, annotation: Any) -> Column:
    """Return the column of a record's value."""
    kinds = get_args(annotation) if get_origin(annotation) is UnionType else (annotation,)
    [kind] = (one for one in kinds if one is not type(None))
    if get_origin(kind) is tuple:
        return Column(name, Kind.LIST)
    values = kind if issubclass(kind, StrEnum) else None
    return Column(name, _KINDS.get(kind, Kind.TEXT), _REFERENCES.get(name, ""), values)


def _table_of(part: Part) -> Table:
    """Return the table of what exits have of a part."""
    fields = part.record_type.model_fields
    columns = (_column_of(name, fields[name].annotation) for name in part.attributes)
    key = ("exit_id", part.key) if part.key else ("exit_id",)
    return Table(
        f"exit_{part.name}", part.title, key, (*_EXIT, *columns, _DOCUMENTS), partial(_rows_of, part)
    )


_DOCUMENTS = Column("document_ids", Kind.LIST)
_PLACE = (Column("lat", Kind.NUMBER), Column("lng", Kind.NUMBER))
_EXIT = _refer("exit_id")

TABLES = (
    Table(
        "stations",
        "Stations in operation",
        ("slug",),
        (
            *_texts("slug", "station_id", "name", "name_zh_hans", "name_ms", "name_ta"),
            *(Column("station_type", values=StationType), *_PLACE),
            *(_DOCUMENTS, Column("names_document_ids", Kind.LIST)),
        ),
        _stations,
        is_place=True,
    ),
    Table("lines", "Lines", ("line_code",), _texts("line_code", "name", "mode", "colour"), _lines),
    Table(
        "station_codes",
        "Codes of stations, the first line's first",
        ("station_code",),
        (Column("station_code"), *_refer("slug", "line_code"), Column("opened_date", Kind.DATE), _DOCUMENTS),
        _station_codes,
    ),
    Table(
        "platforms",
        "Platforms, one for each direction of a line at a station",
        ("platform_id",),
        (
            *(Column("platform_id"), *_refer("slug", "station_code", "line_code")),
            *(Column("platform_codes", Kind.LIST), *_refer("towards_code")),
            *(Column("towards_kind", values=TowardsKind), *_refer("next_code")),
            *(Column("confidence", values=Confidence), _DOCUMENTS),
        ),
        _platforms,
    ),
    Table(
        "platform_trains",
        "First and last trains of each service at a platform, in Singapore's time",
        ("platform_id", "service", "days"),
        (
            *(*_refer("platform_id"), Column("service"), Column("days", values=ServiceDays)),
            *(*_texts("first_train", "last_train"), Column("is_last_next_day", Kind.BOOLEAN)),
            *(Column("confidence", values=Confidence), _DOCUMENTS),
        ),
        _platform_trains,
    ),
    Table(
        "exits",
        "Exits of stations",
        ("exit_id",),
        (
            *(Column("exit_id"), *_refer("slug"), Column("exit_code"), *_refer("station_code", "line_code")),
            *(*_PLACE, _DOCUMENTS),
        ),
        _exits,
        is_place=True,
    ),
    *map(_table_of, PARTS.values()),
    Table(
        "sources",
        "Documents that the values rest on, with their licences",
        ("document_id",),
        (
            *_texts("document_id", "source_id", "title", "publisher", "url", "revision"),
            Column("retrieved_at", Kind.MOMENT),
            *_texts("licence", "licence_url", "attribution", "sha256"),
            Column("records", Kind.INTEGER),
        ),
        _sources,
    ),
)
"""every table, those that others refer to first"""
