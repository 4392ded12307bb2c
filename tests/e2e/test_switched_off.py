"""Stages that the configuration switches off, and attempts that are refused before any work."""

from __future__ import annotations

import pytest

from tests.e2e.command import Workplace, how_stages_ran, load


def test_without_stage_1_its_checkpoint_is_used(after_a_run: Workplace) -> None:
    off = after_a_run.with_variables(MRT_PIPELINE__STAGES__STAGE1_INGESTION__ENABLED="false")
    result = off.call("run", "--output-dir", after_a_run.latest.resolve())
    assert result.returncode == 0, result.stderr
    assert how_stages_ran(after_a_run.latest)["stage1_ingestion"][0]


@pytest.mark.parametrize("flag", ["--resume-from", "--stage"])
def test_without_stage_2_the_third_can_be_run_alone(after_a_run: Workplace, flag: str) -> None:
    off = after_a_run.with_variables(MRT_PIPELINE__STAGES__STAGE2_ENRICHMENT__ENABLED="false")
    result = off.call("run", flag, "3", "--accept-changes")
    assert result.returncode == 0, result.stderr
    assert "was not run" in result.stderr
    stations = load(after_a_run.latest / "stage3_final.json")["stations"]
    assert not any(found.get("bus_stops") for station in stations for found in station["exits"])


@pytest.mark.parametrize(
    ("variables", "arguments"),
    [
        ({"MRT_PIPELINE__APIS__ONEMAP__MODE": "live"}, ["--skip-existing"]),
        ({"MRT_PIPELINE__APIS__ONEMAP__MODE": "live"}, ["--resume-from", "3"]),
    ],
)
def test_a_refused_attempt_leaves_a_good_run_good(
    after_a_run: Workplace, variables: dict[str, str], arguments: list[str]
) -> None:
    result = after_a_run.with_variables(**variables).call("run", *arguments)
    assert result.returncode in (1, 2)
    manifest = load(after_a_run.latest / "manifest.json")
    assert manifest["status"] == "completed"
    assert "error" not in manifest
    assert manifest["attempts"][-1]["status"] == "failed"


def test_a_format_that_is_no_longer_wanted_does_not_grow_old(after_a_run: Workplace) -> None:
    both = after_a_run.with_variables(MRT_PIPELINE__OUTPUT__FORMATS="[json, geojson]")
    assert both.call("run", "--resume-from", "3").returncode == 0
    assert (after_a_run.latest / "exits.geojson").exists()
    assert after_a_run.call("run", "--resume-from", "3").returncode == 0
    assert not (after_a_run.latest / "exits.geojson").exists()
    assert "exits.geojson" not in load(after_a_run.latest / "manifest.json")["outputs"]
