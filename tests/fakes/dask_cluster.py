"""A Dask cluster on loopback whose workers are processes of this machine that can be killed."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import dask
from distributed import Client, LocalCluster


@dataclass(frozen=True)
class Cluster:
    """A running cluster.

    Attributes:
        address: address of its scheduler.
        client: client connected to it.
    """

    address: str
    client: Any

    def pids(self) -> list[int]:
        """Return the process of each worker."""
        return list(self.client.run(os.getpid).values())


@contextlib.contextmanager
def running_cluster(number: int) -> Iterator[Cluster]:
    """Run a cluster for the duration of a block; a killed worker is not replaced."""
    settings = {"distributed.nanny.pre-spawn-environ.OMP_NUM_THREADS": 1, "logging.distributed": "critical"}
    with (
        dask.config.set(settings),
        LocalCluster(
            n_workers=number,
            threads_per_worker=1,
            host="127.0.0.1",
            dashboard_address="127.0.0.1:0",
            silence_logs=50,
        ) as cluster,
        Client(cluster, set_as_default=False) as client,
    ):
        yield Cluster(cluster.scheduler_address, client)
