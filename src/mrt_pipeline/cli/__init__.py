"""The command line: parse arguments, call, choose the exit code.

A process that imports this package is a command, and is set up as one; who imports the orchestrator is not.
"""

import gc
import os

# What a command makes lives as long as the command, from its first import on: to look for cycles after each
# 700 new objects, as Python does by itself, would take a tenth of a run.
gc.set_threshold(1_000_000, 50, 100)
# No command does linear algebra, whose threads take a tenth of a second of processor time to start.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from mrt_pipeline.cli.app import main, run_main  # noqa: E402 # importing is part of what is meant above

__all__ = ["main", "run_main"]
