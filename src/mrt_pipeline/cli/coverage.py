"""``mrt-pipeline coverage``: what is known of exits, from whom, and how old that is."""

from __future__ import annotations

from pathlib import Path

from mrt_pipeline.cli.outputs import outputs_of, warn_of_unvouched
from mrt_pipeline.cli.printing import say, say_json
from mrt_pipeline.explain.coverage_page import coverage_object, render_coverage, render_readme
from mrt_pipeline.history.datasets import load_dataset
from mrt_pipeline.runtime.files import to_json


def show_coverage(run: str, config: Path | None, *, is_short: bool, as_json: bool) -> None:
    """Print the figures of a dataset.

    Args:
        run: name or path of a run, ``latest``, or path of a dataset's file.
        config: says where runs lie.
        is_short: whether to print only the figures that the README shows.
        as_json: whether to print one JSON object instead of Markdown.
    """
    loaded = load_dataset(run, outputs_of(config, run))
    warn_of_unvouched(loaded)
    if as_json:
        say_json(to_json(coverage_object(loaded.dataset, is_short=is_short)))
        return
    page = render_readme(loaded.dataset) if is_short else render_coverage(loaded.dataset)
    say(*page.splitlines())
