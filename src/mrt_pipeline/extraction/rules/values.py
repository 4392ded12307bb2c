"""What a value says of exits that its form names: by what heads it, or else by what it is itself."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from mrt_pipeline.extraction.access_words import is_denying, is_not_now
from mrt_pipeline.extraction.candidates import Candidate
from mrt_pipeline.extraction.mentions import labels_named, sentence_at
from mrt_pipeline.extraction.page_model import Piece
from mrt_pipeline.extraction.qualifiers import is_understood
from mrt_pipeline.extraction.rules.cells import BUS_STOP_CODE, read_cell
from mrt_pipeline.extraction.rules.columns import meaning_by_form
from mrt_pipeline.extraction.rules.contexts import Labels, listed_exits, what_is
from mrt_pipeline.extraction.rules.lists import EXITS_BEHIND
from mrt_pipeline.extraction.rules.page import Bounds, RulePage, Said, claim
from mrt_pipeline.extraction.rules.parts import part_of, split_items, split_parts
from mrt_pipeline.extraction.rules.prose import LEADS_TO, names_led_to
from mrt_pipeline.extraction.rules.words import FEATURES, Meaning

_OPEN = frozenset({None, Meaning.OTHER, Meaning.STATUS})
"""Below such heads values are what they are by themselves; a name may be that of a road or a person."""
_VALUES = frozenset({Meaning.BUS_STOP, Meaning.BUS, Meaning.LANDMARK, Meaning.ACCESS, *FEATURES})
_TELLS = re.compile(
    rf"{LEADS_TO.pattern}"
    r"|\b(?:you(?:['’]ll| will| can)?(?: also)? (?:find|see|reach)|in front of)\s+(?:the\s+)?",
    re.IGNORECASE,
)
"""Of sentences whose exits the form says, more is certain than of others."""
_NAME_ENDS = re.compile(r"\s*(?:[.,;)|\n]|and\b|\Z)")
"""Else a name may go on: `Heritage Collection on Pagoda`."""


def read_value(
    page: RulePage,
    piece: Piece,
    labels: Labels,
    contexts: Sequence[Piece],
    row: Bounds | None,
    *,
    beside: Sequence[Piece] = (),
    topic: Meaning | None = None,
    is_keyed: bool = False,
) -> Iterator[Candidate]:
    """Yield what a value says of exits, by what its contexts make of it, or by what it is itself.

    Args:
        page: the page.
        piece: the value.
        labels: the exits it is of.
        contexts: what heads it, nearest first.
        row: bounds of the row or line around it, if it has one.
        beside: other values with the same head, of which most may show what sort of thing they are.
        topic: what the section is about, for a value that nothing else heads.
        is_keyed: whether the nearest of what heads it says what this one value is.
    """
    what = what_is(page, contexts)
    head = page.words(what.head) if what.head else ""
    if not what.is_open:
        if all(noted.end <= piece.start or piece.end <= noted.start for noted in page.headed):
            page.note_unknown(head, labels, piece.start, piece.end)
    elif what.meaning in _VALUES:
        yield from read_cell(page, piece, what.meaning, labels, row)
    elif what.meaning in _OPEN and not (is_keyed and what.meaning is not None):
        own = topic if what.head is None and topic in _VALUES else None
        if own is None and what.meaning is None and beside:
            own = meaning_by_form(page, head, [piece, *beside])
        for found in read_cell(page, piece, own, labels, row, need="nothing" if own else "sign"):
            if what.meaning is None or found.field != "landmark":
                yield found
        yield from read_told(page, piece, labels)


def exits_behind(page: RulePage, piece: Piece) -> list[tuple[Piece, Labels, Piece | None]]:
    """Return what a piece names before its exits, with them, and the key before it; all of it or nothing.

    `Lift (Exits 2 and 4)`, `Bus stops: 59049 (Exit A), 59041 (Exits B and C)`.
    """
    if whole := _exits_behind(page, piece):
        return [(*whole, None)]
    found: list[tuple[Piece, Labels, Piece | None]] = []
    for item in split_items(page.text, piece):
        lead = None
        if item.lead is not None:
            start = page.text.rfind(item.lead, piece.start, item.start)
            lead = Piece(start, start + len(item.lead))
        for part in split_parts(page.text, item):
            owned = _exits_behind(page, Piece(part.start, part.end, part.links))
            if owned is None or item.is_taken_back:
                return []
            found.append((*owned, lead))
    return found


def _exits_behind(page: RulePage, piece: Piece) -> tuple[Piece, Labels] | None:
    match = EXITS_BEHIND.fullmatch(page.text, piece.start, piece.end)
    if match is None or len(BUS_STOP_CODE.findall(match["name"])) > 1:  # which one is meant?
        return None
    labels = listed_exits(page, Piece(*match.span("exits")), may_be_bare=False)
    return (part_of(piece, *match.span("name")), labels) if labels else None


def read_told(page: RulePage, piece: Piece, labels: Labels) -> Iterator[Candidate]:
    """Yield the places to which sentences say that they lead, whose exits the form says."""
    for match in _TELLS.finditer(page.text, piece.start, piece.end):
        start, end = sentence_at(page.text, *match.span())
        start, end = max(start, piece.start), min(end, piece.end)
        words = page.text[start:end]
        if is_not_now(words) or is_denying(words) or not labels_named(words) <= set(labels):
            continue
        lead = page.text[start : match.start()]
        if page.names_other_station(lead) or not is_understood(lead, may_name=True, is_sentence=True):
            continue
        for left, right in names_led_to(page, match.end(), end, piece.links):
            for label in labels if _NAME_ENDS.match(page.text, right) else ():
                yield claim(page, "landmark", label, page.text[left:right], Said((start, end)))
