from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from mrt_pipeline.config import PipelineConfig
from mrt_pipeline.contracts.run import Manifest, StageRecord
from mrt_pipeline.errors import UsageError
from mrt_pipeline.orchestrator import dry_run
from mrt_pipeline.orchestrator.dry_run import (
    Action,
    RunPlan,
    StagePlan,
    make_plan,
    plan_publishing,
    plan_stages,
)
from mrt_pipeline.orchestrator.request import RunRequest
from mrt_pipeline.orchestrator.reuse import Decision, fingerprint_stage
from mrt_pipeline.orchestrator.stage_specs import STAGES
from mrt_pipeline.runtime.context import RunContext, default_context
from mrt_pipeline.runtime.files import sha256_of
from mrt_pipeline.runtime.locks import run_lock
from mrt_pipeline.runtime.manifests import save_manifest
from tests.fakes.manifests import START, make_manifest, make_stage_record, put_run

NAMES = tuple(stage.name for stage in STAGES)
SKIP = RunRequest(skip_existing=True)
DAY = date(2026, 11, 23)


@pytest.fixture(autouse=True)
def _no_variables(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    for name in (
        "ONEMAP_API_KEY",
        "ONEMAP_EMAIL",
        "ONEMAP_PASSWORD",
        "LTA_ACCOUNT_KEY",
        "OPENROUTER_API_KEY",
    ):
        monkeypatch.delenv(name, raising=False)


def _config(tmp_path: Path, text: str = "") -> PipelineConfig:
    path = tmp_path / "pipeline.yaml"
    path.write_text(f"mode: snapshot\n{text}\n", encoding="utf-8")
    return PipelineConfig(path)


def _context(config: PipelineConfig, folder: Path) -> RunContext:
    return replace(default_context(config, DAY), folder=folder, now=_now)


def _now() -> datetime:
    return START


def _finish(config: PipelineConfig, folder: Path) -> Manifest:
    """Make a run whose stages were made from what they would be made from now."""
    put_run(folder, *NAMES)
    contents: dict[str, str] = {}
    records: dict[str, StageRecord] = {}
    for stage in STAGES:
        fingerprint = fingerprint_stage(stage, _context(config, folder), dict(contents))
        records[stage.name] = make_stage_record(stage.name, stage.name.encode(), fingerprint=fingerprint)
        contents[stage.name] = sha256_of(stage.name.encode())
    manifest = make_manifest(stages=records)
    save_manifest(folder, manifest)
    return manifest


def _plan(config: PipelineConfig, manifest: Manifest, folder: Path, request: RunRequest) -> list[StagePlan]:
    return plan_stages(request, manifest, _context(config, folder))


def _actions(stages: list[StagePlan] | tuple[StagePlan, ...]) -> tuple[str, ...]:
    return tuple(stage.action for stage in stages)


def _make(tmp_path: Path, text: str, request: RunRequest) -> RunPlan:
    return make_plan(_config(tmp_path, text), request, _now)


def test_without_a_run_everything_is_run_in_a_new_folder(tmp_path: Path) -> None:
    plan = _make(tmp_path, "", RunRequest())
    assert _actions(plan.stages) == (Action.RUN, Action.RUN, Action.RUN)
    assert (plan.folder, plan.continues, plan.outputs) == (None, None, "outputs")
    assert plan.obstacles == ()


def test_what_is_complete_and_unchanged_is_reused(tmp_path: Path) -> None:
    config = _config(tmp_path)
    manifest = _finish(config, tmp_path / "run")
    assert _actions(_plan(config, manifest, tmp_path / "run", SKIP)) == (Action.REUSE,) * 3


def test_what_follows_a_stage_that_runs_depends_on_its_output(tmp_path: Path) -> None:
    manifest = _finish(_config(tmp_path), tmp_path / "run")
    config = _config(tmp_path, "stages: {stage1_ingestion: {cache_ttl_days: 3}}")
    stages = _plan(config, manifest, tmp_path / "run", SKIP)
    assert _actions(stages) == (Action.RUN, Action.DEPENDS, Action.DEPENDS)
    assert stages[1].reason == "reused if the output of stage 1 is unchanged; otherwise run"
    assert stages[2].reason == "reused if the output of stage 1 and stage 2 is unchanged; otherwise run"


def test_a_stage_made_from_an_older_output_of_the_one_before_is_run_and_says_so(tmp_path: Path) -> None:
    config = _config(tmp_path)
    manifest = _finish(config, tmp_path / "run")
    newer = make_stage_record(NAMES[0], NAMES[0].encode(), fingerprint=manifest.stages[NAMES[0]].fingerprint)
    assert newer.checkpoint is not None
    checkpoint = newer.checkpoint.model_copy(update={"content_sha256": "e" * 64})
    stages = {**manifest.stages, NAMES[0]: newer.model_copy(update={"checkpoint": checkpoint})}
    plan = _plan(config, manifest.model_copy(update={"stages": stages}), tmp_path / "run", SKIP)
    assert _actions(plan) == (Action.REUSE, Action.RUN, Action.RUN), "stage 3 reads stage 1 too"
    assert "input stage1_ingestion was" in plan[1].reason


def test_a_damaged_checkpoint_is_reported_as_kept_under_another_name(tmp_path: Path) -> None:
    config = _config(tmp_path)
    manifest = _finish(config, tmp_path / "run")
    (tmp_path / "run" / "stage2_enrichment.json").write_bytes(b"{}")
    stages = _plan(config, manifest, tmp_path / "run", SKIP)
    assert stages[1].moves_aside == "stage2_enrichment.json"


def test_a_missing_checkpoint_that_is_needed_ends_the_run(tmp_path: Path) -> None:
    config = _config(tmp_path)
    manifest = _finish(config, tmp_path / "run")
    (tmp_path / "run" / "stage1_deterministic.json").unlink()
    stages = _plan(config, manifest, tmp_path / "run", RunRequest(resume_from=3))
    assert _actions(stages) == (Action.STOP, Action.UNREACHED, Action.UNREACHED)
    assert "Create it with: mrt-pipeline run" in stages[0].reason


def test_stages_that_are_not_asked_for_are_left(tmp_path: Path) -> None:
    config = _config(tmp_path)
    manifest = _finish(config, tmp_path / "run")
    stages = _plan(config, manifest, tmp_path / "run", RunRequest(stage=2))
    assert _actions(stages) == (Action.REUSE, Action.RUN, Action.LEAVE)


def test_a_stage_that_is_switched_off_is_said_to_be(tmp_path: Path) -> None:
    plan = _make(tmp_path, "stages: {stage2_enrichment: {enabled: false}}", RunRequest())
    assert _actions(plan.stages) == (Action.RUN, Action.SWITCHED_OFF, Action.RUN)


def test_stage_1_switched_off_needs_its_checkpoint(tmp_path: Path) -> None:
    plan = _make(tmp_path, "stages: {stage1_ingestion: {enabled: false}}", RunRequest())
    assert plan.stages[0].action is Action.STOP


@pytest.mark.parametrize(
    ("text", "request_made", "fault"),
    [
        (
            "stages: {stage2_enrichment: {enabled: false}}",
            RunRequest(stage=2),
            "--stage 2 requests a stage that the configuration disables",
        ),
        (
            "stages: {stage2_enrichment: {enabled: false}}",
            RunRequest(retry_failed=True),
            "--retry-failed retries stations of a stage that the configuration disables",
        ),
        (
            "output: {symlink_latest: false}",
            RunRequest(move_latest=True),
            "--move-latest has no effect: output.symlink_latest is false",
        ),
    ],
)
def test_a_plan_refuses_what_a_run_refuses(
    tmp_path: Path, text: str, request_made: RunRequest, fault: str
) -> None:
    with pytest.raises(UsageError, match=fault):
        _make(tmp_path, text, request_made)


@pytest.mark.parametrize(
    ("text", "variable"),
    [
        ("apis: {onemap: {mode: live}}", "ONEMAP_API_KEY"),
        ("apis: {datamall: {mode: live}}", "LTA_ACCOUNT_KEY"),
        ("apis: {openrouter: {mode: live}}", "OPENROUTER_API_KEY"),
    ],
)
def test_a_missing_secret_is_an_obstacle(tmp_path: Path, text: str, variable: str) -> None:
    [obstacle] = _make(tmp_path, text, RunRequest()).obstacles
    assert variable in obstacle


def test_a_secret_of_a_stage_that_is_not_run_is_none(tmp_path: Path) -> None:
    assert _make(tmp_path, "apis: {datamall: {mode: live}}", RunRequest(stage=1)).obstacles == ()


def test_nothing_to_resume_is_an_obstacle_and_the_plan_has_no_stages(tmp_path: Path) -> None:
    plan = _make(tmp_path, "", RunRequest(resume_from=2))
    assert plan.stages == ()
    assert "Start one with: mrt-pipeline run" in plan.obstacles[0]


def test_a_damaged_manifest_is_an_obstacle(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "manifest.json").write_text("{")
    plan = _make(tmp_path, "", RunRequest(tmp_path / "mine"))
    assert "is not a manifest of this version" in plan.obstacles[0]


def test_a_folder_that_another_process_works_in_is_an_obstacle(tmp_path: Path) -> None:
    put_run(tmp_path / "mine", *NAMES)
    with run_lock(tmp_path / "mine", START):
        assert "another process" in _make(tmp_path, "", RunRequest(tmp_path / "mine")).obstacles[0]
    assert _make(tmp_path, "", RunRequest(tmp_path / "mine")).obstacles == ()


def test_the_newest_run_is_resumed_on_its_own_day(tmp_path: Path) -> None:
    put_run(tmp_path / "outputs" / "20260711_000000", *NAMES, as_of=date(2026, 7, 11))
    resumed = _make(tmp_path, "", RunRequest(resume_from=2))
    assert (resumed.folder, resumed.as_of) == ("outputs/20260711_000000", date(2026, 7, 11))
    assert resumed.continues == "20261123T081203Z-0badc0de"
    assert _make(tmp_path, "", SKIP).as_of == date(2026, 7, 11)
    assert _make(tmp_path, "", RunRequest()).as_of == DAY


@pytest.mark.parametrize(
    "request_made",
    [RunRequest(), SKIP, RunRequest(resume_from=2), RunRequest(Path("mine")), RunRequest(stage=3)],
)
def test_nothing_is_made(tmp_path: Path, request_made: RunRequest) -> None:
    config = _config(tmp_path)
    before: Any = sorted(tmp_path.rglob("*"))
    make_plan(config, request_made, _now)
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize(
    ("last", "action"),
    [
        (Action.RUN, Action.RUN),
        (Action.LEAVE, Action.LEAVE),
        (Action.SWITCHED_OFF, Action.SWITCHED_OFF),
        (Action.STOP, Action.UNREACHED),
        (Action.UNREACHED, Action.UNREACHED),
    ],
)
def test_what_becomes_of_publishing_follows_from_the_last_stage(
    last: Action, action: Action, tmp_path: Path
) -> None:
    config = _config(tmp_path)
    manifest = _finish(config, tmp_path / "run")
    step = plan_publishing(StagePlan(NAMES[2], last, "", 3), manifest, _context(config, tmp_path / "run"))
    assert step.action is action


def test_publishing_depends_on_a_stage_that_does(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = _config(tmp_path)
    manifest = _finish(config, tmp_path / "run")
    monkeypatch.setattr(
        dry_run, "decide_publishing", lambda *_, **__: Decision(runs=False, reason="unchanged")
    )
    context = _context(config, tmp_path / "run")
    for action in (Action.REUSE, Action.DEPENDS):
        assert plan_publishing(StagePlan(NAMES[2], action, "", 3), manifest, context).action is action
