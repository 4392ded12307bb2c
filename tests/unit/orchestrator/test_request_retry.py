from __future__ import annotations

from typing import Any

import pytest

from mrt_pipeline.errors import UsageError
from mrt_pipeline.orchestrator.request import RunRequest


@pytest.mark.parametrize("also", [{}, {"resume_from": 2}, {"stage": 2}])
def test_failed_stations_are_tried_again_from_stage_2_on_in_the_newest_run(also: dict[str, Any]) -> None:
    request = RunRequest(retry_failed=True, **also)
    assert request.first_stage == 2
    assert request.last_stage == also.get("stage", 3)
    assert request.continues
    assert request.command.endswith("--retry-failed")


@pytest.mark.parametrize(
    ("also", "fault"),
    [
        ({"resume_from": 1}, "--retry-failed applies to stage 2"),
        ({"resume_from": 3}, "--retry-failed applies to stage 2"),
        ({"stage": 1}, "--retry-failed applies to stage 2"),
        ({"skip_existing": True}, "--retry-failed retries failed stations and --skip-existing keeps them"),
    ],
)
def test_options_that_contradict_retry_failed_are_refused(also: dict[str, Any], fault: str) -> None:
    with pytest.raises(UsageError, match=fault):
        RunRequest(retry_failed=True, **also)
