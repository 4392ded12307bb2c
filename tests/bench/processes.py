"""Measure commands as whole processes, each together with a yardstick run just before it.

A shared machine may be twice as slow from one moment to the next; the ratio of a command to the yardstick
remains comparable.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

COMMAND = str(Path(sys.executable).with_name("mrt-pipeline"))
CONFIG = Path(__file__).parents[2] / "config" / "pipeline.yaml"
YARDSTICK = (sys.executable, "-c", "import json\nfor n in range(300_000): json.loads(json.dumps([n]))")
BLOCK_BYTES = 512


@dataclass(frozen=True)
class Sample:
    """The measurements of one process."""

    wall_s: float
    cpu_s: float
    peak_mb: float
    written_mb: float


@dataclass(frozen=True)
class Measured:
    """The measurements of several runs of one command, and of the yardstick before each."""

    samples: Sequence[Sample]
    yardsticks: Sequence[Sample]

    @property
    def wall_s(self) -> float:
        """Return the median."""
        return statistics.median(sample.wall_s for sample in self.samples)

    @property
    def times_yardstick(self) -> float:
        """Return the processor time as a multiple of the yardstick's, the median of pairs."""
        pairs = zip(self.samples, self.yardsticks, strict=True)
        return statistics.median(sample.cpu_s / yardstick.cpu_s for sample, yardstick in pairs)

    def __str__(self) -> str:
        walls = [sample.wall_s for sample in self.samples]
        cpu_s = statistics.median(sample.cpu_s for sample in self.samples)
        peak_mb, written_mb = (
            max(getattr(sample, name) for sample in self.samples) for name in ("peak_mb", "written_mb")
        )
        return (
            f"{self.wall_s:6.2f} s ({min(walls):.2f} to {max(walls):.2f})  {cpu_s:5.2f} s CPU = "
            f"{self.times_yardstick:5.2f} yardsticks  {peak_mb:4.0f} MB, {written_mb:5.1f} MB written"
        )


def measure(
    arguments: Sequence[str],
    runs: int,
    place_of: Callable[[int], Path],
    variables: Mapping[str, str] | None = None,
) -> Measured:
    """Run a command several times and return its measurements.

    Args:
        arguments: the command line.
        runs: how often.
        place_of: returns the folder for a run's number.
        variables: environment variables, in addition to those of this process.
    """
    environment = {**os.environ, "PIPELINE_CONFIG": str(CONFIG), **(variables or {})}
    samples, yardsticks = [], []
    for number in range(runs):
        place = place_of(number)
        place.mkdir(parents=True, exist_ok=True)
        yardsticks.append(run(YARDSTICK, place, environment))
        samples.append(run(arguments, place, environment))
    return Measured(samples, yardsticks)


def run(arguments: Sequence[str], place: Path, environment: Mapping[str, str]) -> Sample:
    """Run a command once; one that fails ends the benchmark."""
    began = time.monotonic()
    process = subprocess.Popen(
        arguments, cwd=place, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    _, status, usage = os.wait4(process.pid, 0)
    wall_s = time.monotonic() - began
    if (code := os.waitstatus_to_exitcode(status)) != 0:
        raise SystemExit(f"{' '.join(arguments)} ended with {code}")
    return Sample(
        wall_s,
        usage.ru_utime + usage.ru_stime,
        usage.ru_maxrss / 1024,
        usage.ru_oublock * BLOCK_BYTES / 1e6,
    )


def say(label: str, measured: Measured) -> None:
    """Print a line for a command."""
    print(f"{label:<50}{measured}", flush=True)
