from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from mrt_pipeline.exports import EXPORTERS, VALIDATION_FILE, render_validation
from tests.fakes.network_builder import (
    SMALL_NETWORK,
    make_bus_stop,
    make_dataset,
    make_exit,
    make_platform,
    make_station,
)

ROOT = Path(__file__).parents[3]
DOCUMENTED = set(re.findall(r"`([\w.-]+)`", (ROOT / "docs/formats.md").read_text(encoding="utf-8")))
NS13, NS17, *_ = SMALL_NETWORK.codes


def _keys(value: Any) -> set[str]:
    """Return every key at any depth."""
    if isinstance(value, dict):
        return set(value).union(*map(_keys, value.values()))
    return set().union(*map(_keys, value)) if isinstance(value, list) else set()


@pytest.mark.parametrize("render", [EXPORTERS["json"].render, render_validation])
def test_every_key_of_a_file_is_documented(render: Any) -> None:
    found = make_exit(NS13).model_copy(
        update={
            "platforms": (make_platform(NS13, NS17),),
            "bus_stops": (make_bus_stop(make_exit(NS13)),),
        }
    )
    dataset = make_dataset(make_station(SMALL_NETWORK, "yishun", exits=(found,)))
    severities = {"info", "warning", "error"}
    assert _keys(json.loads(render(dataset))) <= DOCUMENTED | severities


def test_every_file_and_format_is_documented() -> None:
    files = {exporter.file_name for exporter in EXPORTERS.values()}
    assert files | EXPORTERS.keys() | {VALIDATION_FILE} <= DOCUMENTED


def test_every_check_is_documented() -> None:
    stage = ROOT / "src/mrt_pipeline/stages"
    sources = [stage / "stage3_merger.py", *stage.glob("checks/*.py")]
    literals = {
        text for source in sources for text in re.findall(r'"([a-z]+(?:-[a-z]+)+)"', source.read_text())
    }
    assert literals >= {"station-missing", "bus-stop-too-far", "schema-invalid"}
    assert literals <= DOCUMENTED
