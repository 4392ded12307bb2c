"""``mrt.gpkg``: the dataset as a GeoPackage, which any SQLite reader can open.

Stations and exits are layers of points, the other tables attributes, with the columns of ``tables.py``.
Format: OGC GeoPackage 1.3.1 (https://www.geopackage.org/spec131), whose requirements are cited below.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, cast

import orjson

from mrt_pipeline.contracts.export_spec import ExportSpec
from mrt_pipeline.contracts.outputs import Stage3Output
from mrt_pipeline.exports.tables import TABLES, Cell, Kind, Row, Table

if TYPE_CHECKING:
    from sqlite3 import Connection

WGS84 = 4326
_HEAD = Path(__file__).with_suffix(".sql")
_VERSION_OF_SQLITE = slice(96, 100)
"""position of the version of SQLite that last wrote the file (https://www.sqlite.org/fileformat2.html,
section 1.3)"""
_REFERENCE_SYSTEMS = (
    ("Undefined Cartesian SRS", -1, "NONE", -1, "undefined", "undefined Cartesian coordinate system"),
    ("Undefined geographic SRS", 0, "NONE", 0, "undefined", "undefined geographic coordinate system"),
    (
        *("WGS 84 geodetic", WGS84, "EPSG", WGS84),
        'GEOGCS["WGS 84",DATUM["WGS_1984",SPHEROID["WGS 84",6378137,298.257223563,AUTHORITY["EPSG","7030"]],'
        'AUTHORITY["EPSG","6326"]],PRIMEM["Greenwich",0,AUTHORITY["EPSG","8901"]],'
        'UNIT["degree",0.0174532925199433,AUTHORITY["EPSG","9122"]],AUTHORITY["EPSG","4326"]]',
        "longitude/latitude coordinates in decimal degrees on the WGS 84 spheroid",
    ),
)
"""those that every GeoPackage must have: requirement 11"""
_TYPES = {
    Kind.TEXT: "TEXT",
    Kind.NUMBER: "DOUBLE",
    Kind.INTEGER: "INTEGER",
    Kind.BOOLEAN: "BOOLEAN",
    Kind.DATE: "DATE",
    Kind.MOMENT: "DATETIME",
    Kind.LIST: "TEXT",
}


def render_geopackage(dataset: Stage3Output) -> bytes:
    """Return the database's file, without the version of SQLite that wrote it."""
    import sqlite3  # imported here, because every start of the program lists the formats

    with closing(sqlite3.connect(":memory:", isolation_level=None)) as database:
        database.executescript(_HEAD.read_text("utf-8"))
        database.executemany("INSERT INTO gpkg_spatial_ref_sys VALUES (?, ?, ?, ?, ?, ?)", _REFERENCE_SYSTEMS)
        for table in TABLES:
            rows = list(table.rows(dataset))
            _register(database, table, rows, dataset.metadata.as_of)
            _fill(database, table, rows)
        database.execute("COMMIT")
        content = bytearray(database.serialize())
    content[_VERSION_OF_SQLITE] = bytes(4)
    return bytes(content)


def _register(database: Connection, table: Table, rows: Sequence[Row], day: date) -> None:
    """Register a table. Its last change is the date it describes: the time of a run must have no effect."""
    kind, srs_id = ("features", WGS84) if table.is_place else ("attributes", None)
    places = [_place(table, row) for row in rows] if table.is_place else []
    corners = [pick(axis) for pick in (min, max) for axis in zip(*places, strict=True)] or [None] * 4
    database.execute(
        "INSERT INTO gpkg_contents VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (table.name, kind, table.name, table.title, f"{day}T00:00:00.000Z", *corners, srs_id),
    )
    if table.is_place:
        geometry = (table.name, "geom", "POINT", WGS84, 0, 0)
        database.execute("INSERT INTO gpkg_geometry_columns VALUES (?, ?, ?, ?, ?, ?)", geometry)


def _fill(database: Connection, table: Table, rows: Sequence[Row]) -> None:
    columns = ["fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL"]
    columns += ["geom POINT"] if table.is_place else []
    columns += [f'"{column.name}" {_TYPES[column.kind]}' for column in table.columns]
    database.execute(f'CREATE TABLE "{table.name}" ({", ".join(columns)})')
    marks = ", ".join("?" * len(columns))
    insert = f'INSERT INTO "{table.name}" VALUES ({marks})'  # noqa: S608 # the names are ours
    database.executemany(insert, ((None, *_geometry(table, row), *map(to_value, row)) for row in rows))


def to_value(value: Cell) -> str | float | int | None:
    """Return a value for SQLite: a list as JSON, dates and times in GeoPackage's format."""
    match value:
        case tuple():
            return orjson.dumps(value).decode()
        case datetime():
            return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
        case date():
            return value.isoformat()
        case str():
            return str(value)  # also of an enumeration
    return value


def _geometry(table: Table, row: Row) -> tuple[bytes, ...]:
    """Return the point of a row in little-endian WKB after the header of requirement 19, if it has one."""
    if not table.is_place:
        return ()
    header = struct.pack("<2sBBi", b"GP", 0, 1, WGS84)
    return (header + struct.pack("<BIdd", 1, 1, *_place(table, row)),)


def _place(table: Table, row: Row) -> tuple[float, float]:
    """Return longitude and latitude, the order of a GeoPackage in every reference system."""
    names = [column.name for column in table.columns]
    return cast("float", row[names.index("lng")]), cast("float", row[names.index("lat")])


EXPORT = ExportSpec(
    name="geopackage",
    file_name="mrt.gpkg",
    render=render_geopackage,
    title="Stations and exits as layers with all tables, for GIS programs and SQLite (GeoPackage)",
)
