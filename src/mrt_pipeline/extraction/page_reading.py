"""Read a page's HTML: its text, the statements that rules find in it, and what they could not read."""

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
    """The result of reading a page, before grounding."""

    text: str
    candidates: tuple[Candidate, ...]
    passages: tuple[tuple[int, int], ...]
    """bounds of the passages that a model should read, in characters of ``text``"""
    unknown_heads: tuple[tuple[str, int], ...] = ()
    """table heads and keys with no known meaning, each with the number of values that depend on it"""
    headed: tuple[HeadedValue, ...] = ()
    cut: tuple[str, ...] = ()
    """the first characters of each part of the page that was too long to read in full"""


ReadPage = Callable[[str, str], PageReading]
"""takes a page's HTML and title"""


def open_reading(
    execution: ExecutionSection,
    names: PlaceNames,
    vocabulary: Vocabulary,
    close_with: Callable[[Closable], None],
) -> ReadPage:
    """Return a function that reads pages in this process, in worker processes or on a cluster.

    Args:
        execution: the configuration section that chooses among them.
        names: names of stations and lines.
        vocabulary: meanings of table heads and keys.
        close_with: receives the object to close when reading is done, if workers were started.
    """
    if execution.reading == "inline":
        return partial(read_html, names=names, vocabulary=vocabulary)
    from mrt_pipeline.runtime.workers import batched

    calls = batched(partial(_read_to_json, names=names, vocabulary=vocabulary), execution)
    close_with(calls)
    return lambda html, title: PageReading.model_validate_json(calls.call((html, title), len(html), title))


def _read_to_json(page: tuple[str, str], names: PlaceNames, vocabulary: Vocabulary) -> bytes:
    """Read a page in a worker, and return the reading as JSON.

    JSON costs half as much as a pickle, and the receiver validates it.
    """
    html, title = page
    return read_html(html, title, names, vocabulary).model_dump_json().encode()


def read_html(html: str, title: str, names: PlaceNames, vocabulary: Vocabulary | None = None) -> PageReading:
    """Read a page's HTML; ``vocabulary`` defaults to the package's own."""
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
