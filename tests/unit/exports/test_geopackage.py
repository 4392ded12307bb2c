from __future__ import annotations

import json
import sqlite3
import struct
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

from hypothesis import given

from mrt_pipeline.contracts.outputs import Stage3Output
from mrt_pipeline.exports.geopackage import EXPORT
from mrt_pipeline.exports.tables import TABLES
from tests.fakes.hostile_datasets import hostile_datasets
from tests.fakes.network_builder import SMALL_NETWORK, make_dataset, make_exit, make_station
from tests.unit.exports.joining import Tables, join, nest

NS13, *_ = SMALL_NETWORK.codes
LISTS = {"platform_codes", "services", "features", "document_ids", "names_document_ids"}
POINT = struct.Struct("<2sBBiBIdd")
"""magic, version and flags of a GeoPackage's geometry, reference system; byte order and type of WKB, x, y"""


@contextmanager
def _open(content: bytes) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(":memory:")) as database:
        database.deserialize(content)
        database.row_factory = sqlite3.Row
        yield database


def _select(database: sqlite3.Connection, table: str) -> list[dict[str, Any]]:
    return list(map(dict, database.execute(f'SELECT * FROM "{table}"')))  # noqa: S608 # a name of ours


def _read(dataset: Stage3Output) -> Tables:
    """Return the tables with JSON's values, as somebody reads them who knows the declared types only."""
    with _open(EXPORT.render(dataset)) as database:
        return {table.name: [_plain(row) for row in _select(database, table.name)] for table in TABLES}


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    kept = {name: value for name, value in row.items() if name not in ("fid", "geom")}
    read = {name: json.loads(value) if name in LISTS else value for name, value in kept.items()}
    if "is_same_building" in read:
        read["is_same_building"] = {1: True, 0: False}[read["is_same_building"]]
    return read


@given(hostile_datasets())
def test_the_tables_joined_again_are_the_dataset(dataset: Stage3Output) -> None:
    tables = _read(dataset)
    assert join(tables) == nest(dataset)
    assert [(row["document_id"], row["title"], row["attribution"]) for row in tables["sources"]] == [
        (document.document_id, document.title, document.attribution)
        for document in dataset.provenance.values()
    ]


@given(hostile_datasets())
def test_the_database_is_sound(dataset: Stage3Output) -> None:
    with _open(EXPORT.render(dataset)) as database:
        assert [tuple(row) for row in database.execute("PRAGMA integrity_check")] == [("ok",)]
        assert database.execute("PRAGMA foreign_key_check").fetchall() == []


def test_the_head_of_the_file_says_that_it_is_a_geopackage() -> None:
    content = EXPORT.render(make_dataset())
    assert content[:16] == b"SQLite format 3\x00"
    assert (content[68:72], int.from_bytes(content[60:64])) == (b"GPKG", 10301)


def test_the_file_does_not_say_which_sqlite_wrote_it() -> None:
    assert EXPORT.render(make_dataset())[96:100] == bytes(4)


def test_stations_and_exits_are_points_with_longitude_first() -> None:
    exits = (make_exit(NS13, lat=1.25, lng=103.5), make_exit(NS13, "B", lat=1.5, lng=103.75))
    with _open(EXPORT.render(make_dataset(make_station(SMALL_NETWORK, "yishun", exits=exits)))) as database:
        points = [POINT.unpack(row["geom"]) for row in _select(database, "exits")]
        [station] = _select(database, "stations")
    assert points == [
        (b"GP", 0, 1, 4326, 1, 1, 103.5, 1.25),
        (b"GP", 0, 1, 4326, 1, 1, 103.75, 1.5),
    ]
    assert POINT.unpack(station["geom"])[-2:] == (station["lng"], station["lat"])


def test_layers_are_registered_with_their_bounds_and_the_day_and_tables_as_attributes() -> None:
    exits = (make_exit(NS13, lat=1.25, lng=103.75), make_exit(NS13, "B", lat=1.5, lng=103.5))
    with _open(EXPORT.render(make_dataset(make_station(SMALL_NETWORK, "yishun", exits=exits)))) as database:
        contents = {row["table_name"]: row for row in _select(database, "gpkg_contents")}
        geometries = _select(database, "gpkg_geometry_columns")
        systems = {row["srs_id"] for row in _select(database, "gpkg_spatial_ref_sys")}
    layer, attributes = contents["exits"], contents["platforms"]
    assert [layer[name] for name in ("min_x", "min_y", "max_x", "max_y")] == [103.5, 1.25, 103.75, 1.5]
    assert (layer["data_type"], layer["srs_id"], layer["last_change"]) == (
        *("features", 4326, "2026-01-05T00:00:00.000Z"),
    )
    assert (attributes["data_type"], attributes["srs_id"], attributes["min_x"]) == ("attributes", None, None)
    assert contents.keys() == {table.name for table in TABLES}
    assert [(row["table_name"], row["geometry_type_name"], row["srs_id"]) for row in geometries] == [
        ("stations", "POINT", 4326),
        ("exits", "POINT", 4326),
    ]
    assert systems == {-1, 0, 4326}


def test_a_layer_without_places_has_no_bounds() -> None:
    with _open(EXPORT.render(make_dataset(make_station(SMALL_NETWORK, "yishun", exits=())))) as database:
        [layer] = [row for row in _select(database, "gpkg_contents") if row["table_name"] == "exits"]
    assert (layer["min_x"], layer["max_y"], layer["srs_id"]) == (None, None, 4326)
