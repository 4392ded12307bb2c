"""The dataset as related tables: their columns, references and rows.

Formats for databases and spreadsheets write these; each defines how a value becomes a cell. As in all plain
formats, only stations in operation are included, in the dataset's order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import partial
from types import UnionType
from typing import Any, get_args, get_origin

from pydantic import AwareDatetime, BaseModel

from mrt_pipeline.contracts.evidence import Provenance, Published
from mrt_pipeline.contracts.fields import PARTS, Part
from mrt_pipeline.contracts.network import Platform, Station, StationCode, StationExit, TrainTimes
from mrt_pipeline.contracts.outputs import Stage3Output
from mrt_pipeline.exports.plain import plain_names
from mrt_pipeline.network import Line, load_network

Cell = str | float | int | bool | date | datetime | tuple[str, ...] | None
"""None: unknown"""
Row = tuple[Cell, ...]


class Kind(StrEnum):
    """The type of a column, by Frictionless's names."""

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
    """the table whose keys are its values"""
    values: type[StrEnum] | None = None
    """its only possible values"""


@dataclass(frozen=True, slots=True)
class Table:
    """A table, and how its rows are derived from a dataset."""

    name: str
    title: str
    key: tuple[str, ...]
    """columns whose values identify a row"""
    columns: tuple[Column, ...]
    rows: Callable[[Stage3Output], Iterable[Row]]
    """returns rows with one value per column"""
    is_place: bool = False
    """whether each row is a point, given by ``lat`` and ``lng`` in WGS84 degrees"""


def lines_of(dataset: Stage3Output) -> Iterator[Line]:
    """Yield the lines of a dataset in the network's order; one missing from the network has only its code."""
    used = dict.fromkeys(code.line_code for station in dataset.stations for code in station.codes)
    known = {line.line_code: line for line in load_network().lines}
    yield from (line for code, line in known.items() if code in used)
    yield from (Line(code, code, "", (), "") for code in used if code not in known)


def documents_of(record: Published | None) -> tuple[str, ...]:
    """Return the ids of the documents that a record is based on, sorted."""
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


def _rows_of(part: Part, dataset: Stage3Output) -> Iterator[Row]:
    """Yield the rows of a part; if an exit has at most one record of it, one row per exit."""
    for found in (found for station in dataset.stations for found in station.exits):
        for record in part.records_or_silence(found):
            yield found.exit_id, *map(_cell, part.values(record).values()), documents_of(record)


def _cell(value: Any) -> Cell:
    return tuple(map(str, value)) if isinstance(value, tuple) else value


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
"""the table whose key a column holds, by column name"""
_KINDS: dict[Any, Kind] = {
    bool: Kind.BOOLEAN,
    int: Kind.INTEGER,
    float: Kind.NUMBER,
    date: Kind.DATE,
    AwareDatetime: Kind.MOMENT,
}


def _column_of(name: str, annotation: Any) -> Column:
    """Return the column for a value of a record."""
    kinds = get_args(annotation) if get_origin(annotation) is UnionType else (annotation,)
    [kind] = (one for one in kinds if one is not type(None))
    if get_origin(kind) is tuple:
        return Column(name, Kind.LIST)
    values = kind if issubclass(kind, StrEnum) else None
    return Column(name, _KINDS.get(kind, Kind.TEXT), _REFERENCES.get(name, ""), values)


def _columns_of(record_type: type[BaseModel], names: Iterable[str]) -> tuple[Column, ...]:
    return tuple(_column_of(name, record_type.model_fields[name].annotation) for name in names)


def columns_of(part: Part) -> tuple[Column, ...]:
    """Return the columns of a part's values."""
    return _columns_of(part.record_type, part.attributes)


def _table_of(part: Part) -> Table:
    """Return the table of the exits' records of a part."""
    key = ("exit_id", part.key) if part.key else ("exit_id",)
    columns = (_EXIT, *columns_of(part), _DOCUMENTS)
    return Table(f"exit_{part.name}", part.title, key, columns, partial(_rows_of, part))


def _table_below(
    name: str, title: str, held: str, record_type: type[Published], attributes: str, key_columns: int = 1
) -> Table:
    """Return the table of the records that stations hold in a field; the first attributes are their key."""
    first, *others = attributes.split()

    def rows(dataset: Stage3Output) -> Iterator[Row]:
        for station in dataset.stations:
            for record in getattr(station, held):
                cells = (_cell(getattr(record, attribute)) for attribute in others)
                yield getattr(record, first), station.slug, *cells, documents_of(record)

    refers_to = _REFERENCES[first]
    columns = (
        Column(first, refers_to="" if refers_to == name else refers_to),
        _STATION,
        *_columns_of(record_type, others),
        _DOCUMENTS,
    )
    key = (first, *others[: key_columns - 1])
    return Table(name, title, key, columns, rows, is_place="lat" in others)


def _table_of_sources(*attributes: str) -> Table:
    def rows(dataset: Stage3Output) -> Iterator[Row]:
        for document in dataset.provenance.values():
            yield tuple(getattr(document, attribute) for attribute in attributes)

    title = "Documents that support the values, with their licences"
    return Table("sources", title, attributes[:1], _columns_of(Provenance, attributes), rows)


_DOCUMENTS = Column("document_ids", Kind.LIST)
_STATION = Column("slug", refers_to="stations")
_EXIT = Column("exit_id", refers_to="exits")

TABLES = (
    Table(
        "stations",
        "Stations in operation",
        ("slug",),
        (
            *_texts("slug", "station_id", "name", "name_zh_hans", "name_ms", "name_ta"),
            *_columns_of(Station, ("station_type", "lat", "lng")),
            *(_DOCUMENTS, Column("names_document_ids", Kind.LIST)),
        ),
        _stations,
        is_place=True,
    ),
    Table("lines", "Lines", ("line_code",), _texts("line_code", "name", "mode", "colour"), _lines),
    _table_below(
        "station_codes",
        "Codes of stations, the first line's first",
        "codes",
        StationCode,
        "station_code line_code opened_date",
    ),
    _table_below(
        "platforms",
        "Platforms, one for each direction of a line at a station",
        "platforms",
        Platform,
        "platform_id station_code line_code platform_codes towards_code towards_kind next_code confidence",
    ),
    _table_below(
        "platform_trains",
        "First and last trains of each service at a platform, in Singapore's time",
        "trains",
        TrainTimes,
        "platform_id service days first_train last_train is_last_next_day confidence",
        key_columns=3,
    ),
    _table_below(
        "exits", "Exits of stations", "exits", StationExit, "exit_id exit_code station_code line_code lat lng"
    ),
    *map(_table_of, PARTS.values()),
    _table_of_sources(
        *("document_id", "source_id", "title", "publisher", "url", "revision", "retrieved_at"),
        *("licence", "licence_url", "attribution", "sha256", "records"),
    ),
)
"""every table, referenced tables first"""
