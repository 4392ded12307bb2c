from __future__ import annotations

import json
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from mrt_pipeline.config.registry import all_exports
from mrt_pipeline.contracts.base import Record
from mrt_pipeline.contracts.gates import GateReport
from mrt_pipeline.contracts.names import CHECKPOINT_NAMES, JOURNAL_NAME, REJECTED_NAME, VALIDATION_NAME
from mrt_pipeline.contracts.outputs import RejectedClaim, Stage1Output, Stage2Output, Stage3Output
from mrt_pipeline.exports.tables import TABLES
from mrt_pipeline.exports.validation_report import render_validation
from mrt_pipeline.lineage import LINEAGE_NAME
from mrt_pipeline.orchestrator.alerts import ALERTS_NAME
from mrt_pipeline.orchestrator.gates import GATES_NAME
from mrt_pipeline.report import REPORT_FILE
from mrt_pipeline.runtime.locks import HOLDER_NAME, LOCK_NAME
from mrt_pipeline.runtime.manifests import MANIFEST_NAME
from mrt_pipeline.runtime.run_log import LOG_NAMES
from tests.fakes.network_builder import (
    SMALL_NETWORK,
    links_to,
    make_bus_stop,
    make_dataset,
    make_exit,
    make_station,
    station_platform,
)

EXPORTERS = {spec.name: spec for spec in all_exports()}
ROOT = Path(__file__).parents[3]
DOCUMENTED = set(re.findall(r"`([\w.-]+)`", (ROOT / "docs/formats.md").read_text(encoding="utf-8")))
NS13, NS17, *_ = SMALL_NETWORK.codes
RFC_7946 = {"type", "features", "id", "geometry", "coordinates", "properties"}


def _keys(value: Any) -> set[str]:
    """Return every key at any depth."""
    if isinstance(value, dict):
        return set(value).union(*map(_keys, value.values()))
    return set().union(*map(_keys, value)) if isinstance(value, list) else set()


@pytest.mark.parametrize(
    "render",
    [
        *(render for spec in EXPORTERS.values() for name, render in spec.files.items() if "json" in name),
        render_validation,
    ],
)
def test_every_key_of_a_file_is_documented(render: Any) -> None:
    platform = station_platform(NS13, NS17)
    found = make_exit(NS13).model_copy(
        update={
            "platforms": links_to(platform),
            "bus_stops": (make_bus_stop(make_exit(NS13)),),
        }
    )
    station = make_station(SMALL_NETWORK, "yishun", exits=(found,), platforms=(platform,))
    dataset = make_dataset(station)
    severities = {"info", "warning", "error"}
    assert _keys(json.loads(render(dataset))) <= DOCUMENTED | severities | RFC_7946


def test_every_table_and_column_is_documented() -> None:
    assert {table.name for table in TABLES} <= DOCUMENTED
    assert {column.name for table in TABLES for column in table.columns} <= DOCUMENTED


def test_every_file_and_format_is_documented() -> None:
    files = {name for exporter in EXPORTERS.values() for name in exporter.files}
    assert files | EXPORTERS.keys() | {VALIDATION_NAME} <= DOCUMENTED


def test_every_check_is_documented() -> None:
    stage = ROOT / "src/mrt_pipeline/stages"
    sources = [stage / "stage3_merger.py", *stage.glob("checks/*.py")]
    literals = {
        text for source in sources for text in re.findall(r'"([a-z]+(?:-[a-z]+)+)"', source.read_text())
    }
    assert literals >= {"station-missing", "bus-stop-too-far", "schema-invalid"}
    assert literals <= DOCUMENTED


def _fields(schema: Any) -> set[str]:
    """Return the names of all fields that a JSON Schema knows, at any depth."""
    parts = schema.values() if isinstance(schema, dict) else schema if isinstance(schema, list) else ()
    own = set(schema["properties"]) if isinstance(schema, dict) and "properties" in schema else set()
    return own.union(*map(_fields, parts))


@pytest.mark.parametrize("kind", [Stage3Output, RejectedClaim])
def test_every_field_of_the_dataset_and_of_rejected_claims_is_documented(kind: type[Record]) -> None:
    assert _fields(kind.model_json_schema()) <= DOCUMENTED


@pytest.mark.parametrize("kind", [GateReport, Stage1Output, Stage2Output])
def test_every_main_field_of_a_run_s_other_files_is_documented(kind: type[Record]) -> None:
    assert kind.model_fields.keys() <= DOCUMENTED


@pytest.mark.parametrize("page", ["formats.md", "architecture.md"])
def test_every_file_of_a_run_s_folder_is_documented(page: str) -> None:
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    files = {
        *CHECKPOINT_NAMES.values(),
        *LOG_NAMES.values(),
        *(name for exporter in EXPORTERS.values() for name in exporter.files),
        MANIFEST_NAME,
        VALIDATION_NAME,
        REPORT_FILE,
        JOURNAL_NAME,
        REJECTED_NAME,
        GATES_NAME,
        ALERTS_NAME,
        LINEAGE_NAME,
        LOCK_NAME,
        HOLDER_NAME,
        "*.damaged-<time>",
    }
    assert {name for name in files if name not in text} == set()


def test_no_export_contains_the_time_of_its_run() -> None:
    dataset = make_dataset()
    later = dataset.metadata.model_copy(update={"generated_at": dataset.metadata.generated_at + timedelta(1)})
    for render in (render for exporter in EXPORTERS.values() for render in exporter.files.values()):
        assert render(dataset) == render(dataset.model_copy(update={"metadata": later}))
