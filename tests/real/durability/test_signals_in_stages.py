"""Signals at all times of a run: exit codes, what the manifest says then, and that it can be resumed."""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import signal
import subprocess
import termios
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.command import Workplace, load
from tests.fakes.crash_scene import (
    assert_as_if_nothing_had_happened,
    fated,
    finished_stations,
    measure,
    results_of,
)
from tests.fakes.http_server import RawReply, Reply, SeenRequest
from tests.fakes.live_world import SMALL_DAY, LiveWorld
from tests.figures import Say

pytestmark = pytest.mark.real_parts

RUN = ("run", "--as-of", SMALL_DAY)
CODES = {signal.SIGINT: 130, signal.SIGTERM: 143, signal.SIGHUP: 129}
EVERY_NTH = 9
LAST_STEPS = 3
TRACKER_AND_A_READER = 2
TOGETHER = 8
"""``batch_size`` of the shipped configuration"""


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> tuple[int, dict[str, bytes]]:
    place = Workplace(tmp_path_factory.mktemp("undisturbed"))
    steps, _ = measure(place, *RUN)
    return len(steps), results_of(place.latest)


@pytest.mark.parametrize("number", CODES)
def test_a_signal_at_any_write_ends_the_run_and_what_is_done_is_kept(
    number: signal.Signals,
    tmp_path: Path,
    undisturbed: tuple[int, dict[str, bytes]],
    say: Say,
) -> None:
    steps, expected = undisturbed
    stages: set[str] = set()
    for step in range(1, steps + 1, EVERY_NTH):
        place = Workplace(tmp_path / str(step))
        place.folder.mkdir()
        result = fated(place, f"signal:{number.value}:{step}", *RUN)
        # Before and after the part of a run that watches signals, they do what they always do.
        assert result.returncode in (CODES[number], -number), (step, result.stderr)
        assert "Traceback" not in result.stderr, step
        if result.returncode == CODES[number] and list(place.outputs.glob("2*/manifest.json")):
            manifest = load(place.runs[-1] / "manifest.json")
            # The last steps put the lock away, when the run is through.
            assert manifest["status"] == "interrupted" or step > steps - LAST_STEPS, step
            assert "running" not in {record["status"] for record in manifest["stages"].values()}
            stages |= {n for n, record in manifest["stages"].items() if record["status"] == "interrupted"}
        assert place.call(*RUN, "--skip-existing").returncode == 0
        assert_as_if_nothing_had_happened(place, expected)
    assert stages == {"stage1_ingestion", "stage2_enrichment", "stage3_merger"}
    say(f"{number.name} at every {EVERY_NTH}th of {steps} writes: exit {CODES[number]}, resumed")


@contextlib.contextmanager
def _hanging_at_pages() -> Iterator[tuple[LiveWorld, threading.Event]]:
    """Yield a world whose wiki keeps pages back, and what tells that all who may ask have asked."""
    with LiveWorld() as world:
        regular = world.wiki_server.handler
        asked: list[str] = []
        all_asked = threading.Event()

        def handle(request: SeenRequest) -> Reply | RawReply:
            if world.wiki.station_of(request):
                asked.append(request.target)
                all_asked.set()
                request.hang()
            return regular(request)

        world.wiki_server.handler = handle
        yield world, all_asked


def test_what_is_in_flight_is_finished_and_kept(tmp_path: Path) -> None:
    with _hanging_at_pages() as (world, asked):
        place = Workplace(tmp_path, world.variables)
        with place.start(*RUN) as process:
            assert asked.wait(60)
            process.send_signal(signal.SIGTERM)
            assert process.stderr is not None
            assert any("Finishing" in line for line in iter(process.stderr.readline, ""))
            world.wiki_server.release()
            process.communicate(timeout=60)
        assert process.returncode == 143
        [run] = place.runs
        assert 1 <= len(finished_stations(run)) <= TOGETHER
        assert load(run / "manifest.json")["status"] == "interrupted"
        assert place.call(*RUN, "--skip-existing").returncode == 0


@pytest.mark.parametrize("second", CODES)
def test_a_second_signal_does_not_wait_for_what_hangs(second: signal.Signals, tmp_path: Path) -> None:
    with _hanging_at_pages() as (world, asked):
        place = Workplace(tmp_path, world.variables)
        with place.start(*RUN) as process:
            assert asked.wait(60)
            process.send_signal(signal.SIGINT)
            assert process.stderr is not None
            assert any("Finishing" in line for line in iter(process.stderr.readline, ""))
            process.send_signal(second)
            process.communicate(timeout=20)  # the wiki keeps its answer back for longer
        assert process.returncode == 130
        [run] = place.runs
        assert load(run / "manifest.json")["status"] == "interrupted"
        world.wiki_server.release()
        assert place.call(*RUN, "--skip-existing").returncode == 0


def _count_children(process: subprocess.Popen[str]) -> int:
    """Return how many processes the threads of a process have begun."""
    count = 0
    for children in Path(f"/proc/{process.pid}/task").glob("*/children"):
        with contextlib.suppress(OSError):  # the thread ended meanwhile
            count += len(children.read_text().split())
    return count


def test_a_hang_up_of_all_its_processes_ends_a_run_that_reads_by_processes_without_a_traceback(
    tmp_path: Path,
) -> None:
    with LiveWorld() as world:
        reading = {"READING": "processes", "WORKERS": "2"}
        execution = {f"MRT_PIPELINE__EXECUTION__{key}": value for key, value in reading.items()}
        place = Workplace(tmp_path, {**world.variables, **execution})
        with place.start(*RUN, start_new_session=True) as process:
            while _count_children(process) <= TRACKER_AND_A_READER:
                assert process.poll() is None, "through before it had its readers"
                time.sleep(0.01)
            os.killpg(process.pid, signal.SIGHUP)
            _, said = process.communicate(timeout=60)
        assert process.returncode == 129, said
        assert "resource_tracker" not in said
        assert "Traceback" not in said


@pytest.mark.parametrize(("ignores_hangup", "code"), [(False, 129), (True, 0)])
def test_a_terminal_that_is_closed_hangs_up_and_nohup_means_what_it_says(
    ignores_hangup: bool, code: int, tmp_path: Path
) -> None:
    place = Workplace(tmp_path)
    process, terminal = _start_in_a_terminal(place, ignores_hangup)
    while b"stage1_ingestion" not in os.read(terminal, 4096):
        pass
    os.close(terminal)
    assert process.wait(timeout=60) == code
    [run] = place.runs
    assert load(run / "manifest.json")["status"] == ("completed" if ignores_hangup else "interrupted")
    assert place.call(*RUN, "--skip-existing").returncode == 0


def _start_in_a_terminal(place: Workplace, ignores_hangup: bool) -> tuple[subprocess.Popen[bytes], int]:
    """Start a run in a terminal of its own, and return its process and the other end of the terminal."""
    terminal, side = pty.openpty()

    def take_the_terminal() -> None:
        fcntl.ioctl(0, termios.TIOCSCTTY, 0)
        if ignores_hangup:
            signal.signal(signal.SIGHUP, signal.SIG_IGN)

    process = subprocess.Popen(
        place.command(*RUN),
        cwd=place.folder,
        env=place.environment,
        stdin=side,
        stdout=side,
        stderr=side,
        start_new_session=True,
        preexec_fn=take_the_terminal,
    )
    os.close(side)
    return process, terminal
