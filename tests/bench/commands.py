"""Measure time and memory of the commands that a person waits for: ``-m tests.bench.commands``."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.bench.processes import COMMAND, CONFIG, Measured, measure, say

RUNS = 7
HISTORY = 100


def make_history(folder: Path) -> None:
    """Fill ``outputs/`` with as many runs as a long-lived pipeline has, alternating between two datasets."""
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
        cold = measure([COMMAND, "run"], RUNS, lambda number: folder / f"cold-{number}")
        say("mrt-pipeline run (cold, snapshot)", cold)
        again = [COMMAND, "run", "--skip-existing"]
        say("mrt-pipeline run --skip-existing (nothing to do)", _measure_in(folder / "cold-0", again))
        say("mrt-pipeline --help", _measure_in(folder, [COMMAND, "--help"]))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        make_history(folder)
        for command in (["plan"], ["runs"], ["show", "latest"], ["diff"]):
            label = f"mrt-pipeline {' '.join(command)} ({HISTORY} runs)"
            say(label, _measure_in(folder, [COMMAND, *command]))


def _measure_in(folder: Path, command: list[str]) -> Measured:
    return measure(command, RUNS, lambda _number: folder)


if __name__ == "__main__":
    main()
