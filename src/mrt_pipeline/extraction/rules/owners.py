"""Divide text among exits: words belong to the exits that they follow, until another exit begins.

This holds for cells, list items, lines and the content below headings, even if the other exit is unknown,
closed or not read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from mrt_pipeline.extraction.mentions import ANY_CASE_LABEL, LABEL_PATTERN, is_nameless_exit
from mrt_pipeline.extraction.page_model import Piece
from mrt_pipeline.extraction.rules.labels import (
    EXIT_WORD,
    has_doubtful_bracket,
    labels_listed,
    labels_of,
    read_labels,
)
from mrt_pipeline.extraction.rules.page import Labels, RulePage
from mrt_pipeline.extraction.rules.parts import part_of, split_bounds, strip_bounds
from mrt_pipeline.extraction.rules.words import ANSWERS, folded
from mrt_pipeline.extraction.word_lists import wording

_LED = (
    r"(?:(?!(?:to|at|of|from|with|near|by|via|as|and|or|for|in|on|the|use|stn|station)\b)[^\W\d]+\W+){0,2}?"
    rf"(?:{EXIT_WORD})(?![a-z])(?:\s*(?:no\.|number|letter))?[\s:：#.(（\[\-‑–—]*"
)
_NAMED = re.compile(
    rf"\W*(?i:{_LED})(?P<labels>{labels_listed(LABEL_PATTERN)}"
    rf"|{labels_listed(ANY_CASE_LABEL)}(?=\s*(?:\Z|[^\w\s])))"
)
"""an exit at the start of a text, after two other words at most: `Exit C`, `Former Exit C`"""
_BARE = re.compile(
    r"\W*(?P<labels>[A-Z][0-9]?(?=\s*(?:[(（\[:：–—]|-\s|\.?\s*\Z))|[0-9]{1,2}(?=\s*(?:[:：–—]|-\s)))"
)
"""a bare label, alone or with details; a number needs a colon or dash, as it may be a count"""
_SOME = r"[A-Z][0-9]?(?:\s*[&/,]\s*[A-Z][0-9]?){0,5}"
_LETTER_LED = re.compile(r"[A-Z](?:\s*[&/,]\s*[A-Z]){0,5}\s*[:：]")
"""capitals before what their exits have: `C & D: escalator`"""
_ITEM_END = re.compile(r"[;；。•·¦\n]|\s\|\s")
_INNER = re.compile(
    rf"(?<!\w)(?:(?i:{EXIT_WORD})\s*[A-Z0-9]{{1,2}}\s*(?:[:：]|[-–—]+\s)|(?:{_SOME}|[0-9]{{1,2}})\s*[-‐‑–—]+\s)"
    rf"|(?<=[.!]\s){_SOME}\s*[:：]\s"
)
"""the start of another exit's entry within an item: `Lift / Exit B: Escalator`, `Lift B – Toilet`"""
_ENDS = frozenset(("", *";；.!。•·¦\n"))
"""ends of an entry, behind which a letter begins the next exit's; not `Lobby B – lift`"""
_STOP_SERVED = re.compile(r"\bStn Exit [A-Z0-9]{1,2}(?:/[A-Z0-9]{1,2})*\s*[-–—]\s(?=\d{1,3}[A-Z]?(?!\w))")
"""the end of a bus stop's name with its services behind it, which is no entry: `Stn Exit B – 52, 105`"""
_DIVIDERS = " ;；•·¦|/&+,，、:：–—-."
_BRACKETS = tuple("(（[")
"""opening brackets; a remark in brackets stays with the words before it"""
_MARKS = (*_BRACKETS, *":：–—-")


def names_another_exit(text: str, own: Labels) -> bool:
    """Return whether a text begins with an exit that is not in ``own``, even a closed or unknown one."""
    if not own or folded(text) in ANSWERS:
        return False
    bare = _BARE.match(text)
    is_of_a_kind = bare is not None and bare["labels"].isdigit() == own[0].isdigit()
    named = _NAMED.match(text) or (bare if is_of_a_kind else None)
    return is_nameless_exit(text) if named is None else not set(labels_of(named["labels"])) <= set(own)


TO_ANOTHER = wording("to_another")
"""a pointer to another exit: `use Exit B`"""
POINTS_FIRST = re.compile(rf"[\s(]*(?:{TO_ANOTHER.pattern})", re.IGNORECASE)


def owned_parts(page: RulePage, piece: Piece, own: Labels) -> Iterator[tuple[Labels, Piece]]:
    """Yield the parts of a piece, each with the exits that it belongs to; empty if these are unclear.

    Args:
        page: the page.
        piece: a cell, or the part of a list item after its labels.
        own: the exits that the piece belongs to by its position, if any.
    """
    labels, start, previous = own, piece.start, piece.start
    begins_with_exit = not own and read_labels(page, page.words(piece)) is not None
    before = page.text[max(0, piece.start - 40) : piece.start].rpartition("\n")[2]
    are_letters = bool(own) and _LETTER_LED.fullmatch(before.lstrip("- ").rstrip()) is not None
    for begin, end in _entries(page.text, piece):
        words = page.text[begin:end]
        found = read_labels(page, words)
        rest = words[found.rest_start :].lstrip() if found else ""
        is_behind_end = page.text[piece.start : begin].rstrip()[-1:] in _ENDS
        is_letter = are_letters and is_behind_end and _LETTER_LED.match(words) is not None
        is_head = found is not None and (found.has_word or is_letter)
        if found and is_head and (rest.startswith(_MARKS) or (begins_with_exit and not rest)):
            yield labels, _part(page.text, piece, start, begin)
            is_doubtful = has_doubtful_bracket(words, found)
            labels, start = () if is_doubtful else found.labels, begin + found.rest_start
        elif not words.startswith(_BRACKETS) and names_another_exit(words, labels):
            # `Yes` with `at Exit B` below it is about the other exit too
            turn = max(start, previous) if POINTS_FIRST.match(words) else begin
            yield labels, _part(page.text, piece, start, turn)
            labels, start = (), turn
        previous = begin
    yield labels, _part(page.text, piece, start, piece.end)


def _entries(text: str, piece: Piece) -> Iterator[tuple[int, int]]:
    """Yield the bounds of a piece's items, divided again where a label with a colon or dash is in one."""
    for start, end in split_bounds(_ITEM_END, text, piece.start, piece.end):
        of_stops = [match.span() for match in _STOP_SERVED.finditer(text, start, end)]
        inner = (match.start() for match in _INNER.finditer(text, start, end))
        begins = (at for at in inner if not any(left <= at < right for left, right in of_stops))
        starts = [start, *(begin for begin in begins if begin > start)]
        yield from zip(starts, [*starts[1:], end], strict=True)


def _part(text: str, piece: Piece, start: int, end: int) -> Piece:
    """Return a part of a piece without separators at its ends."""
    begin, stop = strip_bounds(text, start, end, " " if end == piece.end else _DIVIDERS)
    if start > piece.start:
        begin = strip_bounds(text, start, end, _DIVIDERS)[0]
    return part_of(piece, min(begin, stop), stop)
