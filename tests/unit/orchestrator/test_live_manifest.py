"""The manifest while a run is in progress, and how it ends whatever ends it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from mrt_pipeline.contracts.run import Manifest, RunStatus, StageStatus
from mrt_pipeline.orchestrator.live_manifest import RunSession
from mrt_pipeline.runtime.manifests import find_manifest
from tests.fakes.fake_time import FakeTime
from tests.fakes.manifests import make_manifest


@pytest.fixture
def session(tmp_path: Path) -> RunSession:
    return RunSession(tmp_path, make_manifest(status=RunStatus.RUNNING), FakeTime().now)


@pytest.mark.parametrize(
    ("status", "stage"),
    [(RunStatus.INTERRUPTED, StageStatus.INTERRUPTED), (RunStatus.FAILED, StageStatus.FAILED)],
)
def test_no_stage_is_left_running_when_the_run_has_ended(
    status: RunStatus, stage: StageStatus, session: RunSession
) -> None:
    session.begin("mrt-pipeline run")
    session.stage_started("stage1_ingestion", "requested")
    session.end(status, "why")
    assert session.manifest.stages["stage1_ingestion"].status is stage
    assert session.manifest.attempts[-1].status is status
    assert find_manifest(session.folder) == session.manifest


def _refused(folder: Path, stood: Manifest) -> Manifest:
    """Return what an attempt that was refused before any stage leaves of a run."""
    present = stood.model_copy(update={"as_of": date(2030, 1, 1), "mode": "live", "config": {"mode": "live"}})
    session = RunSession(folder, present, FakeTime().now, earlier=stood)
    session.begin("mrt-pipeline run --as-of 2030-01-01")
    session.end(RunStatus.FAILED, "a secret is missing")
    found = find_manifest(folder)
    assert found is not None
    return found


def test_a_refused_attempt_leaves_a_good_run_as_it_stood(tmp_path: Path) -> None:
    stood = make_manifest(status=RunStatus.COMPLETED)
    found = _refused(tmp_path, stood)
    assert (found.status, found.error) == (RunStatus.COMPLETED, None)
    assert (found.attempts[-1].status, found.attempts[-1].error) == (RunStatus.FAILED, "a secret is missing")
    for name in ("as_of", "mode", "config"):
        assert getattr(found, name) == getattr(stood, name), "it describes the run, and not the attempt"


def test_a_refused_attempt_does_not_leave_a_run_that_died_as_running(tmp_path: Path) -> None:
    found = _refused(tmp_path, make_manifest(status=RunStatus.RUNNING))
    assert (found.status, found.error) == (RunStatus.FAILED, "a secret is missing")


def test_an_attempt_in_which_a_stage_ran_decides_how_the_run_stands(tmp_path: Path) -> None:
    stood = make_manifest(status=RunStatus.COMPLETED)
    session = RunSession(tmp_path, stood, FakeTime().now, earlier=stood)
    session.begin("mrt-pipeline run")
    session.stage_started("stage1_ingestion", "requested")
    session.end(RunStatus.FAILED, "why")
    assert (session.manifest.status, session.manifest.error) == (RunStatus.FAILED, "why")


def test_what_never_began_does_not_end(session: RunSession) -> None:
    session.end(RunStatus.INTERRUPTED)
    assert session.manifest.attempts == ()
    assert find_manifest(session.folder) is None


def test_doubt_about_a_stage_is_on_disk_at_once_and_goes_when_others_are_named(session: RunSession) -> None:
    session.begin("mrt-pipeline run")
    session.stage_started("stage1_ingestion", "requested")
    for doubted in (True, False):
        session.doubt_stages(["stage1_ingestion"] if doubted else [])
        kept = find_manifest(session.folder)
        assert kept is not None
        assert kept.stages["stage1_ingestion"].is_doubted is doubted
