"""Stage 2 in a separate process, for tests that kill it: ``python -m tests.integration.stage2_process``.

Arguments: the run's folder, a file that gets a line for each station requested, and how the process ends:
``whole``, ``ask:7`` (killed when it requests the seventh), ``commit:7`` (killed after the seventh row),
``size:90000`` (no file may grow beyond this many bytes).
"""

from __future__ import annotations

import os
import resource
import signal
import sys
import threading
from itertools import count
from pathlib import Path

from mrt_pipeline.contracts.network import Station
from mrt_pipeline.errors import MrtPipelineError
from tests.fakes.enrichment_sources import LandmarkSource, SeenReporter, make_context, make_line, make_stage
from tests.fakes.network_builder import make_stage1

STATIONS = 60
TOGETHER = 4


class Side:
    """The file of requested stations, written line by line so that it survives the process."""

    def __init__(self, path: Path, last: int | None) -> None:
        self._file = path.open("a", buffering=1)
        self._lock = threading.Lock()
        self._numbers = count(1)
        self._last = last

    def take(self, station: Station) -> None:
        """Record a station, and end the process if it was the last."""
        with self._lock:
            self._file.write(f"{station.slug}\n")
            if next(self._numbers) == self._last:
                _kill()


class KillingReporter(SeenReporter):
    """Ends the process once a number of rows are committed."""

    def __init__(self, last: int | None) -> None:
        super().__init__()
        self._last = last

    def progress(self, done: int, total: int, details: str = "") -> None:
        """End the process if this was the last step."""
        if done == self._last:
            _kill()


def run(folder: Path, calls: Path, ending: str) -> None:
    """Run stage 2 to its configured end."""
    how, _, number = ending.partition(":")
    last = {how: int(number)} if number else {}
    if how == "size":
        limit = last["size"]
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
    side = Side(calls, last.get("ask"))
    source = LandmarkSource("fandom_wiki", before=side.take)
    context = make_context(folder, reporter=KillingReporter(last.get("commit")), batch_size=TOGETHER)
    stage = make_stage(context, source, is_remote=True)
    output = stage.execute(make_stage1(make_line(STATIONS)))
    stage.save_checkpoint(output, folder)


def _kill() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    try:
        run(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3])
    except MrtPipelineError as error:
        sys.exit(f"{type(error).__name__}: {error}")
