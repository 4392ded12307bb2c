"""A real run killed (SIGKILL) at its writes and at random moments, resumed, and compared.

Two at a time; each in a folder of its own that a reader looks through meanwhile.
"""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.e2e.command import Workplace, load
from tests.fakes.crash_scene import (
    Reader,
    assert_as_if_nothing_had_happened,
    fated,
    finished_stations,
    kill_at,
    measure,
    random_moments,
    results_of,
)
from tests.fakes.live_world import SMALL_DAY, LiveWorld
from tests.figures import Say
from tests.real.durability.extent import spread

pytestmark = pytest.mark.real_parts

DAY = "2026-11-23"
SMALL = ("run", "--as-of", SMALL_DAY)
WHOLE = ("run", "--as-of", DAY)
MOMENTS = 100
EVERY_NTH_WRITE = 4
EVERY_NTH_MOMENT = 5
SEED = 4
EVERY_NTH_LIVE = 5
EVERY_NTH_AGAIN = 3


def _each(
    folder: Path,
    numbers: Iterable[int],
    case: Callable[[int, Workplace], str],
    prepare: Callable[[Workplace], object] = lambda _: None,
) -> Counter[str]:
    """Carry a case out for each number, two at a time, and count what the killed runs were at."""

    def carry_out(number: int) -> str:
        place = Workplace(folder / str(number))
        place.folder.mkdir()
        prepare(place)
        with Reader(place.outputs):
            doing = case(number, place)
        shutil.rmtree(place.folder)
        return doing

    with ThreadPoolExecutor(2) as pool:
        return Counter(pool.map(carry_out, numbers))


def _kill(place: Workplace, step: int, *arguments: str) -> None:
    killed = fated(place, f"kill:{step}", *arguments)
    assert killed.returncode == -9, (step, killed.returncode, killed.stderr)


def _go_on(place: Workplace, arguments: tuple[str, ...], expected: Mapping[str, bytes], what: object) -> None:
    result = place.call(*arguments, "--skip-existing")
    assert result.returncode == 0, (what, result.stderr)
    try:
        assert_as_if_nothing_had_happened(place, expected)
    except AssertionError as error:
        raise AssertionError(f"killed at {what}: {error}") from error


def test_a_run_killed_at_its_writes_is_resumed(tmp_path: Path, say: Say) -> None:
    whole = Workplace(tmp_path)
    steps = len(measure(whole, *SMALL)[0])
    expected = results_of(whole.latest)

    def case(step: int, place: Workplace) -> str:
        _kill(place, step, *SMALL)
        _go_on(place, SMALL, expected, f"write {step}")
        return "killed"

    done = _each(tmp_path, spread(range(1, steps + 1), EVERY_NTH_WRITE), case)
    say(f"killed at {done['killed']} of {steps} writes of a snapshot run: all came out the same")


def test_a_live_run_killed_at_its_writes_is_resumed(tmp_path: Path, say: Say) -> None:
    with LiveWorld() as world:
        whole = Workplace(tmp_path, world.variables)
        steps = len(measure(whole, *SMALL)[0])
        expected = results_of(whole.latest)

        def case(step: int, place: Workplace) -> str:
            live = place.with_variables(**world.variables)
            killed = fated(live, f"kill:{step}", *SMALL)
            _go_on(live, SMALL, expected, f"write {step}")
            return "killed" if killed.returncode == -9 else "through"

        # Threads make the order of some writes a matter of chance: the last few may not come at all.
        at = range(1, steps - EVERY_NTH_LIVE, EVERY_NTH_LIVE)
        done = _each(tmp_path, spread(at, EVERY_NTH_WRITE), case)
    assert done["through"] <= 1
    say(f"killed at {done.total()} of {steps} writes of a live run: all came out the same")


def test_a_complete_run_made_again_in_place_and_killed_stays_whole(tmp_path: Path, say: Say) -> None:
    whole = Workplace(tmp_path)
    assert whole.call(*SMALL).returncode == 0
    run = whole.latest.resolve()
    steps = len(measure(whole, *SMALL, "--resume-from", "1")[0])
    expected = results_of(run)

    def case(step: int, place: Workplace) -> str:
        _kill(place, step, *SMALL, "--resume-from", "1")
        assert results_of(place.latest) == expected, "what latest shows is whole before anyone goes on"
        _go_on(place, SMALL, expected, f"write {step}")
        return "killed"

    def prepare(place: Workplace) -> None:
        shutil.copytree(whole.outputs, place.outputs, symlinks=True)

    done = _each(tmp_path, spread(range(1, steps + 1, EVERY_NTH_AGAIN), EVERY_NTH_WRITE), case, prepare)
    say(f"killed at {done['killed']} of {steps} writes of a second run in place: it stayed whole each time")


def test_a_run_killed_at_random_moments_is_resumed(tmp_path: Path, say: Say) -> None:
    whole = Workplace(tmp_path)
    _, seconds = measure(whole, *WHOLE)
    expected = results_of(whole.latest)
    moments = random_moments(SEED, MOMENTS, seconds)

    def case(number: int, place: Workplace) -> str:
        doing = kill_at(place, moments[number], *WHOLE)
        _go_on(place, WHOLE, expected, f"{moments[number]:.3f} s (seed {SEED})")
        return doing

    done = _each(tmp_path, spread(range(MOMENTS), EVERY_NTH_MOMENT), case)
    say(f"snapshot, seed {SEED}, moments in {seconds:.2f} s: all {done.total()} came out the same")
    say(f"  at: {dict(sorted(done.items()))}")


def test_a_live_run_killed_at_random_moments_is_resumed(tmp_path: Path, say: Say) -> None:
    """No station that was finished is asked for again."""
    asked_again = 0
    with LiveWorld() as world:
        whole = Workplace(tmp_path, world.variables)
        _, seconds = measure(whole, *WHOLE)
        expected = results_of(whole.latest)
    moments = random_moments(SEED, MOMENTS, seconds)

    def case(number: int, place: Workplace) -> str:
        nonlocal asked_again
        with LiveWorld() as world:
            live = place.with_variables(**world.variables)
            doing = kill_at(live, moments[number], *WHOLE)
            finished = finished_stations(live.runs[-1])
            before = len(world.wiki_server.requests)
            _go_on(live, WHOLE, expected, f"{moments[number]:.3f} s (seed {SEED})")
            requests = world.wiki_server.requests[before:]
        asked_again += len(finished & {world.wiki.station_of(request) for request in requests})
        return doing

    done = _each(tmp_path, spread(range(MOMENTS), EVERY_NTH_MOMENT), case)
    assert asked_again == 0
    say(f"live, seed {SEED}, moments within {seconds:.2f} s: all {done.total()} came out the same")
    say(f"  at: {dict(sorted(done.items()))}; finished stations asked for again: {asked_again}")


def test_the_record_of_a_killed_attempt_stays_in_the_manifest(tmp_path: Path) -> None:
    place = Workplace(tmp_path)
    _kill(place, 60, *SMALL)
    assert place.call(*SMALL, "--skip-existing").returncode == 0
    statuses = [attempt["status"] for attempt in load(place.latest / "manifest.json")["attempts"]]
    assert statuses == ["running", "completed"]
