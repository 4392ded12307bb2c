"""Read the cells of a table: the nearest exits own a cell, and the nearest known words give its meaning."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from mrt_pipeline.extraction.candidates import Candidate
from mrt_pipeline.extraction.page_model import Piece
from mrt_pipeline.extraction.rules.cells import read_answered, read_exits_of
from mrt_pipeline.extraction.rules.contexts import NOBODY, Labels, What, exits_named, listed_exits, what_is
from mrt_pipeline.extraction.rules.headers import is_taken_back
from mrt_pipeline.extraction.rules.labels import (
    LabelText,
    has_doubtful_bracket,
    is_answered_no,
    pieces_behind,
    read_labels,
)
from mrt_pipeline.extraction.rules.owners import owned_parts
from mrt_pipeline.extraction.rules.page import RulePage
from mrt_pipeline.extraction.rules.sections import Section
from mrt_pipeline.extraction.rules.table_heads import TableRow, is_copy
from mrt_pipeline.extraction.rules.table_parts import Column, Part, rows_of_exits
from mrt_pipeline.extraction.rules.values import (
    VALUES,
    are_about_access,
    are_answers,
    exits_behind,
    labelled_lines,
    read_value,
)
from mrt_pipeline.extraction.rules.words import ANSWERS, FEATURES, NO_WORDS, YES_WORDS, Meaning, folded

_THERE = frozenset(
    {"there", "is there", "has it", "has this", "exit has it", "exit has this", "at this exit"}
)
_NOT_THERE = frozenset({"not there", "is not there", "does not have it", "not at this exit"})
_THINGS = (Meaning.LANDMARK, Meaning.BUS_STOP)


@dataclass(slots=True)
class Scope:
    """What is above the rows of a table."""

    section: Section
    labels: Labels
    above: tuple[str, ...] = ()
    """the full-width row, and the caption"""


@dataclass(frozen=True, slots=True)
class _Place:
    """A cell with its surroundings."""

    page: RulePage
    row: TableRow
    number: int
    part: Part
    scope: Scope

    @property
    def piece(self) -> Piece:
        return self.row.cells[self.number].piece

    @property
    def words(self) -> str:
        return self.page.words(self.piece)

    @property
    def column(self) -> Column:
        return self.part.columns[self.number]

    @property
    def first(self) -> str:
        """Return the words of the row's first cell."""
        return self.page.words(self.row.cells[0].piece)

    @property
    def is_behind_key(self) -> bool:
        """Return whether the row begins with a key, among rows that begin with exits."""
        is_headless = not self.part.is_headed and self.number > 0 and self.part.exit_places[:1] == [0]
        return is_headless and self.page.vocabulary.meaning_of_key(self.first) in VALUES


def read_row(
    page: RulePage, row: TableRow, part: Part, scope: Scope
) -> Iterator[tuple[int, Iterator[Candidate]]]:
    """Yield each cell's column number and its statements about exits."""
    for one in rows_of_exits(page, row, next(iter(part.exit_places), 0)):
        for number, column in enumerate(part.columns):
            place = _Place(page, one, number, part, scope)
            is_of_each = column.exits is not None or column.meaning in FEATURES
            if place.words and not column.is_key and (is_of_each or not is_copy(one, number)):
                yield number, _read_cell(place)


def _read_cell(at: _Place) -> Iterator[Candidate]:
    """Yield the statements of a cell about the exits that it names itself, or that its surroundings name."""
    if not _means_what_it_shows(at.page, at.words):
        return
    if at.column.names_exits:
        yield from _read_behind_labels(at, _meaning_behind_labels(at))
        return
    what, is_keyed = _what(at)
    if not at.part.exit_places and not at.column.exits and _exits_with_details(at.page, at.words):
        yield from _read_behind_labels(at, what)
        return
    labels = _owners(at)
    is_alone = len({cell.origin for cell in at.row.cells}) == 1
    if labels is None and (at.number > 0 or is_alone):
        yield from _read_by_its_own_exits(at, what)
    elif labels and not _is_context(at) and not _names_other_exits(at):
        yield from _read_owned(at, labels, what, is_keyed=is_keyed)


