"""How long the commands that a person waits for take, and how much memory: ``-m tests.bench.commands``.

Each command runs in a process of its own, several times; the median is shown, and the largest peak memory.
"""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

RUNS = 7
HISTORY = 100
COMMAND = str(Path(sys.executable).with_name("mrt-pipeline"))
CONFIG = Path(__file__).parents[2] / "config" / "pipeline.yaml"


@dataclass(frozen=True)
class Measured:
    """What some runs of one command took."""

    wall_s: list[float]
    peak_mb: float

    def __str__(self) -> str:
        fastest, slowest = min(self.wall_s), max(self.wall_s)
        median = statistics.median(self.wall_s)
        return f"{median:6.2f} s  ({fastest:.2f} to {slowest:.2f})  {self.peak_mb:5.0f} MB"


def measure(arguments: list[str], folder: Path, *, is_cold: bool = False) -> Measured:
    """Run a command several times and return its wall times and its peak resident memory.

    Args:
        arguments: the command line.
        folder: the working folder.
        is_cold: whether each run finds an empty working folder, a new one in ``folder``.
    """
    environment = {**os.environ, "PIPELINE_CONFIG": str(CONFIG)}
    walls, peaks = [], []
    for number in range(RUNS):
        place = folder / f"cold-{number}" if is_cold else folder
        place.mkdir(exist_ok=True)
        began = time.monotonic()
        process = subprocess.Popen(
            arguments, cwd=place, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        _, status, usage = os.wait4(process.pid, 0)
        walls.append(time.monotonic() - began)
        peaks.append(usage.ru_maxrss / 1024)
        if os.waitstatus_to_exitcode(status) != 0:
            raise SystemExit(f"{' '.join(arguments)} ended with {os.waitstatus_to_exitcode(status)}")
    return Measured(walls, max(peaks))


def make_history(folder: Path) -> None:
    """Put as many runs into ``outputs/`` as a long-lived pipeline has: two that differ, over and over."""
    for day in ("2026-07-11", "2026-07-13"):
        command = [COMMAND, "run", "--as-of", day, "--output-dir", f"outputs/{day}"]
        environment = {**os.environ, "PIPELINE_CONFIG": str(CONFIG)}
        subprocess.run(command, cwd=folder, env=environment, check=True, capture_output=True)
    for number in range(HISTORY - 2):
        day = "2026-07-11" if number % 2 else "2026-07-13"
        copy = folder / "outputs" / f"20260101_{number:06d}"
        shutil.copytree(folder / "outputs" / day, copy, copy_function=os.link)


def main() -> None:
    """Print a line for each command."""
    print(f"Python {sys.version.split()[0]}, {os.cpu_count()} cores, median of {RUNS} runs, peak memory")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _say("mrt-pipeline run (cold, snapshot)", measure([COMMAND, "run"], folder, is_cold=True))
        again = [COMMAND, "run", "--skip-existing"]
        _say("mrt-pipeline run --skip-existing (nothing to do)", measure(again, folder / "cold-0"))
        _say("mrt-pipeline --help", measure([COMMAND, "--help"], folder))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        make_history(folder)
        for command in (["plan"], ["runs"], ["show", "latest"], ["diff"]):
            _say(f"mrt-pipeline {' '.join(command)} ({HISTORY} runs)", measure([COMMAND, *command], folder))


def _say(label: str, measured: Measured) -> None:
    print(f"{label:<52}{measured}")


if __name__ == "__main__":
    main()
