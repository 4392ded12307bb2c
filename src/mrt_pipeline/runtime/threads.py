"""Threads for work that waits for services, and the distribution of requests and stations among them."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, CancelledError, Executor, Future, wait
from dataclasses import dataclass
from queue import SimpleQueue
from typing import Any, TypeVar

from mrt_pipeline.errors import OutOfMemoryError, RunInterrupted

ItemT = TypeVar("ItemT")
ResultT = TypeVar("ResultT")
_Submitted = tuple["Future[Any]", Callable[[], Any]]

LOOK_UP_S = 0.5
"""Waits are interrupted this often: a signal that arrives just before a wait is noticed only after it."""
AT_ONCE = 8
"""requests to one service in progress together; its rate limit determines how many may start"""


class DaemonThreads(Executor):
    """A limited number of threads, as the system allows, that never keep the process alive.

    The interpreter waits for the standard library's pool when it exits; a call that hangs for minutes would
    then delay a second Ctrl-C, which must stop at once. Only the driver writes to the disk, so a thread may
    be abandoned.
    """

    def __init__(self, number: int) -> None:
        self._tasks: SimpleQueue[_Submitted | None] = SimpleQueue()
        self._threads: list[threading.Thread] = []
        for _ in range(number):
            thread = threading.Thread(target=self._work, daemon=True)
            try:
                thread.start()
            except RuntimeError as error:  # a limit on processes or memory: the existing threads do the work
                if not self._threads:
                    raise OutOfMemoryError("The system refused this process another thread") from error
                break
            self._threads.append(thread)

    def submit(self, fn: Callable[..., ResultT], /, *args: Any, **kwargs: Any) -> Future[ResultT]:
        """Queue a call for the next free thread."""
        future: Future[ResultT] = Future()
        self._tasks.put((future, lambda: fn(*args, **kwargs)))
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Let the threads end once their queue is empty."""
        for _ in self._threads:
            self._tasks.put(None)
        for thread in self._threads if wait else ():
            thread.join()

    def _work(self) -> None:
        while (task := self._tasks.get()) is not None:
            future, call = task
            if not future.set_running_or_notify_cancel():
                continue
            try:
                result = call()
            except BaseException as error:  # noqa: BLE001  # whoever asks the future for its result gets it
                future.set_exception(error)
            else:
                future.set_result(result)


@contextlib.contextmanager
def open_threads(number: int) -> Iterator[Executor]:
    """Open an executor for the duration of a block; at its end, no thread is waited for."""
    executor = DaemonThreads(number)
    try:
        yield executor
    finally:
        executor.shutdown(wait=False)


def ask_at_once(items: Sequence[ItemT], ask: Callable[[ItemT], ResultT]) -> list[ResultT]:
    """Return the result for each item, in order, with up to ``AT_ONCE`` requests in progress.

    The first item is requested alone, so that an unavailable service is noticed once.

    Raises:
        Exception: as raised for the first item that failed; no further request is started then.
    """
    made = [ask(item) for item in items[:1]]
    with asking(items[1:], ask) as futures:
        return [*made, *(await_ended(future).result() for future in futures)]


def ask_all(items: Sequence[ItemT], ask: Callable[[ItemT], ResultT]) -> list[Future[ResultT]]:
    """Return an ended future for each item, in order; the caller decides whether a failure matters."""
    with asking(items, ask) as futures:
        return [await_ended(future) for future in futures]


@dataclass(eq=False, slots=True)
class _Block:
    """A block that asks for items; it may be part of asking for an item of another one."""

    outer: _Block | None
    has_ended: bool = False

    def ask(self, ask: Callable[[ItemT], ResultT], item: ItemT) -> ResultT:
        """Ask for an item, unless nobody waits for it any more: this block or one around it has ended."""
        block: _Block | None = self
        while block is not None:
            if block.has_ended:
                raise CancelledError
            block = block.outer
        before, _here.block = _here.block, self
        try:
            return ask(item)
        finally:
            _here.block = before


class _Here(threading.local):
    """What this thread is doing."""

    block: _Block | None = None
    """the one that it asks for"""


_here = _Here()


@contextlib.contextmanager
def asking(items: Sequence[ItemT], ask: Callable[[ItemT], ResultT]) -> Iterator[Sequence[Future[ResultT]]]:
    """Request items while a block runs; at its end no more are started, and those in progress are awaited.

    Requests that an item in progress makes in a block of its own are not started then either. If a signal
    ends the block, nothing is awaited.
    """
    threads = DaemonThreads(min(AT_ONCE, len(items)))
    block = _Block(outer=_here.block)
    futures = [threads.submit(block.ask, ask, item) for item in items]
    is_awaited = True
    try:
        yield futures
    except (RunInterrupted, KeyboardInterrupt):
        is_awaited = False
        raise
    finally:
        block.has_ended = True
        for future in futures:
            future.cancel()
        threads.shutdown(wait=is_awaited)


def await_ended(future: Future[ResultT]) -> Future[ResultT]:
    """Return a future once it has ended, while handling signals."""
    while not wait([future], timeout=LOOK_UP_S).done:
        pass
    return future


def bounded_map(
    items: Iterable[ItemT],
    work: Callable[[ItemT], ResultT],
    executor: Executor,
    width: int,
    may_begin: Callable[[], bool],
) -> Iterator[ResultT]:
    """Yield results as they arrive, with never more than ``width`` items in progress.

    Args:
        items: items to process.
        work: called with each item, by the executor.
        executor: runs the calls.
        width: maximum number of items in progress at once.
        may_begin: called before each item is started; once it returns False, items in progress are finished
            and no more are started.
    """
    waiting = iter(items)
    in_flight: set[Future[ResultT]] = set()
    is_open = True
    while is_open or in_flight:
        while is_open and len(in_flight) < width:
            is_open = may_begin() and _submit_next(waiting, work, executor, in_flight)
        if in_flight:
            done, in_flight = wait(in_flight, timeout=LOOK_UP_S, return_when=FIRST_COMPLETED)
            for future in done:
                yield future.result()


def inline_map(
    items: Iterable[ItemT], work: Callable[[ItemT], ResultT], may_begin: Callable[[], bool]
) -> Iterator[ResultT]:
    """Yield results one by one, computed in the caller's own thread."""
    for item in items:
        if not may_begin():
            return
        yield work(item)


def _submit_next(
    waiting: Iterator[ItemT],
    work: Callable[[ItemT], ResultT],
    executor: Executor,
    in_flight: set[Future[ResultT]],
) -> bool:
    """Submit the next item, and return whether there was one."""
    for item in waiting:
        in_flight.add(executor.submit(work, item))
        return True
    return False