def _means_what_it_shows(page: RulePage, words: str) -> bool:
    """Return whether an answer has its usual meaning; a legend such as `● = planned` may change it."""
    said = page.legend.get(words)
    if said is None or words not in ANSWERS:
        return True
    return folded(said) in (YES_WORDS | _THERE if words in YES_WORDS else NO_WORDS | _NOT_THERE)


def _read_owned(at: _Place, labels: Labels, what: What, *, is_keyed: bool) -> Iterator[Candidate]:
    """Yield the statements of a cell whose exits are named beside or above it."""
    page, part, row = at.page, at.part, at.row
    if part.is_below_exits and _answers_first(at):
        yield from read_answered(page, at.words, row.cells[0].piece, _meaning_of_first(at), labels)
        return
    found = read_value(
        page,
        at.piece,
        labels,
        what,
        None if part.is_below_exits else row.bounds,
        beside=[] if is_keyed else _cells_beside(at),
        topic=at.scope.section.topic,
        is_keyed=is_keyed,
        need="nothing" if not part.is_headed and exits_named(page, at.first) else "sign",
    )
    is_headed = bool(what.head) or any(at.scope.above) or any(column.head for column in part.columns)
    for item in found:
        if is_headed or not part.is_below_exits or item.field == "landmark":
            yield item  # without any heading, only a place is certain; a lift may be anything's


def _read_behind_labels(at: _Place, what: What) -> Iterator[Candidate]:
    """Yield what follows the exits that a cell begins with: `A – Northpoint City`."""
    if _has_lines_of_exits(at.page, at.piece):
        yield from _read_by_its_own_exits(at, what)
        return
    found = read_labels(at.page, at.words, is_lettered=at.column.is_lettered)
    if found and (labels := _labels_at(at, at.number)):
        for rest in pieces_behind(at.page, at.piece, found):
            if rest.start < rest.end:
                topic = at.scope.section.topic
                yield from read_value(at.page, rest, labels, what, at.row.bounds, topic=topic)


def _read_by_its_own_exits(at: _Place, what: What) -> Iterator[Candidate]:
    """Yield the statements of a cell that names its exits itself.

    For example `Lifts | Exits A and C`, or `A: 59049; B: 59041`.
    """
    lines = labelled_lines(at.page, at.piece, what, may_be_one=_is_key_of_exits(at))
    if lines and what.is_open and (what.meaning in VALUES or _is_key_of_exits(at)):
        for labels, rest in lines:
            yield from read_value(at.page, rest, labels, what, at.row.bounds, need="nothing")
    elif what.is_open:
        yield from read_exits_of(at.page, at.piece, what.meaning, at.row.bounds, at.scope.section.topic)
        for name, labels, of_name in exits_behind(at.page, at.piece, what):
            yield from read_value(at.page, name, labels, of_name, at.row.bounds)
        yield from read_value(at.page, at.piece, (), what, at.row.bounds)


def _is_key_of_exits(at: _Place) -> bool:
    """Return whether the key of a row says that exits stand behind it: `Exits`."""
    return at.number > 0 and at.page.vocabulary.meaning_of_key(at.first) is Meaning.EXIT


def _owners(at: _Place) -> Labels | None:
    """Return the exits of a cell, given by its column, its row or what is above; None if there are none."""
    if at.column.exits is not None:
        return at.column.exits
    if (places := at.part.exit_places) and not at.is_behind_key:
        return _labels_at(at, next((place for place in reversed(places) if place < at.number), places[0]))
    first = exits_named(at.page, at.first) if len(at.row.cells) > 1 else None
    if first is not None and not _is_key_of_exits(at):
        return first if at.number > 0 else None
    return at.scope.labels or None


def _labels_at(at: _Place, number: int) -> Labels:
    """Return the exits that a cell begins with; ``NOBODY`` if what follows may retract them."""
    words = at.page.words(at.row.cells[number].piece)
    found = read_labels(at.page, words, is_lettered=at.part.columns[number].is_lettered)
    if found is None or has_doubtful_bracket(words, found) or (number > 0 and is_answered_no(words, found)):
        return NOBODY
    return found.labels


