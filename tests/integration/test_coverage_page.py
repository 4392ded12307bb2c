"""``docs/coverage.md`` and the README say what the default run gives."""

from __future__ import annotations

from pathlib import Path

import pytest

from mrt_pipeline.contracts.outputs import Stage3Output
from mrt_pipeline.explain.coverage_page import render_coverage, render_readme

ROOT = Path(__file__).parents[2]


@pytest.mark.slow
def test_the_page_of_figures_is_that_of_the_default_run(default_dataset: Stage3Output) -> None:
    """If this fails: run --as-of 2026-11-23, then ``mrt-pipeline coverage RUN > docs/coverage.md``."""
    assert (ROOT / "docs/coverage.md").read_text("utf-8") == render_coverage(default_dataset)


@pytest.mark.slow
def test_the_readme_shows_what_is_unknown_and_how_old_each_source_is(default_dataset: Stage3Output) -> None:
    """If this fails, put the tables there that ``mrt-pipeline coverage RUN --short`` prints of such a run."""
    assert render_readme(default_dataset) in (ROOT / "README.md").read_text("utf-8")
