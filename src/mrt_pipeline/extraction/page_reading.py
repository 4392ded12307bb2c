"""A page's HTML, read whole: its text, what rules read in it, and what they could not read."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from mrt_pipeline.contracts.base import Record
from mrt_pipeline.contracts.claims import HeadedValue
from mrt_pipeline.extraction.candidates import Candidate

if TYPE_CHECKING:
    from mrt_pipeline.config.settings import ExecutionSection
    from mrt_pipeline.extraction.place_names import PlaceNames
    from mrt_pipeline.extraction.rules.headers import Vocabulary
    from mrt_pipeline.runtime.source_access import Closable


class PageReading(Record):
    """What reading a page yields, before it is grounded."""

    text: str
    candidates: tuple[Candidate, ...]
    passages: tuple[tuple[int, int], ...]
    unknown_heads: tuple[tuple[str, int], ...] = ()
    headed: tuple[HeadedValue, ...] = ()
    cut: tuple[str, ...] = ()
    """how parts of the page begin that were too long to be read to their end"""


ReadPage = Callable[[str, str], PageReading]
"""returns what a page's HTML is read as, given that and its title"""


def open_reading(
    execution: ExecutionSection,
    names: PlaceNames,
    vocabulary: Vocabulary,
    close_with: Callable[[Closable], None],
) -> ReadPage:
    """Return what reads pages as the configuration says: this process, others, or a cluster.

    Args:
        execution: the section of the configuration.
        names: of stations and lines.
        vocabulary: what heads and keys mean.
        close_with: given what ends the processes that were begun.
    """
    if execution.reading == "inline":
        return partial(read_html, names=names, vocabulary=vocabulary)
    from mrt_pipeline.runtime.workers import batched

    calls = batched(partial(_read_to_json, names=names, vocabulary=vocabulary), execution)
    close_with(calls)
    return lambda html, title: PageReading.model_validate_json(calls.call((html, title), len(html), title))


def _read_to_json(page: tuple[str, str], names: PlaceNames, vocabulary: Vocabulary) -> bytes:
    """Return a reading as it travels: half the cost of a pickle, and checked where it arrives."""
    html, title = page
    return read_html(html, title, names, vocabulary).model_dump_json().encode()


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
        cut=page.cut,
    )
