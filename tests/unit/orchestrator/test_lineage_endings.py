from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from mrt_pipeline.config import PipelineConfig
from mrt_pipeline.config.settings import LoggingSection
from mrt_pipeline.contracts.findings import Finding, Severity
from mrt_pipeline.contracts.names import VALIDATION_NAME
from mrt_pipeline.contracts.run import Manifest, RunStatus, StageStatus
from mrt_pipeline.exports.validation_report import render_validation
from mrt_pipeline.lineage import LINEAGE_NAME
from mrt_pipeline.orchestrator.lineage import report_lineage
from mrt_pipeline.orchestrator.live_manifest import RunSession
from mrt_pipeline.orchestrator.stage_specs import stage_named
from mrt_pipeline.runtime.files import sha256_of
from mrt_pipeline.runtime.run_log import RunLog, open_run_log
from tests.fakes.enrichment_sources import SeenReporter
from tests.fakes.lineage import ending_of, make_attempt, tags_of, two_exits, types_of
from tests.fakes.manifests import START, make_manifest, make_stage_record
from tests.fakes.network_builder import make_dataset
from tests.fakes.openlineage_reader import read_event

FIRST, FINAL = "stage1_ingestion", "stage3_merger"
MISSING = Finding(check="station-missing", severity=Severity.ERROR, message="NS13 is not there.")


class _Scene:
    """Attempts in a folder, whose events go into the folder's file."""

    def __init__(self, folder: Path, log: RunLog) -> None:
        self.folder = folder
        self.log = log
        self.console = SeenReporter()
        self._moment = START
        (folder / "pipeline.yaml").write_text("{}")

    def begin(self, found: Manifest | None = None, **asked: Any) -> RunSession:
        """Begin an attempt at a run that stood in some way."""
        manifest = found or make_manifest()
        self.session = RunSession(
            self.folder, manifest.model_copy(update=asked), self._tick, earlier=manifest
        )
        self.session.begin("mrt-pipeline run")
        return self.session

    def _tick(self) -> datetime:
        self._moment += timedelta(seconds=1)
        return self._moment

    def make(self, stage: str) -> None:
        """Run a stage to its end."""
        self.session.stage_started(stage, "requested")
        record = make_stage_record(stage, stage.encode())
        assert record.checkpoint is not None
        self.session.stage_ended(
            stage,
            status=record.status,
            seconds=0.5,
            checkpoint=record.checkpoint,
            fingerprint=None,
            figures=stage_named(stage).figures_of(two_exits()[stage]),
            facts={},
        )

    def check(self, *findings: Finding) -> None:
        """Write what was found of a dataset."""
        content = render_validation(make_dataset(findings=findings))
        (self.folder / VALIDATION_NAME).write_bytes(content)
        self.session.validated(side_files={VALIDATION_NAME: sha256_of(content)})

    def end(self, status: RunStatus, error: str | None = None) -> None:
        """End the attempt and tell of it."""
        self.session.end(status, error)
        config = PipelineConfig(self.folder / "pipeline.yaml")
        report_lineage(config, self.session, self.log, self.console, self._tick)

    @property
    def events(self) -> list[dict[str, Any]]:
        """Return what the file holds."""
        events = [json.loads(line) for line in (self.folder / LINEAGE_NAME).read_bytes().splitlines()]
        for event in events:
            read_event(event)
        return events

    @property
    def told(self) -> list[tuple[str, str]]:
        """Return each event's type and step."""
        return types_of(self.events)


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[_Scene]:
    with open_run_log(tmp_path, LoggingSection(), run_id="r") as log:
        yield _Scene(tmp_path, log)


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
    scene: _Scene, status: RunStatus, kind: str
) -> None:
    scene.begin()
    scene.end(status)
    assert scene.told == [("START", "mrt_pipeline"), (kind, "mrt_pipeline")]


def test_a_stage_that_fails_takes_the_attempt_with_it_and_both_say_why(scene: _Scene) -> None:
    scene.begin().stage_started(FINAL, "requested")
    scene.end(RunStatus.FAILED, f"{scene.folder}/stage3_final.json: could not be written")
    assert scene.told == [
        ("START", "mrt_pipeline"),
        ("START", FINAL),
        ("FAIL", FINAL),
        ("FAIL", "mrt_pipeline"),
    ]
    messages = [event["run"]["facets"]["errorMessage"]["message"] for event in scene.events[2:]]
    assert messages == ["stage3_final.json: could not be written"] * 2
    assert all(event["outputs"] == [] for event in scene.events)


def test_publishing_that_fails_is_reported_as_a_step_of_its_own(scene: _Scene) -> None:
    scene.begin()
    scene.make(FINAL)
    scene.session.publishing()
    scene.end(RunStatus.FAILED, "the disk is full")
    assert scene.told[3:] == [("START", "publishing"), ("FAIL", "publishing"), ("FAIL", "mrt_pipeline")]
    assert scene.events[4]["outputs"] == []


def test_what_an_earlier_attempt_published_is_not_reported_again(scene: _Scene) -> None:
    scene.begin()
    scene.make(FINAL)
    scene.session.publishing()
    scene.session.published({"exits.geojson": "a" * 64}, {"exits.geojson": 7}, None)
    scene.end(RunStatus.COMPLETED)
    assert ("COMPLETE", "publishing") in scene.told
    before = len(scene.told)
    scene.begin(scene.session.manifest)
    scene.end(RunStatus.COMPLETED)
    assert scene.told[before:] == [("START", "mrt_pipeline"), ("COMPLETE", "mrt_pipeline")]


