"""Measure each way of reading pages: ``python -m tests.bench.reading [PAGES KILOBYTES] …``.

Pages are the project's own, each repeated up to its size. The cluster's two workers run on this machine, and
one of them is killed when half of the pages are read. Wall times depend on the load of a shared machine:
compare processor time, which is the sum of all processes.
"""

from __future__ import annotations

import contextlib
import hashlib
import itertools
import os
import resource
import signal
import sys
import time
from collections.abc import Iterator
from concurrent.futures import Executor

from mrt_pipeline.config.settings import ExecutionSection
from mrt_pipeline.extraction.page_reading import PageReading, ReadPage, open_reading
from mrt_pipeline.extraction.place_names import PlaceNames
from mrt_pipeline.extraction.rules.headers import load_vocabulary
from mrt_pipeline.network import load_network
from mrt_pipeline.runtime.source_access import Closable
from mrt_pipeline.runtime.threads import bounded_map, open_threads
from tests.fakes.dask_cluster import running_cluster
from tests.real.wiki.render import read_rendered

LOADS = ((2_000, 2), (60, 200))
"""pages, and kilobytes of each: like the wiki's, and like a large wiki's"""
IN_FLIGHT = {"inline": 8, "processes": 64, "dask": 64}
"""``batch_size`` of stage 2: its default, and its maximum, so that many pages wait and are sent together"""
WORKERS = 2

Page = tuple[int, str, str]


def pages_of(number: int, kilobytes: int) -> Iterator[Page]:
    """Yield a number of pages of a size, each with its rank and title."""
    own = itertools.cycle(read_rendered().items())
    for rank, (title, html) in enumerate(itertools.islice(own, number)):
        yield rank, title, (html * (kilobytes * 1000 // len(html) + 1))[: kilobytes * 1000]


@contextlib.contextmanager
def reading_in(way: str, halfway: list[int]) -> Iterator[ReadPage]:
    """Yield the function that reads pages in one of the ways, and record which worker to kill halfway."""
    opened: list[Closable] = []
    with contextlib.ExitStack() as stack:
        address = None
        if way == "dask":
            cluster = stack.enter_context(running_cluster(WORKERS))
            address = cluster.address
            halfway.append(cluster.pids()[0])
        execution = ExecutionSection.model_validate(
            {"reading": way, "workers": WORKERS, "scheduler_address": address}
        )
        yield open_reading(execution, PlaceNames.of(load_network()), load_vocabulary(), opened.append)
        for one in opened:
            one.close()


def measure(way: str, number: int, kilobytes: int) -> tuple[float, str]:
    """Print the measurements of reading in one way; return its processor time and a digest of the result."""
    began, cpu_began = time.monotonic(), _cpu_s()
    killed: list[int] = []
    readings: dict[int, bytes] = {}
    with reading_in(way, killed) as read, open_threads(IN_FLIGHT[way]) as threads:
        for rank, reading in _read_all(pages_of(number, kilobytes), read, threads, IN_FLIGHT[way]):
            readings[rank] = hashlib.sha256(reading.model_dump_json().encode()).digest()
            if killed and len(readings) == number // 2:
                os.kill(killed.pop(), signal.SIGKILL)
        wall_s = time.monotonic() - began
    cpu_s = _cpu_s() - cpu_began
    digest = hashlib.sha256(b"".join(readings[rank] for rank in range(number))).hexdigest()[:12]
    print(
        f"{way:9} {number:5} pages of {kilobytes:3} kB, {wall_s:6.1f} s, {cpu_s:6.1f} s CPU "
        f"({cpu_s / number * 1000:6.1f} ms a page), read as {digest}",
        flush=True,
    )
    return cpu_s, digest


def _read_all(
    pages: Iterator[Page], read: ReadPage, threads: Executor, width: int
) -> Iterator[tuple[int, PageReading]]:
    return bounded_map(
        pages, lambda page: (page[0], read(page[2], page[1])), threads, width, may_begin=lambda: True
    )


def _cpu_s() -> float:
    """Return the processor time of this process and of its ended children."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def main() -> None:
    """Print a line for each way of each load, and fail if the readings differ."""
    given = iter(map(int, sys.argv[1:]))
    for number, kilobytes in list(zip(given, given, strict=True)) or LOADS:
        found = {way: measure(way, number, kilobytes) for way in ("inline", "processes", "dask")}
        for way, (cpu_s, digest) in found.items():
            assert digest == found["inline"][1], f"{way} reads otherwise"
            print(f"{way:9} {cpu_s / found['inline'][0]:.2f} times the processor time of inline")


if __name__ == "__main__":
    main()
