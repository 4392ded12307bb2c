"""Tell of a run without ever changing how it ends.

Alerts are told through the code of others (Apprise, what it is made of and what it talks to), which may raise
anything; and a dataset that is whole must not be lost to a fault in what tells of it, ours included. So at
these borders every ``Exception`` becomes a warning on the console and in the run's log. Of an unforeseen one
it gives the type and the place, never its text: a library may quote the address of a channel there, which is
a secret.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from mrt_pipeline.errors import MrtPipelineError

if TYPE_CHECKING:
    from mrt_pipeline.runtime.reporting import Reporter
    from mrt_pipeline.runtime.run_log import RunLog


def best_effort(tell: Callable[[], None], loss: str, reporter: Reporter, log: RunLog | None) -> bool:
    """Do something that must not end the run, and return whether it went well.

    Args:
        tell: what to do.
        loss: what is not told if it fails, as the first half of a sentence.
        reporter: who hears of a failure.
        log: the run's log, once there is one.
    """
    try:
        tell()
    except Exception as error:  # noqa: BLE001 # the code of others may raise anything: see the module
        fault = f"{loss}: {_describe(error)}"
        reporter.warn(fault)
        if log is not None:
            log.warning("telling failed", fault=fault)
        return False
    return True


def _describe(error: Exception) -> str:
    """Return our own errors in their words, any other one by its type and place."""
    if isinstance(error, MrtPipelineError):
        return str(error)
    frames = traceback.extract_tb(error.__traceback__)
    place = f" ({Path(frames[-1].filename).name}, line {frames[-1].lineno})" if frames else ""
    return f"an unexpected {type(error).__name__}{place}."
