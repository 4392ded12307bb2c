"""Measure stage 1 as the network grows; run as ``python -m tests.bench.stage1 [TIMES …]``.

Each size runs in its own process, so that peak memory is separate. Inputs are made before the
measurement of processor time starts.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import time
from datetime import date

from mrt_pipeline.stages.ingestion import ingest
from tests.fakes.synthetic_network import synthetic_inputs

DAY = date(2026, 11, 23)
SIZES = (1, 10, 100)


def measure(times: int) -> str:
    """Return a line with the measurements of stage 1 for a multiple of the real size, imports included."""
    network, exits, locations = synthetic_inputs(times)
    before_mb = _peak_mb()
    began = time.process_time()
    made = ingest(network, DAY, exits, locations)
    seconds = time.process_time() - began
    count = len(made.stations)
    kept = sum(len(station.exits) for station in made.stations)
    kb_a_station = (_peak_mb() - before_mb) * 1024 / count
    return (
        f"{times:4} times: {count:7} stations, {kept:7} exits, {seconds:7.2f} s, "
        f"{seconds / count * 1e6:6.0f} µs and {kb_a_station:6.1f} kB per station"
    )


def main() -> None:
    """Print a line for each size."""
    for times in sys.argv[1:] or map(str, SIZES):
        command = [
            sys.executable,
            "-c",
            f"from tests.bench.stage1 import measure; print(measure({int(times)}))",
        ]
        subprocess.run(command, check=True)


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
