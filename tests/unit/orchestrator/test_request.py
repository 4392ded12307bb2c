from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from mrt_pipeline.errors import UsageError
from mrt_pipeline.orchestrator.request import RunRequest


@pytest.mark.parametrize("number", [0, 4, -1])
@pytest.mark.parametrize("flag", ["stage", "resume_from"])
def test_a_stage_that_does_not_exist_is_refused(flag: str, number: int) -> None:
    with pytest.raises(UsageError, match=f"is {number}; expected 1, 2 or 3"):
        RunRequest(**{flag: number})  # type: ignore[arg-type] # the flag's name is a parameter here


def test_one_stage_and_several_cannot_be_requested_at_once() -> None:
    with pytest.raises(UsageError, match="use only one of them"):
        RunRequest(stage=1, resume_from=2)


def test_a_day_beyond_the_horizon_is_meant_only_where_a_day_is_named() -> None:
    with pytest.raises(
        UsageError, match="--beyond-horizon applies to the day of --as-of; use both, or neither"
    ):
        RunRequest(beyond_horizon=True)
    assert RunRequest(beyond_horizon=True, as_of=date(2030, 1, 1)).command.endswith(
        "--beyond-horizon --as-of 2030-01-01"
    )


@pytest.mark.parametrize(
    ("request_", "first", "last", "continues"),
    [
        (RunRequest(), 1, 3, False),
        (RunRequest(stage=1), 1, 1, False),
        (RunRequest(stage=2), 2, 2, True),
        (RunRequest(resume_from=1), 1, 3, True),
        (RunRequest(resume_from=3), 3, 3, True),
        (RunRequest(skip_existing=True), 1, 3, True),
    ],
)
def test_a_request_covers_its_stages(request_: RunRequest, first: int, last: int, continues: bool) -> None:
    assert (request_.first_stage, request_.last_stage, request_.continues) == (first, last, continues)


def test_a_request_can_be_typed_again() -> None:
    request = RunRequest(Path("mine"), resume_from=2, skip_existing=True, as_of=date(2026, 7, 11))
    assert request.command == (
        "mrt-pipeline run --output-dir mine --resume-from 2 --skip-existing --as-of 2026-07-11"
    )
