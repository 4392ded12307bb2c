"""The headings above a block: what they are about, and whether what stands below can be trusted."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from mrt_pipeline.extraction.access_words import is_hostile, is_not_now
from mrt_pipeline.extraction.page_model import Block, Heading, Line
from mrt_pipeline.extraction.place_names import without_stations
from mrt_pipeline.extraction.qualifiers import is_understood
from mrt_pipeline.extraction.rules.headers import is_taken_back, meaning_of
from mrt_pipeline.extraction.rules.labels import read_labels
from mrt_pipeline.extraction.rules.page import RulePage
from mrt_pipeline.extraction.rules.words import UNREAD_TOPICS, Meaning

_BRANCH = re.compile(r"\b(?:branch|extension|loop)\b", re.IGNORECASE)
"""A part of a line is named after a station of another place."""

_SENTENCE = re.compile(r"[.!?。]\s+")
_LEADS_ON = re.compile(
    r"\b(?:following|below|as follows|these)\b|以下|下列|\bberikut\b|பின்வரும்", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Section:
    """Where in the page a block stands."""

    headings: tuple[str, ...] = ()
    """nearest first"""
    labels: tuple[str, ...] = ()
    """exits that the nearest headings name"""
    topic: Meaning | None = None
    is_unread: bool = False
    """it is about the past, plans, or another station"""


def sections_of(page: RulePage) -> Iterator[tuple[int, Block, Section]]:
    """Yield each block with its number and section, headings themselves left out."""
    above: list[tuple[int, str]] = []
    own = section = Section()
    for number, block in enumerate(page.page.blocks):
        if isinstance(block, Heading):
            above = [item for item in above if item[0] < block.level]
            above.append((block.level, page.words(block.piece)))
            own = section = _section_below(page, [text for _, text in above])
        else:
            if isinstance(block, Line) and block.kind == "paragraph":
                section = replace(own, is_unread=True) if is_untrusted_lead(page, block) else own
            yield number, block, section


def read_label_heading(page: RulePage, text: str) -> tuple[str, ...]:
    """Return the exits that a heading or caption names as its subject."""
    found = read_labels(page, text)
    return found.labels if found and found.has_word else ()


def is_untrusted_head(page: RulePage, heading: str) -> bool:
    """Return whether a heading, a caption or a row across a table takes back all that it heads."""
    return is_untrusted(page, heading) or is_taken_back(heading)


def is_untrusted(page: RulePage, heading: str) -> bool:
    """Return whether what stands below a heading is not about the station's exits as they are now."""
    if UNREAD_TOPICS.search(heading) or is_not_now(heading) or is_hostile(heading):
        return True
    about = meaning_of(heading)
    is_about_trains = about in (Meaning.PLATFORM, Meaning.TOWARDS, Meaning.LINE) or _BRANCH.search(heading)
    is_about_exit = bool(read_label_heading(page, heading))
    if is_about_trains or is_about_exit or page.names.lines_in(heading):
        return False
    return page.names_other_station(heading)


def is_untrusted_lead(page: RulePage, line: Line) -> bool:
    """Return whether a paragraph leads to what is below it, and says more of it than is understood.

    `The following exits are not open yet:` takes back all that it leads to, as a heading would.
    """
    words = page.words(line.piece).strip()
    if words.endswith((":", "：")):
        last = _SENTENCE.split(words)[-1]
        plain = without_stations(last, page.names.slugs)
        return is_taken_back(last) or not is_understood(plain, may_name=True, is_sentence=True)
    return _LEADS_ON.search(words) is not None and is_taken_back(words)


def _section_below(page: RulePage, headings: list[str]) -> Section:
    nearest_first = tuple(reversed(headings))
    labels = next((found for text in nearest_first if (found := read_label_heading(page, text))), ())
    topic = next((meaning for text in nearest_first if (meaning := meaning_of(text))), None)
    return Section(
        headings=nearest_first,
        labels=labels,
        topic=Meaning.EXIT if labels else topic,
        is_unread=any(is_untrusted_head(page, text) for text in headings),
    )
