"""Measure a live run against services on this machine: ``python -m tests.bench.live [LATENCY_MS …]``.

The services are those of ``tests/fakes/live_world.py`` with every bus service, in this process: wall time
includes them, processor time is that of the command alone. An unchanged run is a new run after a complete
one.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

from tests.bench.processes import COMMAND, Measured, measure, say
from tests.fakes import live_world
from tests.fakes.http_server import Handler, RawReply, Reply, SeenRequest
from tests.fakes.live_world import LiveWorld

DAY = "2026-11-23"
LATENCIES_MS = (0, 50)
RUNS = 3
SOURCES = "[lta_datamall, lta_lifts, network, mrtdown, sbs_transit, official_places, fandom_wiki]"
RUN = (COMMAND, "run", "--as-of", DAY)


def main() -> None:
    """Print the figures of each latency."""
    live_world.EVERY_NTH_SERVICE = 1
    for latency in map(int, sys.argv[1:] or LATENCIES_MS):
        with LiveWorld() as world, tempfile.TemporaryDirectory() as folder:
            for server in world.servers.values():
                server.handler = _delayed(server.handler, latency / 1000)
            measure_live(world, Path(folder), latency)


def measure_live(world: LiveWorld, folder: Path, latency: int) -> None:
    """Print the figures of each kind of run, made in turn in the same folders."""
    variables = {**world.variables, "MRT_PIPELINE__STAGES__STAGE2_ENRICHMENT__SOURCES": SOURCES}

    def take(label: str, *flags: str) -> Measured:
        for server in world.servers.values():
            server.requests.clear()
        measured = measure(
            [*RUN, *flags],
            RUNS,
            lambda number: folder / str(number),
            variables | {"MRT_PIPELINE_CACHE": "cache"},
        )
        asked = sum(len(server.requests) for server in world.servers.values()) / RUNS
        say(f"{label}, {latency} ms, {asked:.0f} requests", measured)
        return measured

    take("cold")
    unchanged = take("unchanged")
    take("resumed", "--resume-from", "2")
    nothing = take("--skip-existing", "--skip-existing")
    ratio = unchanged.times_yardstick / nothing.times_yardstick
    print(f"an unchanged run takes {ratio:.1f} times the processor time of --skip-existing")


def _delayed(handler: Handler, seconds: float) -> Handler:
    def handle(request: SeenRequest) -> Reply | RawReply:
        time.sleep(seconds)
        return handler(request)

    return handle


if __name__ == "__main__":
    main()
