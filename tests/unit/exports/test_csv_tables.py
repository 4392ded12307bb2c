from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given

from mrt_pipeline.contracts.network import AccessFeature, ExitAccess, StepFree
from mrt_pipeline.contracts.outputs import Stage3Output
from mrt_pipeline.exports.csv_tables import ACTIVE, EXPORT, to_cell
from mrt_pipeline.exports.tables import TABLES
from tests.fakes.hostile_datasets import hostile_datasets
from tests.fakes.network_builder import (
    SMALL_NETWORK,
    cited,
    make_dataset,
    make_exit,
    make_station,
    provenance,
)
from tests.unit.exports.joining import Tables, join, nest

NS13, *_ = SMALL_NETWORK.codes
READERS: dict[str, Callable[[str], Any]] = {
    "number": float,
    "integer": int,
    "boolean": {"true": True, "false": False}.__getitem__,
    "array": json.loads,
}


def _open(dataset: Stage3Output) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(EXPORT.render(dataset))) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _read(dataset: Stage3Output) -> Tables:
    """Return the tables as somebody reads them who knows the description only."""
    files = _open(dataset)
    described = json.loads(files["datapackage.json"])
    return {
        resource["name"]: _read_table(files[resource["path"]], resource["schema"]["fields"])
        for resource in described["resources"]
    }


def _read_table(content: bytes, fields: list[dict[str, Any]]) -> list[dict[str, Any]]:
    head, *rows = csv.reader(io.StringIO(content.decode(), newline=""), strict=True)
    assert head == [field["name"] for field in fields]
    return [
        {field["name"]: _read_cell(cell, field) for cell, field in zip(row, fields, strict=True)}
        for row in rows
    ]


def _read_cell(cell: str, field: dict[str, Any]) -> Any:
    if field["type"] in READERS:
        return READERS[field["type"]](cell) if cell else None
    is_told = cell or field["name"] in (
        "name",
        "description",
        "road_name",
        "title",
        "publisher",
        "attribution",
    )
    return cell.removeprefix("'") if is_told else None


@given(hostile_datasets())
def test_the_tables_joined_again_are_the_dataset(dataset: Stage3Output) -> None:
    tables = _read(dataset)
    assert join(tables) == nest(dataset)
    documents = [document.model_dump(mode="json") for document in dataset.provenance.values()]
    assert tables["sources"] == [
        {key: document[key] for key in tables["sources"][0]} for document in documents
    ]


@given(hostile_datasets())
def test_a_spreadsheet_takes_no_text_for_a_formula(dataset: Stage3Output) -> None:
    for name, content in _open(dataset).items():
        if name.endswith(".csv"):
            cells = (cell for row in csv.reader(io.StringIO(content.decode(), newline="")) for cell in row)
            assert not [cell for cell in cells if cell.startswith(ACTIVE)]


@given(hostile_datasets())
def test_what_a_table_refers_to_is_there_once(dataset: Stage3Output) -> None:
    tables = _read(dataset)
    for table in TABLES:
        keys = [tuple(row[name] for name in table.key) for row in tables[table.name]]
        assert len(keys) == len(set(keys)), table.name
        for column in (column for column in table.columns if column.refers_to):
            [key] = next(other.key for other in TABLES if other.name == column.refers_to)
            known = {row[key] for row in tables[column.refers_to]}
            assert {row[column.name] for row in tables[table.name]} <= known, (table.name, column.name)


def test_a_column_called_as_the_key_of_another_table_refers_to_it() -> None:
    owners = {table.key: table.name for table in reversed(TABLES)}
    for table in TABLES:
        for column in table.columns:
            owner = owners.get((column.name,), table.name)
            assert owner in (table.name, column.refers_to), (table.name, column.name)


def test_an_exit_of_which_no_source_speaks_is_unknown_and_not_left_out() -> None:
    access = ExitAccess(step_free=StepFree.NO, features=(AccessFeature.STAIRS_ONLY,), evidence=cited())
    exits = (make_exit(NS13, "A", access=access), make_exit(NS13, "B", east_m=50))
    [told, unknown] = _read(make_dataset(make_station(SMALL_NETWORK, "yishun", exits=exits)))["exit_access"]
    assert (told["step_free"], told["features"], told["confidence"]) == ("no", ["stairs_only"], "high")
    assert (unknown["step_free"], unknown["features"], unknown["confidence"]) == ("unknown", [], None)


def test_lines_stand_in_the_network_s_order_with_their_colours() -> None:
    lines = _read(make_dataset())["lines"]
    assert [line["line_code"] for line in lines] == ["NSL", "CCL", "BPL"]
    assert lines[0] == {"line_code": "NSL", "name": "North-South Line", "mode": "mrt", "colour": "#D42E12"}


def test_a_line_that_the_network_lacks_is_reported_by_its_code_alone() -> None:
    yishun = make_station(SMALL_NETWORK, "yishun", exits=())
    strange = yishun.codes[0].model_copy(update={"line_code": "XXL"})
    [line] = _read(make_dataset(yishun.model_copy(update={"codes": (strange,)})))["lines"]
    assert line == {"line_code": "XXL", "name": "XXL", "mode": None, "colour": None}


def test_the_description_names_day_licences_and_sources_and_vouches_for_the_bytes() -> None:
    files = _open(make_dataset(provenance={name: provenance(name, title=name) for name in ("b", "a")}))
    described = json.loads(files["datapackage.json"])
    assert described["as_of"] == "2026-01-05"
    assert described["licenses"] == [{"name": "SODL-1.0", "path": "https://example.org/licence"}]
    assert [source["title"] for source in described["sources"]] == ["b", "a"]
    assert files.keys() == {"datapackage.json", *(resource["path"] for resource in described["resources"])}
    for resource in described["resources"]:
        assert resource["bytes"] == len(files[resource["path"]])


def test_a_time_is_shown_in_utc() -> None:
    moment = datetime(2026, 1, 5, 12, 30, tzinfo=timezone(timedelta(hours=8)))
    assert to_cell(moment) == "2026-01-05T04:30:00Z" == to_cell(moment.astimezone(UTC))


@pytest.mark.parametrize("text", [*(f"{sign}x" for sign in ACTIVE), "'x", "''"])
def test_one_apostrophe_is_put_before_a_text_that_a_spreadsheet_could_run(text: str) -> None:
    assert to_cell(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "Yishun", "a=b", "x'", " =1", '"=1"'])
def test_other_texts_stay_as_they_are(text: str) -> None:
    assert to_cell(text) == text
