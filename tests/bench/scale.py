"""The whole program on large networks; run as ``python -m tests.bench.scale [--folder DIR] [TIMES …]``.

Prints the measurements of each command for several copies of the real network side by side
(``large_network.py``), also per station. 544 copies have 100,000 stations.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path

from tests.bench.large_network import STATIONS, make_package
from tests.bench.processes import run

DAYS = ("2026-11-22", "2026-11-23")
PROGRAM = (sys.executable, "-m", "mrt_pipeline")
COMMANDS = (
    ("run", "--as-of", DAYS[0], "--output-dir", "before"),
    ("run", "--as-of", DAYS[1], "--output-dir", "after"),
    ("run", "--as-of", DAYS[1], "--output-dir", "after", "--skip-existing"),
    ("validate", "after/stage3_final.json"),
    ("diff", "before", "after"),
    ("explain", "yishun", "--field", "step_free", "--run", "after"),
)


def measure(times: int, folder: Path) -> None:
    """Print a line for each command on a network of a multiple of the real size."""
    config = make_package(times, folder)
    variables = {**os.environ, "PYTHONPATH": str(folder), "PIPELINE_CONFIG": str(config)}
    stations = times * STATIONS
    for command in COMMANDS:
        took = run((*PROGRAM, *command), folder, variables)
        print(
            f"{stations:7} stations  {' '.join(command):<58}"
            f"{took.cpu_s:8.1f} s CPU, {took.peak_mb:7.0f} MB, {took.written_mb:7.0f} MB written; "
            f"per station: {took.cpu_s / stations * 1e3:6.2f} ms, {took.peak_mb / stations * 1e3:5.0f} kB",
            flush=True,
        )
    for path in sorted((folder / "after").iterdir(), key=lambda path: -path.stat().st_size)[:8]:
        print(f"{path.stat().st_size / 1e6:9.1f} MB  {path.name}")


def main() -> None:
    """Measure each size in a new folder."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("times", nargs="*", type=int, default=[1, 10, 54])
    parser.add_argument("--folder", type=Path, help="where to work (default: the system's temporary folder)")
    given = parser.parse_args()
    for times in given.times:
        with tempfile.TemporaryDirectory(dir=given.folder) as folder:
            measure(times, Path(folder))


if __name__ == "__main__":
    main()
