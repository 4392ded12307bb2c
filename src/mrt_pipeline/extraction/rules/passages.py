"""Choose the passages for a model: few, short, and likely to say something that the rules could not read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from mrt_pipeline.extraction.access_words import is_hostile, is_not_now
from mrt_pipeline.extraction.candidates import Candidate
from mrt_pipeline.extraction.mentions import PLATFORM, labels_named, line_at, mentions_in, sentence_at
from mrt_pipeline.extraction.page_model import NOTE, Block, Heading, Line, Piece, bounds_of
from mrt_pipeline.extraction.rules.access_said import access_in
from mrt_pipeline.extraction.rules.cells import BUS_STOP_CODE
from mrt_pipeline.extraction.rules.page import Bounds, RulePage
from mrt_pipeline.extraction.rules.words import NO_WORDS, YES_WORDS, folded

MAX_PASSAGES = 8
MAX_PASSAGE_CHARS = 2000

_WORD = re.compile(r"[^\W\d_]{3,}")
_UNKNOWN_LEAD = re.compile(rf"^[\s=|-]*{NOTE}[\s=|{NOTE}-]*$|; {NOTE}(?!\w)", re.MULTILINE)
"""an omitted heading or item: what follows may belong to another exit"""
_ANSWERS = frozenset({*YES_WORDS, *NO_WORDS, "", "unknown", "n/a", "na", "tba", "tbc"})


def has_unread_words(page: RulePage, piece: Piece, candidates: Iterable[Candidate]) -> bool:
    """Return whether a cell contains words or bus stop codes, and nothing in it was read."""
    words = page.words(piece)
    if folded(words) in _ANSWERS or words.casefold() in _ANSWERS or is_not_now(words):
        return False
    if not _WORD.search(words) and not BUS_STOP_CODE.search(words):
        return False
    return not any(_overlaps(candidate, piece.start, piece.end) for candidate in candidates)


def is_unread_line(page: RulePage, line: Line, candidates: Sequence[Candidate], *, has_owner: bool) -> bool:
    """Return whether a sentence of a line may say something about an exit or platform that was not read."""
    return any(
        _is_unread_sentence(page, start, end, candidates, has_owner=has_owner)
        for start, end in _sentences_of(page.text, line.piece)
    )


def choose_passages(page: RulePage, unread: Sequence[tuple[int, Bounds]]) -> list[Bounds]:
    """Return the bounds of passages, each with the heading directly above it; adjacent ones are joined.

    Args:
        page: the page.
        unread: numbers of blocks, each with the bounds of its text that was not read.
    """
    chosen: list[Bounds] = []
    for number, (start, end) in unread:
        start = _with_lead(page, number, start, end)
        if is_hostile(page.text[start:end]) or _UNKNOWN_LEAD.search(page.text, start, end):
            continue
        if chosen and start <= chosen[-1][1] + 2 and end - chosen[-1][0] <= MAX_PASSAGE_CHARS:
            chosen[-1] = (chosen[-1][0], max(end, chosen[-1][1]))
        else:
            chosen.append((start, min(end, start + MAX_PASSAGE_CHARS)))
    return chosen[:MAX_PASSAGES]


def _is_unread_sentence(
    page: RulePage, start: int, end: int, candidates: Sequence[Candidate], *, has_owner: bool
) -> bool:
    """Return whether a sentence is about an exit or platform, and is not fully covered by statements."""
    words = page.text[start:end]
    if is_not_now(words):
        return False
    here = [candidate for candidate in candidates if _overlaps(candidate, start, end)]
    if labels_named(words):
        return not here or _has_uncovered(words, here)
    if has_owner:
        return _has_uncovered(words, here) or (not here and _WORD.search(words) is not None)
    is_platform = bool(mentions_in(page.text, start, end, PLATFORM))
    return is_platform and not here


def _has_uncovered(words: str, candidates: Sequence[Candidate]) -> bool:
    """Return whether words name a feature or bus stop that no statement is about."""
    values = {candidate.value for candidate in candidates}
    codes = {match.group() for match in BUS_STOP_CODE.finditer(words)}
    return not codes <= values or not set(access_in(words)) <= values


def _sentences_of(text: str, piece: Piece) -> Iterator[Bounds]:
    position = piece.start
    while position < piece.end:
        start, end = sentence_at(text, position, position + 1)
        start, end = max(start, position), min(max(end, position + 1), piece.end)
        if text[start:end].strip():
            yield start, end
        position = end
        while position < piece.end and text[position] in ".!?;。；！？ |":
            position += 1


def _overlaps(candidate: Candidate, start: int, end: int) -> bool:
    if candidate.cell is not None:
        left, right = candidate.cell
    else:
        left = candidate.char_start or 0
        right = left + len(candidate.quote)
    return left < end and start < right


def _with_lead(page: RulePage, number: int, start: int, end: int) -> int:
    """Return the start of a passage, extended to the start of its list and the heading directly above."""
    blocks = page.page.blocks
    first = number
    while first and _is_entry(blocks[first]) and _is_entry(blocks[first - 1]):
        if end - bounds_of(blocks[first])[0] > MAX_PASSAGE_CHARS:
            break
        first -= 1
    for lead in (first, first - 1 if first and isinstance(blocks[first - 1], Heading) else first):
        left = line_at(page.text, bounds_of(blocks[lead])[0])[0]
        if left < start and end - left <= MAX_PASSAGE_CHARS:
            start = left
    return start


def _is_entry(block: Block) -> bool:
    return isinstance(block, Line) and block.kind != "paragraph"
