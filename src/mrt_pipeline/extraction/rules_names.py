"""Names of places in the list of what an exit leads to."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mrt_pipeline.extraction.access_words import VOCABULARY, is_denying, is_not_now
from mrt_pipeline.extraction.mentions import labels_named
from mrt_pipeline.extraction.rules_page import Bounds, RulePage
from mrt_pipeline.extraction.rules_parts import Item, Part, split_parts, strip_bounds
from mrt_pipeline.extraction.rules_words import ADDRESS, BUS_STOP_WORDS, FEATURE_WORDS, GENERIC_PLACES

MAX_WORDS = 9
MAX_CHARS = 70

_CONNECTING = re.compile(r"\s*(?:[/&+,]|\band\b|\bor\b|\bthe\b|与|和|dan)?\s*", re.IGNORECASE)
_JOINED = re.compile(r"\s(?:and|&|or)\s|/", re.IGNORECASE)
_SMALL_WORD = re.compile(r"(?:of|the|at|by|de|on|in|for|@|-|–|bin|al|to)", re.IGNORECASE)
_AROUND = re.compile(
    r"(?:near(?:by)?|opposite|opp|across|next to|beside|behind|towards?|to|via|along|off|facing|in front of"
    r"|adjacent|access|leads?|exit|from|between|various|other|several|many|some)\b",
    re.IGNORECASE,
)
_BUS_STOP = re.compile("|".join(map(re.escape, BUS_STOP_WORDS)), re.IGNORECASE)


def find_names(page: RulePage, item: Item) -> Iterator[tuple[Bounds, Part]]:
    """Yield the places named in an item, each with the part of the item it stands in.

    A part that is not clearly one name yields nothing: an unread place is no harm, an invented one is.
    """
    for number, part in enumerate(split_parts(page.text, item)):
        words = page.text[part.start : part.end]
        if is_not_now(words) or is_denying(words):
            continue
        for start, end in _names_of(page, part):
            if _is_place(
                page, page.text[start:end], is_linked=(start, end) in part.links, is_first=not number
            ):
                yield (start, end), part


def _names_of(page: RulePage, part: Part) -> list[Bounds]:
    """Return the links of a part if nothing but them is in it, else the part as one name."""
    links = [link for link in part.links if link[1] <= part.name_end]
    if links and _is_all_links(page.text, part, links):
        return links
    start, end = strip_bounds(page.text, part.start, part.name_end, " .-–—:*\"“”'")
    is_cut_by_bracket = (
        bool(page.text[part.name_end : part.end].rpartition(")")[2].strip()) and part.name_end < part.end
    )
    if start >= end or is_cut_by_bracket or _JOINED.search(page.text, start, end):
        return []
    return [(start, end)]


def _is_all_links(text: str, part: Part, links: list[Bounds]) -> bool:
    position = part.start
    for start, end in links:
        if not _CONNECTING.fullmatch(text, position, start):
            return False
        position = end
    return _CONNECTING.fullmatch(text, position, part.name_end) is not None


def _is_place(page: RulePage, name: str, *, is_linked: bool, is_first: bool) -> bool:
    """Tell whether words are the name of a place: not a road, an exit, a stop, or a thing every station has."""
    if not 2 <= len(name) <= MAX_CHARS or len(name.split()) > MAX_WORDS or re.search(r"\d{5}", name):
        return False
    if (
        ADDRESS.fullmatch(name)
        or GENERIC_PLACES.fullmatch(name)
        or _BUS_STOP.search(name)
        or labels_named(name)
    ):
        return False
    if _is_access(name) or _AROUND.match(name):
        return False
    station = next(page.names.stations_in(name), None)
    if station is not None and (station.start, station.end) == (0, len(name)):
        return station.slug != page.slug and (is_linked or is_first) and "station" not in name.casefold()
    return is_linked or _is_written_as_name(name)


def _is_access(name: str) -> bool:
    return any(pattern.fullmatch(name) for pattern in VOCABULARY.values()) or any(
        pattern.search(name) for pattern in FEATURE_WORDS.values()
    )


def _is_written_as_name(name: str) -> bool:
    """Tell whether every word that can begin with a capital letter does, as names are written and sentences not."""
    words = name.split()
    if not _begins_name(words[0]):
        return False
    return all(_begins_name(word) or _SMALL_WORD.fullmatch(word) for word in words)


def _begins_name(word: str) -> bool:
    first = next((char for char in word if char.isalnum()), "")
    return bool(first) and (first.isupper() or first.isdigit() or first.lower() == first.upper())
