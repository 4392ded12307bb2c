"""Pages read by processes of their own: the same comes of it, and none is left behind."""

from __future__ import annotations

import multiprocessing
import os
import select
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given

from mrt_pipeline.config.settings import ExecutionSection
from mrt_pipeline.errors import WorkersError
from mrt_pipeline.extraction.page_reading import ReadPage, open_reading
from mrt_pipeline.extraction.rules.headers import load_vocabulary
from mrt_pipeline.runtime import workers
from mrt_pipeline.runtime.source_access import Closable
from mrt_pipeline.runtime.threads import open_threads
from tests.e2e.command import Workplace, load, stations_bytes
from tests.fakes.http_server import RawReply, Reply, SeenRequest
from tests.fakes.live_world import SMALL_DAY, LiveWorld
from tests.fakes.mixed_pages import NAMES, PAGES, mixed_pages, read_here, read_there

pytestmark = pytest.mark.slow

PROCESSES = ExecutionSection(reading="processes", workers=2)
ENDED_S = 30_000
"""milliseconds after which a process counts as left behind"""


@pytest.fixture(scope="module")
def read() -> Iterator[ReadPage]:
    opened: list[Closable] = []
    yield open_reading(PROCESSES, NAMES, load_vocabulary(), opened.append)
    for one in opened:
        one.close()


@given(page=mixed_pages())
def test_other_processes_read_the_same_bytes(read: ReadPage, page: tuple[str, str]) -> None:
    title, html = page
    assert read_there(read, html, title) == read_here(html, title)


def test_a_process_that_is_killed_costs_nothing(read: ReadPage) -> None:
    def read_or_kill(title: str) -> bytes:
        if title == sorted(PAGES)[20]:
            os.kill(multiprocessing.active_children()[0].pid or 0, signal.SIGKILL)
        return read_there(read, PAGES[title], title)

    read("<p>One.</p>", "Yishun MRT Station")  # somebody is there
    with open_threads(4) as threads:
        futures = {title: threads.submit(read_or_kill, title) for title in sorted(PAGES)}
        found = {title: future.result(60) for title, future in futures.items()}
    assert found == {title: read_here(html, title) for title, html in PAGES.items()}


def environment_of(_item: int) -> tuple[int, dict[str, str]]:
    """Return who is asked, and the environment there."""
    return os.getpid(), dict(os.environ)


def test_the_processes_have_no_environment_and_end_with_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LTA_ACCOUNT_KEY", "c0ffee-c0ffee")
    calls = workers.batched(environment_of, PROCESSES)
    pid, environment = calls.call(0, 1, "a page")
    assert pid != os.getpid()
    assert environment == {}
    calls.close()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_a_process_of_another_version_reads_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "code_version", lambda: "0ld")
    calls = workers.batched(environment_of, PROCESSES)
    with pytest.raises(
        WorkersError, match=r"have code [0-9a-f]{12}, .*; expected code 0ld, .*Install the same"
    ):
        calls.call(0, 1, "a page")
    calls.close()


def _of_session(session: int) -> set[int]:
    """Return the processes of a session."""
    found = set()
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except OSError:  # it has ended
            continue
        if int(fields[3]) == session and fields[0] != "Z":
            found.add(int(path.parent.name))
    return found


def _assert_ended(pid: int) -> None:
    try:
        descriptor = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    watched = select.poll()
    watched.register(descriptor, select.POLLIN)
    assert watched.poll(ENDED_S), f"{pid} goes on: {Path(f'/proc/{pid}/cmdline').read_bytes()!r}"
    os.close(descriptor)


class Struck:
    """A run whose pages others read, and that was struck when its wiki was asked for the thirtieth page."""

    def __init__(self, place: Workplace, world: LiveWorld, strike: Callable[[int], None]) -> None:
        self.seen: set[int] = set()
        self._asked = 0
        self._strike = strike
        self._handle = world.wiki_server.handler
        world.wiki_server.handler = self._answer
        started = place.start("run", "--as-of", SMALL_DAY, start_new_session=True)
        self.session = started.pid
        _, self.stderr = started.communicate(timeout=120)
        self.returncode = started.returncode

    def _answer(self, request: SeenRequest) -> Reply | RawReply:
        self._asked += "action=parse" in request.target
        if self._asked == 30 and not self.seen:
            self.seen = _of_session(self.session)
            self._strike(self.session)
        return self._handle(request)


def _interrupt(session: int) -> None:
    os.killpg(session, signal.SIGINT)


def _interrupt_twice(session: int) -> None:
    _interrupt(session)
    _interrupt(session)


def _kill(session: int) -> None:
    os.kill(session, signal.SIGKILL)


@pytest.mark.parametrize(
    ("strike", "code"), [(_interrupt, 130), (_interrupt_twice, 130), (_kill, -signal.SIGKILL)]
)
def test_a_run_that_is_stopped_leaves_no_process_and_resumes_in_another_way(
    tmp_path: Path, strike: Callable[[int], None], code: int
) -> None:
    place = Workplace(tmp_path)
    with LiveWorld() as world:
        live = place.with_variables(**world.variables)
        parted = live.with_variables(
            MRT_PIPELINE__EXECUTION__READING="processes", MRT_PIPELINE__EXECUTION__WORKERS="2"
        )
        struck = Struck(parted, world, strike)
        assert len(struck.seen) >= 3  # the run, at least one process that reads, and Python's own helper
        for pid in struck.seen:
            _assert_ended(pid)
        assert struck.returncode == code
        assert "Traceback" not in struck.stderr, struck.stderr
        assert code < 0 or "leaked" not in struck.stderr, struck.stderr
        [run] = place.runs
        result = live.call("run", "--output-dir", str(run), "--skip-existing", "--as-of", SMALL_DAY)
        assert result.returncode == 0, result.stderr
        assert load(run / "manifest.json")["status"] == "completed"
        whole = Workplace(tmp_path / "whole", parted.variables)
        whole.folder.mkdir()
        assert whole.call("run", "--as-of", SMALL_DAY).returncode == 0
        assert stations_bytes(run) == stations_bytes(whole.latest)


def test_a_script_without_a_guard_is_reported(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(
        "from mrt_pipeline.config.settings import ExecutionSection\n"
        "from mrt_pipeline.runtime.workers import ProcessWorkers\n"
        "from mrt_pipeline.errors import WorkersError\n"
        "workers = ProcessWorkers(1)\n"
        "try: workers.open()\n"
        "except WorkersError as error: print(error)\n"
    )
    result = subprocess.run([sys.executable, script], capture_output=True, text=True, timeout=60, check=True)
    assert "put that under if __name__ == '__main__':" in result.stdout
