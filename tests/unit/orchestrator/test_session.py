"""The manifest while a run is going on, and how it ends whatever ends it."""

from __future__ import annotations

from pathlib import Path

import pytest

from mrt_pipeline.contracts.run import RunStatus, StageStatus
from mrt_pipeline.orchestrator.session import RunSession
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
    session.stage_started("stage1_ingestion", "asked for")
    session.end(status, "why")
    assert session.manifest.stages["stage1_ingestion"].status is stage
    assert session.manifest.attempts[-1].status is status
    assert find_manifest(session.folder) == session.manifest


def test_what_never_began_does_not_end(session: RunSession) -> None:
    session.end(RunStatus.INTERRUPTED)
    assert session.manifest.attempts == ()
    assert find_manifest(session.folder) is None
