from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from mrt_pipeline.contracts.names import CHECKPOINT_NAMES
from mrt_pipeline.contracts.outputs import StageOutput
from mrt_pipeline.runtime.json_schemas import SCHEMA_FILES, SCHEMAS_FOLDER, render_schema, write_schemas
from mrt_pipeline.runtime.output_files import render_output
from tests.fakes.network_builder import (
    enrich_nothing,
    make_dataset,
    make_stage1,
    make_stage2,
    open_stations,
)

OUTPUTS = {
    "stage1_deterministic.schema.json": make_stage1(),
    "stage2_enrichment.schema.json": make_stage2(*enrich_nothing(open_stations())),
    "stage3_final.schema.json": make_dataset(),
}


def _schema(file_name: str) -> Any:
    return json.loads((SCHEMAS_FOLDER / file_name).read_bytes())


@pytest.mark.parametrize("file_name", SCHEMA_FILES)
def test_a_shipped_schema_is_that_of_the_present_contract(file_name: str) -> None:
    """If this fails, run ``python -m mrt_pipeline.runtime.json_schemas``."""
    assert (SCHEMAS_FOLDER / file_name).read_bytes() == render_schema(SCHEMA_FILES[file_name])


def test_every_checkpoint_has_a_schema_of_its_name() -> None:
    named = {name.replace(".json", ".schema.json") for name in CHECKPOINT_NAMES.values()}
    assert named <= SCHEMA_FILES.keys()
    assert {path.name for path in SCHEMAS_FOLDER.iterdir()} == {*SCHEMA_FILES, "pipeline.schema.json"}


@pytest.mark.parametrize(("file_name", "output"), OUTPUTS.items())
def test_a_stage_output_as_written_fits_its_shipped_schema(file_name: str, output: StageOutput) -> None:
    schema = _schema(file_name)
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(json.loads(render_output(output)), schema)


@pytest.mark.parametrize(
    ("path", "wrong"),
    [
        (("schema_version",), "0"),
        (("stations", 0, "lat"), 103.8),
        (("stations", 0, "evidence"), None),
        (("stations", 0, "evidence", "record"), []),
        (("stations", 0, "evidence", "record", 0), "1"),
        (("stations", 0, "reasons", 0, "licence"), None),
        (("stations", 0, "exits", 0, "shape"), "round"),
    ],
)
def test_a_wrong_dataset_does_not_fit_the_schema(path: tuple[str | int, ...], wrong: object) -> None:
    content = json.loads(render_output(make_dataset()))
    holder = content
    for key in path[:-1]:
        holder = holder[key]
    holder[path[-1]] = wrong
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(content, _schema("stage3_final.schema.json"))


def test_all_schemas_are_written_at_once(tmp_path: Path) -> None:
    write_schemas(tmp_path)
    written = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert written == {path.name: path.read_bytes() for path in SCHEMAS_FOLDER.iterdir()}
