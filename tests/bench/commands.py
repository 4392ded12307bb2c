"""How long the commands that a person waits for take, and how much memory: ``-m tests.bench.commands``.

Each command runs in a process of its own, several times; the median is shown, and the largest peak memory.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

RUNS = 7
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


def measure(arguments: list[str], folder: Path, runs: int = RUNS) -> Measured:
    """Run a command several times and return its wall times and its peak resident memory."""
    environment = {**os.environ, "PIPELINE_CONFIG": str(CONFIG)}
    walls, peaks = [], []
    for _ in range(runs):
        began = time.monotonic()
        process = subprocess.Popen(
            arguments, cwd=folder, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        _, status, usage = os.wait4(process.pid, 0)
        walls.append(time.monotonic() - began)
        peaks.append(usage.ru_maxrss / 1024)
        if os.waitstatus_to_exitcode(status) != 0:
            raise SystemExit(f"{' '.join(arguments)} ended with {os.waitstatus_to_exitcode(status)}")
    return Measured(walls, max(peaks))


def main() -> None:
    """Print a line for each command."""
    print(f"Python {sys.version.split()[0]}, {os.cpu_count()} cores, median of {RUNS} runs, peak memory")
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        for label, arguments in (
            ("mrt-pipeline run (cold, snapshot)", ["run"]),
            ("mrt-pipeline run --skip-existing (nothing to do)", ["run", "--skip-existing"]),
            ("mrt-pipeline --help", ["--help"]),
        ):
            print(f"{label:<52}{measure([COMMAND, *arguments], place)}")


if __name__ == "__main__":
    main()
