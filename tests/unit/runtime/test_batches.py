from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import BrokenExecutor, CancelledError, Executor, Future
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mrt_pipeline.errors import WorkersError
from mrt_pipeline.runtime.batches import BATCH_BYTES, MAX_LOSSES, BatchedCalls, _Call, _Dispatcher
from mrt_pipeline.runtime.threads import DaemonThreads, bounded_map, open_threads


class Threads:
    """Workers that are threads of this process; counts how often they are opened, and for how long."""

    def __init__(self, number: int = 1, make: Callable[[], Executor] | None = None) -> None:
        self.opened = self.closed = 0
        self.fault: str | None = None
        self.is_looked_at = threading.Event()
        self._number = number
        self._make = make or (lambda: DaemonThreads(number))

    def open(self) -> tuple[Executor, int]:
        self.opened += 1
        return self._make(), self._number

    def find_fault(self, error: BaseException | None = None) -> str | None:
        self.is_looked_at.set()
        return self.fault

    def close(self) -> None:
        self.closed += 1


class Ended(Executor):
    """Has lost its workers: each batch ends in what it was made with."""

    def __init__(self, error: BaseException, *, is_known: bool = False) -> None:
        self._error = error
        self._is_known = is_known

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        if self._is_known:
            raise self._error
        future: Future[Any] = Future()
        future.set_exception(self._error)
        return future


class Silent(Executor):
    """Never gives an answer."""

    def __init__(self) -> None:
        self.is_asked = threading.Event()

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        self.is_asked.set()
        return Future()


def double(items: Sequence[int]) -> list[int]:
    return [2 * item for item in items]


def call_all(calls: BatchedCalls[int, int], sizes: Sequence[int], width: int) -> list[int]:
    """Return what comes of each item, its rank, called by several threads at once."""
    with open_threads(width) as threads:
        made = bounded_map(
            enumerate(sizes),
            lambda item: (item[0], calls.call(item[0], item[1], "a page")),
            threads,
            width,
            may_begin=lambda: True,
        )
        return [result for _, result in sorted(made)]


@given(
    sizes=st.lists(st.integers(0, 2 * BATCH_BYTES), max_size=30),
    width=st.integers(1, 16),
    number=st.integers(1, 3),
)
def test_each_call_gets_its_own_result_in_batches_that_are_bounded(
    sizes: list[int], width: int, number: int
) -> None:
    batches: list[list[int]] = []

    def work(items: Sequence[int]) -> list[int]:
        batches.append(list(items))
        return double(items)

    calls = BatchedCalls(work, Threads(number))
    assert call_all(calls, sizes, width) == [2 * rank for rank in range(len(sizes))]
    calls.close()
    assert sorted(item for batch in batches for item in batch) == list(range(len(sizes)))
    for batch in batches:
        assert len(batch) == 1 or sum(sizes[item] for item in batch) <= BATCH_BYTES


