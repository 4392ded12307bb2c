"""Small computations, gathered into batches for worker processes.

Many threads call; one dispatcher thread owns the executor. While all workers are busy, calls wait and go out
together with the next batch, so that many small items cost few messages. A batch whose worker was lost is
repeated.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import BrokenExecutor, CancelledError, Executor, Future
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from typing import Generic, Protocol, TypeVar

from mrt_pipeline.errors import WorkersError
from mrt_pipeline.runtime.threads import LOOK_UP_S, await_ended

ItemT = TypeVar("ItemT")
ResultT = TypeVar("ResultT")

BATCH_BYTES = 2**18
"""a batch holds one item, or as many as do not exceed this size together"""
AHEAD = 2
"""batches in flight for each worker, so that none waits for its next one"""
MAX_LOSSES = 3
"""how many workers may be lost with a batch before the batch is taken for the cause"""
PATIENCE_S = 120.0
"""how long the workers may return no batch at all; one takes a second or two"""
CLOSING_S = 5.0


class Workers(Protocol):
    """Processes that run batches, as an executor reaches them."""

    def open(self) -> tuple[Executor, int]:
        """Return an executor whose workers run the same code, and how many batches they run at once.

        Raises:
            WorkersError: if no workers are available.
        """

    def find_fault(self, error: BaseException | None = None) -> str | None:
        """Return why the executor will return nothing more, or None; ``error`` ended a batch."""

    def close(self) -> None:
        """Release the executor, and end processes started for it."""


@dataclass(eq=False, slots=True)
class _Call(Generic[ItemT, ResultT]):
    item: ItemT
    size: int
    name: str
    result: Future[ResultT] = field(default_factory=Future)
    losses: int = 0


class BatchedCalls(Generic[ItemT, ResultT]):
    """Calls of one function, made by workers; may be shared by threads. The first call starts them."""

    def __init__(
        self,
        work: Callable[[Sequence[ItemT]], Sequence[ResultT]],
        workers: Workers,
        *,
        patience_s: float = PATIENCE_S,
    ) -> None:
        """Take the function that is called with each batch, which can be pickled, and the workers."""
        self._work = work
        self._workers = workers
        self._patience_s = patience_s
        self._lock = threading.Lock()
        self._dispatcher: _Dispatcher[ItemT, ResultT] | None = None

    def call(self, item: ItemT, size: int, name: str) -> ResultT:
        """Return the result for one item.

        Args:
            item: the item, which can be pickled.
            size: its size in bytes.
            name: its name in messages.

        Raises:
            WorkersError: if the workers are lost and not replaced.
            Exception: any that the work itself raises.
        """
        call: _Call[ItemT, ResultT] = _Call(item, size, name)
        with self._lock:
            if self._dispatcher is None:
                self._dispatcher = _Dispatcher(self._work, self._workers, self._patience_s)
                self._dispatcher.start()
            self._dispatcher.events.put(call)
        return await_ended(call.result).result()

    def close(self) -> None:
        """End the started workers; a later call starts new ones."""
        with self._lock:
            dispatcher, self._dispatcher = self._dispatcher, None
        if dispatcher is not None:
            dispatcher.events.put(None)
            dispatcher.join(CLOSING_S)


class _Dispatcher(threading.Thread, Generic[ItemT, ResultT]):
    """Sends calls out in batches and distributes their results until told to end."""

    def __init__(
        self, work: Callable[[Sequence[ItemT]], Sequence[ResultT]], workers: Workers, patience_s: float
    ) -> None:
        super().__init__(name="batches", daemon=True)
        self.events: SimpleQueue[_Call[ItemT, ResultT] | Future[Sequence[ResultT]] | None] = SimpleQueue()
        """calls made, batches ended, and None for the end"""
        self._work = work
        self._workers = workers
        self._patience_s = patience_s
        self._waiting: deque[_Call[ItemT, ResultT]] = deque()
        self._in_flight: dict[Future[Sequence[ResultT]], list[_Call[ItemT, ResultT]]] = {}
        self._news_at = 0.0

    def run(self) -> None:
        """Work until told to end; pass any error on to those who wait, now and later."""
        try:
            self._executor, self._width = self._workers.open()
            while self._take_event():
                self._hand_out()
        except BaseException as error:  # noqa: BLE001 # whoever asks for a result gets it
            self._refuse(error)
        else:
            self._end_calls(CancelledError())
        finally:
            self._workers.close()

    def _take_event(self) -> bool:
        """Wait for an event and handle it; return whether to continue."""
        try:
            event = self.events.get(timeout=LOOK_UP_S if self._in_flight else None)
        except Empty:
            self._look_up()
            return True
        if isinstance(event, _Call):
            self._waiting.append(event)
        elif event is not None:
            self._land(event)
        return event is not None

    def _look_up(self) -> None:
        """Raise if no result will arrive any more."""
        if fault := self._workers.find_fault():
            raise WorkersError(fault)
        if time.monotonic() - self._news_at > self._patience_s:
            raise WorkersError(
                f"No page handed to other processes was returned within {self._patience_s:g} s; expected "
                "each within seconds. Check that they are alive and idle, or set execution.reading to inline."
            )

    def _hand_out(self) -> None:
        while self._waiting and len(self._in_flight) < AHEAD * self._width:
            batch = self._next_batch()
            try:
                future = self._executor.submit(self._work, [call.item for call in batch])
            except BrokenExecutor as error:  # the executor noticed before we were told
                future = Future()
                future.set_exception(error)
            if not self._in_flight:
                self._news_at = time.monotonic()
            self._in_flight[future] = batch
            future.add_done_callback(self.events.put)

    def _next_batch(self) -> list[_Call[ItemT, ResultT]]:
        """Take the calls of a batch, at most its share of the waiting ones."""
        share = -(-len(self._waiting) // (AHEAD * self._width))
        batch = [self._waiting.popleft()]
        size = batch[0].size
        while self._waiting and len(batch) < share and size + self._waiting[0].size <= BATCH_BYTES:
            batch.append(self._waiting.popleft())
            size += batch[-1].size
        return batch

    def _land(self, future: Future[Sequence[ResultT]]) -> None:
        if future not in self._in_flight:  # from workers that were lost; its calls are repeated
            return
        self._news_at = time.monotonic()
        error = CancelledError() if future.cancelled() else future.exception()
        if isinstance(error, BrokenExecutor):
            self._replace_workers()
        elif error is None:
            for call, result in zip(self._in_flight.pop(future), future.result(), strict=True):
                call.result.set_result(result)
        elif fault := self._workers.find_fault(error):
            raise WorkersError(fault) from error
        elif isinstance(error, WorkersError):
            raise error
        else:
            for call in self._in_flight.pop(future):
                call.result.set_exception(error)

    def _replace_workers(self) -> None:
        """Repeat everything in progress on other workers: which batch cost a worker its life is unknown."""
        lost = [call for batch in self._in_flight.values() for call in batch]
        self._in_flight.clear()
        for call in lost:
            call.losses += 1
            if call.losses > MAX_LOSSES:
                self._waiting.extendleft(lost)
                raise WorkersError(
                    f"The processes that read pages ended {call.losses} times, each time with {call.name!r} "
                    "among the pages they read; expected them to keep running. Check whether memory is "
                    "short, or set execution.reading to inline."
                )
        self._waiting.extendleft(reversed(lost))
        self._workers.close()
        self._executor, self._width = self._workers.open()

    def _refuse(self, error: BaseException) -> None:
        """Answer every call with an error until told to end."""
        self._end_calls(error)
        while (event := self.events.get()) is not None:
            if isinstance(event, _Call):
                event.result.set_exception(error)

    def _end_calls(self, error: BaseException) -> None:
        for call in (*self._waiting, *(call for batch in self._in_flight.values() for call in batch)):
            call.result.set_exception(error)
