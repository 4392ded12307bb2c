"""The process behind ``mrt-pipeline`` and ``python -m mrt_pipeline``."""

from __future__ import annotations

import contextlib
import os
import sys
from typing import NoReturn

from mrt_pipeline.errors import EXIT_INTERRUPTED


def main() -> NoReturn:
    """Run the command line and end the process with its exit code."""
    try:
        from mrt_pipeline import cli

        cli.main()
    except KeyboardInterrupt:  # while the program was still loading
        _leave(EXIT_INTERRUPTED)
    except SystemExit as end:
        if isinstance(end.code, str):
            raise
        _leave(end.code or 0)


def _leave(code: int) -> NoReturn:
    """End at once: freeing a run's objects one by one would take a tenth of its time."""
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError, AttributeError):  # a closed terminal, or none
            stream.flush()
    os._exit(code)


if __name__ == "__main__":
    main()
