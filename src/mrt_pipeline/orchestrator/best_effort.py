"""Report on a run without ever changing how it ends.

Alerts run third-party code (Apprise, its libraries and the services it talks to), which may raise anything;
and a complete dataset must not be lost to a fault in what reports it, ours included. So here every
``Exception`` becomes a warning on the console and in the run's log. For an unforeseen one it gives the type
and the place, never the text: a library may quote the address of a channel there, which is a secret.
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


def best_effort(action: Callable[[], None], loss: str, reporter: Reporter, log: RunLog | None) -> bool:
    """Do something that must not end the run, and return whether it succeeded.

    Args:
        action: the action.
        loss: what is not reported if it fails, as the first half of a sentence.
        reporter: receives the warning.
        log: the run's log, if it exists yet.
    """
    try:
        action()
    except Exception as error:  # noqa: BLE001 # third-party code may raise anything: see the module docstring
        fault = f"{loss}: {_describe(error)}"
        reporter.warn(fault)
        if log is not None:
            log.warning("telling failed", fault=fault)
        return False
    return True


def _describe(error: Exception) -> str:
    """Return the message of our own errors; for others, type and place."""
    if isinstance(error, MrtPipelineError):
        return str(error)
    frames = traceback.extract_tb(error.__traceback__)
    place = f" ({Path(frames[-1].filename).name}, line {frames[-1].lineno})" if frames else ""
    return f"an unexpected {type(error).__name__}{place}."
