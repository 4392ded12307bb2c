from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mrt_pipeline.config.model import Stage2Section
from mrt_pipeline.stages.enrichment.budget import Budget


class Clock:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


def _budget(clock: Clock | None = None, **limits: Any) -> Budget:
    return Budget(Stage2Section(**limits), clock or Clock())


def test_without_limits_every_station_may_begin() -> None:
    budget = _budget()
    budget.spend(10_000)
    assert budget.allows(0)
    assert budget.allows(7)


@pytest.mark.parametrize(("passed_s", "allowed"), [(119.0, True), (120.0, False)])
def test_minutes_count_from_the_start(passed_s: float, allowed: bool) -> None:
    clock = Clock()
    budget = _budget(clock, daily_timeout_minutes=2)
    clock.now_s += passed_s
    assert budget.allows(3) is allowed
    assert budget.reason == (None if allowed else "daily_timeout_minutes (2) are over.")


def test_the_first_reason_stays() -> None:
    clock = Clock()
    budget = _budget(clock, daily_timeout_minutes=2)
    budget.exhaust("The server says that it is enough.")
    clock.now_s += 1_000
    assert not budget.allows(0)
    assert budget.reason == "The server says that it is enough."


def test_stations_are_begun_one_by_one_until_one_has_shown_its_need() -> None:
    budget = _budget(max_model_requests=10)
    assert budget.allows(0)
    assert not budget.allows(1)
    budget.spend(3)
    assert budget.allows(1)  # 3 sent, 2 in flight: 9
    assert not budget.allows(2)


def test_a_limit_is_reached_only_when_nothing_is_in_flight_any_more() -> None:
    budget = _budget(max_model_requests=10)
    budget.spend(6)
    assert not budget.allows(1)
    assert budget.reason is None
    assert not budget.allows(0)
    assert budget.reason == "max_model_requests is 10, and 6 were sent."


def test_a_station_that_needs_more_than_the_limit_is_begun_all_the_same() -> None:
    """Otherwise no run would ever get past it."""
    assert _budget(max_model_requests=1).allows(0)


def _work_off(needs: list[int], budget: Budget, width: int) -> tuple[int, int]:
    """Return how many requests were sent and how many stations were left."""
    waiting, in_flight, sent = list(needs), list[int](), 0
    while True:
        while waiting and len(in_flight) < width and budget.allows(len(in_flight)):
            in_flight.append(waiting.pop(0))
        if not in_flight:
            return sent, len(waiting)
        sent += in_flight[0]
        budget.spend(in_flight.pop(0))


@given(need=st.integers(0, 5), number=st.integers(0, 60), limit=st.integers(1, 40), width=st.integers(1, 8))
def test_stations_of_one_need_never_exceed_the_limit(need: int, number: int, limit: int, width: int) -> None:
    budget = _budget(max_model_requests=limit)
    sent, left = _work_off([need] * number, budget, width)
    assert sent <= max(limit, need)
    assert not left or (budget.reason is not None and sent + need > limit)


@given(needs=st.lists(st.integers(0, 5)), limit=st.integers(1, 40), width=st.integers(1, 8))
def test_only_stations_in_flight_that_need_more_than_any_before_can_exceed_the_limit(
    needs: list[int], limit: int, width: int
) -> None:
    sent, _ = _work_off(needs, _budget(max_model_requests=limit), width)
    assert sent <= limit + width * max(0, max(needs, default=0) - 1)
