"""Read a value whose exits are known, by its heading or else by its own form."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from mrt_pipeline.extraction.access_words import is_denying, is_not_now
from mrt_pipeline.extraction.candidates import Candidate
from mrt_pipeline.extraction.mentions import labels_named, sentence_at
from mrt_pipeline.extraction.page_model import Piece
from mrt_pipeline.extraction.qualifiers import is_understood
from mrt_pipeline.extraction.rules.access_said import access_in, denied_in
from mrt_pipeline.extraction.rules.cells import BUS_STOP_CODE, STOP_NAMED, read_cell
from mrt_pipeline.extraction.rules.contexts import Labels, What, listed_exits, what_is
from mrt_pipeline.extraction.rules.headers import is_harmless_head
from mrt_pipeline.extraction.rules.labels import (
    has_doubtful_bracket,
    is_answered_no,
    pieces_behind,
    read_labels,
)
from mrt_pipeline.extraction.rules.page import Bounds, RulePage, Said, claim
from mrt_pipeline.extraction.rules.parts import (
    HOW_FAR,
    LINE_BREAK,
    part_of,
    split_bounds,
    split_items,
    split_list,
    split_parts,
)
from mrt_pipeline.extraction.rules.place_mentions import Need, is_generic, is_name
from mrt_pipeline.extraction.rules.prose import LEADS_TO, names_led_to
from mrt_pipeline.extraction.rules.words import ANSWERS, FEATURES, FILLERS, Meaning, folded
from mrt_pipeline.extraction.word_lists import wording

_EXITS_BEHIND = re.compile(
    rf"(?P<name>[^:：–—→⇒➔➜()]+?)\s*(?:[:：–—→⇒➔➜]|\s-\s|,(?=\sexit)|\((?=.*\)$))\s*(?P<exits>[^()]+?)"
    rf"(?:\)?\.?|\s*\({HOW_FAR}\))",
    re.IGNORECASE,
)
"""a name followed by its exits: `Parkview Square (Exit E)`, `National Library – Exits E, F`, `Jem, Exit A`"""
_OF_STOPS = frozenset({"code", "codes", "name", "names", "description", "bus", "stop", "stops"})
_NUMBERS = re.compile(r"[\d\s,;/&]+")
_BLANK = frozenset({"", "-", "–", "—"})
_OPEN = frozenset({None, Meaning.OTHER, Meaning.STATUS})
"""meanings of heads that do not determine the values below: a name may be a road's or a person's"""
VALUES = frozenset({Meaning.BUS_STOP, Meaning.BUS, Meaning.LANDMARK, Meaning.ACCESS, *FEATURES})
_BEFORE_PLACE = re.compile(
    rf"{LEADS_TO.pattern}"
    r"|\b(?:leave|(?:get|come|go|walk) out|get off|come up|alight)\s(?:right\s)?here\sfor\s+(?:the\s+)?"
    rf"|\b(?:{wording('go_out').pattern})\sthis\s(?:exit|one)\s(?:for|to\s(?:get\sto|go\sto|reach|visit))\s+(?:the\s+)?"
    r"|\b(?:you(?:['’]ll| will| can)?(?: also)? (?:find|see|reach)|in front of)\s+(?:the\s+)?",
    re.IGNORECASE,
)
"""words before a place; more are accepted than in ``prose``, as the exits are known from the form"""
_NAME_ENDS = re.compile(r"\s*(?:[.,;)|\n]|and\b|\Z)")
"""what must follow a name; otherwise it may go on: `Heritage Collection on Pagoda`"""


def read_value(
    page: RulePage,
    piece: Piece,
    labels: Labels,
    what: What,
    row: Bounds | None,
    *,
    beside: Sequence[Piece] = (),
    topic: Meaning | None = None,
    is_keyed: bool = False,
    need: Need = "sign",
) -> Iterator[Candidate]:
    """Yield the statements of a value about exits, by what its contexts say it is, or by its own form.

    Args:
        page: the page.
        piece: the value.
        labels: the exits that it belongs to; empty if it names them itself.
        what: what its contexts say it is.
        row: bounds of the row or line around it, if there is one.
        beside: other values below the same head; if that is unknown, most of them show what they are.
        topic: topic of the section, for a value without a head.
        is_keyed: whether the value has a key in its own row.
        need: how certain a place name must be if nothing announces places.
    """
    if not what.is_open:
        if all(noted.end <= piece.start or piece.end <= noted.start for noted in page.headed):
            page.note_unknown(what.head, labels, piece.start, piece.end)
    elif what.meaning in VALUES:
        yield from read_cell(page, piece, what.meaning, labels, row)
    elif what.meaning in _OPEN and not (is_keyed and what.meaning is not None):
        own = topic if not what.head and topic in VALUES else None
        if own is None and what.meaning is None and beside:
            own = meaning_by_form(page, what.head, [piece, *beside])
            if own is Meaning.LANDMARK:  # there may be stops and lifts among them
                own, need = None, "nothing"
        is_number = what.meaning is not None and _NUMBERS.fullmatch(page.words(piece)) is not None
        for found in read_cell(page, piece, own, labels, row, need="nothing" if own else need):
            is_left_open = what.meaning is not None and found.field == "landmark"
            if not is_left_open and not (is_number and found.field == "bus_stop"):
                yield found
        if what.meaning is not None:  # a part may still have its own key: `Landmarks: Golden Mall`
            yield from read_cell(page, piece, what.meaning, labels, row)
        yield from read_told(page, piece, labels)


def read_told(page: RulePage, piece: Piece, labels: Labels) -> Iterator[Candidate]:
    """Yield the places that sentences say an exit leads to, where the form gives the exits.

    For example, below a heading `Exit A`: `Leads to Golden Mall.`
    """
    for match in _BEFORE_PLACE.finditer(page.text, piece.start, piece.end):
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


def exits_behind(page: RulePage, piece: Piece, what: What) -> list[tuple[Piece, Labels, What]]:
    """Return each thing in a piece that is followed by its exits, with these and what it is.

    For example `Lift (Exits 2 and 4)`, or `Bus stops: 59049 (Exit A), 59041 (Exits B and C)`. If any part of
    the piece has no exits, nothing is returned.
    """
    if whole := _before_exits(page, piece):
        return [(*whole, what)]
    return _each_before_exits(page, piece, what) or _each_before_exits(page, piece, what, may_be_bare=True)


def _each_before_exits(
    page: RulePage, piece: Piece, what: What, *, may_be_bare: bool = False
) -> list[tuple[Piece, Labels, What]]:
    """Return what the parts of a piece name before their exits; bare labels count if several have them."""
    found: list[tuple[Piece, Labels, What]] = []
    for item in split_items(page.text, piece):
        of_item = what if item.lead is None else what_is(page, [item.lead])
        for part in split_parts(page.text, item):
            owned = _before_exits(page, Piece(part.start, part.end, part.links), may_be_bare=may_be_bare)
            if owned is None or item.is_taken_back:
                return []
            found.append((*owned, of_item))
    return found if len(found) > 1 or not may_be_bare else []


def _before_exits(page: RulePage, piece: Piece, *, may_be_bare: bool = False) -> tuple[Piece, Labels] | None:
    """Return the name that a piece consists of, and the exits after it; None if it is anything else."""
    match = _EXITS_BEHIND.fullmatch(page.text, piece.start, piece.end)
    if match is None or len(BUS_STOP_CODE.findall(match["name"])) > 1:  # unclear which stop is meant
        return None
    labels = listed_exits(page, match["exits"], may_be_bare=False)
    if labels is None and may_be_bare and page.text[piece.end - 1] == ")":
        bare = listed_exits(page, match["exits"]) or ()
        is_letter = all(label.isalpha() and label not in page.legend for label in bare)
        labels = bare if is_letter else None  # a number may count things
    return (part_of(piece, *match.span("name")), labels) if labels else None


def labelled_lines(
    page: RulePage, piece: Piece, what: What, *, may_be_one: bool
) -> list[tuple[Labels, Piece]]:
    """Return the lines of a cell that all begin with exits of their own: `A: Golden Mall`, `B – lift`.

    Numbers may count the lines, unless exits are expected there.
    """
    found: list[tuple[Labels, Piece]] = []
    lines = list(split_bounds(LINE_BREAK, page.text, piece.start, piece.end))
    for line in (part_of(piece, *bounds) for bounds in lines):
        words = page.words(line)
        own = read_labels(page, words)
        if own is None or not (own.has_word or may_be_one or all(map(str.isalpha, own.labels))):
            return []
        if not words[own.rest_start :].lstrip().startswith((":", "–", "—", "-", "(")):
            return []
        is_no = what.meaning not in FEATURES and is_answered_no(words, own)
        if not (has_doubtful_bracket(words, own) or is_no):
            found += [(own.labels, rest) for rest in pieces_behind(page, line, own) if rest.start < rest.end]
    return found if len(lines) > 1 or may_be_one else []


def key_meaning(page: RulePage, words: str) -> Meaning | None:
    """Return the meaning of a key in a row of key and value; a kind of place is a key too: `Temple`."""
    found = page.vocabulary.meaning_of_key(words)
    return found or (Meaning.LANDMARK if words and is_generic(words) else None)


def meaning_by_form(page: RulePage, head: str, pieces: Sequence[Piece]) -> Meaning | None:
    """Return what most cells below an unknown head are, access or places; None if it is neither.

    A head that may change their meaning gives None too.
    """
    filled = [piece for piece in pieces if page.words(piece) not in _BLANK]
    if not filled or not is_harmless_head(head):
        return None
    if are_about_access([page.words(piece) for piece in filled]):
        return Meaning.ACCESS
    named = sum(bool(piece.links) or any(map(is_name, split_list(page.words(piece)))) for piece in filled)
    return Meaning.LANDMARK if 2 * named > len(filled) else None


def may_head_stops(page: RulePage, head: str) -> bool:
    """Return whether numbers below a head may be bus stop codes: `Code and name`, but not `Passengers`."""
    is_of_stops = page.vocabulary.meanings_in(head) & {Meaning.BUS_STOP, Meaning.BUS}
    is_named = all(word in FILLERS or word in _OF_STOPS for word in folded(head).split())
    return (bool(is_of_stops) or is_named) and page.vocabulary.is_harmless(head)


def are_stops(page: RulePage, pieces: Sequence[Piece]) -> bool:
    """Return whether every cell that is not blank contains a bus stop code, and no item about access."""
    filled = [words for piece in pieces if (words := page.words(piece)) not in _BLANK]
    is_mixed = any(are_about_access([item]) for words in filled for item in split_list(words))
    return bool(filled) and all(map(BUS_STOP_CODE.search, filled)) and not is_mixed


def are_named_stops(page: RulePage, pieces: Sequence[Piece]) -> bool:
    """Return whether each line of some cells is a bus stop's code and its name: `59049 Opp Yishun Stn`."""
    lines = [line for piece in pieces for line in split_bounds(LINE_BREAK, page.text, piece.start, piece.end)]
    filled = [words for line in lines if (words := page.text[slice(*line)]) not in _BLANK]
    return bool(filled) and all(map(STOP_NAMED.match, filled))


def are_about_access(cells: Sequence[str]) -> bool:
    """Return whether most cells are only about access."""
    filled = [cell for cell in cells if cell]
    are = [is_understood(cell, may_deny=True) and (access_in(cell) or denied_in(cell)) for cell in filled]
    return 2 * sum(map(bool, are)) > len(are)


def are_answers(cells: Sequence[str]) -> bool:
    """Return whether all cells that are not blank are plain answers: yes, no or ✓."""
    filled = [cell for cell in cells if cell not in _BLANK]
    return bool(filled) and all(cell in ANSWERS or folded(cell) in ANSWERS for cell in filled)
