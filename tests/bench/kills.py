"""A thousand runs from the recorded tables, each killed at a random moment, resumed, and compared.

    python -m tests.bench.kills --cycles 1000 --minutes 5

The tests of ``tests/real/durability`` do the same a hundred times; this is for a long night. Ends with an
error at the first run that does not come out as one that nothing stopped.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
import time
from collections import Counter
from pathlib import Path

from tests.e2e.command import Workplace
from tests.fakes.crash_scene import (
    assert_as_if_nothing_had_happened,
    kill_at,
    measure,
    random_moments,
    results_of,
)

RUN = ("run", "--as-of", "1990-12-31")


def main() -> None:
    """Carry out as many cycles as fit, and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--cycles", type=int, default=1000)
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--seed", type=int, default=4)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        done = _kill_and_resume(Path(folder), given.cycles, given.minutes * 60, given.seed)
    print(f"{done.total()} of {given.cycles} cycles, all came out the same (seed {given.seed}); killed at:")
    print(dict(sorted(done.items())))


def _kill_and_resume(folder: Path, cycles: int, seconds: float, seed: int) -> Counter[str]:
    end = time.monotonic() + seconds
    whole = _place(folder / "whole")
    _, took = measure(whole, *RUN)
    expected, done = results_of(whole.latest), Counter[str]()
    for number, moment in enumerate(random_moments(seed, cycles, took)):
        if time.monotonic() > end:
            break
        place = _place(folder / str(number))
        done[kill_at(place, moment, *RUN)] += 1
        resumed = place.call(*RUN, "--skip-existing")
        assert resumed.returncode == 0, (moment, resumed.stderr)
        assert_as_if_nothing_had_happened(place, expected)
        shutil.rmtree(place.folder)
    return done


def _place(folder: Path) -> Workplace:
    folder.mkdir()
    return Workplace(folder)


if __name__ == "__main__":
    main()
