from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import Executor, Future
from queue import SimpleQueue
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mrt_pipeline.errors import RunInterrupted
from mrt_pipeline.runtime.signals import StopRequest
from mrt_pipeline.runtime.threads import (
    AT_ONCE,
    DaemonThreads,
    ask_at_once,
    asking,
    bounded_map,
    inline_map,
    open_threads,
)


def _always() -> bool:
    return True


@given(number=st.integers(0, 40), width=st.integers(1, 5))
def test_every_item_is_done_once(number: int, width: int) -> None:
    with open_threads(width) as threads:
        results = list(bounded_map(range(number), lambda item: item * item, threads, width, _always))
    assert sorted(results) == [item * item for item in range(number)]


def test_never_more_than_the_width_are_in_flight() -> None:
    lock = threading.Lock()
    together = [0, 0]
    full = threading.Barrier(3)

    def work(item: int) -> int:
        with lock:
            together[0] += 1
            together[1] = max(together)
        if item < 3:
            full.wait(timeout=30)  # the first three can only pass together
        with lock:
            together[0] -= 1
        return item

    with open_threads(8) as threads:
        assert len(list(bounded_map(range(50), work, threads, 3, _always))) == 50
    assert together[1] == 3


class CountingExecutor(Executor):
    """Hands out futures that a test completes itself."""

    def __init__(self) -> None:
        self.futures: list[Future[Any]] = []
        self.submitted = threading.Semaphore(0)

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        self.futures.append(Future())
        self.submitted.release()
        return self.futures[-1]


def test_no_item_is_submitted_before_there_is_room_for_it() -> None:
    executor = CountingExecutor()
    results = bounded_map(range(10), int, executor, 2, _always)
    answers: SimpleQueue[int] = SimpleQueue()
    reader = threading.Thread(target=lambda: answers.put(next(results)), daemon=True)
    reader.start()
    for _ in range(2):
        executor.submitted.acquire(timeout=30)
    executor.futures[0].set_result(7)
    assert answers.get(timeout=30) == 7
    assert len(executor.futures) == 2


def test_once_no_other_may_begin_those_in_flight_are_finished() -> None:
    begun: list[int] = []

    def may_begin() -> bool:
        begun.append(1)
        return len(begun) <= 4

    with open_threads(2) as threads:
        assert sorted(bounded_map(range(10), int, threads, 2, may_begin)) == [0, 1, 2, 3]
    begun.clear()
    assert list(inline_map(range(10), int, may_begin)) == [0, 1, 2, 3]


def test_a_bug_in_the_work_comes_out() -> None:
    with open_threads(2) as threads, pytest.raises(ZeroDivisionError):
        list(bounded_map([1, 0, 2], lambda item: 1 // item, threads, 2, _always))


def test_threads_never_keep_the_process_alive() -> None:
    started, released = threading.Event(), threading.Event()

    def hang() -> bool:
        started.set()
        return released.wait(timeout=30) and threading.current_thread().daemon

    with open_threads(1) as threads:
        future = threads.submit(hang)
        started.wait(timeout=30)
    assert not future.done()  # leaving the block has not waited for it
    released.set()
    assert future.result(timeout=30)


def test_a_call_that_is_cancelled_before_its_turn_is_not_made() -> None:
    started, released = threading.Event(), threading.Event()
    threads = DaemonThreads(1)
    threads.submit(started.set)
    threads.submit(released.wait, timeout=30)
    started.wait(timeout=30)
    made: list[int] = []
    assert threads.submit(made.append, 1).cancel()
    last = threads.submit(made.append, 2)
    released.set()
    last.result(timeout=30)
    threads.shutdown(wait=True)
    assert made == [2]


def test_answers_come_in_the_order_of_their_items_and_are_requested_together() -> None:
    met = threading.Barrier(AT_ONCE)

    def ask(item: int) -> int:
        if item > 0:  # the first one is alone
            met.wait(timeout=30)
        return item * item

    assert ask_at_once(range(2 * AT_ONCE + 1), ask) == [item * item for item in range(2 * AT_ONCE + 1)]


def test_a_service_that_does_not_answer_gets_a_single_request() -> None:
    asked: list[int] = []

    def ask(item: int) -> None:
        asked.append(item)
        raise ValueError(item)

    with pytest.raises(ValueError, match="0"):
        ask_at_once(range(5), ask)
    assert asked == [0]


def test_the_first_failure_by_order_is_raised_whichever_comes_first() -> None:
    later_has_failed = threading.Event()

    def ask(item: int) -> None:
        if item == 2:
            later_has_failed.set()
        if item > 0:
            later_has_failed.wait(timeout=30)
            raise ValueError(item)

    with pytest.raises(ValueError, match="1"):
        ask_at_once(range(3), ask)


def test_after_a_failure_nothing_is_begun_and_no_thread_is_left() -> None:
    before, begun, release = threading.active_count(), set[int](), threading.Event()

    def ask(item: int) -> None:
        begun.add(item)
        release.wait(timeout=30)

    with pytest.raises(ZeroDivisionError), asking(range(100), ask) as futures:
        futures[-1].add_done_callback(lambda _: release.set())
        raise ZeroDivisionError
    assert len(begun) <= AT_ONCE
    assert threading.active_count() == before


def test_after_a_failure_nothing_is_begun_that_is_asked_for_within() -> None:
    begun, is_asking, release = list[int](), threading.Event(), threading.Event()

    def ask_within(item: int) -> None:
        begun.append(item)
        is_asking.set()
        release.wait(timeout=30)

    def ask(item: int) -> None:
        if item == 0:
            ask_at_once(range(100), ask_within)
        release.wait(timeout=30)

    with pytest.raises(ZeroDivisionError), asking(range(100), ask) as futures:
        futures[-1].add_done_callback(lambda _: release.set())
        is_asking.wait(timeout=30)
        raise ZeroDivisionError
    assert begun == [0]


def test_a_stop_signal_is_heard_while_all_answers_are_waited_for() -> None:
    release, ended = threading.Event(), list[int]()

    def ask(item: int) -> None:
        if item == 0:
            return
        if item == 1:
            os.kill(os.getpid(), signal.SIGTERM)
        release.wait(timeout=30)
        ended.append(item)

    with StopRequest().watching(), pytest.raises(RunInterrupted):
        ask_at_once(range(AT_ONCE), ask)
    assert not ended
    release.set()


CRAMPED = """
import resource, threading
from mrt_pipeline.runtime.threads import ask_at_once
threading.stack_size(256 * 2**20)
resource.setrlimit(resource.RLIMIT_AS, (%d * 2**20,) * 2)
print(ask_at_once(range(20), int) == list(range(20)))
"""


@pytest.mark.parametrize(
    ("allowed_mib", "said"),
    [(1024, "True"), (200, "refused this process another thread; expected room for 512 MiB")],
)
def test_the_threads_that_the_system_gives_do_all_the_work(allowed_mib: int, said: str) -> None:
    command = [sys.executable, "-c", CRAMPED % allowed_mib]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert said in ended.stdout + ended.stderr
