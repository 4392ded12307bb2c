"""``mrt-pipeline coverage``: what is known of exits, from whom, and how old that is."""

from __future__ import annotations

from pathlib import Path

from mrt_pipeline.cli.outputs import outputs_of, warn_of_unvouched
from mrt_pipeline.cli.printing import say
from mrt_pipeline.explain.coverage_page import render_coverage, render_readme
from mrt_pipeline.history.datasets import load_dataset


def show_coverage(run: str, config: Path | None, *, is_short: bool) -> None:
    """Print the page of figures of a dataset as Markdown.

    Args:
        run: name or path of a run, ``latest``, or path of a dataset's file.
        config: says where runs lie.
        is_short: whether to print only the tables that the README shows.
    """
    loaded = load_dataset(run, outputs_of(config, run))
    warn_of_unvouched(loaded)
    page = render_readme(loaded.dataset) if is_short else render_coverage(loaded.dataset)
    say(*page.splitlines())
