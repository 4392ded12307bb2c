"""Keys that determine where pages are read: ``execution``."""

from __future__ import annotations

import multiprocessing
import os

from mrt_pipeline.errors import ConfigError
from mrt_pipeline.extraction.page_reading import open_reading
from mrt_pipeline.extraction.place_names import PlaceNames
from mrt_pipeline.extraction.rules.headers import load_vocabulary
from mrt_pipeline.network import load_network
from mrt_pipeline.runtime.workers import DaskWorkers, ProcessWorkers, workers_of
from tests.integration.config_keys.scene import Case, Changes, Scene

TITLE = "Yishun MRT Station"
PROCESSORS = os.cpu_count() or 1


def processes_that_read(scene: Scene, changes: Changes) -> int:
    """Return how many processes have been started once a page is read."""
    access = scene.access(changes)
    names = PlaceNames.of(load_network())
    read = open_reading(access.settings.execution, names, load_vocabulary(), access.close_with)
    assert read("<p>One.</p>", TITLE).text == "One.\n"
    number = len(multiprocessing.active_children())
    access.close()
    return number


def most_processes(scene: Scene, changes: Changes) -> int:
    """Return how many processes may be started."""
    workers = workers_of(scene.access(changes).settings.execution)
    assert isinstance(workers, ProcessWorkers)
    return workers.number


def scheduler_asked(scene: Scene, changes: Changes) -> str:
    """Return the address at which a cluster is contacted."""
    try:
        workers = workers_of(scene.access(changes).settings.execution)
    except ConfigError:
        return "refused"
    assert isinstance(workers, DaskWorkers)
    return workers.address


CASES = (
    Case("execution.reading", "processes", processes_that_read, 0, 1),
    Case(
        "execution.workers",
        PROCESSORS + 1,
        most_processes,
        PROCESSORS,
        PROCESSORS + 1,
        {"execution.reading": "processes"},
    ),
    Case(
        "execution.scheduler_address",
        "tcp://localhost:8786",
        scheduler_asked,
        "refused",
        "tcp://localhost:8786",
        {"execution.reading": "dask"},
    ),
)
