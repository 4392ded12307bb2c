"""What becomes of whatever goes wrong while a run is told of: a warning, and nothing else."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, cast

import pytest

from mrt_pipeline.config import PipelineConfig
from mrt_pipeline.config.settings import LoggingSection
from mrt_pipeline.errors import RunInterrupted, StageError, StorageError
from mrt_pipeline.orchestrator.alerts.alerting import Alerting, find_missing_urls
from mrt_pipeline.orchestrator.attempt import Attempt
from mrt_pipeline.orchestrator.best_effort import best_effort
from mrt_pipeline.orchestrator.lineage import report_lineage
from mrt_pipeline.orchestrator.live_manifest import RunSession
from mrt_pipeline.orchestrator.request import RunRequest
from mrt_pipeline.runtime.run_log import RunLog, open_run_log
from tests.fakes.enrichment_sources import SeenReporter
from tests.fakes.manifests import START, make_manifest

SECRET = "https://example.org/hook/s3cret"
LOSS = "It is not told"


class _Desk:
    """A console and a run's log."""

    def __init__(self, folder: Path, log: RunLog) -> None:
        self.console = SeenReporter()
        self.log = log
        self._path = folder / "run.log.jsonl"

    @property
    def told(self) -> str:
        """Return the one thing that was told on both."""
        [line] = map(json.loads, self._path.read_text().splitlines())
        assert self.console.warnings == [line["fault"]]
        assert line["level"] == "warning"
        return str(line["fault"])


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[_Desk]:
    with open_run_log(tmp_path, LoggingSection(), run_id="r") as log:
        yield _Desk(tmp_path, log)


def _raise(error: Exception) -> Callable[[], None]:
    def tell() -> None:
        raise error

    return tell


def test_an_action_that_succeeds_is_not_reported(desk: _Desk) -> None:
    done: list[int] = []
    assert best_effort(lambda: done.append(1), LOSS, desk.console, desk.log)
    assert done == [1]
    assert desk.console.warnings == []


def test_an_unforeseen_error_is_reported_by_its_type_and_place_and_not_by_its_text(desk: _Desk) -> None:
    assert not best_effort(_raise(ValueError(SECRET)), LOSS, desk.console, desk.log)
    assert desk.told.startswith(f"{LOSS}: an unexpected ValueError ({Path(__file__).name}, line ")
    assert "s3cret" not in desk.told


def test_an_error_of_ours_is_reported_in_its_words(desk: _Desk) -> None:
    error = StorageError(Path("outputs/a/manifest.json"), "the disk is full")
    assert not best_effort(_raise(error), LOSS, desk.console, desk.log)
    assert desk.told == f"{LOSS}: {error}"


def test_without_a_log_the_console_is_reported(desk: _Desk) -> None:
    assert not best_effort(_raise(KeyError(SECRET)), LOSS, desk.console, None)
    assert len(desk.console.warnings) == 1


def _broken_clock() -> Any:
    raise ZeroDivisionError(SECRET)


@pytest.fixture
def config(tmp_path: Path) -> PipelineConfig:
    path = tmp_path / "pipeline.yaml"
    path.write_text("alerting: {enabled: true, on_failure: [log]}\n")
    return PipelineConfig(path)


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (ZeroDivisionError(SECRET), "an unexpected ZeroDivisionError"),
        (RunInterrupted(15), "Interrupted by SIGTERM"),
    ],
)
def test_lineage_that_cannot_be_told_changes_nothing_of_how_a_run_ended(
    error: Exception,
    told: str,
    tmp_path: Path,
    config: PipelineConfig,
    desk: _Desk,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    session = RunSession(tmp_path, make_manifest(), lambda: START)
    session.begin("mrt-pipeline run")
    monkeypatch.setattr("mrt_pipeline.orchestrator.lineage.run_events", lambda *_, **__: _raise(error)())
    report_lineage(config, session, desk.log, desk.console, lambda: START)
    assert desk.told.startswith(f"Not all lineage of this run is reported: {told}")
    assert "s3cret" not in desk.told


@pytest.mark.parametrize(
    "tell",
    [
        lambda alerting: alerting.failed(StageError("stage1_ingestion", "failed")),
        lambda alerting: alerting.ended(cast("Attempt", None)),
    ],
    ids=["failed", "ended"],
)
def test_alerts_that_cannot_be_made_change_nothing_of_how_a_run_ended(
    tell: Callable[[Alerting], None], tmp_path: Path, config: PipelineConfig, desk: _Desk
) -> None:
    alerting = Alerting(config, RunRequest(), "r", desk.console, _broken_clock)
    alerting.attach(RunSession(tmp_path, make_manifest(), lambda: START), desk.log)
    tell(alerting)
    assert desk.told.startswith(
        "Not all alerts of this run could be created: an unexpected ZeroDivisionError"
    )
    assert "s3cret" not in desk.told


@pytest.mark.parametrize(("enabled", "shown"), [(True, 1), (False, 0)])
def test_nobody_is_reported_if_alerting_is_off(
    enabled: bool, shown: int, tmp_path: Path, config: PipelineConfig, desk: _Desk
) -> None:
    assert config.path is not None
    config.path.write_text(f"alerting: {{enabled: {enabled}, on_failure: [file, log]}}\n")
    alerting = Alerting(PipelineConfig(config.path), RunRequest(), "r", desk.console, lambda: START)
    alerting.failed(StageError("stage1_ingestion", "failed"))
    assert len(desk.console.warnings) == shown


def test_a_channel_of_alerts_that_are_off_needs_no_url(config: PipelineConfig) -> None:
    assert config.path is not None
    config.path.write_text("alerting: {enabled: false, on_failure: [email]}\n")
    assert find_missing_urls(PipelineConfig(config.path)) == []
