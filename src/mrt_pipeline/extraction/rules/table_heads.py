"""Find the rows of a table that head others: they name exits, platforms or contents, or span the table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from mrt_pipeline.extraction.access_words import is_not_now
from mrt_pipeline.extraction.page_model import Cell
from mrt_pipeline.extraction.rules.cells import BUS_STOP_CODE
from mrt_pipeline.extraction.rules.contexts import exits_named
from mrt_pipeline.extraction.rules.headers import is_taken_back
from mrt_pipeline.extraction.rules.labels import read_labels
from mrt_pipeline.extraction.rules.page import Bounds, RulePage
from mrt_pipeline.extraction.rules.platforms import led_sign, sign_in
from mrt_pipeline.extraction.rules.values import key_meaning
from mrt_pipeline.extraction.rules.words import ANSWERS, Meaning, folded

_DASHES = " -–—"
_ASIDE = (Meaning.OTHER, Meaning.STATUS, Meaning.BUS)
MAX_HEAD_WORDS = 4
"""a cell with more words is no head unless it is marked as one"""


@dataclass(frozen=True, slots=True)
class TableRow:
    """A row as the rules read it: a row of the page's table, or one line of each of its cells."""

    cells: tuple[Cell, ...]
    bounds: Bounds


@dataclass(frozen=True, slots=True)
class Head:
    """A row that heads columns."""

    row: TableRow
    names: Literal["contents", "exits", "platforms"]
    """what its cells name"""


def is_full_width(page: RulePage, row: TableRow) -> bool:
    """Return whether a row is a single heading for the rows below: a spanning cell, or one head alone."""
    first, *others = row.cells
    if others and all(cell.origin == first.origin for cell in others):
        return True
    words = page.words(first.piece)
    is_alone = bool(others) and bool(words) and not any(page.words(cell.piece) for cell in others)
    is_merged = len(others) > 1 and len({cell.origin for cell in others}) == 1
    takes_back = is_taken_back(words) and exits_named(page, words) is None
    return is_alone and (first.is_header or is_merged or takes_back)


def head_in(
    page: RulePage, rows: Sequence[TableRow], above: Sequence[Head], topic: Meaning | None, *, is_used: bool
) -> Head | None:
    """Return the first of some rows as a head, if it is one.

    Args:
        page: the page.
        rows: the row in question, and those below it.
        above: heads directly above it.
        topic: topic of the section or of the full-width row above.
        is_used: whether rows of values are above it in this part.
    """
    row, *below = rows
    if not below:
        return None
    is_cornered = not any(page.words(head.row.cells[0].piece) for head in above)
    may_be_bare = not is_used and (is_cornered or _heads_exits(page, above[-1]))
    if subjects := _subjects_of(page, row, topic, is_first=may_be_bare):
        is_one_of_many = subjects == "platforms" and all(_subjects_of(page, it, topic) for it in below)
        return None if is_one_of_many else Head(row, subjects)
    is_blank = not is_used and not page.words(row.cells[0].piece)
    if is_blank and _subjects_of(page, below[0], topic):  # it groups the columns below
        return Head(row, "contents")
    return Head(row, "contents") if _names_contents(page, row, below, is_used=is_used) else None


def _heads_exits(page: RulePage, head: Head) -> bool:
    """Return whether all cells of a head but the first say that exits stand below them."""
    others = [page.head(cell.piece) for cell in head.row.cells[1:]]
    return bool(others) and all(page.vocabulary.meaning_of(words) is Meaning.EXIT for words in others)


def _names_contents(page: RulePage, row: TableRow, below: Sequence[TableRow], *, is_used: bool) -> bool:
    """Return whether a row names the contents of columns, by its markup or its words.

    A row in which only some cells are marked as heads is one of keys and values.
    """
    filled = [cell for cell in row.cells if page.words(cell.piece)]
    marked = {cell.is_header for cell in filled}
    if not filled or len(marked) > 1 or any(_is_about_one(page, cell) for cell in filled):
        return False
    words = [page.head(cell.piece) for cell in filled]
    if marked == {True} and not is_used:
        return len(filled) > 1 or page.vocabulary.meaning_of(words[0]) is not None
    if marked == {True}:
        return any(map(page.vocabulary.meaning_of, words))
    known = sum(page.vocabulary.meaning_of_key(head) is not None for head in words)
    if is_used or any(folded(head) in ANSWERS or len(head.split()) > MAX_HEAD_WORDS for head in words):
        return False
    firsts = [page.words(row.cells[0].piece) for row in below if not is_full_width(page, row)]
    if firsts and all(key_meaning(page, first) for first in firsts):  # a column of keys, this one included
        return False
    heads_exits = len(firsts) > 1 and all(read_labels(page, first) for first in firsts)
    return known > 0 and (heads_exits or (known >= 2 and 2 * known >= len(filled)))


