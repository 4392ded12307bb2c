"""Stages that the configuration switches off, and attempts that are refused before any work."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from mrt_pipeline.contracts.run import RunStatus
from mrt_pipeline.errors import UsageError
from mrt_pipeline.orchestrator import PipelineOrchestrator, RunRequest
from tests.e2e.command import SHIPPED_CONFIG, Workplace, how_stages_ran, load

pytestmark = pytest.mark.slow


def test_without_stage_1_its_checkpoint_is_used(after_a_run: Workplace) -> None:
    off = after_a_run.with_variables(MRT_PIPELINE__STAGES__STAGE1_INGESTION__ENABLED="false")
    result = off.call("run", "--output-dir", after_a_run.latest.resolve())
    assert result.returncode == 0, result.stderr
    assert how_stages_ran(after_a_run.latest)["stage1_ingestion"][0]


def test_stage_1_that_is_switched_off_and_has_made_nothing_is_reported_with_its_key(place: Workplace) -> None:
    off = place.with_variables(MRT_PIPELINE__STAGES__STAGE1_INGESTION__ENABLED="false")
    result = off.call("run")
    assert result.returncode == 1
    assert "stages.stage1_ingestion.enabled is false; set it to true" in result.stderr
    assert "make it with" not in result.stderr


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


@pytest.fixture
def two_runs(after_a_run: Workplace) -> tuple[Workplace, Path]:
    """Return a workplace with two runs, of which ``latest`` shows the second, and the folder of the first."""
    [first] = after_a_run.runs
    assert after_a_run.call("run").returncode == 0
    assert after_a_run.latest.resolve() != first
    return after_a_run, first


def test_without_stage_3_an_older_dataset_stays_and_is_not_shown_as_this_run_s(
    two_runs: tuple[Workplace, Path],
) -> None:
    place, first = two_runs
    latest, dataset = place.latest.resolve(), (first / "stage3_final.json").read_bytes()
    off = place.with_variables(MRT_PIPELINE__STAGES__STAGE3_MERGER__ENABLED="false")
    result = off.call("run", "--output-dir", first, "--resume-from", "1")
    assert result.returncode == 0, result.stderr
    assert f"{first}/stage3_final.json was made by an earlier attempt" in result.stderr
    assert (first / "stage3_final.json").read_bytes() == dataset
    assert place.latest.resolve() == latest
    assert "latest still points to the last complete dataset" in result.stderr
    assert "Stations" not in result.stdout and "unknown for" not in result.stdout
    shown = place.call("show", first).stdout
    assert "stage3_merger: not run, disabled in config\n    stage3_final.json was made by attempt 1" in shown
    assert "coverage" not in shown and "bus-stop-exit-ambiguous" not in shown
    [line] = [line for line in place.call("runs").stdout.splitlines() if line.startswith(first.name)]
    assert "completed" in line
    assert "607" not in line


def test_stage_3_switched_on_again_makes_the_dataset_and_latest_shows_it(
    two_runs: tuple[Workplace, Path],
) -> None:
    place, first = two_runs
    off = place.with_variables(MRT_PIPELINE__STAGES__STAGE3_MERGER__ENABLED="false")
    assert off.call("run", "--output-dir", first, "--resume-from", "1").returncode == 0
    result = place.call("run", "--output-dir", first, "--skip-existing")
    assert result.returncode == 0, result.stderr
    assert [reused for reused, _ in how_stages_ran(first).values()] == [True, True, False]
    assert place.latest.resolve() == first
    assert load(first / "manifest.json")["findings"]["info"] > 0


def test_a_whole_run_in_python_refuses_to_begin_without_the_stage_that_makes_its_result(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MRT_PIPELINE__STAGES__STAGE3_MERGER__ENABLED", "false")
    orchestrator = PipelineOrchestrator(SHIPPED_CONFIG, as_of=date(1990, 12, 20))
    with pytest.raises(UsageError, match=r"set stages\.stage3_merger\.enabled to true, or call execute"):
        orchestrator.run_full_pipeline()
    assert list(tmp_path.iterdir()) == []
    manifest = orchestrator.execute(RunRequest())
    assert manifest.status is RunStatus.COMPLETED
    assert set(manifest.checkpoints) == {"stage1", "stage2"}
