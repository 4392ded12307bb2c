"""Feed every parser with damaged payloads: ``python -m tests.bench.fuzz --inputs N [--minutes M]``.

Prints a line for each parser: how many inputs, how many unhandled exceptions (expected: 0), the processor
time of the slowest input, and where that input was kept. Ends with 1 if there was any exception.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
import traceback
import warnings
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import HypothesisWarning

from tests.fuzz.parsers import TARGETS, HangError, Target

ROUND = 25
"""inputs to one parser before the next has its turn"""


@dataclass
class Fed:
    """What became of one parser's inputs."""

    inputs: int = 0
    slowest_s: float = 0.0
    slowest: bytes = b""
    faults: Counter[str] = field(default_factory=Counter)
    """how often each unhandled exception came, by its kind and the line that raised it"""
    guilty: dict[str, bytes] = field(default_factory=dict)
    """the first input of each"""

    def feed(self, target: Target, content: bytes) -> None:
        """Feed a parser once."""
        began = time.thread_time()
        try:
            target.check(content)
        except (Exception, HangError) as error:  # noqa: BLE001 # each of them is what is looked for
            last = traceback.extract_tb(error.__traceback__)[-1]
            fault = (
                f"{type(error).__name__} at {Path(last.filename).name}:{last.lineno}: {str(error)[:100]!r}"
            )
            self.faults[fault] += 1
            self.guilty.setdefault(fault, content)
        taken_s = time.thread_time() - began
        self.inputs += 1
        if taken_s > self.slowest_s:
            self.slowest_s, self.slowest = taken_s, content


def feed_round(target: Target, fed: Fed, inputs: int) -> None:
    """Feed a parser some inputs that Hypothesis draws anew each time."""

    @settings(
        max_examples=inputs,
        database=None,
        deadline=None,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    @given(content=target.inputs())
    def run(content: bytes) -> None:
        fed.feed(target, content)

    run()


def main() -> None:
    """Feed all parsers in turn, and print what became of it."""
    arguments = argparse.ArgumentParser(prog="python -m tests.bench.fuzz")
    arguments.add_argument("--inputs", type=int, required=True, help="for each parser")
    arguments.add_argument("--minutes", type=float, default=float("inf"), help="begin no round after that")
    asked = arguments.parse_args()
    warnings.simplefilter("ignore", HypothesisWarning)
    until = time.monotonic() + asked.minutes * 60
    fed = {name: Fed() for name in TARGETS}
    for target in TARGETS.values():  # whole ones, so that no damaged one is charged with an import
        for payload in target.payloads():
            Fed().feed(target, payload)
    for start in range(0, asked.inputs, ROUND):
        for name, target in TARGETS.items():
            if time.monotonic() < until:
                feed_round(target, fed[name], min(ROUND, asked.inputs - start))
    sys.exit(1 if _say(fed) else 0)


def _say(fed: dict[str, Fed]) -> int:
    """Print a line for each parser and one for all, and return how many exceptions nobody handled."""
    folder = Path(tempfile.mkdtemp(prefix="fuzz-"))
    for name, one in fed.items():
        kept = folder / f"{name.replace(' ', '-')}.slowest"
        kept.write_bytes(one.slowest)
        number = one.faults.total()
        print(f"{name}: {one.inputs} inputs, {number} unhandled, slowest {one.slowest_s:.3f} s ({kept})")
        for place, (fault, times) in enumerate(one.faults.items()):
            guilty = kept.with_suffix(f".{place}")
            guilty.write_bytes(one.guilty[fault])
            print(f"  {times} times {fault} ({guilty})")
    unhandled = sum(one.faults.total() for one in fed.values())
    print(f"all: {sum(one.inputs for one in fed.values())} inputs, {unhandled} unhandled")
    return unhandled


if __name__ == "__main__":
    main()
