"""The command line: parse arguments, call, choose the exit code.

A process that imports this package is a command, and is configured as one here; the orchestrator is not
affected.
"""

import gc
import os

# Objects live as long as the command: searching for cycles after every 700 new ones, Python's default, would
# take a tenth of a run.
gc.set_threshold(1_000_000, 50, 100)
# No command does linear algebra, whose threads take a tenth of a second of processor time to start.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from mrt_pipeline.cli.app import main, run_main  # noqa: E402 # the lines above must come first

__all__ = ["main", "run_main"]
