"""The shipped file, its schema and its page say the same as the model."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from typer.testing import CliRunner

from mrt_pipeline.cli.app import app
from mrt_pipeline.config import PipelineConfig, Settings, json_schema
from mrt_pipeline.config.environment import SECRET_NAMES
from mrt_pipeline.config.keys import Key, value_keys
from mrt_pipeline.runtime.json_schemas import SCHEMAS_FOLDER

ROOT = Path(__file__).parents[3]
FILE = ROOT / "config" / "pipeline.yaml"
PAGE = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")
TREE = yaml.safe_load(FILE.read_bytes())
SCHEMA_FILE = SCHEMAS_FOLDER / "pipeline.schema.json"
SCHEMA = json.loads(SCHEMA_FILE.read_bytes())

KEYS_OF_THE_SPECIFICATION = [
    "pipeline.name",
    "pipeline.version",
    "pipeline.description",
    "stages.stage1_ingestion.enabled",
    "stages.stage1_ingestion.sources",
    "stages.stage1_ingestion.cache_ttl_days",
    "stages.stage2_enrichment.enabled",
    "stages.stage2_enrichment.batch_size",
    "stages.stage2_enrichment.delay_seconds",
    "stages.stage2_enrichment.max_retries",
    "stages.stage2_enrichment.retry_delay_seconds",
    "stages.stage2_enrichment.sources",
    "stages.stage3_merger.enabled",
    "stages.stage3_merger.validation.schema_check",
    "stages.stage3_merger.validation.completeness_check",
    "stages.stage3_merger.validation.sanity_check",
    "apis.onemap.base_url",
    "apis.onemap.timeout",
    "apis.openrouter.base_url",
    "apis.openrouter.model",
    "apis.openrouter.timeout",
    "apis.openrouter.max_tokens",
    "apis.openrouter.temperature",
    "apis.fandom.base_url",
    "apis.fandom.timeout",
    "expected_stations",
    "expected_lines",
    "output.versioning",
    "output.keep_last_n_versions",
    "output.symlink_latest",
    "output.formats",
    "logging.level",
    "logging.format",
    "alerting.enabled",
    "alerting.on_failure",
]


def _at(tree: Any, key: Key) -> Any:
    for part in key:
        tree = tree[part]
    return tree


def _leaves(tree: Any, path: Key = ()) -> set[Key]:
    if not isinstance(tree, dict):
        return {path}
    return set().union(*(_leaves(below, (*path, name)) for name, below in tree.items()))


def _spec_of(key: Key) -> dict[str, Any]:
    """Return a key's own part of the shipped schema."""
    here: dict[str, Any] = SCHEMA
    for part in key:
        here = here["$defs"][here["$ref"].removeprefix("#/$defs/")] if "$ref" in here else here
        here = {"$defs": SCHEMA["$defs"], **here["properties"][part]}
    return here


def _row_of(key: Key) -> list[str]:
    """Return the cells of a key's row on the page, under the heading of its section."""
    heading = f"## `{'.'.join(key[:-1])}`" if len(key) > 1 else "## Top level"
    section = PAGE.split(heading + "\n")[1].split("\n## ")[0]
    rows = [line.strip("| ").split(" | ") for line in section.splitlines() if line.startswith("| `")]
    return next(row for row in rows if row[0] == f"`{key[-1]}`")


def test_the_shipped_file_says_every_default() -> None:
    assert PipelineConfig(FILE).settings == Settings()


def test_the_shipped_file_holds_every_key_and_no_other() -> None:
    assert _leaves(TREE) == set(value_keys())


@pytest.mark.parametrize("key", KEYS_OF_THE_SPECIFICATION)
def test_every_key_of_the_specification_is_there(key: str) -> None:
    assert key in PipelineConfig(FILE)


def test_the_first_line_of_the_file_leads_editors_to_the_shipped_schema() -> None:
    first = FILE.read_text(encoding="utf-8").splitlines()[0]
    relative = first.removeprefix("# yaml-language-server: $schema=")
    assert (FILE.parent / relative).resolve() == SCHEMA_FILE


def test_the_shipped_schema_is_that_of_the_present_model() -> None:
    """If this fails, run ``python -m mrt_pipeline.runtime.json_schemas``."""
    assert json_schema() == SCHEMA


def test_the_command_prints_the_shipped_schema() -> None:
    printed = CliRunner().invoke(app, ["config", "schema"]).output
    assert printed.encode() == SCHEMA_FILE.read_bytes()


def test_the_shipped_file_fits_the_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    jsonschema.validate(TREE, SCHEMA)


@pytest.mark.parametrize(
    "tree",
    [
        {"mod": "live"},
        {"mode": "alive"},
        {"contact": "you and me"},
        {"stages": {"stage2_enrichment": {"batch_size": 65}}},
        {"output": {"formats": ["json", "json"]}},
        {"output": {"formats": []}},
    ],
)
def test_what_the_loader_refuses_does_not_fit_the_schema(tree: Any) -> None:
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(tree, SCHEMA)


def test_the_schema_tells_what_a_key_does() -> None:
    assert (
        "stations are processed at once"
        in _spec_of(("stages", "stage2_enrichment", "batch_size"))["description"]
    )
    assert "per request" in _spec_of(("apis", "onemap", "timeout"))["description"]


@pytest.mark.parametrize("key", value_keys(), ids=".".join)
def test_every_key_is_documented_with_its_default(key: Key) -> None:
    _, default, _, what = _row_of(key)
    assert yaml.safe_load(default.strip("`")) == _at(TREE, key)
    assert what


@pytest.mark.parametrize("key", value_keys(), ids=".".join)
def test_every_bound_and_choice_is_documented(key: Key) -> None:
    spec = _spec_of(key)
    specs = [spec, spec.get("items", {}), *spec.get("anyOf", ())]
    bounds = {
        one[name] for one in specs for name in ("minimum", "exclusiveMinimum", "maximum") if name in one
    }
    choices = {choice for one in specs for choice in one.get("enum", ())}
    _, _, documented, _ = _row_of(key)
    assert bounds <= set(map(int, re.findall(r"\d+", documented)))
    if "any of these and" not in documented:
        assert choices <= set(re.findall(r"`(\w+)`", documented))


def test_every_secret_is_documented() -> None:
    assert {name.upper() for name in SECRET_NAMES} <= set(re.findall(r"`([A-Z_]+)`", PAGE))
