"""Pages read by the workers of a real Dask cluster on loopback: the same comes of it, whatever it loses."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator

import pytest
from hypothesis import given, settings

from mrt_pipeline.config.settings import ExecutionSection
from mrt_pipeline.errors import WorkersError
from mrt_pipeline.extraction.page_reading import ReadPage, open_reading
from mrt_pipeline.extraction.rules.headers import load_vocabulary
from mrt_pipeline.runtime import workers
from mrt_pipeline.runtime.source_access import Closable
from mrt_pipeline.runtime.threads import open_threads
from tests.fakes.dask_cluster import Cluster, running_cluster
from tests.fakes.mixed_pages import NAMES, PAGES, mixed_pages, read_here, read_there

pytestmark = pytest.mark.real_parts

TITLE = "Yishun MRT Station"


class Reading:
    """Pages read by a cluster until ``close``."""

    def __init__(self, address: str) -> None:
        self._opened: list[Closable] = []
        execution = ExecutionSection(reading="dask", scheduler_address=address)
        self.read: ReadPage = open_reading(execution, NAMES, load_vocabulary(), self._opened.append)

    def close(self) -> None:
        for one in self._opened:
            one.close()


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    with running_cluster(2) as running:
        yield running


@pytest.fixture
def reading(cluster: Cluster) -> Iterator[Reading]:
    reading = Reading(cluster.address)
    yield reading
    reading.close()


def test_a_cluster_that_loses_a_worker_reads_every_page_as_this_process_does(
    cluster: Cluster, reading: Reading
) -> None:
    first, *_ = cluster.pids()

    def read_or_kill(title: str) -> bytes:
        if title == sorted(PAGES)[20]:
            os.kill(first, signal.SIGKILL)
        return read_there(reading.read, PAGES[title], title)

    with open_threads(6) as threads:
        futures = {title: threads.submit(read_or_kill, title) for title in sorted(PAGES)}
        found = {title: future.result(60) for title, future in futures.items()}
    assert found == {title: read_here(html, title) for title, html in PAGES.items()}


def test_a_cluster_reads_the_same_bytes_of_any_page(reading: Reading) -> None:
    @settings(max_examples=20)
    @given(page=mixed_pages())
    def check(page: tuple[str, str]) -> None:
        title, html = page
        assert read_there(reading.read, html, title) == read_here(html, title)

    check()


def test_a_cluster_of_another_version_gets_no_page(reading: Reading, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "code_version", lambda: "0ld")
    with pytest.raises(
        WorkersError, match=r"have code [0-9a-f]{12}, .*; expected code 0ld, .*Install the same"
    ):
        reading.read("<p>One.</p>", TITLE)


def test_a_cluster_that_is_lost_ends_the_reading_in_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "CONNECTING_S", 2.0)
    with running_cluster(1) as cluster:
        reading = Reading(cluster.address)
        assert reading.read("<p>One.</p>", TITLE).text == "One.\n"
    with pytest.raises(WorkersError, match=r"cluster at tcp://.* was lost .*Start it again"):
        reading.read("<p>Two.</p>", TITLE)
    reading.close()


def test_a_cluster_that_is_not_there_is_reported_in_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "CONNECTING_S", 1.0)
    reading = Reading("tcp://127.0.0.1:1")
    with pytest.raises(
        WorkersError, match=r"at tcp://127\.0\.0\.1:1 did not respond, or has no worker, within 1 s"
    ):
        reading.read("<p>One.</p>", TITLE)
    reading.close()
