"""What a call from Python overrides: dotted key to value."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from mrt_pipeline.config import PipelineConfig, Settings
from mrt_pipeline.errors import ConfigError


def _faults(overrides: dict[str, Any]) -> tuple[str, ...]:
    with pytest.raises(ConfigError) as caught:
        PipelineConfig(None, overrides=overrides)
    assert "in the call and the environment cannot be used" in str(caught.value)
    return caught.value.faults


def test_each_given_key_has_the_given_value_and_every_other_its_default() -> None:
    given = {
        "mode": "live",
        "output.directory": Path("here"),
        "output.formats": ["geojson", "json"],
        "stages.stage2_enrichment.daily_timeout_minutes": None,
        "stages.stage2_enrichment.bus_stop_radius_m": 100,
    }
    settings = PipelineConfig(None, overrides=given).settings
    assert settings.mode.value == "live"
    assert (settings.output.directory, settings.output.formats) == ("here", ("geojson", "json"))
    assert settings.stages.stage2_enrichment.bus_stop_radius_m == 100
    assert settings.gates == Settings().gates


def test_an_override_goes_before_the_environment_which_goes_before_the_file(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    Path("mine.yaml").write_text("expected_lines: 3\nexpected_stations: 3", encoding="utf-8")
    monkeypatch.setenv("MRT_PIPELINE__EXPECTED_LINES", "4")
    monkeypatch.setenv("MRT_PIPELINE__EXPECTED_STATIONS", "4")
    settings = PipelineConfig("mine.yaml", overrides={"expected_lines": 5}).settings
    assert (settings.expected_lines, settings.expected_stations) == (5, 4)


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("output.format", ["json"], "overrides['output.format'] is not a known key; did you mean formats?"),
        ("output", {"formats": ["json"]}, "overrides['output'] sets a whole section; set one of its keys"),
        ("", 1, "overrides[''] is not a known key"),
        ("expected_lines", "9", "overrides['expected_lines']"),
        ("expected_lines", True, "overrides['expected_lines']"),
        ("pipeline.description", None, "overrides['pipeline.description']"),
        ("output.formats", ["json", "xml"], "overrides['output.formats'][1]"),
        ("output.formats", {"json"}, "overrides['output.formats']"),
        ("mode", object(), "overrides['mode']"),
        (
            "apis.openrouter.api_key",
            "sk-12345678",
            "overrides['apis.openrouter.api_key'] looks like a secret",
        ),
    ],
)
def test_what_no_key_can_be_is_refused_with_the_name_of_the_argument(key: str, value: Any, said: str) -> None:
    (fault,) = _faults({key: value})
    assert fault.startswith(said)
    assert "sk-1" not in fault


def test_all_faults_are_reported_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MRT_PIPELINE__MODE", "alive")
    assert len(_faults({"expected_lines": 0, "gates.enabled": "perhaps"})) == 3


def test_an_unknown_format_is_refused_with_the_names_of_those_there_are() -> None:
    (fault,) = _faults({"output.formats": ["xml"]})
    assert "json, csv, geojson, geopackage, geoparquet, gtfs" in fault
