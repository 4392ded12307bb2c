from __future__ import annotations

import json
from typing import Any

import pytest

from mrt_pipeline.config.registry import all_exports
from mrt_pipeline.contracts.network import AccessFeature, ExitAccess, Landmark, StationNames, StepFree
from mrt_pipeline.lineage.schemas import checkpoint_fields, export_fields, source_fields
from mrt_pipeline.runtime.output_files import render_output
from tests.fakes.network_builder import (
    SMALL_NETWORK,
    cited,
    links_to,
    make_bus_stop,
    make_dataset,
    make_exit,
    make_stage1,
    make_station,
    station_platform,
)

EXPORTERS = {spec.name: spec for spec in all_exports()}
NS13, NS17, *_ = SMALL_NETWORK.codes


def _full_dataset() -> Any:
    platform = station_platform(NS13, NS17, platform_codes=("A",))
    found = make_exit(NS13)
    full = found.model_copy(
        update={
            "platforms": links_to(platform),
            "bus_stops": (make_bus_stop(found),),
            "access": ExitAccess(step_free=StepFree.YES, features=(AccessFeature.LIFT,), evidence=cited()),
            "landmarks": (Landmark(name="Northpoint City", evidence=cited()),),
        }
    )
    return make_dataset(make_station(SMALL_NETWORK, "yishun", exits=(full,), platforms=(platform,)))


def _shape(value: Any) -> Any:
    """Return the names of a value, at every depth, as its schema should have them."""
    if isinstance(value, dict):
        return {name: _shape(below) for name, below in value.items()}
    if isinstance(value, list):
        return [_shape(value[0])] if value else []
    return None


def _shape_of_fields(fields: list[Any]) -> Any:
    return {field["name"]: _shape_of_field(field) for field in fields}


def _shape_of_field(field: Any) -> Any:
    if field["type"] == "array":
        return [_shape_of_field(field["fields"][0])]
    return _shape_of_fields(field["fields"]) if field["type"] == "struct" else None


FILES = {name: render for spec in EXPORTERS.values() for name, render in spec.files.items() if "json" in name}


@pytest.mark.parametrize("name", sorted(FILES))
def test_the_schema_of_a_format_has_the_names_that_its_file_has(name: str) -> None:
    content = json.loads(FILES[name](_full_dataset()))
    record = content[0] if isinstance(content, list) else content
    assert _shape_of_fields(export_fields(name) or []) == _shape(record)


def test_the_schema_of_a_checkpoint_has_the_names_that_its_file_has() -> None:
    stage1 = make_stage1()
    names = StationNames(zh_hans="义顺", evidence=cited())
    first, *others = stage1.stations
    named = first.model_copy(update={"names": names})
    content = json.loads(render_output(stage1.model_copy(update={"stations": (named, *others)})))
    fields = {field["name"]: field for field in checkpoint_fields("stage1_ingestion")}
    assert fields.keys() == content.keys()
    station = fields["stations"]["fields"][0]
    assert [field["name"] for field in station["fields"]] == list(content["stations"][0])
    evidence, reasons = station["fields"][0], station["fields"][-1]
    assert (evidence["name"], reasons["name"]) == ("evidence", "reasons")
    assert evidence["fields"][1]["fields"] == [{"name": "_element", "type": "integer"}]
    assert "document_id" in {field["name"] for field in reasons["fields"][0]["fields"]}
    assert fields["provenance"]["type"] == "map"
    assert [field["name"] for field in fields["provenance"]["fields"]] == ["key", "value"]


def test_types_are_reported_as_a_reader_of_the_file_sees_them() -> None:
    fields = {field["name"]: field["type"] for field in checkpoint_fields("stage3_merger")[1]["fields"]}
    assert fields["as_of"] == "date"
    assert fields["generated_at"] == "timestamp"
    stops = {field["name"]: field for field in source_fields("lta-bus-stops") or []}
    assert (stops["lat"]["type"], stops["bus_stop_code"]["type"]) == ("number", "string")
    services = {field["name"]: field for field in source_fields("lta-bus-services") or []}
    assert services["direction"]["type"] == "integer"
    assert services["stop_codes"] == {
        "name": "stop_codes",
        "type": "array",
        "fields": [{"name": "_element", "type": "string"}],
    }


def test_a_text_and_an_archive_have_no_fields() -> None:
    assert source_fields("fandom-wiki") is None
    assert export_fields("unknown.txt") is None
    assert export_fields("mrt_tables.zip") is None
