"""What becomes of whatever goes wrong while a run is told of: a warning, and nothing else."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, cast

import pytest

from mrt_pipeline.config import PipelineConfig
from mrt_pipeline.config.model import LoggingSection
from mrt_pipeline.errors import RunInterrupted, StageError, StorageError
from mrt_pipeline.orchestrator.alerting import Alerting
from mrt_pipeline.orchestrator.attempt import Attempt
from mrt_pipeline.orchestrator.lineage import HarmlessLineage, Lineage, Outlet, follow
from mrt_pipeline.orchestrator.request import RunRequest
from mrt_pipeline.orchestrator.session import RunSession
from mrt_pipeline.orchestrator.telling import try_to_tell
from mrt_pipeline.runtime.run_log import RunLog, open_run_log
from tests.fakes.enrichment_sources import SeenReporter
from tests.fakes.manifests import START, make_manifest
from tests.fakes.network_builder import make_dataset

SECRET = "https://example.org/hook/s3cret"
LOSS = "It is not told"
STEPS: dict[str, Callable[[Lineage], None]] = {
    "started": lambda lineage: lineage.started("stage1_ingestion"),
    "checked": lambda lineage: lineage.checked(make_dataset()),
    "ended": lambda lineage: lineage.ended("stage1_ingestion", make_dataset()),
    "publishing": lambda lineage: lineage.publishing(),
    "published": lambda lineage: lineage.published(make_dataset(), {}),
    "end": lambda lineage: lineage.end(),
}


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


class _FaultyLineage(Lineage):
    """Fails at one step with a text that nobody may see, and keeps at which steps it was called."""

    def __init__(self, step: str, error: Exception) -> None:
        self.steps: list[str] = []
        for name in STEPS:
            setattr(self, name, self._method(name, error if name == step else None))

    def _method(self, name: str, error: Exception | None) -> Callable[..., None]:
        def take(*_: Any) -> None:
            self.steps.append(name)
            if error is not None:
                raise error

        return take


class _Outlet(Outlet):
    """An outlet that may fail when it is let go of."""

    def __init__(self, folder: Path, desk: _Desk, error: Exception | None = None) -> None:
        super().__init__(folder, None, desk.log, desk.console)
        self.is_closed = False
        self._error = error

    def close(self) -> None:
        self.is_closed = True
        if self._error is not None:
            raise self._error


def _raise(error: Exception) -> Callable[[], None]:
    def tell() -> None:
        raise error

    return tell


def test_what_goes_well_is_told_without_a_word(desk: _Desk) -> None:
    done: list[int] = []
    assert try_to_tell(lambda: done.append(1), LOSS, desk.console, desk.log)
    assert done == [1]
    assert desk.console.warnings == []


def test_an_unforeseen_error_is_told_by_its_type_and_place_and_not_by_its_text(desk: _Desk) -> None:
    assert not try_to_tell(_raise(ValueError(SECRET)), LOSS, desk.console, desk.log)
    assert desk.told.startswith(f"{LOSS}: an unforeseen ValueError ({Path(__file__).name}, line ")
    assert "s3cret" not in desk.told


def test_an_error_of_ours_is_told_in_its_words(desk: _Desk) -> None:
    error = StorageError(Path("outputs/a/manifest.json"), "the disk is full")
    assert not try_to_tell(_raise(error), LOSS, desk.console, desk.log)
    assert desk.told == f"{LOSS}: {error}"


def test_without_a_log_the_console_is_told(desk: _Desk) -> None:
    assert not try_to_tell(_raise(KeyError(SECRET)), LOSS, desk.console, None)
    assert len(desk.console.warnings) == 1


def test_a_stop_that_is_to_pass_does(desk: _Desk) -> None:
    with pytest.raises(RunInterrupted):
        try_to_tell(_raise(RunInterrupted(15)), LOSS, desk.console, desk.log, passing=(RunInterrupted,))
    assert desk.console.warnings == []


@pytest.mark.parametrize("step", STEPS)
def test_lineage_that_fails_at_any_step_is_told_once_and_ends_there(
    step: str, tmp_path: Path, desk: _Desk
) -> None:
    inner, outlet = _FaultyLineage(step, RuntimeError(SECRET)), _Outlet(tmp_path, desk)
    lineage = HarmlessLineage(lambda: inner, outlet)
    for call in STEPS.values():
        call(lineage)
    assert inner.steps == list(STEPS)[: list(STEPS).index(step) + 1]
    assert desk.told.startswith(
        "The lineage of this run is not told from here on: an unforeseen RuntimeError"
    )
    assert "s3cret" not in desk.told
    assert outlet.is_closed


@pytest.mark.parametrize("step", [step for step in STEPS if step != "end"])
def test_a_stop_during_a_step_stops_the_run(step: str, tmp_path: Path, desk: _Desk) -> None:
    lineage = HarmlessLineage(lambda: _FaultyLineage(step, RunInterrupted(15)), _Outlet(tmp_path, desk))
    with pytest.raises(RunInterrupted):
        STEPS[step](lineage)


def test_a_stop_after_the_run_changes_nothing_of_how_it_ended(tmp_path: Path, desk: _Desk) -> None:
    outlet = _Outlet(tmp_path, desk)
    HarmlessLineage(lambda: _FaultyLineage("end", RunInterrupted(15)), outlet).end()
    assert outlet.is_closed
    assert "Stopped by signal 15" in desk.told


def test_an_outlet_that_cannot_be_let_go_of_fails_nothing(tmp_path: Path, desk: _Desk) -> None:
    HarmlessLineage(Lineage, _Outlet(tmp_path, desk, OSError(SECRET))).end()
    assert "an unforeseen OSError" in desk.told


def _broken_clock() -> Any:
    raise ZeroDivisionError(SECRET)


@pytest.fixture
def config(tmp_path: Path) -> PipelineConfig:
    path = tmp_path / "pipeline.yaml"
    path.write_text("alerting: {enabled: true, on_failure: [log]}\n")
    return PipelineConfig(path)


def test_lineage_that_cannot_even_begin_fails_no_run(
    tmp_path: Path, config: PipelineConfig, desk: _Desk
) -> None:
    session = RunSession(tmp_path, make_manifest(), lambda: START)
    session.begin("mrt-pipeline run")
    lineage = follow(config, session, desk.log, desk.console, _broken_clock)
    lineage.end()
    assert "an unforeseen ZeroDivisionError" in desk.told


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
    assert desk.told.startswith("Not all alerts of this run could be made: an unforeseen ZeroDivisionError")
    assert "s3cret" not in desk.told
