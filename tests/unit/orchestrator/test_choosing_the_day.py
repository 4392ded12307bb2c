"""Which day a run describes, and which day is refused."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from mrt_pipeline.config import PipelineConfig
from mrt_pipeline.contracts.findings import Severity
from mrt_pipeline.errors import UsageError
from mrt_pipeline.network import load_network
from mrt_pipeline.orchestrator.request import RunRequest
from mrt_pipeline.orchestrator.reuse import choose_day, refuse_wrong_clock
from mrt_pipeline.runtime.context import default_context
from mrt_pipeline.stages.ingestion import ingest
from tests.fakes.manifests import make_manifest
from tests.fakes.synthetic_network import synthetic_inputs

HORIZON = load_network().known_until
BEYOND = HORIZON + timedelta(days=1)


def _noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 4, tzinfo=UTC)


BEFORE = _noon(HORIZON - timedelta(days=30))
LONG_AFTER = _noon(HORIZON + timedelta(days=400))


@pytest.mark.parametrize("day", [date(1990, 1, 1), HORIZON - timedelta(days=30), HORIZON])
def test_a_day_up_to_the_horizon_may_be_requested(day: date) -> None:
    assert choose_day(RunRequest(as_of=day), None, BEFORE) == day


@pytest.mark.parametrize("day", [BEYOND, date(2030, 1, 1), date(2199, 1, 1)])
def test_a_day_beyond_the_horizon_is_refused_with_what_to_do(day: date) -> None:
    with pytest.raises(
        UsageError, match=f"the network table covers changes announced by {HORIZON}"
    ) as raised:
        choose_day(RunRequest(as_of=day), None, BEFORE)
    assert raised.value.exit_code == 2
    assert "--beyond-horizon" in str(raised.value)
    assert str(day) in str(raised.value)


def test_a_day_before_the_first_opening_is_refused_with_the_first_day_that_are_available() -> None:
    first = date(1987, 11, 7)
    assert choose_day(RunRequest(as_of=first), None, BEFORE) == first
    with pytest.raises(UsageError, match=r"no station was open before 1987-11-07\. Choose that day"):
        choose_day(RunRequest(as_of=first - timedelta(days=1)), None, BEFORE)


def test_a_day_with_a_station_that_has_closed_since_is_refused_with_the_days_that_are_available() -> None:
    """LTA lists the exits of today, and Ten Mile Junction has none there."""
    for day in (date(1999, 11, 6), date(2019, 1, 12)):
        with pytest.raises(UsageError, match=r"Choose a date from 2019-01-13 on, or one before 1999-11-06\."):
            choose_day(RunRequest(as_of=day), None, BEFORE)
    for day in (date(1999, 11, 5), date(2019, 1, 13)):
        assert choose_day(RunRequest(as_of=day), None, BEFORE) == day


def test_a_clock_that_is_years_slow_is_refused_before_its_day_passes_for_today() -> None:
    with pytest.raises(
        UsageError, match=rf"The clock says 2006-11-30, .* network of {HORIZON}\. Correct the"
    ):
        refuse_wrong_clock(_noon(date(2006, 11, 30)))
    for moment in (BEFORE, LONG_AFTER):
        refuse_wrong_clock(moment)


def test_a_day_beyond_the_horizon_may_be_described_as_known_then() -> None:
    assert choose_day(RunRequest(as_of=BEYOND, beyond_horizon=True), None, BEFORE) == BEYOND


def test_a_run_without_a_day_works_however_old_the_tables_are() -> None:
    today = LONG_AFTER.date()
    assert choose_day(RunRequest(), None, LONG_AFTER) == today
    assert choose_day(RunRequest(as_of=today), None, LONG_AFTER) == today
    assert choose_day(RunRequest(as_of=BEYOND), None, LONG_AFTER) == BEYOND
    with pytest.raises(UsageError, match=re.escape(f"Choose today ({today}) or an earlier date")):
        choose_day(RunRequest(as_of=today + timedelta(days=1)), None, LONG_AFTER)


def test_a_run_that_is_resumed_was_allowed_its_day() -> None:
    earlier = make_manifest(as_of=BEYOND)
    assert choose_day(RunRequest(resume_from=2, as_of=BEYOND), earlier, BEFORE) == BEYOND
    assert choose_day(RunRequest(resume_from=2), earlier, BEFORE) == BEYOND
    with pytest.raises(UsageError):
        choose_day(RunRequest(resume_from=1, as_of=BEYOND + timedelta(days=1)), earlier, BEFORE)


@pytest.mark.parametrize(("day", "as_known_on"), [(HORIZON, None), (BEYOND, HORIZON)])
def test_a_dataset_of_a_day_beyond_the_horizon_says_so(
    day: date, as_known_on: date | None, tmp_path: Path
) -> None:
    path = tmp_path / "pipeline.yaml"
    path.write_text("mode: snapshot")
    metadata = default_context(PipelineConfig(path), day).metadata_of("stage3_merger")
    assert metadata.as_known_on == as_known_on


def test_the_warning_beyond_the_horizon_does_not_change_from_day_to_day() -> None:
    _, exits, _ = synthetic_inputs(1)
    network = load_network()
    said = [ingest(network, day, exits).findings for day in (HORIZON, BEYOND, BEYOND + timedelta(days=1))]
    warned = [[found for found in each if found.check == "beyond-network-horizon"] for each in said]
    assert warned[0] == []
    assert warned[1] == warned[2]
    [finding] = warned[1]
    assert finding.severity is Severity.WARNING
    assert f"as it was known on {HORIZON}" in finding.message
