"""Many runs started together: one per folder works, the others say so, and nobody disturbs anybody."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from tests.e2e.command import Workplace, load
from tests.fakes.crash_scene import Reader, results_of
from tests.fakes.http_server import RawReply, Reply, SeenRequest
from tests.fakes.live_world import SMALL_DAY, LiveWorld
from tests.figures import Say

pytestmark = pytest.mark.real_parts

RUN = ("run", "--as-of", SMALL_DAY)
IN_ONE_FOLDER = 10
ELSEWHERE = 10
KEPT = 3
LOOK_EVERY_S = 0.05
NO_GATES = {"MRT_PIPELINE__GATES__ENABLED": "false"}
"""the world that keeps its answers back has fewer buses than the recorded one"""


@pytest.fixture
def patient_world() -> Iterator[tuple[LiveWorld, threading.Event]]:
    """Yield a world whose DataMall keeps its answers back, and what tells that it was asked."""
    with LiveWorld() as world:
        server = world.servers["datamall"]
        regular, asked = server.handler, threading.Event()

        def handle(request: SeenRequest) -> Reply | RawReply:
            asked.set()
            if not request.released.is_set():
                request.released.wait(300)
            return regular(request)

        server.handler = handle
        yield world, asked


def _wait_until_one_is_left(processes: Sequence[subprocess.Popen[str]]) -> subprocess.Popen[str]:
    pause = threading.Event()
    while len(running := [process for process in processes if process.poll() is None]) > 1:
        pause.wait(LOOK_EVERY_S)
    assert running, [process.communicate() for process in processes]
    return running[0]


def test_twenty_runs_together_ten_of_them_in_one_folder(
    tmp_path: Path, patient_world: tuple[LiveWorld, threading.Event], say: Say
) -> None:
    world, _ = patient_world
    place = Workplace(tmp_path, {"MRT_PIPELINE__OUTPUT__KEEP_LAST_N_VERSIONS": str(KEPT)})
    live = place.with_variables(**world.variables, **NO_GATES)
    assert place.call(*RUN).returncode == 0
    expected = results_of(place.latest)
    with Reader(place.outputs) as reader:
        shared = [live.start(*RUN, "--output-dir", "outputs/shared") for _ in range(IN_ONE_FOLDER)]
        others = [place.start(*RUN) for _ in range(ELSEWHERE)]
        holder = _wait_until_one_is_left(shared)
        refusals = [process.communicate()[1] for process in shared if process is not holder]
        outcomes = [(process.communicate()[1], process.returncode) for process in others]
        assert results_of(place.latest) == expected
        world.servers["datamall"].release()
        _, stderr = holder.communicate()
    assert holder.returncode == 0, stderr
    assert [process.returncode for process in shared].count(1) == IN_ONE_FOLDER - 1
    for refusal in refusals:
        assert f"is in use by process {holder.pid} on " in refusal
        assert refusal.count("Error:") == 1
    assert [code for _, code in outcomes] == [0] * ELSEWHERE, [text for text, code in outcomes if code]
    assert place.latest.resolve() == (place.outputs / "shared").resolve()
    kept = [run for run in place.runs if run.name != "shared"]
    assert KEPT <= len(kept) <= KEPT + 1
    assert all(load(run / "manifest.json")["status"] == "completed" for run in kept)
    say(
        f"20 together: 1 held the folder, {len(refusals)} said so, {len(outcomes)} others went well; "
        f"latest was whole at {reader.looks} looks; {len(kept)} old runs kept"
    )


def test_a_folder_in_use_is_never_removed(
    tmp_path: Path, patient_world: tuple[LiveWorld, threading.Event]
) -> None:
    world, asked = patient_world
    place = Workplace(tmp_path, {"MRT_PIPELINE__OUTPUT__KEEP_LAST_N_VERSIONS": "1"})
    assert place.call(*RUN).returncode == 0
    old = place.latest.resolve()
    live = place.with_variables(**world.variables, **NO_GATES)
    with live.start(*RUN, "--output-dir", old, "--resume-from", "1") as process:
        assert asked.wait(60)
        for _ in range(3):
            assert place.call(*RUN).returncode == 0
        assert [run.name for run in place.runs] == [old.name, place.latest.resolve().name]
        world.servers["datamall"].release()
        _, stderr = process.communicate()
    assert process.returncode == 0, stderr
