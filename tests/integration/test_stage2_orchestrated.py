"""Stage 2 under the orchestrator: budget, failures and cost as the manifest tells them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from mrt_pipeline.config.registry import get_source
from mrt_pipeline.contracts.names import REJECTED_NAME
from mrt_pipeline.contracts.outputs import EnrichmentStatus
from mrt_pipeline.contracts.run import Manifest, RunStatus, StageStatus
from mrt_pipeline.errors import (
    FetchError,
    MissingCheckpointError,
    ModelCallError,
    SourceGapError,
    StageError,
    StageInputError,
    StaleCheckpointError,
)
from mrt_pipeline.orchestrator import PipelineOrchestrator, RunRequest
from mrt_pipeline.runtime.manifests import find_manifest
from mrt_pipeline.stages.enrichment import registry
from tests.fakes import stage2_sources

DAY = date(2026, 11, 23)
STATIONS = 184


@pytest.fixture(autouse=True)
def _one_source(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """Let ``network`` be the hand-made source, and the test's folder the working one."""
    own = replace(get_source("network"), package="tests.fakes", opener="stage2_sources:open_source")
    monkeypatch.setattr(registry, "get_source", lambda _name: own)
    monkeypatch.setenv("MRT_PIPELINE_CACHE", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)
    yield
    stage2_sources.ERRORS.clear()
    stage2_sources.OPENED.clear()


def _orchestrator(folder: Path, **section: Any) -> PipelineOrchestrator:
    settings = {"stages": {"stage2_enrichment": {"sources": ["network"], **section}}}
    config = folder / "pipeline.yaml"
    config.write_text(json.dumps(settings))
    return PipelineOrchestrator(config, as_of=DAY)


def _run(folder: Path, request: RunRequest | None = None, **section: Any) -> Manifest:
    return _orchestrator(folder, **section).execute(request or RunRequest(as_of=DAY))


def _asked() -> int:
    return len(stage2_sources.OPENED[-1].asked)


def _stations(folder: Path) -> list[Any]:
    stations: list[Any] = json.loads((folder / "outputs/latest/stage3_final.json").read_bytes())["stations"]
    return stations


def test_a_run_that_stops_at_its_budget_publishes_nothing_and_is_resumed(tmp_path: Path) -> None:
    first = _run(tmp_path, max_model_requests=100)
    assert first.status is RunStatus.STOPPED_AT_BUDGET
    assert first.stages["stage2_enrichment"].status is StageStatus.STOPPED_AT_BUDGET
    assert first.stages["stage2_enrichment"].counts["stations_pending"] == STATIONS - 100
    assert "stage3_merger" not in first.stages
    assert not (tmp_path / "outputs/latest").is_symlink()

    second = _run(tmp_path, RunRequest(resume_from=2), max_model_requests=100)
    assert second.status is RunStatus.COMPLETED
    assert second.run_id == first.run_id
    assert _asked() == STATIONS - 100
    assert second.usage.calls == STATIONS
    gone_on_with = _stations(tmp_path)
    _run(tmp_path)
    assert _stations(tmp_path) == gone_on_with


def test_a_later_run_at_its_budget_leaves_latest_with_the_whole_one(tmp_path: Path) -> None:
    whole = _run(tmp_path)
    _run(tmp_path, RunRequest(output_dir=tmp_path / "outputs/next", as_of=DAY), max_model_requests=10)
    manifest = json.loads((tmp_path / "outputs/latest/manifest.json").read_bytes())
    assert manifest["run_id"] == whole.run_id


@pytest.mark.parametrize("request_", [RunRequest(resume_from=3), RunRequest(stage=3)])
def test_a_dataset_that_lacks_stations_cannot_be_made(tmp_path: Path, request_: RunRequest) -> None:
    _run(tmp_path, max_model_requests=100)
    told = (
        r"stage2_enrichment.json is incomplete: the run stopped at its budget with 84 stations unfinished. "
        r"Resume with: mrt-pipeline run --output-dir \S+ --skip-existing --as-of \S+ --config \S+$"
    )
    with pytest.raises(StaleCheckpointError, match=told):
        _run(tmp_path, request_, max_model_requests=100)
    assert not list(tmp_path.glob("outputs/*/stage3_final.json"))


