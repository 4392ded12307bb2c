"""Processes that read pages: on this machine, or on a Dask cluster.

They run the same code, which is compared before they get any work, and hold no secrets: they are given no
environment, and no pages except those to read.
"""

from __future__ import annotations

import logging
import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import BrokenExecutor, CancelledError, Executor, ProcessPoolExecutor
from functools import partial
from importlib.util import find_spec
from multiprocessing import resource_tracker
from typing import TYPE_CHECKING, TypeVar

from mrt_pipeline.config.settings import ExecutionSection
from mrt_pipeline.errors import ConfigError, WorkersError
from mrt_pipeline.runtime.batches import BatchedCalls, Workers
from mrt_pipeline.runtime.fingerprints import code_version

if TYPE_CHECKING:
    from distributed import Client

ItemT = TypeVar("ItemT")
ResultT = TypeVar("ResultT")

STARTING_S = 60.0
"""how long the first answer of a new process may take"""
CONNECTING_S = 15.0
"""how long a cluster may take to answer and to have a worker"""
_INSTEAD = "or set execution.reading to inline"


def batched(work: Callable[[ItemT], ResultT], execution: ExecutionSection) -> BatchedCalls[ItemT, ResultT]:
    """Return calls of a function made as configured: by processes, or by a cluster."""
    return BatchedCalls(partial(_do_batch, program_version(), work), workers_of(execution))


def workers_of(execution: ExecutionSection) -> Workers:
    """Return the configured workers; none is started or contacted yet."""
    if execution.scheduler_address is not None and execution.reading == "dask":
        return DaskWorkers(execution.scheduler_address, execution.workers)
    return ProcessWorkers(execution.workers or os.cpu_count() or 1)


def require_dask() -> None:
    """Raise ``ConfigError`` if the package that connects to a cluster is not installed."""
    if find_spec("distributed") is None:
        raise ConfigError(
            "execution.reading is dask, which needs distributed, and that is not installed. "
            "Run: pip install 'mrt-data-pipeline[dask]'"
        )


def program_version() -> str:
    """Return what a reading depends on: this package's code, Python, and the HTML parser."""
    from lxml import etree

    python = ".".join(map(str, sys.version_info[:2]))
    parser = ".".join(map(str, etree.LIBXML_VERSION))
    return f"code {code_version()[:12]}, Python {python}, libxml2 {parser}"


def _do_batch(version: str, work: Callable[[ItemT], ResultT], items: Sequence[ItemT]) -> list[ResultT]:
    """Run a batch in a worker; a worker that joined later, or whose code was changed, refuses it."""
    refuse_other_versions(version, [program_version()])
    return [work(item) for item in items]


def refuse_other_versions(version: str, found: Iterable[object]) -> None:
    """Raise ``WorkersError`` if a worker has another version of the program, or none."""
    if others := sorted({str(other) for other in found if other != version}):
        raise WorkersError(
            f"Workers that are to read pages have {' and '.join(others)}; expected {version}, as here. "
            f"Install the same there, {_INSTEAD}."
        )


class ProcessWorkers:
    """Processes on this machine; none outlives the process that started them, however that ends."""

    def __init__(self, number: int) -> None:
        self.number = number
        self._executor: ProcessPoolExecutor | None = None

    def open(self) -> tuple[Executor, int]:
        """Start the processes; see ``Workers.open``.

        Ctrl-C and a hang-up are meant for the process that drives the run: processes started by this thread
        inherit its signal mask. So does Python's own process that tracks their semaphores.
        """
        signal.pthread_sigmask(signal.SIG_BLOCK, (signal.SIGHUP,))
        resource_tracker.ensure_running()  # which ignores Ctrl-C itself, and unblocks it here
        signal.pthread_sigmask(signal.SIG_BLOCK, (signal.SIGINT,))
        self._executor = ProcessPoolExecutor(self.number, multiprocessing.get_context("spawn"), _begin)
        try:
            version = self._executor.submit(program_version).result(STARTING_S)
        except (BrokenExecutor, TimeoutError) as error:
            raise WorkersError(
                "The processes that are to read pages did not start. If a script of yours begins the run, "
                f"put that under if __name__ == '__main__':, {_INSTEAD}."
            ) from error
        refuse_other_versions(program_version(), [version])
        return self._executor, self.number

    def find_fault(self, error: BaseException | None = None) -> None:
        """Return None: lost processes are replaced."""

    def close(self) -> None:
        """End the processes at once, whatever they are doing."""
        if self._executor is None:
            return
        for process in list((self._executor._processes or {}).values()):  # public from Python 3.14 on
            process.kill()
        self._executor.shutdown(wait=True, cancel_futures=True)


def _begin() -> None:
    """Start a process: without the environment, and for as long as its parent lives."""
    os.environ.clear()
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    if (parent := multiprocessing.parent_process()) is not None:
        parent.join()
        os._exit(0)


class DaskWorkers:
    """The workers of a cluster started by someone else; its scheduler reassigns lost work."""

    def __init__(self, address: str, number: int | None = None) -> None:
        self.address = address
        self.number = number
        self._client: Client | None = None

    def open(self) -> tuple[Executor, int]:
        """Connect to the scheduler; see ``Workers.open``."""
        require_dask()
        from distributed import Client

        for name in ("distributed.client", "tornado.application"):
            logging.getLogger(name).setLevel(
                logging.CRITICAL
            )  # we report the loss of a cluster ourselves, once
        try:
            self._client = Client(self.address, timeout=CONNECTING_S, set_as_default=False)
            self._client.wait_for_workers(1, timeout=CONNECTING_S)
            versions = self._client.run(program_version, on_error="return")
            threads = sum(self._client.nthreads().values())
        except OSError as error:
            raise WorkersError(
                f"The Dask cluster at {self.address} did not respond, or has no worker, within "
                f"{CONNECTING_S:g} s. Start its scheduler and workers, {_INSTEAD}."
            ) from error
        refuse_other_versions(program_version(), versions.values())
        return self._client.get_executor(pure=False), self.number or threads

    def find_fault(self, error: BaseException | None = None) -> str | None:
        """Return why the cluster will return nothing more, or None."""
        lost = f"Start it again, {_INSTEAD}."
        if isinstance(error, CancelledError | OSError) or (
            self._client is not None and self._client.status == "closed"
        ):
            return f"The Dask cluster at {self.address} was lost while it read pages. {lost}"
        if type(error).__name__ == "KilledWorker":
            return (
                f"Worker after worker of the Dask cluster at {self.address} ended while reading the same "
                f"pages. See whether they have memory enough, {_INSTEAD}."
            )
        if isinstance(error, ImportError):  # a worker that joined later lacks the package
            return f"A worker of the Dask cluster at {self.address} lacks this program: {error}. {lost}"
        return None

    def close(self) -> None:
        """Disconnect from the cluster, which keeps running."""
        if self._client is not None:
            self._client.close(timeout=CONNECTING_S)
