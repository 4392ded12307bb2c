"""Where runs are, for commands that only read them."""

from __future__ import annotations

from pathlib import Path

from mrt_pipeline.cli.printing import warn
from mrt_pipeline.history.datasets import LoadedDataset, load_dataset
from mrt_pipeline.history.runs import History, is_path


def outputs_of(config: Path | None, *names: str) -> Path:
    """Return the folder of all runs; no configuration is read if all names given are paths."""
    if names and all(map(is_path, names)):
        return Path()
    from mrt_pipeline.config import PipelineConfig, find_config

    return Path(PipelineConfig(find_config(config)).settings.output.directory)


def load_named(name: str, config: Path | None) -> LoadedDataset:
    """Return the dataset that a command names, and report if its bytes could not be verified.

    Args:
        name: name or path of a run, ``latest``, or path of a dataset's file.
        config: configuration with the folder of runs.
    """
    loaded = load_dataset(name, outputs_of(config, name))
    warn_of_unvouched(loaded)
    return loaded


def warn_of_unvouched(*loaded: LoadedDataset) -> None:
    """Report the datasets that no manifest verifies."""
    for found in loaded:
        if found.doubt:
            warn(found.doubt)


def warn_of_damaged(history: History) -> None:
    """Report the folders with an unreadable manifest."""
    for damaged in history.damaged:
        warn(damaged.fault)
