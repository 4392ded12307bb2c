"""Feed every parser with damaged payloads: ``python -m tests.bench.fuzz --inputs N [--minutes M]``.

Prints a line for each parser: the number of inputs, the number of faults (expected: 0), the processor time of
the slowest input, and how to repeat it. A fault is an unhandled exception or an answer that takes too long;
the first input of each kind is kept and reported at once. ``--again PARSER NUMBER`` feeds only that input.
Exits with 1 if there was any fault.
"""

from __future__ import annotations

import argparse
import shlex
import sys
import tempfile
import time
import traceback
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from tests.fuzz.parsers import TARGETS, HangError, Target

ROUND = 100
"""inputs to one parser before it is the next one's turn"""
SAY_EVERY_S = 60.0


@dataclass
class Fed:
    """The results of one parser's inputs."""

    target: Target
    seed: int
    kept_in: Path
    inputs: int = 0
    seconds: float = 0.0
    slowest_s: float = 0.0
    slowest: int = 0
    faults: Counter[str] = field(default_factory=Counter)
    """how often each occurred, by its kind and the line that raised it"""

    def feed(self, number: int) -> None:
        """Feed the parser once."""
        content = self.target.input(self.seed, number)
        began = time.thread_time()
        try:
            self.target.check(content)
        except (Exception, HangError) as error:  # noqa: BLE001 # these are what the test looks for
            self._keep(_place_of(error), number, content)
        taken_s = time.thread_time() - began
        self.inputs += 1
        self.seconds += taken_s
        if taken_s > self.slowest_s:
            self.slowest_s, self.slowest = taken_s, number

    def again(self, number: int) -> str:
        """Return the command line that repeats an input."""
        words = ("--seed", str(self.seed), "--again", self.target.name, str(number))
        return f"python -m tests.bench.fuzz {shlex.join(words)}"

    def _keep(self, fault: str, number: int, content: bytes) -> None:
        if fault not in self.faults:
            kept = self.kept_in / f"{self.target.name.replace(' ', '-')}-{number}"
            kept.write_bytes(content)
            print(f"{self.target.name}: {fault}\n  {kept}\n  {self.again(number)}", flush=True)
        self.faults[fault] += 1


def _place_of(error: BaseException) -> str:
    """Return what was raised and where, which is equal for all inputs with the same fault."""
    last = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__} at {Path(last.filename).name}:{last.lineno}"


def main() -> None:
    """Feed all parsers in turn, and print the results."""
    arguments = argparse.ArgumentParser(prog="python -m tests.bench.fuzz")
    arguments.add_argument("--inputs", type=int, default=1000, help="for each parser")
    arguments.add_argument("--minutes", type=float, default=float("inf"), help="begin no round after that")
    arguments.add_argument("--seed", type=int, default=1, help="of other inputs")
    arguments.add_argument("--again", nargs=2, metavar=("PARSER", "NUMBER"), help="feed one input alone")
    asked = arguments.parse_args()
    if asked.again:
        parser, number = asked.again
        _feed_again(TARGETS[parser], asked.seed, int(number))
        return
    kept_in = Path(tempfile.mkdtemp(prefix="fuzz-"))
    fed = [Fed(target, asked.seed, kept_in) for target in TARGETS.values()]
    for target in TARGETS.values():  # with valid payloads, so that no damaged one is charged with an import
        for payload in target.payloads:
            target.check(payload)
    feed_all(fed, asked.inputs, time.monotonic() + asked.minutes * 60)
    for one in fed:
        print(_line(one))
    print(_sum(fed))
    sys.exit(1 if any(one.faults for one in fed) else 0)


def feed_all(fed: list[Fed], inputs: int, until: float) -> None:
    """Give each parser its inputs, in rounds, and report progress every minute."""
    say_at = time.monotonic() + SAY_EVERY_S
    for start in range(0, inputs, ROUND):
        for one in fed:
            if time.monotonic() > until:
                return
            for number in range(start, min(start + ROUND, inputs)):
                one.feed(number)
        if time.monotonic() > say_at:
            print(_sum(fed), flush=True)
            say_at = time.monotonic() + SAY_EVERY_S


def _feed_again(target: Target, seed: int, number: int) -> None:
    content = target.input(seed, number)
    sys.stdout.write(f"{content!r}\n")
    print(f"{target.check(content):.3f} s")


def _line(one: Fed) -> str:
    return (
        f"{one.target.name}: {one.inputs} inputs in {one.seconds:.1f} s, {one.faults.total()} faults, "
        f"slowest {one.slowest_s:.3f} s ({one.again(one.slowest)})"
    )


def _sum(fed: list[Fed]) -> str:
    inputs, faults = sum(one.inputs for one in fed), sum(one.faults.total() for one in fed)
    seconds, slowest_s = sum(one.seconds for one in fed), max(one.slowest_s for one in fed)
    return f"all: {inputs} inputs in {seconds:.1f} s, {faults} faults, slowest {slowest_s:.3f} s"


if __name__ == "__main__":
    main()
