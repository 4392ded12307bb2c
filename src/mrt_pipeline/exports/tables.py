"""The dataset as related tables: which columns there are, what they refer to, and the rows.

Formats for databases and spreadsheets write these; each says how a value becomes a cell. As in all plain
formats there are the stations in operation only, in the dataset's order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from mrt_pipeline.contracts.evidence import Confidence, Published
from mrt_pipeline.contracts.network import (
    BusStopRelation,
    ExitAccess,
    LandmarkKind,
    StationExit,
    StationType,
    StepFree,
    TowardsKind,
)
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


def _all_exits(dataset: Stage3Output) -> Iterator[StationExit]:
    return (found for station in dataset.stations for found in station.exits)


def _exits(dataset: Stage3Output) -> Iterator[Row]:
    for station in dataset.stations:
        for found in station.exits:
            yield (
                *(found.exit_id, station.slug, found.exit_code, found.station_code, found.line_code),
                *(found.lat, found.lng, documents_of(found)),
            )


def _exit_platforms(dataset: Stage3Output) -> Iterator[Row]:
    for found in _all_exits(dataset):
        for link in found.platforms:
            yield (
                *(found.exit_id, link.platform_id, link.is_same_building),
                *(link.confidence.value, documents_of(link)),
            )


def _exit_bus_stops(dataset: Stage3Output) -> Iterator[Row]:
    for found in _all_exits(dataset):
        for stop in found.bus_stops:
            yield (
                *(found.exit_id, stop.bus_stop_code, stop.description, stop.road_name, stop.lat, stop.lng),
                *(stop.services, stop.relation.value, stop.distance_m, stop.confidence.value),
                documents_of(stop),
            )


def _exit_access(dataset: Stage3Output) -> Iterator[Row]:
    """Yield a row for every exit: one that is missing could be taken for a no."""
    for found in _all_exits(dataset):
        yield found.exit_id, *_access(found.access), documents_of(found.access)


def _access(access: ExitAccess | None) -> Row:
    if access is None:
        return StepFree.UNKNOWN.value, (), None, None
    features = tuple(feature.value for feature in access.features)
    return access.step_free.value, features, access.out_of_service, access.confidence.value


def _exit_landmarks(dataset: Stage3Output) -> Iterator[Row]:
    for found in _all_exits(dataset):
        for landmark in found.landmarks:
            yield (
                *(found.exit_id, landmark.name, landmark.kind, landmark.distance_m),
                *(landmark.confidence.value, documents_of(landmark)),
            )


def _sources(dataset: Stage3Output) -> Iterator[Row]:
    for document in dataset.provenance.values():
        yield (
            *(document.document_id, document.source_id, document.title, document.publisher, document.url),
            *(document.revision, document.retrieved_at, document.licence, document.licence_url),
            *(document.attribution, document.sha256, document.records),
        )


def _texts(*names: str) -> tuple[Column, ...]:
    return tuple(map(Column, names))


_DOCUMENTS = Column("document_ids", Kind.LIST)
_CONFIDENCE = Column("confidence", values=Confidence)
_PLACE = (Column("lat", Kind.NUMBER), Column("lng", Kind.NUMBER))
_SLUG = Column("slug", refers_to="stations")
_LINE = Column("line_code", refers_to="lines")
_CODE = Column("station_code", refers_to="station_codes")
_EXIT = Column("exit_id", refers_to="exits")

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
        (Column("station_code"), _SLUG, _LINE, Column("opened_date", Kind.DATE), _DOCUMENTS),
        _station_codes,
    ),
    Table(
        "platforms",
        "Platforms, one for each direction of a line at a station",
        ("platform_id",),
        (
            *(Column("platform_id"), _SLUG, _CODE, _LINE, Column("platform_codes", Kind.LIST)),
            Column("towards_code", refers_to="station_codes"),
            Column("towards_kind", values=TowardsKind),
            Column("next_code", refers_to="station_codes"),
            *(_CONFIDENCE, _DOCUMENTS),
        ),
        _platforms,
    ),
    Table(
        "exits",
        "Exits of stations",
        ("exit_id",),
        (Column("exit_id"), _SLUG, Column("exit_code"), _CODE, _LINE, *_PLACE, _DOCUMENTS),
        _exits,
        is_place=True,
    ),
    Table(
        "exit_platforms",
        "Platforms that an exit leads to",
        ("exit_id", "platform_id"),
        (
            *(_EXIT, Column("platform_id", refers_to="platforms")),
            *(Column("is_same_building", Kind.BOOLEAN), _CONFIDENCE, _DOCUMENTS),
        ),
        _exit_platforms,
    ),
    Table(
        "exit_bus_stops",
        "Bus stops within reach of an exit",
        ("exit_id", "bus_stop_code"),
        (
            *(_EXIT, *_texts("bus_stop_code", "description", "road_name"), *_PLACE),
            *(Column("services", Kind.LIST), Column("relation", values=BusStopRelation)),
            *(Column("distance_m", Kind.NUMBER), _CONFIDENCE, _DOCUMENTS),
        ),
        _exit_bus_stops,
    ),
    Table(
        "exit_access",
        "Step-free access of every exit; unknown where no source speaks of it",
        ("exit_id",),
        (
            *(_EXIT, Column("step_free", values=StepFree), Column("features", Kind.LIST)),
            *(Column("out_of_service", Kind.DATE), _CONFIDENCE, _DOCUMENTS),
        ),
        _exit_access,
    ),
    Table(
        "exit_landmarks",
        "Landmarks of an exit",
        ("exit_id", "name"),
        (
            *(_EXIT, Column("name"), Column("kind", values=LandmarkKind)),
            *(Column("distance_m", Kind.NUMBER), _CONFIDENCE, _DOCUMENTS),
        ),
        _exit_landmarks,
    ),
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
