from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from mrt_pipeline.config.model import LoggingSection
from mrt_pipeline.contracts.findings import Finding, Severity
from mrt_pipeline.contracts.run import AttemptRecord, Manifest, RunStatus, StageStatus
from mrt_pipeline.orchestrator.lineage import EventLineage, Outlet
from mrt_pipeline.orchestrator.session import RunSession
from mrt_pipeline.runtime.lineage import LINEAGE_NAME
from mrt_pipeline.runtime.reporting import Reporter
from mrt_pipeline.runtime.run_log import open_run_log
from tests.fakes.manifests import START, make_manifest, make_stage_record
from tests.fakes.network_builder import make_dataset
from tests.fakes.openlineage_reader import read_event

FINAL = "stage3_merger"


class _Console(Reporter):
    def __init__(self) -> None:
        self.warnings: list[str] = []

    def warn(self, text: str) -> None:
        self.warnings.append(text)


class _Scene:
    """An attempt in a folder, whose events go into the folder's file."""

    def __init__(self, folder: Path, manifest: Manifest | None = None) -> None:
        self.folder = folder
        self.console = _Console()
        self.session = RunSession(folder, manifest or make_manifest(), self._tick)
        self.session.begin("mrt-pipeline run")
        self._moment = START
        with open_run_log(folder, LoggingSection(), run_id="r") as log:
            outlet = Outlet(folder, None, log, self.console)
        self.lineage = EventLineage(self.session, "mrt-data-pipeline", outlet, self._tick)

    def _tick(self) -> datetime:
        self._moment = getattr(self, "_moment", START) + timedelta(seconds=1)
        return self._moment

    def start(self, stage: str) -> None:
        self.session.stage_started(stage, "asked for")
        self.lineage.started(stage)

    def end(self, status: RunStatus, error: str | None = None) -> None:
        self.session.end(status, error)
        self.lineage.end()

    @property
    def events(self) -> list[dict[str, Any]]:
        events = [json.loads(line) for line in (self.folder / LINEAGE_NAME).read_bytes().splitlines()]
        for event in events:
            read_event(event)
        return events

    @property
    def told(self) -> list[tuple[str, str]]:
        return [(event["eventType"], event["job"]["name"].rpartition(".")[2]) for event in self.events]


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (RunStatus.COMPLETED, "COMPLETE"),
        (RunStatus.STOPPED_AT_BUDGET, "COMPLETE"),
        (RunStatus.FAILED, "FAIL"),
        (RunStatus.INTERRUPTED, "ABORT"),
    ],
)
def test_an_attempt_ends_in_openlineages_words_for_how_it_ended(
    tmp_path: Path, status: RunStatus, kind: str
) -> None:
    scene = _Scene(tmp_path)
    scene.end(status)
    assert scene.told == [("START", "mrt_pipeline"), (kind, "mrt_pipeline")]


def test_a_stage_that_fails_takes_the_attempt_with_it_and_both_say_why(tmp_path: Path) -> None:
    scene = _Scene(tmp_path)
    scene.start(FINAL)
    scene.end(RunStatus.FAILED, f"{tmp_path}/stage3_final.json: could not be written")
    assert scene.told == [
        ("START", "mrt_pipeline"),
        ("START", FINAL),
        ("FAIL", FINAL),
        ("FAIL", "mrt_pipeline"),
    ]
    messages = [event["run"]["facets"]["errorMessage"]["message"] for event in scene.events[2:]]
    assert messages == ["stage3_final.json: could not be written"] * 2
    assert all(event["outputs"] == [] for event in scene.events)


def test_the_checks_of_a_dataset_that_failed_them_are_told(tmp_path: Path) -> None:
    scene = _Scene(tmp_path)
    scene.start(FINAL)
    finding = Finding(check="station-missing", severity=Severity.ERROR, message="NS13 is not there.")
    scene.lineage.checked(make_dataset(findings=(finding,)))
    scene.end(RunStatus.FAILED, "the dataset has 1 finding of severity error")
    tests = {test["name"]: test for test in scene.events[2]["run"]["facets"]["test"]["tests"]}
    assert tests["station-missing"]["status"] == "fail"
    assert tests["bus-stop-too-far"]["status"] == "pass"


def test_the_two_events_of_a_run_have_the_same_id_and_their_own_times(tmp_path: Path) -> None:
    scene = _Scene(tmp_path)
    scene.end(RunStatus.COMPLETED)
    start, end = scene.events
    assert start["run"]["runId"] == end["run"]["runId"]
    assert start["eventTime"] < end["eventTime"]


def _killed(stage_status: StageStatus) -> Manifest:
    attempt = AttemptRecord(
        number=1, started_at=START, status=RunStatus.RUNNING, command="mrt-pipeline run", stages_run=(FINAL,)
    )
    record = make_stage_record(FINAL, b"", status=stage_status, checkpoint=None)
    return make_manifest(attempts=(attempt,), stages={FINAL: record}, status=RunStatus.RUNNING)


def test_what_a_killed_process_left_open_is_ended_by_the_next_one(tmp_path: Path) -> None:
    scene = _Scene(tmp_path, _killed(StageStatus.RUNNING))
    scene.end(RunStatus.COMPLETED)
    assert scene.told == [
        ("ABORT", FINAL),
        ("ABORT", "mrt_pipeline"),
        ("START", "mrt_pipeline"),
        ("COMPLETE", "mrt_pipeline"),
    ]
    aborted, began = scene.events[1], scene.events[2]
    assert aborted["run"]["runId"] != began["run"]["runId"]
    assert aborted["run"]["facets"]["errorMessage"]["message"] == "The process was killed."


def test_a_stage_that_was_done_before_the_kill_is_not_ended_again(tmp_path: Path) -> None:
    scene = _Scene(tmp_path, _killed(StageStatus.COMPLETED))
    assert scene.told[:2] == [("ABORT", "mrt_pipeline"), ("START", "mrt_pipeline")]


def test_a_file_that_cannot_be_written_is_told_once_and_ends_nothing(tmp_path: Path) -> None:
    (tmp_path / LINEAGE_NAME).mkdir()
    scene = _Scene(tmp_path)
    scene.start(FINAL)
    scene.end(RunStatus.COMPLETED)
    [warning] = scene.console.warnings
    assert "The lineage of this run is not kept" in warning
