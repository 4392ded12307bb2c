"""Determine from the words around a value which exits it belongs to, and what it is.

Every value has a chain of contexts, from nearest to farthest. In a table these are the head of its row, the
heads of its column, full-width rows, the caption and the section; in a list, the items that contain it, the
term or line above them and the section. The nearest context that names exits gives the exits; the nearest
with known words gives the meaning. A context that names an unclear exit, or one that may not be in use, ends
the chain.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from mrt_pipeline.extraction.access_words import is_denying, is_elsewhere, is_not_now
from mrt_pipeline.extraction.mentions import is_nameless_exit, labels_named
from mrt_pipeline.extraction.qualifiers import is_understood
from mrt_pipeline.extraction.rules.cells import BUS_STOP_CODE
from mrt_pipeline.extraction.rules.headers import (
    MAX_HEADER_CHARS,
    is_noted,
    is_taken_back,
    is_way_by_exit,
)
from mrt_pipeline.extraction.rules.labels import has_doubtful_bracket, names_two_exits, read_labels
from mrt_pipeline.extraction.rules.page import RulePage
from mrt_pipeline.extraction.rules.parts import BRACKETS
from mrt_pipeline.extraction.rules.place_mentions import are_at_roads, is_sure_place, without_location
from mrt_pipeline.extraction.rules.words import FILLERS, Meaning, folded

Labels = tuple[str, ...]

NOBODY: Labels = ()
"""exits of a context that names an unclear exit, or one that may not be in use: values below have none"""

_PLURAL = re.compile(r"\s*\(s\)")
ABOUT_TRAINS: frozenset[Meaning | None] = frozenset({Meaning.PLATFORM, Meaning.TOWARDS})
_SILENT = frozenset({Meaning.EXIT, Meaning.STATION})
"""meanings of a head that do not determine what is below it"""


@dataclass(frozen=True, slots=True)
class What:
    """What the contexts of a value say that it is."""

    meaning: Meaning | None = None
    head: str = ""
    """the nearest context that says something"""
    is_open: bool = True
    """whether the value may be read, as nothing in ``head`` can change its meaning"""


def listed_exits(page: RulePage, words: str, *, may_be_bare: bool = True) -> Labels | None:
    """Return the exits of words that consist only of them, or of them and a harmless remark; else None."""
    found = read_labels(page, words)
    if found is None or not (found.has_word or may_be_bare) or has_doubtful_bracket(words, found):
        return None
    rest = words[found.rest_start :]
    is_plain = (
        rest.strip(" .:：") in ("", "only")
        or are_at_roads(rest.strip(" :：–—-()（）"))
        or (
            labels_named(rest) <= set(found.labels)
            and rest.lstrip()[:1] in ("(", "（")
            and is_understood(rest, may_name=True)
        )
    )
    return found.labels if is_plain and not is_noted(words) else None


def exits_named(page: RulePage, words: str, *, may_be_bare: bool = False) -> Labels | None:
    """Return the exits that a context names; ``NOBODY`` if it ends the chain; None if it names none."""
    if not words:
        return None
    if (
        is_noted(words) or names_two_exits(words) or (BUS_STOP_CODE.search(words) and labels_named(words))
    ):  # part of a stop's name
        return NOBODY
    if labels := listed_exits(page, words, may_be_bare=may_be_bare):
        return labels
    named = labels_named(_PLURAL.sub("s", words))
    if named and (
        page.names_other_station(words) or is_way_by_exit(words) or not _is_harmless_lead(page, words)
    ):
        return NOBODY
    if named:
        return tuple(sorted(named))
    return NOBODY if is_nameless_exit(words) else None


def what_is(page: RulePage, contexts: Iterable[str]) -> What:
    """Return what the nearest context that says something says about a value.

    Args:
        page: the page.
        contexts: words of the contexts, nearest first.
    """
    for words in contexts:
        if listed_exits(page, words) is not None:
            continue
        plain = without_location(page, words)
        meaning = _meaning_of(page, plain)
        beside = words if page.names_other_station(words) else plain
        if meaning is None and is_filler(beside):
            continue
        is_doubtful = meaning is Meaning.OTHER and bool(page.vocabulary.meanings_in(words) - {meaning})
        if is_doubtful and _is_exit_with_place(page, words):
            continue
        if is_doubtful or is_taken_back(words) or len(words) > MAX_HEADER_CHARS:
            return What(None, words, is_open=False)
        if labels_named(words) and (meaning is None or meaning in _SILENT):
            continue
        if meaning in _SILENT and not page.vocabulary.is_harmless(plain):
            return What(None, words, is_open=False)  # `Old exit`
        if meaning in _SILENT or (meaning is None and page.names_itself(words)):
            continue
        is_open = meaning is not None or page.vocabulary.turns_nothing(beside)
        return What(meaning, words, is_open=is_open)
    return What()


def is_filler(words: str) -> bool:
    """Return whether a head says nothing: it is blank, or `Details`."""
    return all(word in FILLERS for word in folded(words).split())


def _is_exit_with_place(page: RulePage, words: str) -> bool:
    """Return whether words are an exit and the name of a place at it: `Exit A – Golden Park`."""
    found = read_labels(page, words)
    if found is None or not found.has_word or is_taken_back(words) or is_elsewhere(words):
        return False
    name = BRACKETS.sub("", words[found.rest_start :]).strip(" :：–—-")
    return name != "" and is_sure_place(name) and not has_doubtful_bracket(words, found)


def _meaning_of(page: RulePage, words: str) -> Meaning | None:
    """Return the meaning of words that head values; `Bus stops by exit` heads stops, not exits."""
    is_stops = Meaning.BUS_STOP in page.vocabulary.meanings_in(words) and not is_taken_back(words)
    return page.vocabulary.meaning_of(words) or (Meaning.BUS_STOP if is_stops else None)


def _is_harmless_lead(page: RulePage, words: str) -> bool:
    """Return whether a context is understood, and neither denies anything nor is about other times."""
    words = words.rstrip(" ?")
    is_known = is_understood(words, may_name=True) or page.vocabulary.is_harmless(words)
    return not is_not_now(words) and not is_denying(words) and is_known
