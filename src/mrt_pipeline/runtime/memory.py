"""Check that memory limits allow the work ahead, before anything large is loaded."""

from __future__ import annotations

import resource
from enum import Enum

from mrt_pipeline.errors import OutOfMemoryError


class Need(Enum):
    """Memory that work needs: MiB of address space (``ulimit -v``) and of data (``-d``), as measured.

    Threads and libraries reserve addresses that they never use.
    """

    DATASET = (128, 96)
    """reading a dataset: 109 and 88 for two of them"""
    RUN = (256, 192)
    """a run from the recorded tables: 231 and 151"""
    GEOPARQUET = (512, 320)
    """its writer adapts to the available space: 512 and 300 were enough, address space of 300 was not"""
    LIVE_RUN = (1024, 512)
    """786 and 195; with processes that read pages 1002 and 219, where 256 for data was too little"""


def refuse_small_memory(need: Need) -> None:
    """Raise ``OutOfMemoryError`` if a limit leaves this process less than the work needs.

    Libraries in C and Rust that get no memory end the process silently, or wait for ever.
    """
    kinds = (("-v", resource.RLIMIT_AS), ("-d", resource.RLIMIT_DATA))
    for (flag, kind), least_mib in zip(kinds, need.value, strict=True):
        allowed, _ = resource.getrlimit(kind)
        if 0 <= allowed < least_mib * 2**20:
            raise OutOfMemoryError(f"ulimit {flag} leaves this process {allowed // 2**20} MiB", least_mib)
