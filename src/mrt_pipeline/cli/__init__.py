"""The command line: parse arguments, call, choose the exit code."""

from mrt_pipeline.cli.app import main, run_main

__all__ = ["main", "run_main"]