def _subjects_of(
    page: RulePage, row: TableRow, topic: Meaning | None, *, is_first: bool = True
) -> Literal["exits", "platforms"] | None:
    """Return whether all cells of a row except the first name exits, or platforms; None if neither.

    Args:
        page: the page.
        row: the row.
        topic: topic of the section.
        is_first: whether no head above has a first cell; then exits may be named by bare labels.
    """
    first, *others = (page.head(cell.piece) for cell in row.cells)
    named = [words for words in others if words]
    is_about_trains = Meaning.PLATFORM in (topic, page.vocabulary.meaning_of(first))
    if named and all(sign_alone(words, may_be_bare=is_about_trains) for words in named):
        return "platforms" if len({first, *named}) > 1 else None
    is_marked = all(cell.is_header for cell in row.cells[1:])
    if not (is_first or is_marked) or any(_says_more(page, words) for words in (first, *named)):
        return None
    if len(named) == 1 and named[0].isdigit() and folded(first).endswith("s"):  # `Exits | 2` counts them
        return None
    exits = {exits_named(page, words, may_be_bare=is_first) for words in named}
    own = exits_named(page, first, may_be_bare=is_first)
    is_corner = first == "" or page.vocabulary.meaning_of(first) is Meaning.EXIT
    is_several = len(exits | ({own} if own else set())) > 1 or is_corner
    return "exits" if None not in exits and any(exits) and is_several else None


def _says_more(page: RulePage, words: str) -> bool:
    """Return whether words contain not only an exit but a value: `Exit A: lift`, `59049 (Exit A)`."""
    if ";" in words and "(" in words:  # lines, each with what its exit has
        return True
    found = read_labels(page, words)
    is_answered = found is not None and words[found.rest_start :].lstrip()[:1] in (":", "：")
    return is_answered or BUS_STOP_CODE.search(words) is not None


def sign_alone(words: str, *, may_be_bare: bool) -> str | None:
    """Return the platform sign that words consist of; with ``may_be_bare``, also without `platform`."""
    led = led_sign(words, 0, len(words))
    if led is not None:
        return led[0] if led[1] == len(words) else None
    return sign_in(words) if may_be_bare else None


def _is_about_one(page: RulePage, cell: Cell) -> bool:
    """Return whether a cell names an exit, a platform or another station, as a column's head does not."""
    words = page.head(cell.piece)
    return bool(words) and (
        read_labels(page, words) is not None
        or led_sign(words, 0, len(words)) is not None
        or page.names_other_station(words)
    )


def without_idle_columns(page: RulePage, rows: list[TableRow]) -> list[TableRow]:
    """Leave out columns of blanks and dashes below a head that says nothing about exits."""
    numbers = range(len(rows[0].cells))
    divided = [row for row in rows if len({cell.origin for cell in row.cells}) > 1]
    used = [number for number in numbers if not _is_idle(page, [row.cells[number] for row in divided])]
    if len(used) in (len(numbers), 0):
        return rows
    return [TableRow(tuple(row.cells[number] for number in used), row.bounds) for row in rows]


def _is_idle(page: RulePage, cells: Sequence[Cell]) -> bool:
    if len(cells) < 3 or any(page.words(cell.piece).strip(_DASHES) for cell in cells[1:]):
        return False
    meaning = page.vocabulary.meaning_of(page.words(cells[0].piece))
    return meaning in (None, Meaning.OTHER, Meaning.STATUS) and not _is_about_one(page, cells[0])


def without_asides(page: RulePage, rows: list[TableRow]) -> list[TableRow]:
    """Leave out columns beside those of exits or platforms that are about neither: `Exit A | Exit B | Photo`.

    A row in which such a column has a remark is left out as a whole, since that may be about the others.
    """
    first, *heads = (page.head(cell.piece) for cell in rows[0].cells)
    meanings = [None, *map(page.vocabulary.meaning_of, heads)]
    asides = {number for number, found in enumerate(meanings) if found in _ASIDE}
    named = [words for number, words in enumerate(heads, start=1) if number not in asides]
    are_exits = all(exits_named(page, words, may_be_bare=True) for words in named)
    are_platforms = all(sign_alone(words, may_be_bare=False) for words in named)
    if not asides or len(named) < 2 or not (are_exits or are_platforms) or is_taken_back(first):
        return rows
    remarks = {number for number in asides if meanings[number] is Meaning.STATUS}
    return [
        TableRow(tuple(cell for number, cell in enumerate(row.cells) if number not in asides), row.bounds)
        for row in rows
        if row is rows[0]
        or not any(_is_remark(page, row.cells[number], number in remarks) for number in asides)
    ]


def _is_remark(page: RulePage, cell: Cell, may_turn: bool) -> bool:
    words = page.words(cell.piece).strip(_DASHES)
    return is_not_now(words) or (may_turn and bool(words))


def with_subjects_first(page: RulePage, rows: list[TableRow]) -> list[TableRow]:
    """Move the row that names exits or platforms to the top, in a table whose first column holds keys."""
    keys = [page.vocabulary.meaning_of_key(page.words(row.cells[0].piece)) for row in rows]
    place = next((keys.index(one) for one in (Meaning.EXIT, Meaning.PLATFORM) if one in keys), 0)
    if not place or None in keys or len(rows[place].cells) < 3:
        return rows
    named = [page.words(cell.piece) for cell in rows[place].cells[1:]]
    if not all(sign_in(words) or is_label_alone(page, words) for words in named):
        return rows
    return [rows[place], *rows[:place], *rows[place + 1 :]]


def is_copy(row: TableRow, number: int) -> bool:
    """Return whether a grid position shows the same cell as the one to its left."""
    return number > 0 and row.cells[number].origin == row.cells[number - 1].origin


def is_label_alone(page: RulePage, words: str) -> bool:
    """Return whether words consist only of exit labels."""
    found = read_labels(page, words)
    return found is not None and not words[found.rest_start :].strip(" .")
