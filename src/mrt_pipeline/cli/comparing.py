"""``mrt-pipeline diff``: the changes from one dataset to another."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from mrt_pipeline.cli.outputs import outputs_of, warn_of_damaged, warn_of_unvouched
from mrt_pipeline.cli.printing import say, say_json, section
from mrt_pipeline.compare.comparison import compare_datasets
from mrt_pipeline.compare.wording import describe, headline
from mrt_pipeline.contracts.comparison import Comparison
from mrt_pipeline.errors import EXIT_FAILURE, UsageError
from mrt_pipeline.history.datasets import LoadedDataset, choose_successful, load_dataset, load_run
from mrt_pipeline.history.runs import read_history
from mrt_pipeline.runtime.files import real_path, to_json


def show_differences(
    old: str | None, new: str | None, config: Path | None, *, as_json: bool, exit_code: bool
) -> int:
    """Print the changes between two datasets and return the exit code: 0, or 1 if requested and they differ.

    Args:
        old: the older dataset; None: the last but one successful run.
        new: the newer dataset; None: the last successful run.
        config: configuration with the folder of runs.
        as_json: whether to print the comparison as JSON.
        exit_code: whether differences give exit code 1.
    """
    before, after = _load(old, new, config)
    warn_of_unvouched(before, after)
    comparison = compare_datasets(before.dataset, after.dataset)
    if as_json:
        say_json(to_json(comparison))
    else:
        say(*_describe(before, after, comparison))
    return EXIT_FAILURE if exit_code and not comparison.is_same else 0


def _load(old: str | None, new: str | None, config: Path | None) -> tuple[LoadedDataset, LoadedDataset]:
    outputs = outputs_of(config, *((old, new) if old is not None and new is not None else ()))
    before = None if old is None else load_dataset(old, outputs)
    after = None if new is None else load_dataset(new, outputs)
    if before and after:
        return before, after
    history = read_history(outputs)
    warn_of_damaged(history)
    if before:
        [newest] = choose_successful(history, 1)
        if before.run is not None and real_path(before.run.folder) == real_path(newest.folder):
            raise UsageError(f"{old} is the newest successful run; name the run to compare it with as NEW.")
        return before, load_run(newest)
    newest, last_but_one = choose_successful(history, 2)
    return load_run(last_but_one), load_run(newest)


def _describe(before: LoadedDataset, after: LoadedDataset, comparison: Comparison) -> Iterator[str]:
    yield f"{before.name} (as of {comparison.old.as_of}) → {after.name} (as of {comparison.new.as_of})"
    yield headline(comparison)
    for told in describe(comparison):
        yield ""
        yield from section(told.title, told.lines)