@pytest.mark.parametrize(("size", "expected"), [(1, [1, 1, 4, 2, 1]), (BATCH_BYTES // 2, [1, 1, 2, 2, 2, 1])])
def test_calls_that_wait_for_busy_workers_travel_together(size: int, expected: list[int]) -> None:
    batches: list[int] = []

    def work(items: Sequence[int]) -> list[int]:
        batches.append(len(items))
        return double(items)

    dispatcher = _Dispatcher(work, Threads(), patience_s=60)
    made: list[_Call[int, int]] = [_Call(item, size, "a page") for item in range(9)]
    for call in made:  # all of them come before any worker has ended its first batch
        dispatcher.events.put(call)
    dispatcher.start()
    assert [call.result.result(30) for call in made] == [2 * item for item in range(9)]
    assert batches == expected
    dispatcher.events.put(None)
    dispatcher.join(30)


def test_nothing_is_begun_before_the_first_call_and_a_later_one_begins_anew() -> None:
    workers = Threads()
    calls = BatchedCalls(double, workers)
    calls.close()
    assert (workers.opened, workers.closed) == (0, 0)
    for number in (1, 2):
        assert calls.call(4, 1, "a page") == 8
        calls.close()
        assert (workers.opened, workers.closed) == (number, number)


def test_what_the_work_raises_comes_to_the_caller_and_the_workers_go_on() -> None:
    def work(items: Sequence[int]) -> list[int]:
        return [10 // item for item in items]

    calls = BatchedCalls(work, Threads())
    with pytest.raises(ZeroDivisionError):
        calls.call(0, 1, "a page")
    assert calls.call(5, 1, "a page") == 2
    calls.close()


@pytest.mark.parametrize("number", range(1, MAX_LOSSES + 1))
@pytest.mark.parametrize("is_known", [True, False])
def test_the_batches_of_lost_workers_are_done_again_by_others(number: int, is_known: bool) -> None:
    lost = [Ended(BrokenExecutor(), is_known=is_known) for _ in range(number)]
    executors: list[Executor] = [*lost, DaemonThreads(1)]
    workers = Threads(make=lambda: executors.pop(0))
    dispatcher = _Dispatcher(double, workers, patience_s=60)
    made: list[_Call[int, int]] = [_Call(item, 1, "a page") for item in range(2)]
    for call in made:
        dispatcher.events.put(call)
    dispatcher.start()
    assert [call.result.result(30) for call in made] == [0, 2]
    dispatcher.events.put(None)
    dispatcher.join(30)
    assert (workers.opened, workers.closed) == (number + 1, number + 1)


def test_a_worker_that_refuses_a_batch_gets_no_other() -> None:
    asked: list[Sequence[int]] = []

    def refuse(items: Sequence[int]) -> list[int]:
        asked.append(items)
        raise WorkersError("Of another version.")

    calls = BatchedCalls(refuse, Threads())
    for _ in range(2):
        with pytest.raises(WorkersError, match="Of another version"):
            calls.call(4, 1, "a page")
    assert len(asked) == 1
    calls.close()


def test_work_may_take_longer_than_a_look_at_the_workers() -> None:
    workers = Threads()

    def work(items: Sequence[int]) -> list[int]:
        assert workers.is_looked_at.wait(30)
        return double(items)

    calls = BatchedCalls(work, workers, patience_s=60)
    assert calls.call(4, 1, "a page") == 8
    calls.close()


def test_what_kills_worker_after_worker_is_named_and_given_up() -> None:
    workers = Threads(make=lambda: Ended(BrokenExecutor()))
    calls = BatchedCalls(double, workers)
    for _ in range(2):  # who asks later hears the same
        with pytest.raises(WorkersError, match=r"ended 4 times, each time with 'Yishun' among.*memory"):
            calls.call(4, 1, "Yishun")
    assert workers.opened == MAX_LOSSES + 1
    calls.close()


def test_workers_that_give_no_answer_are_not_waited_for_without_end() -> None:
    calls = BatchedCalls(double, Threads(make=Silent), patience_s=0.01)
    with pytest.raises(WorkersError, match=r"was returned within 0\.01 s.*execution\.reading to inline"):
        calls.call(4, 1, "a page")
    calls.close()


@pytest.mark.parametrize("make", [Silent, lambda: Ended(OSError())])
def test_the_reason_why_nothing_more_will_come_ends_the_wait(make: Callable[[], Executor]) -> None:
    workers = Threads(make=make)
    workers.fault = "The cluster was lost."
    calls = BatchedCalls(double, workers)
    with pytest.raises(WorkersError, match="The cluster was lost"):
        calls.call(4, 1, "a page")
    calls.close()


def test_workers_that_cannot_be_obtained_are_reported_to_each_caller() -> None:
    def refuse() -> Executor:
        raise WorkersError("Nobody is there.")

    calls = BatchedCalls(double, Threads(make=refuse))
    for _ in range(2):
        with pytest.raises(WorkersError, match=r"Nobody is there\."):
            calls.call(4, 1, "a page")
    calls.close()


def test_the_end_does_not_leave_a_caller_waiting() -> None:
    executor = Silent()
    calls = BatchedCalls(double, Threads(make=lambda: executor))
    with open_threads(1) as threads:
        future = threads.submit(calls.call, 4, 1, "a page")
        assert executor.is_asked.wait(30)
        calls.close()
        with pytest.raises(CancelledError):
            future.result(30)
