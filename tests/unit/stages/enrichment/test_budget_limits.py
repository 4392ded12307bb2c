from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mrt_pipeline.config.settings import Stage2Section
from mrt_pipeline.contracts.claims import MeteredSource
from mrt_pipeline.contracts.outputs import ModelUsage
from mrt_pipeline.stages.enrichment.budget import Budget


class Clock:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


@dataclass
class Meter:
    """What a source has sent and spent."""

    requests_made: int
    spent: ModelUsage


def _budget(clock: Clock | None = None, *metered: MeteredSource, **limits: Any) -> Budget:
    return Budget(Stage2Section(**limits), metered, clock or Clock())


def test_without_limits_every_station_may_begin() -> None:
    budget = _budget()
    budget.spend(ModelUsage(calls=10_000))
    assert budget.allows_more()


@pytest.mark.parametrize(("passed_s", "allowed"), [(119.0, True), (120.0, False)])
def test_minutes_count_from_the_start(passed_s: float, allowed: bool) -> None:
    clock = Clock()
    budget = _budget(clock, daily_timeout_minutes=2)
    clock.now_s += passed_s
    assert budget.allows_more() is allowed
    assert budget.reason == (None if allowed else "daily_timeout_minutes (2) is reached")


@pytest.mark.parametrize(("sent", "allowed"), [(9, True), (10, False), (11, False)])
def test_requests_count_up_to_the_limit(sent: int, allowed: bool) -> None:
    budget = _budget(max_model_requests=10)
    budget.spend(ModelUsage(calls=sent - 1, cached_calls=50))
    budget.spend(ModelUsage(calls=1))
    assert budget.allows_more() is allowed
    assert budget.reason == (None if allowed else f"max_model_requests (10) is reached; {sent} were sent")


def test_requests_that_came_to_nothing_count_too() -> None:
    budget = _budget(None, Meter(10, ModelUsage()), max_model_requests=10)
    assert not budget.allows_more()
    assert budget.reason == "max_model_requests (10) is reached; 10 were sent"


def test_the_first_reason_stays() -> None:
    clock = Clock()
    budget = _budget(clock, daily_timeout_minutes=2, max_model_requests=1)
    budget.exhaust("The server says that it is enough.")
    clock.now_s += 1_000
    budget.spend(ModelUsage(calls=5))
    assert not budget.allows_more()
    assert budget.reason == "The server says that it is enough"


@given(
    st.lists(st.builds(ModelUsage, calls=st.integers(0, 5), cost_usd=st.floats(0, 1)), max_size=8),
    st.integers(0, 5),
    st.floats(0, 1),
)
def test_what_was_spent_is_accounted_for_or_came_to_nothing(
    stations: list[ModelUsage], wasted_calls: int, wasted_usd: float
) -> None:
    spent = ModelUsage(
        calls=wasted_calls + sum(usage.calls for usage in stations),
        cost_usd=wasted_usd + sum(usage.cost_usd for usage in stations),
    )
    budget = _budget(None, Meter(spent.calls, spent))
    for usage in stations:
        budget.spend(usage)
    assert budget.unaccounted.calls == wasted_calls
    assert budget.unaccounted.cost_usd == pytest.approx(wasted_usd, abs=1e-8)


def test_answers_from_a_cache_that_no_meter_counts_are_not_owed() -> None:
    budget = _budget(None, Meter(1, ModelUsage(calls=1, cost_usd=0.1)))
    budget.spend(ModelUsage(calls=1, cached_calls=7, cost_usd=0.1))
    assert budget.unaccounted == ModelUsage()