def test_an_unchanged_run_is_resumed_by_skip_existing_too(tmp_path: Path) -> None:
    _run(tmp_path, max_model_requests=100)
    manifest = _run(tmp_path, RunRequest(skip_existing=True, as_of=DAY), max_model_requests=100)
    assert manifest.status is RunStatus.COMPLETED
    assert manifest.stages["stage1_ingestion"].reused
    assert manifest.stages["stage2_enrichment"].reason == "its last attempt ended as stopped_at_budget"


def test_from_python_a_run_at_its_budget_is_reported_by_the_missing_dataset(tmp_path: Path) -> None:
    orchestrator = _orchestrator(tmp_path, max_model_requests=100)
    with pytest.raises(
        MissingCheckpointError, match=r"Create it with: mrt-pipeline run --output-dir \S+ --resume-from 2"
    ):
        orchestrator.run_full_pipeline()
    assert orchestrator.output_base_dir is not None
    manifest = json.loads((orchestrator.output_base_dir / "manifest.json").read_bytes())
    assert manifest["status"] == "stopped_at_budget"


def test_from_python_a_stage_at_its_budget_is_not_merged(tmp_path: Path) -> None:
    orchestrator = _orchestrator(tmp_path, max_model_requests=100)
    stage1 = orchestrator.run_stage1()
    stage2 = orchestrator.run_stage2(stage1)
    assert stage2.enrichments[-1].status is EnrichmentStatus.PENDING
    assert orchestrator.output_base_dir is not None
    manifest = json.loads((orchestrator.output_base_dir / "manifest.json").read_bytes())
    assert manifest["status"] == "stopped_at_budget"
    with pytest.raises(StageInputError, match="has 84 stations unfinished; expected none"):
        orchestrator.run_stage3(stage1, stage2)


def test_a_refused_key_fails_the_run_whose_cost_is_in_the_manifest(tmp_path: Path) -> None:
    refused = ModelCallError("The key is refused.", fatal=True, status=401)
    stage2_sources.ERRORS["yishun"] = refused
    with pytest.raises(StageError, match=r"The key is refused\. Progress saved"):
        _run(tmp_path)
    done = _asked() - 1
    [path] = tmp_path.glob("outputs/*/manifest.json")
    manifest = Manifest.model_validate_json(path.read_bytes())
    assert manifest.status is RunStatus.FAILED
    assert manifest.usage.calls == done > 0

    stage2_sources.ERRORS.clear()
    manifest = _run(tmp_path, RunRequest(resume_from=2))
    assert _asked() == STATIONS - done
    assert manifest.usage.calls == STATIONS
    assert manifest.usage.cost_usd == pytest.approx(STATIONS * 0.01)


def test_failed_stations_alone_are_tried_again(tmp_path: Path) -> None:
    stage2_sources.ERRORS.update(
        dict.fromkeys(["yishun", "bishan"], FetchError("network", "has no page.", status=404))
    )
    with pytest.raises(SourceGapError, match="yishun, bishan"):
        _run(tmp_path)
    [run] = (tmp_path / "outputs").glob("2*")
    first = find_manifest(run)
    assert first is not None and first.status is RunStatus.FAILED
    assert first.stages["stage2_enrichment"].counts["stations_failed"] == 2
    assert not (tmp_path / "outputs/latest").is_symlink()
    stage2_sources.ERRORS.clear()
    second = _run(tmp_path, RunRequest(retry_failed=True))
    assert sorted(stage2_sources.OPENED[-1].asked) == ["bishan", "yishun"]
    assert second.attempts[-1].command == "mrt-pipeline run --retry-failed"
    assert "stations_failed" not in second.stages["stage2_enrichment"].counts
    assert len(_stations(tmp_path)) == STATIONS


def test_rejected_claims_are_counted_in_the_manifest_and_listed_in_a_file(tmp_path: Path) -> None:
    manifest = _run(tmp_path)
    assert manifest.rejected_claims == {"quote-not-in-page": STATIONS}
    lines = (tmp_path / "outputs/latest" / REJECTED_NAME).read_text().splitlines()
    assert len(lines) == STATIONS
    assert json.loads(lines[0])["reason"] == "quote-not-in-page"
