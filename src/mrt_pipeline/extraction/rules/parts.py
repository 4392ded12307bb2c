"""Split a cell or list item into items, and these into parts between commas."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from mrt_pipeline.extraction.access_words import is_not_now
from mrt_pipeline.extraction.page_model import Piece
from mrt_pipeline.extraction.qualifiers import has_remark_in_capitals
from mrt_pipeline.extraction.rules.words import SIGNS
from mrt_pipeline.extraction.word_lists import wording

LINE_BREAK = re.compile(r"\s*;\s*")
"""a line break in a cell, as the page's text has it"""
_ITEM_END = re.compile(
    r"[;；。•·\n]+\s*|\s\|\s|(?:\.|,|\s[/¦&+])\s+(?=[A-Za-z][a-z-]+(?: [a-z]+){0,3}:\s)"
    r"|\s[-–—]\s+(?=(?i:bus\s)?(?i:stops?)\s\d{5}\b)"
    r"|(?:(?<=[a-z]{4})|(?<=\s(?:Mall|Park|Club|Hall|Camp|City|Lift)))\.\s+(?=[A-Z])"
)
"""ends an item; a key or ` – stop 59049` begins a new one, and a full stop ends one but after short forms"""
_DASHED_END = re.compile(rf"{_ITEM_END.pattern}|\s[-–—]\s+")
"""ends an item after a label and dash, where dashes also divide: `Exit A – X Mall – Y Park`"""
_BARE_DENIAL = wording("bare_denial")
_DASH_BEFORE = re.compile(r"\S ?[-–—] ?\Z")
"""a dash after a word, not a list mark at the start of a line"""
_LEAD = re.compile(
    rf"\s*[-–*]?\s*(?:(?P<sign>[{''.join(sign for sign, words in SIGNS.items() if words)}]\ufe0f?)\s*"
    r"|(?P<lead>[^:：;()（）]{1,60})\s*[:：]\s*)"
)
SMALL_LETTER_BRAND = re.compile(r"[a-z]{1,2}(?:[A-Z]|\d{2,3}(?!\w))")
"""the start of a name that is written with a small letter: `i12 Katong`, `iFly`, `myVillage`"""
BRACKETS = re.compile(r"[(（\[][^()（）\[\]]*[)）\]]")
_COMMA = re.compile(r"\s*(?:,(?!\s*Singapore\s*(?:[,;)\n¦]|\Z))|[，、¦])\s*|\s+[/•·]\s+")
"""ends a part; not a comma before the country, as in `Oasia Hotel Novena, Singapore`"""
HOW_FAR = (
    r"(?:(?:about|around|approx(?:imately|\.)?|some|ca\.|~)\s?)?\d{1,4}(?:[-–]\d{1,4})?[ -]?"
    r"(?:m|metres?|meters?|mins?\.?|minutes?)(?:['’]?\s(?:walk|away|on foot|by foot))?"
)
"""how far away a place is: `about 15 min`, `400 m`, `10-minute walk`"""
_BEFORE = re.compile(r"\s*,\s*(?:formerly|previously|originally)\s+(?:known as |called |the )?(?=[A-Z0-9])")
_LIST_MARK = re.compile(rf"{_ITEM_END.pattern}|{_COMMA.pattern}|\s*[¦‣◦▪→]\s*")
_JOINED = re.compile(
    r"\s(?:and|&|or|\+|plus|as well as|(?:along|together) with|-|–|—)\s|[/‧・∙⋅]|(?<!\S)\d{1,2}[.)]\s",
    re.IGNORECASE,
)
_DIVIDING = re.compile(
    r"\s(?:and|&|\+|plus|as well as|(?:along|together) with)\s|\s?[/‧∙⋅]\s?|(?<!\S)\d{1,2}[.)]\s",
    re.IGNORECASE,
)
"""the joining words and signs that divide names; what follows a dash may be part of the same place"""
_FIRM = r"(?:&|and)\s+(?:Co|Company|Sons|Daughters|Partners|Bros|Brothers|Associates|Assocs|Cie)\b"
_FIRM_GOES_ON = re.compile(
    rf"\s*(?:,\s*[A-Z][\w'’.-]*\s*)*,?\s*{_FIRM}|\s*,\s*(?:Inc|Ltd|LLP|LLC|PLC|Pte)\b"
    r"|\s*(?:,\s*[A-Z][\w'’-]*\s*)+&\s*[A-Z]"
)
"""the rest of a firm's name, whose commas do not divide a list: `Smith, Jones & Co. Building`"""
_CLOSED = (").", "）.")
"""ends an item with a full stop that is no part of an abbreviation: `X Mall (Exit A).`"""
_LEADING_AND = re.compile(r"\s*(?:and|&)\s+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Item:
    """One of the things that a cell lists."""

    start: int
    end: int
    links: tuple[tuple[int, int], ...]
    lead: str | None = None
    """the words before its colon, or a sign such as 🛗 before it"""
    is_taken_back: bool = False
    """whether the item, or words before it that include it, are about the past or plans"""


@dataclass(frozen=True, slots=True)
class Part:
    """The text between two commas of an item."""

    start: int
    end: int
    name_end: int
    """where its brackets begin"""
    links: tuple[tuple[int, int], ...]


def split_items(text: str, piece: Piece) -> Iterator[Item]:
    """Yield the items of a piece, separated by semicolons, line breaks and bullets."""
    is_dashed = _DASH_BEFORE.search(text, max(0, piece.start - 4), piece.start) is not None
    boundary = _DASHED_END if is_dashed else _ITEM_END
    brackets = [match.span() for match in BRACKETS.finditer(text, piece.start, piece.end)]
    bounds = list(split_bounds(boundary, text, piece.start, piece.end, (*piece.links, *brackets)))
    is_taken_back = is_dashed and any(_is_remark(_without_names(text, *one, piece.links)) for one in bounds)
    is_whole_back = is_taken_back
    for start, end in bounds:
        links = tuple(link for link in piece.links if start <= link[0] and link[1] <= end)
        lead, body = _split_lead(text, start, end, links)
        if lead is not None:
            is_taken_back = is_whole_back
        kept = end_of_present(text, body, end - 1 if text[body:end].endswith(_CLOSED) else end)
        is_taken_back = is_taken_back or is_not_now(_without_names(text, start, kept, links))
        yield Item(body, kept, links, lead, is_taken_back)
        is_taken_back = is_taken_back or kept < end


def _is_remark(words: str) -> bool:
    """Return whether a part between dashes may retract the exit: `Exit A – X – not yet open`, `– OOS`."""
    is_denial = _BARE_DENIAL.fullmatch(words.strip(" .")) is not None
    return is_denial or is_not_now(words) or (len(words.split()) == 1 and has_remark_in_capitals(words))


def split_parts(text: str, item: Item) -> Iterator[Part]:
    """Yield the parts of an item, separated by commas outside brackets and links."""
    brackets = [match.span() for match in BRACKETS.finditer(text, item.start, item.end)]
    spans = list(split_bounds(_COMMA, text, item.start, item.end, (*item.links, *brackets)))
    for number, (start, end) in enumerate(spans):
        if number and number == len(spans) - 1 and (joined := _LEADING_AND.match(text, start, end)):
            start = joined.end()
        links = tuple(link for link in item.links if start <= link[0] and link[1] <= end)
        first = next((left for left, right in brackets if start <= left and right <= end), end)
        name_end = start + len(text[start:first].rstrip(" -–—:"))
        yield Part(start, end, name_end, links)


def split_list(words: str) -> list[str]:
    """Return the things that a text lists, split as items and parts are; the whole if it is no list."""
    parts = [part.strip(" -–—*.") for part in _LIST_MARK.split(words)]
    parts = [_LEADING_AND.sub("", part) if number else part for number, part in enumerate(parts)]
    return [part for part in parts if part]


def is_joined(name: str) -> bool:
    """Return whether words may be two names: `X Mall and Y Residences`, `X/Y`."""
    return _JOINED.search(name) is not None


def joined_names(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield the bounds of names joined by words or signs: `X Mall & Y Centre`."""
    return split_bounds(_DIVIDING, text, start, end)


def is_part_of_firm(text: str, start: int, end: int) -> bool:
    """Return whether a name is only the first part of a firm's name: `Smith` in `Smith, Jones & Co.`."""
    goes_on = _FIRM_GOES_ON.match(text, end)
    is_one_word = len(text[start:end].split()) == 1
    return goes_on is not None and (is_one_word or re.search(_FIRM, goes_on.group()) is not None)


def without_spans(text: str, start: int, end: int, spans: tuple[tuple[int, int], ...]) -> str:
    """Return ``text[start:end]`` with spaces in place of the given spans."""
    kept = list(text[start:end])
    for left, right in spans:
        left, right = max(left, start) - start, min(right, end) - start
        if left < right:
            kept[left:right] = " " * (right - left)
    return "".join(kept)


def strip_bounds(text: str, start: int, end: int, marks: str = " ") -> tuple[int, int]:
    """Return bounds that exclude leading and trailing ``marks``."""
    words = text[start:end]
    return start + len(words) - len(words.lstrip(marks)), start + len(words.rstrip(marks))


def part_of(piece: Piece, start: int, end: int) -> Piece:
    """Return a part of a piece, with the links in it."""
    return Piece(start, end, tuple(link for link in piece.links if start <= link[0] and link[1] <= end))


def end_of_present(text: str, start: int, end: int) -> int:
    """Return where an item turns to the past, as in `54399, formerly 54391`, else its end."""
    before = _BEFORE.search(text, start, end)
    return before.start() if before else end


def split_bounds(
    boundary: re.Pattern[str], text: str, start: int, end: int, whole: tuple[tuple[int, int], ...] = ()
) -> Iterator[tuple[int, int]]:
    """Yield the bounds of the non-empty text between boundaries; those within ``whole`` do not count."""
    left = start
    for match in boundary.finditer(text, start, end):
        if any(match.start() < right and begin < match.end() for begin, right in whole):
            continue
        if text[left : match.start()].strip():
            yield strip_bounds(text, left, match.start())
        left = match.end()
    if text[left:end].strip():
        yield strip_bounds(text, left, end)


def _split_lead(
    text: str, start: int, end: int, links: tuple[tuple[int, int], ...]
) -> tuple[str | None, int]:
    """Return the words before an item's colon, if any, and the position where the rest begins.

    A sign with nothing but signs behind it is a value: `🛗`.
    """
    match = _LEAD.match(text, start, end)
    if (
        match is None
        or (match["sign"] and not any(map(str.isalnum, text[match.end() : end])))
        or (match["lead"] or "").strip().isdigit()
        or any(link[0] < match.end() < link[1] for link in links)
    ):
        return None, start
    return (match["sign"] or match["lead"]).strip(), match.end()


def _without_names(text: str, start: int, end: int, links: tuple[tuple[int, int], ...]) -> str:
    """Return an item's words without links, which are names, and brackets, which are about one part only."""
    return BRACKETS.sub(" ", without_spans(text, start, end, links))


def stretches(text: str, start: int, end: int, wanted: re.Pattern[str]) -> Iterator[tuple[int, int]]:
    """Yield the bounds of a part; brackets that match ``wanted`` come separately: `Escalator (no lift)`."""
    for bracket in BRACKETS.finditer(text, start, end):
        if wanted.search(bracket.group()):
            yield start, bracket.start()
            yield bracket.span()
            start = bracket.end()
    yield start, end
