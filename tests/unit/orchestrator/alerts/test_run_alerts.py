"""What is told when, at which level, and with which command to go on."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from mrt_pipeline.config import Settings
from mrt_pipeline.config.pipeline_config import DEFAULT_PATH
from mrt_pipeline.config.settings import AlertingSection, OutputSection, TriggersSection
from mrt_pipeline.contracts.findings import Finding, Severity
from mrt_pipeline.contracts.gates import GateReport, GateStatus
from mrt_pipeline.contracts.run import PACKAGED, AttemptRecord, Manifest, RunStatus, StageStatus
from mrt_pipeline.errors import (
    FetchError,
    GateError,
    InternalError,
    ModelCallError,
    MrtPipelineError,
    RunLockedError,
    StageError,
    StageOutputError,
    StorageError,
)
from mrt_pipeline.orchestrator.alerts.message import Trigger
from mrt_pipeline.orchestrator.alerts.run_alerts import (
    AlertContext,
    alert_of_budget,
    alert_of_coverage,
    alert_of_failure,
    alert_of_recovery,
    alert_of_sources,
)
from mrt_pipeline.orchestrator.request import RunRequest
from mrt_pipeline.runtime.manifests import save_manifest
from tests.fakes.manifests import START, make_manifest, make_stage_record
from tests.fakes.network_builder import make_dataset, open_stations

FOLDER = Path("outputs/20261123_081203")
STAGE2 = "stage2_enrichment"


def _caused(error: MrtPipelineError, cause: Exception) -> MrtPipelineError:
    error.__cause__ = cause
    return error


def _attempt(status: RunStatus, hours_ago: float = 0, **changes: Any) -> AttemptRecord:
    facts = {"number": 1, "started_at": START - timedelta(hours=hours_ago), "command": "mrt-pipeline run"}
    return AttemptRecord(**facts | {"status": status} | changes)


def _occasion(
    manifest: Manifest | None = None, outputs: Path = Path("none"), **triggers: Any
) -> AlertContext:
    settings = Settings(
        alerting=AlertingSection(enabled=True, triggers=TriggersSection(**triggers)),
        output=OutputSection(directory=str(outputs)),
    )
    manifest = manifest or make_manifest()
    return AlertContext(settings, DEFAULT_PATH, RunRequest(), manifest.run_id, START, FOLDER, manifest)


@pytest.mark.parametrize(
    ("error", "trigger", "level"),
    [
        (FetchError("lta-bus-stops", "answered 503"), Trigger.SOURCE_DOWN, "error"),
        (ModelCallError("no credits", fatal=True), Trigger.SOURCE_DOWN, "error"),
        (_caused(StageError(STAGE2, "x"), ModelCallError("no credits")), Trigger.SOURCE_DOWN, "error"),
        (StageOutputError(STAGE2, "no source returned anything"), Trigger.SOURCE_DOWN, "error"),
        (GateError("gone"), Trigger.GATE_FAILED, "error"),
        (StageOutputError("stage3_merger", "1 finding"), Trigger.STAGE_FAILED, "critical"),
        (StorageError(FOLDER, "the disk is full"), Trigger.STAGE_FAILED, "critical"),
        (InternalError("a bug"), Trigger.STAGE_FAILED, "critical"),
    ],
)
def test_a_failure_is_reported_by_its_own_trigger(
    error: MrtPipelineError, trigger: Trigger, level: str
) -> None:
    alert = alert_of_failure(error, _occasion())
    assert alert is not None
    assert (alert.trigger, alert.level, alert.cause) == (trigger, level, str(error))


def test_a_failure_whose_trigger_is_off_is_reported_nevertheless() -> None:
    error = FetchError("lta-bus-stops", "answered 503")
    alert = alert_of_failure(error, _occasion(source_down=None))
    assert alert is not None
    assert (alert.trigger, alert.level) == (Trigger.STAGE_FAILED, "critical")
    assert alert_of_failure(error, _occasion(source_down=None, stage_failed=None)) is None


def test_a_failure_names_its_stage_what_is_safe_and_how_to_resume() -> None:
    manifest = make_manifest(
        attempts=(_attempt(RunStatus.FAILED, stages_run=(STAGE2,)),),
        stages={STAGE2: make_stage_record(STAGE2, b"", status=StageStatus.FAILED)},
        checkpoints={"stage1": "stage1_deterministic.json"},
    )
    alert = alert_of_failure(StageError(STAGE2, "x"), _occasion(manifest))
    assert alert is not None
    assert alert.stage == STAGE2
    assert "stage1_deterministic.json" in alert.safe
    assert alert.command == f"mrt-pipeline run --output-dir {FOLDER} --skip-existing --as-of 2026-11-23"


@pytest.mark.parametrize(
    ("config", "named"),
    [(DEFAULT_PATH, ""), (Path("my configs/mine.yaml"), " --config 'my configs/mine.yaml'")],
)
def test_without_a_folder_the_command_is_the_same_once_more_with_its_configuration(
    config: Path, named: str
) -> None:
    occasion = replace(
        _occasion(), config_path=config, folder=None, manifest=None, request=RunRequest(stage=1)
    )
    alert = alert_of_failure(StorageError(FOLDER, "cannot be made"), occasion)
    assert alert is not None
    assert alert.command == f"mrt-pipeline run --stage 1{named}"
    assert occasion.resume_command("--retry-failed") == alert.command


def test_a_stage_that_failed_in_an_earlier_attempt_is_not_blamed() -> None:
    manifest = make_manifest(
        attempts=(_attempt(RunStatus.FAILED, stages_run=("stage1_ingestion",)),),
        stages={
            "stage1_ingestion": make_stage_record("stage1_ingestion", b""),
            STAGE2: make_stage_record(STAGE2, b"", status=StageStatus.FAILED),
        },
    )
    alert = alert_of_failure(StorageError(FOLDER, "x"), _occasion(manifest))
    assert alert is not None
    assert alert.stage is None


@pytest.mark.parametrize(
    ("request_", "flags"),
    [
        (RunRequest(stage=2), "--stage 2"),
        (RunRequest(retry_failed=True), "--retry-failed"),
        (RunRequest(resume_from=3), "--skip-existing --as-of 2026-11-23"),
    ],
)
def test_the_command_does_what_was_asked_for(request_: RunRequest, flags: str) -> None:
    asked: dict[str, Any] = {"stage": request_.stage, "retries_failed": request_.retry_failed}
    attempt = _attempt(RunStatus.FAILED, command="in other words", stages_run=(STAGE2,), **asked)
    stages = {STAGE2: make_stage_record(STAGE2, b"", status=StageStatus.FAILED)}
    manifest = make_manifest(attempts=(attempt,), stages=stages)
    alert = alert_of_failure(StageError(STAGE2, "x"), _occasion(manifest))
    assert alert is not None
    assert alert.command == f"mrt-pipeline run --output-dir {FOLDER} {flags}"


@pytest.mark.parametrize(("status", "first"), [(StageStatus.COMPLETED, 3), (StageStatus.DISABLED, 2)])
def test_after_a_gate_the_command_accepts_the_changes(status: StageStatus, first: int) -> None:
    gates = GateReport(status=GateStatus.FAILED, reason="Much is gone.")
    manifest = make_manifest(stages={STAGE2: make_stage_record(STAGE2, b"", status=status)}, gates=gates)
    alert = alert_of_failure(GateError("gone"), _occasion(manifest))
    assert alert is not None
    assert alert.command == (f"mrt-pipeline run --output-dir {FOLDER} --resume-from {first} --accept-changes")


def test_a_command_can_be_copied_whatever_the_folder_and_the_configuration_are_called() -> None:
    occasion = replace(_occasion(make_manifest(config_path="a b.yaml")), folder=Path("my $runs"))
    alert = alert_of_failure(StageError(STAGE2, "x"), occasion)
    assert alert is not None
    assert alert.command is not None
    assert "--output-dir 'my $runs'" in alert.command
    assert alert.command.endswith("--config 'a b.yaml'")


@pytest.mark.parametrize("is_begun", [True, False])
def test_a_run_on_the_defaults_of_the_package_is_resumed_without_naming_a_file(is_begun: bool) -> None:
    occasion = replace(_occasion(make_manifest(config_path=PACKAGED)), config_path=None)
    occasion = occasion if is_begun else replace(occasion, folder=None, manifest=None)
    alert = alert_of_failure(StageError(STAGE2, "x"), occasion)
    assert alert is not None
    assert alert.command is not None
    assert "--config" not in alert.command


def test_a_run_that_could_not_begin_is_reported_too() -> None:
    occasion = replace(_occasion(), folder=None, manifest=None)
    alert = alert_of_failure(RunLockedError("outputs/x is being worked on"), occasion)
    assert alert is not None
    assert (alert.folder, alert.command) == (None, "mrt-pipeline run")
    assert "nothing was started" in alert.safe


def test_a_run_that_stopped_at_its_budget_says_how_much_is_left() -> None:
    record = make_stage_record(STAGE2, b"", counts={"stations_pending": 12})
    manifest = make_manifest(stages={STAGE2: record}, status=RunStatus.STOPPED_AT_BUDGET)
    alert = alert_of_budget(_occasion(manifest))
    assert alert is not None
    assert (alert.trigger, alert.level) == (Trigger.BUDGET_REACHED, "info")
    assert "12 stations" in alert.cause
    assert alert.command == f"mrt-pipeline run --output-dir {FOLDER} --resume-from 2 --as-of 2026-11-23"
    assert alert_of_budget(_occasion(budget_reached=None)) is None


def test_a_source_that_failed_for_some_stations_is_reported_though_the_run_went_on() -> None:
    finding = Finding(check="source-failed", severity=Severity.WARNING, message="fandom_wiki gave nothing.")
    other = finding.model_copy(update={"check": "something-else"})
    alert = alert_of_sources((other, finding), _occasion())
    assert alert is not None
    assert (alert.trigger, alert.cause) == (Trigger.SOURCE_DOWN, "fandom_wiki gave nothing.")
    assert alert.command == f"mrt-pipeline run --output-dir {FOLDER} --retry-failed"
    assert alert_of_sources((other,), _occasion()) is None


def _after_stage3(**changes: Any) -> Manifest:
    shares = {
        "platforms": 1.0,
        "platform_codes": 1.0,
        "bus_stops": 0.8999,
        "access": 0.15,
        "step_free": 0.15,
        "landmarks": 0.5,
    }
    counts = {f"coverage_{field}": share for field, share in shares.items()}
    record = make_stage_record("stage3_merger", b"", counts=counts, **changes)
    return make_manifest(stages={"stage3_merger": record})


def test_a_dataset_that_is_too_poor_is_reported_by_field() -> None:
    alert = alert_of_coverage(_occasion(_after_stage3()))
    assert alert is not None
    assert (alert.trigger, alert.level) == (Trigger.COVERAGE_LOW, "warning")
    assert alert.cause == "89.99% of exits have bus_stops; alerting.coverage_min.bus_stops expects 90.00%."


@pytest.mark.parametrize("changes", [{"reused": True}, {"status": StageStatus.FAILED}])
def test_a_dataset_that_was_not_made_now_is_not_reported_again(changes: dict[str, Any]) -> None:
    assert alert_of_coverage(_occasion(_after_stage3(**changes))) is None
    assert alert_of_coverage(_occasion(make_manifest())) is None


def _put(outputs: Path, name: str, *attempts: AttemptRecord) -> None:
    (outputs / name).mkdir(parents=True)
    status = attempts[-1].status
    save_manifest(outputs / name, make_manifest(run_id=name, attempts=attempts, status=status))


def test_a_run_that_finished_after_failures_names_them_and_what_changed(tmp_path: Path) -> None:
    _put(tmp_path, "a", _attempt(RunStatus.FAILED, 50, error="long ago"))
    _put(tmp_path, "b", _attempt(RunStatus.COMPLETED, 40))
    _put(tmp_path, "c", _attempt(RunStatus.FAILED, 30, error="disk full\nmore"))
    _put(tmp_path, "d", _attempt(RunStatus.RUNNING, 20))
    own = make_manifest(attempts=(_attempt(RunStatus.FAILED, 10, error="503"), _attempt(RunStatus.COMPLETED)))
    new, old = make_dataset(), make_dataset(*open_stations()[1:])
    alert = alert_of_recovery(new, old, _occasion(own, tmp_path))
    assert alert is not None
    assert (alert.trigger, alert.level, alert.command) == (Trigger.RECOVERED, "info", None)
    _, *failures = alert.cause.splitlines()
    assert [line.partition(" UTC, ")[2] for line in failures] == [
        "c: disk full",
        "d: the process was killed",
        f"{FOLDER.name}: 503",
    ]
    assert alert.details[0].endswith("1 station opened.")
    assert any(open_stations()[0].name in line for line in alert.details)


@pytest.mark.parametrize("before", [RunStatus.COMPLETED, RunStatus.INTERRUPTED, RunStatus.STOPPED_AT_BUDGET])
def test_a_run_that_follows_no_failure_is_no_recovery(before: RunStatus, tmp_path: Path) -> None:
    _put(tmp_path, "a", _attempt(before, 10))
    manifest = make_manifest(attempts=(_attempt(RunStatus.COMPLETED),))
    assert alert_of_recovery(make_dataset(), None, _occasion(manifest, tmp_path)) is None


def test_a_recovery_without_a_dataset_says_nothing_of_changes(tmp_path: Path) -> None:
    _put(tmp_path, "a", _attempt(RunStatus.FAILED, 10, error=None))
    manifest = make_manifest(attempts=(_attempt(RunStatus.COMPLETED),))
    alert = alert_of_recovery(None, None, _occasion(manifest, tmp_path))
    assert alert is not None
    assert alert.details == ()
