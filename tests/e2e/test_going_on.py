"""Whatever ends a run, console, alert and ``show`` name one command, and it goes on with the run."""

from __future__ import annotations

import shlex
import signal

import pytest

from tests.e2e.command import Workplace, how_stages_ran, load

pytestmark = pytest.mark.slow

ALERTS = {"MRT_PIPELINE__ALERTING__ENABLED": "true", "MRT_PIPELINE__ALERTING__ON_FAILURE": "[file]"}


def _command_in(shown: str) -> str:
    """Return the command of the last line that names one."""
    return [line.partition("Resume with: ")[2] for line in shown.splitlines() if "Resume with: " in line][-1]


@pytest.mark.parametrize(
    ("variables", "flags"),
    [
        ({"MRT_PIPELINE__EXPECTED_STATIONS": "185"}, ()),
        ({"MRT_PIPELINE__STAGES__STAGE1_INGESTION__EXPECTED_EXITS__MIN": "700"}, ("--stage", "1")),
    ],
)
def test_a_failure_gives_the_same_command_on_the_console_in_the_alert_and_in_show(
    place: Workplace, variables: dict[str, str], flags: tuple[str, ...]
) -> None:
    failed = place.with_variables(**ALERTS, **variables).call("run", *flags)
    assert failed.returncode == 1
    [run] = place.runs
    console = _command_in(failed.stderr)
    [alert] = load(run / "alerts.json")
    shown = place.call("show", run.name)
    assert {console, alert["command"], _command_in(shown.stdout)} == {console}
    assert "\\x0a" not in failed.stderr + shown.stdout
    went_on = place.call(*shlex.split(console)[1:])
    assert went_on.returncode == 0, went_on.stderr


def test_a_run_that_was_interrupted_names_the_command_that_resumes_it(place: Workplace) -> None:
    process = place.start("run")
    assert process.stderr is not None
    assert any("Stage 1/3" in line for line in process.stderr)
    process.send_signal(signal.SIGINT)
    _, told = process.communicate(timeout=60)
    assert process.returncode == 130
    [run] = place.runs
    assert _command_in(told) == _command_in(place.call("show", run.name).stdout)
    assert place.call(*shlex.split(_command_in(told))[1:]).returncode == 0


def test_with_no_station_failed_a_retry_says_so_and_does_no_stage(after_a_run: Workplace) -> None:
    [run] = after_a_run.runs
    before = {path.name: path.read_bytes() for path in run.glob("stage*")}
    result = after_a_run.call("run", "--retry-failed")
    assert result.returncode == 0, result.stderr
    assert (
        "Stage 2/3 enrichment: reused (nothing to retry: no source failed for any station)" in result.stderr
    )
    assert [is_reused for is_reused, _ in how_stages_ran(run).values()] == [True, True, True]
    assert {path.name: path.read_bytes() for path in run.glob("stage*")} == before
    assert f"Report (open in a browser): outputs/{run.name}/report.html" in result.stdout