def _exits_with_details(page: RulePage, words: str) -> LabelText | None:
    """Return the exits that words begin with, if details of these follow: `Exit A: lift`."""
    found = read_labels(page, words)
    if found is None or not found.has_word or has_doubtful_bracket(words, found):
        return None
    is_list = words[found.rest_start :].lstrip().startswith(",")  # `Exit A, taxi stand, lift`: a floor
    return None if is_list or listed_exits(page, words) is not None else found


def _has_lines_of_exits(page: RulePage, piece: Piece) -> bool:
    """Return whether a cell lists several exits, each with details of its own."""
    return sum(bool(own) and part.start < part.end for own, part in owned_parts(page, piece, ())) > 1


def _meaning_behind_labels(at: _Place) -> What:
    """Return what follows the labels in a column of exits, according to its head: `Exit / Landmarks`."""
    meaning = at.page.vocabulary.meaning_of(at.column.head)
    return What(None if meaning in (Meaning.EXIT, Meaning.OTHER) else meaning, at.column.head)


def _what(at: _Place) -> tuple[What, bool]:
    """Return what the nearest context says about a cell, and whether the cell has a key in its row."""
    if is_taken_back(at.column.head):
        return at.column.what, False
    keys = _keys_of(at)
    of_key = what_is(at.page, keys)
    is_keyed = bool(keys) and not at.part.is_below_exits
    if of_key.head:
        return of_key, is_keyed
    cells = zip(at.row.cells, at.part.columns, strict=True)
    heads = {column.head for cell, column in cells if cell.origin == at.row.cells[at.number].origin}
    is_of_column = at.column.what.head and (len(heads) == 1 or at.column.meaning in FEATURES)
    return at.column.what if is_of_column else what_is(at.page, at.scope.above), is_keyed


def _keys_of(at: _Place) -> list[str]:
    """Return the keys for a cell in its row, nearest first; none where heads give the meaning."""
    page, part, cells = at.page, at.part, at.row.cells
    if at.number > 0 and part.columns[at.number - 1].is_key:
        return [page.words(cells[at.number - 1].piece)]
    if at.column.exits is not None:
        keys = [cell for cell, column in zip(cells, part.columns, strict=True) if column.exits is None]
        return [page.words(cell.piece) for cell in reversed(keys)]
    is_headless = not part.is_headed and not part.exit_places and at.number > 0
    is_keyed = (is_headless or at.is_behind_key) and _exits_with_details(page, at.first) is None
    return [at.first] if is_keyed else []


def _is_context(at: _Place) -> bool:
    """Return whether a cell is the first in its row, and gives the exits or the meaning of the others."""
    if at.number > 0 or at.part.exit_places or at.column.exits or at.column.what.head:
        return False
    filled = {cell.origin for cell in at.row.cells if at.page.words(cell.piece)}
    return len(filled) > 1 or exits_named(at.page, at.first) is not None


def _names_other_exits(at: _Place) -> bool:
    """Return whether a column names exits other than the row's own.

    `Ways in` above words about access, such as lifts, does not.
    """
    return at.column.meaning is Meaning.EXIT and not are_about_access([at.words])


def _answers_first(at: _Place) -> bool:
    """Return whether a row begins with a place or bus stop, and answers for each exit whether it has it."""
    are_known = are_answers([at.page.words(cell.piece) for cell in at.row.cells[1:]])
    return are_known and _meaning_of_first(at) is not None


def _meaning_of_first(at: _Place) -> Meaning | None:
    """Return what a row of answers begins with, a place or a bus stop, by its column or the row above."""
    lead = what_is(at.page, at.scope.above[:1])
    found = next((it for it in (lead.meaning, at.part.columns[0].meaning) if it in _THINGS), None)
    if at.part.lead and lead.head and lead.meaning not in _THINGS:
        return None
    return found if at.page.vocabulary.meaning_of_key(at.first) is None else None


def _cells_beside(at: _Place) -> list[Piece]:
    """Return the other values below the same head as a cell."""
    if at.part.is_below_exits:
        return [one.piece for one in at.row.cells[1:]]
    return [one.cells[at.number].piece for one in at.part.rows if one.bounds != at.row.bounds]