def _tests_of(event: dict[str, Any]) -> dict[str, Any]:
    return {test["name"]: test for test in event["run"]["facets"].get("test", {"tests": []})["tests"]}


def test_the_checks_of_a_dataset_that_failed_them_are_reported(scene: _Scene) -> None:
    scene.begin().stage_started(FINAL, "requested")
    scene.check(MISSING)
    scene.end(RunStatus.FAILED, "the dataset has 1 finding of severity error")
    tests = _tests_of(ending_of(scene.events, FINAL))
    assert tests["station-missing"]["status"] == "fail"
    assert tests["bus-stop-too-far"]["status"] == "pass"


def test_what_was_found_of_an_earlier_dataset_is_not_reported_of_one_that_was_never_checked(
    scene: _Scene,
) -> None:
    scene.begin()
    scene.make(FINAL)
    scene.check(MISSING)
    scene.end(RunStatus.COMPLETED)
    scene.begin(scene.session.manifest).stage_started(FINAL, "requested")
    scene.end(RunStatus.FAILED, "stage 2 has stations unfinished")
    assert _tests_of(ending_of(scene.events, FINAL)) == {}


def test_findings_that_somebody_changed_are_not_reported(scene: _Scene) -> None:
    scene.begin().stage_started(FINAL, "requested")
    scene.check(MISSING)
    (scene.folder / VALIDATION_NAME).write_bytes(render_validation(make_dataset()))
    scene.end(RunStatus.FAILED, "the dataset has 1 finding of severity error")
    assert _tests_of(ending_of(scene.events, FINAL)) == {}


def test_the_two_events_of_a_run_have_the_same_id_and_their_own_times(scene: _Scene) -> None:
    scene.begin()
    scene.end(RunStatus.COMPLETED)
    start, end = scene.events
    assert start["run"]["runId"] == end["run"]["runId"]
    assert start["eventTime"] < end["eventTime"]


def test_an_attempt_that_is_refused_is_reported_with_the_day_it_requested(scene: _Scene) -> None:
    scene.begin()
    scene.make(FIRST)
    scene.end(RunStatus.COMPLETED)
    scene.begin(scene.session.manifest, as_of=date(2020, 1, 31))
    scene.end(RunStatus.FAILED, "that day is not described")
    assert scene.session.manifest.as_of == date(2026, 11, 23)
    days = [tags_of(event["run"]["facets"]["tags"])["as_of"] for event in scene.events]
    assert days == ["2026-11-23"] * 4 + ["2020-01-31"] * 2


def _killed(stage_status: StageStatus, *attempts: RunStatus) -> Manifest:
    statuses = (*attempts, RunStatus.RUNNING)
    listed = [
        make_attempt(FINAL, number=place + 1, status=status, ended_at=None)
        for place, status in enumerate(statuses)
    ]
    record = make_stage_record(FINAL, b"", status=stage_status)
    return make_manifest(
        attempts=tuple(listed),
        stages={FINAL: record},
        status=RunStatus.RUNNING,
        updated_at=START + timedelta(seconds=30),
    )


def test_what_a_killed_process_left_open_is_ended_by_the_next_one(scene: _Scene) -> None:
    scene.begin(_killed(StageStatus.RUNNING))
    scene.make(FINAL)
    scene.end(RunStatus.COMPLETED)
    assert scene.told == [
        ("START", "mrt_pipeline"),
        ("START", FINAL),
        ("ABORT", FINAL),
        ("ABORT", "mrt_pipeline"),
        ("START", "mrt_pipeline"),
        ("START", FINAL),
        ("COMPLETE", FINAL),
        ("COMPLETE", "mrt_pipeline"),
    ]
    aborted, began = scene.events[3], scene.events[4]
    assert aborted["run"]["runId"] != began["run"]["runId"]
    assert aborted["run"]["facets"]["errorMessage"]["message"] == "The process was killed."
    assert aborted["eventTime"] == (START + timedelta(seconds=30)).isoformat()


def test_a_stage_that_was_done_before_the_kill_is_reported_as_done(scene: _Scene) -> None:
    scene.begin(_killed(StageStatus.COMPLETED))
    scene.end(RunStatus.COMPLETED)
    assert scene.told[2:4] == [("COMPLETE", FINAL), ("ABORT", "mrt_pipeline")]
    assert [made["name"] for made in scene.events[2]["outputs"]] == ["stage3_final.json"]


def test_of_several_attempts_only_the_last_killed_ones_are_still_to_be_reported(scene: _Scene) -> None:
    """The stage is told of the last one that ran it; what the manifest said of it before is gone."""
    scene.begin(_killed(StageStatus.RUNNING, RunStatus.RUNNING, RunStatus.FAILED, RunStatus.RUNNING))
    scene.end(RunStatus.COMPLETED)
    attempts = [tags_of(event["run"]["facets"]["tags"])["attempt"] for event in scene.events]
    assert attempts == ["3", "3", "4", "4", "4", "4", "5", "5"]


def test_a_file_that_cannot_be_written_is_reported_once_and_ends_nothing(scene: _Scene) -> None:
    (scene.folder / LINEAGE_NAME).mkdir()
    scene.begin().stage_started(FINAL, "requested")
    scene.end(RunStatus.COMPLETED)
    [warning] = scene.console.warnings
    assert "Not all lineage of this run is reported" in warning
