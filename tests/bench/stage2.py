"""Measure stage 2's engine as the network grows; run as ``python -m tests.bench.stage2 [SIZES …]``.

Sources are hand-made and answer at once, so that only the engine is measured: journal, merging, output.
Each size runs in its own process, so that peak memory is separate.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from mrt_pipeline.contracts.outputs import ModelUsage, StationEnrichment
from mrt_pipeline.stages.enrichment.journal import JournalRow, open_journal
from mrt_pipeline.stages.enrichment.keys import StationKey
from tests.fakes.enrichment_sources import LandmarkSource, make_context, make_line, make_stage
from tests.fakes.network_builder import NOW, make_stage1

SIZES = (184, 1_840, 18_400)
"""once, 10 and 100 times the network"""
ROW_BYTES = 6_000
"""about the size of a real station's row"""


def synthetic_rows(number: int) -> Iterator[JournalRow]:
    """Yield a number of rows of a real row's size, made one at a time."""
    for rank in range(number):
        failures = {"network": "x" * ROW_BYTES}
        enrichment = StationEnrichment(slug=f"station-{rank}", status="partial", failures=failures)
        yield JournalRow(StationKey("basis", {"network": "1"}), enrichment, ModelUsage(calls=1), 1)


def write_journal(folder: Path, number: int) -> int:
    """Write a number of rows, each committed, and return how many are found again."""
    with open_journal(folder, now=NOW, notify=print, is_costly=False) as journal:
        for row in synthetic_rows(number):
            journal.commit(row)
    with open_journal(folder, now=NOW, notify=print, is_costly=False) as journal:
        return sum(journal.find(f"station-{rank}") is not None for rank in range(number))


def run_stage(folder: Path, number: int) -> int:
    """Run stage 2 over a number of stations with two sources, and return how many were enriched."""
    stations = make_line(number)
    stage = make_stage(make_context(folder), LandmarkSource("fandom_wiki"), LandmarkSource("network"))
    return len(stage.execute(make_stage1(stations)).enrichments)


def measure(what: str, number: int) -> str:
    """Return a line with the measurements of one of the two, inputs included."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        count = {"journal": write_journal, "stage": run_stage}[what](Path(folder), number)
    seconds = time.monotonic() - began
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return (
        f"{what:8} {count:7} stations, {seconds:7.2f} s, {seconds / number * 1e6:6.0f} µs per station, "
        f"{peak_mb:5.0f} MB"
    )


def main() -> None:
    """Print a line for each size of both."""
    for what in ("journal", "stage"):
        for number in sys.argv[1:] or map(str, SIZES):
            script = f"from tests.bench.stage2 import measure; print(measure({what!r}, {int(number)}))"
            subprocess.run([sys.executable, "-c", script], check=True)


if __name__ == "__main__":
    main()
