"""A page's HTML, read whole: its text, what rules read in it, and what they could not read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mrt_pipeline.contracts.base import Record
from mrt_pipeline.contracts.claims import HeadedValue
from mrt_pipeline.extraction.candidates import Candidate

if TYPE_CHECKING:
    from mrt_pipeline.extraction.place_names import PlaceNames
    from mrt_pipeline.extraction.rules.headers import Vocabulary


class PageReading(Record):
    """What reading a page yields, before it is grounded."""

    text: str
    candidates: tuple[Candidate, ...]
    passages: tuple[tuple[int, int], ...]
    unknown_heads: tuple[tuple[str, int], ...] = ()
    headed: tuple[HeadedValue, ...] = ()


def read_html(html: str, title: str, names: PlaceNames, vocabulary: Vocabulary | None = None) -> PageReading:
    """Return what a page's HTML is read as; with the package's vocabulary if no other is given."""
    from mrt_pipeline.extraction.page_text import read_page_text
    from mrt_pipeline.extraction.rules.page_rules import read_page

    page = read_page_text(html, title)
    reading = read_page(page, names, vocabulary)
    return PageReading(
        text=page.text,
        candidates=reading.candidates,
        passages=reading.passages,
        unknown_heads=reading.unknown_heads,
        headed=reading.headed,
    )
