"""Run ``mrt-pipeline evaluate`` on the project's own pages: their recorded HTML and the answer sheet.

python -m tests.real.wiki.evaluate
"""

from __future__ import annotations

import csv
import tempfile
from pathlib import Path

from mrt_pipeline.cli.evaluating import show_evaluation
from mrt_pipeline.contracts.network import AccessFeature
from mrt_pipeline.extraction.place_names import PlaceNames
from mrt_pipeline.network import load_network
from mrt_pipeline.orchestrator.evaluation import COLUMNS, SHEET
from tests.real.wiki.answers import Fact, read_sheet
from tests.real.wiki.render import read_rendered

_ACCESS = {feature.value for feature in AccessFeature} | {"yes", "no"}


def write_pages(folder: Path) -> None:
    """Write each page as HTML, and the sheet's rows about it as ``answers.csv``."""
    names, facts = PlaceNames.of(load_network()), read_sheet()
    rows: list[tuple[str, ...]] = []
    for number, (title, html) in enumerate(sorted(read_rendered().items())):
        page, slug = f"{number}.html", names.slug_of_title(title)
        (folder / page).write_text(html, "utf-8")
        rows += [
            (page, fact.slug, fact.exit_label, _field_of(fact), fact.value)
            for fact in sorted(facts)
            if fact.slug == slug
        ]
    with (folder / SHEET).open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([COLUMNS, *rows])


def _field_of(fact: Fact) -> str:
    if fact.exit_label == "*":
        return "platform"
    if fact.value in _ACCESS:
        return "access"
    return "bus_stop" if fact.value.isdigit() and len(fact.value) == 5 else "landmark"


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        write_pages(Path(name))
        show_evaluation(Path(name), None, None, as_json=False)
