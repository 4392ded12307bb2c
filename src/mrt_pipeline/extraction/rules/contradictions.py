"""Find what a page says about an exit, and contradicts in another place.

Within one place, such as a row or list, the author knew both: `Step-free: yes; lift: no` is true of an exit
at street level. In two places, one of them may be older.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from mrt_pipeline.contracts.network import AccessFeature, StepFree
from mrt_pipeline.extraction.access_words import MEANING, is_denied
from mrt_pipeline.extraction.candidates import Candidate
from mrt_pipeline.extraction.mentions import line_at, sentence_at
from mrt_pipeline.extraction.page_model import Line, PageText
from mrt_pipeline.extraction.rules.page import RulePage
from mrt_pipeline.extraction.word_lists import wording

_NO_LIFT = f"no_{AccessFeature.LIFT.value}"
_GONE = wording("thing_gone")
_RAMP = re.compile(r"\bramps?\b", re.IGNORECASE)
_ONLY_BY_ESCALATOR = re.compile(
    r"\bonly(?: (?:an?|by|via|has|have|served by|takes?))* escalators?\b(?!.*\blifts?\b)"
    r"|(?<!lift and )(?<!lifts and )(?<!lift or )\bescalators? only\b",
    re.IGNORECASE,
)


def passage_numbers(page: PageText) -> list[int]:
    """Return for each block the number of the first one of its list, table or paragraph."""
    numbers: list[int] = []
    before = None
    for number, block in enumerate(page.blocks):
        is_behind = isinstance(block, Line) and isinstance(before, Line) and _goes_on(before, block)
        numbers.append(numbers[-1] if is_behind else number)
        before = block
    return numbers


def contradicted(page: RulePage, found: Mapping[Candidate, int]) -> set[Candidate]:
    """Return the statements that an exit is step-free, where another place says that it has no lift.

    Args:
        page: the page.
        found: the statements, each with the number of its passage.
    """
    denied = {(item.exit_label, place) for item, place in found.items() if _says_no_lift(page, item)}
    return {
        item
        for item, place in found.items()
        if MEANING.get(item.value) is StepFree.YES
        and any(label == item.exit_label and place != other for label, other in denied)
    }


def gone_elsewhere(page: RulePage, found: Iterable[Candidate]) -> set[Candidate]:
    """Return the places and bus stops that a sentence of the page says are gone: `Golden Mall has closed`."""
    leads = tuple(
        page.text[sentence_at(page.text, *match.span())[0] : match.start()].casefold()
        for match in _GONE.finditer(page.text)
    )
    return {
        item
        for item in found
        if item.field in ("landmark", "bus_stop")
        and any(one.endswith(item.value.casefold()) for one in leads)
    }


def _goes_on(before: Line, line: Line) -> bool:
    return line.goes_on or "paragraph" not in (before.kind, line.kind)


def _says_no_lift(page: RulePage, item: Candidate) -> bool:
    """Return whether a statement leaves an exit no lift, in a line that names no ramp instead of it."""
    start, end = line_at(page.text, item.char_start or 0)
    words = page.text[start:end]
    is_denial = item.value == _NO_LIFT or (
        item.value == AccessFeature.ESCALATOR.value and _ONLY_BY_ESCALATOR.search(item.quote) is not None
    )
    return is_denial and all(is_denied(words, *ramp.span()) for ramp in _RAMP.finditer(words))
