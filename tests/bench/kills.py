"""Kill runs and releases at random moments or writes, resume them, and compare the results.

    python -m tests.bench.kills --cycles 1000 --minutes 60 [--kinds snapshot live release]

The tests of ``tests/real/durability`` do the same a few hundred times; this is for a whole night. The network
is that of the first day, with five stations; a live run reads it from services on loopback. If the result of
a cycle differs from an uninterrupted one, that is reported at once and its folder kept; exits with 1 if any
did.
"""

from __future__ import annotations

import argparse
import contextlib
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

from tests.e2e.command import Workplace
from tests.fakes import crash_scene, release_crash_scene
from tests.fakes.crash_scene import fated, has_manifest, is_killed_at, measure, results_of, time_of
from tests.fakes.live_world import LiveWorld

RUN = ("run", "--as-of", "1987-11-07")
RELEASE = release_crash_scene.RELEASE
SAY_EVERY_S = 60.0
PATIENCE_S = 3600.0
"""for a command that only gets idle processor time"""
KILLED = -9


@dataclass(frozen=True)
class Scene:
    """A command that is killed, and what must be true after it was resumed."""

    arguments: tuple[str, ...]
    resume: tuple[str, ...]
    make_workplace: Callable[[Path], Workplace]
    has_begun: Callable[[Workplace], bool]
    check_after_kill: Callable[[Workplace], None]
    """fails unless everything is whole just after the kill"""
    check_result: Callable[[Workplace], None]
    """fails unless the result equals that of an uninterrupted command"""
    steps: int
    """number of changes that it makes on disk"""
    seconds: float
    """processor time that it takes once it has started"""

    def is_killed(self, place: Workplace, chance: Random) -> str | None:
        """Start the command and kill it somewhere; return how, or None if it finished first."""
        if chance.random() < 0.5:
            fate = f"kill:{chance.randint(1, self.steps)}"
            return "write" if fated(place, fate, *self.arguments).returncode == KILLED else None
        moment = chance.uniform(0, self.seconds)
        is_killed = is_killed_at(place, moment, lambda: self.has_begun(place), *self.arguments)
        return "moment" if is_killed else None


def _run_scene(folder: Path, variables: dict[str, str]) -> Scene:
    def make_workplace(at: Path) -> Workplace:
        at.mkdir()
        return Workplace(at, variables, PATIENCE_S)

    whole, timed = make_workplace(folder / "whole"), make_workplace(folder / "timed")
    steps, _ = measure(whole, *RUN)
    expected = results_of(whole.latest)
    return Scene(
        RUN,
        (*RUN, "--skip-existing"),
        make_workplace,
        has_manifest,
        lambda _: None,
        lambda place: crash_scene.assert_as_if_nothing_had_happened(place, expected),
        len(steps),
        time_of(timed, lambda: has_manifest(timed), *RUN),
    )


def _release_scene(folder: Path) -> Scene:
    prepared = release_crash_scene.prepare(folder / "prepared", PATIENCE_S)
    before = set((prepared.folder / "releases").iterdir())
    names = {path.name for path in before}

    def has_begun(place: Workplace) -> bool:
        return any(path.name not in names for path in (place.folder / "releases").iterdir())

    timed = release_crash_scene.copy_of(prepared, folder / "timed")
    return Scene(
        RELEASE,
        RELEASE,
        lambda at: release_crash_scene.copy_of(prepared, at),
        has_begun,
        lambda place: release_crash_scene.assert_whole(place.folder / "releases"),
        lambda place: release_crash_scene.assert_as_if_nothing_had_happened(place.folder / "releases"),
        release_crash_scene.count_steps(prepared, folder / "counted"),
        time_of(timed, lambda: has_begun(timed), *RELEASE),
    )


@contextlib.contextmanager
def _scene(kind: str, folder: Path) -> Iterator[Scene]:
    folder.mkdir()
    if kind == "release":
        yield _release_scene(folder)
    elif kind == "snapshot":
        yield _run_scene(folder, {})
    else:
        with LiveWorld() as world:
            yield _run_scene(folder, world.variables)


KINDS = ("snapshot", "live", "release")


def _cycle(scene: Scene, place: Workplace, chance: Random) -> str | None:
    """Kill once and resume; return how it was killed, or None if it finished first."""
    how = scene.is_killed(place, chance)
    if how is not None:
        scene.check_after_kill(place)
        resumed = place.call(*scene.resume)
        assert resumed.returncode == 0, resumed.stderr
        scene.check_result(place)
    shutil.rmtree(place.folder)
    return how


def main() -> None:
    """Run as many cycles as fit, alternating the kinds, and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--cycles", type=int, default=1000)
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--seed", type=int, default=4)
    parser.add_argument("--kinds", nargs="+", choices=KINDS, default=KINDS)
    given = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="kills-"))
    end = time.monotonic() + given.minutes * 60
    with contextlib.ExitStack() as stack:
        scenes = {kind: stack.enter_context(_scene(kind, folder / kind)) for kind in given.kinds}
        done = _kill_and_resume(scenes, folder, given.cycles, given.seed, end)
    _say(done, given.cycles, given.seed)
    if done["damaged"]:
        sys.exit(1)
    shutil.rmtree(folder)


def _kill_and_resume(
    scenes: dict[str, Scene], folder: Path, cycles: int, seed: int, end: float
) -> Counter[str]:
    """Return how many cycles of each kind had equal results, and how many did not."""
    done: Counter[str] = Counter()
    kinds, say_at, number = list(scenes), time.monotonic() + SAY_EVERY_S, 0
    while _cycles_of(done) < cycles and time.monotonic() < end:
        kind = kinds[number % len(kinds)]
        place = scenes[kind].make_workplace(folder / f"{kind}-{number}")
        try:
            how = _cycle(scenes[kind], place, Random(f"{seed} {kind} {number}"))  # noqa: S311 # no secret
            done[f"{kind} by {how}" if how else "through before"] += 1
        except AssertionError as error:
            done["damaged"] += 1
            print(f"{kind} {number} (seed {seed}) in {place.folder}: {error}", flush=True)
        number += 1
        if time.monotonic() > say_at:
            _say(done, cycles, seed)
            say_at = time.monotonic() + SAY_EVERY_S
    return done


def _cycles_of(done: Counter[str]) -> int:
    return done.total() - done["through before"]


def _say(done: Counter[str], cycles: int, seed: int) -> None:
    figures = ", ".join(f"{what}: {times}" for what, times in sorted(done.items()))
    print(
        f"{_cycles_of(done)} of {cycles} cycles, {done['damaged']} damaged (seed {seed}); {figures}",
        flush=True,
    )


if __name__ == "__main__":
    main()
