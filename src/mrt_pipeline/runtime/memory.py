"""Whether this process may have the memory that a run needs, asked before anything large is loaded."""

from __future__ import annotations

import resource

from mrt_pipeline.errors import OutOfMemoryError

LEAST_MIB = {resource.RLIMIT_AS: 1024, resource.RLIMIT_DATA: 512}
"""a run of every source uses some 150; threads and libraries reserve addresses that they never use"""


def refuse_small_memory() -> None:
    """Raise ``OutOfMemoryError`` if a limit leaves this process less than a run of every source needs.

    Libraries in C and Rust that get no memory end the process without a word, or wait for ever.
    """
    for kind, least_mib in LEAST_MIB.items():
        allowed, _ = resource.getrlimit(kind)
        if 0 <= allowed < least_mib * 2**20:
            name = "-v" if kind == resource.RLIMIT_AS else "-d"
            raise OutOfMemoryError(f"ulimit {name} leaves this process {allowed // 2**20} MiB", least_mib)
