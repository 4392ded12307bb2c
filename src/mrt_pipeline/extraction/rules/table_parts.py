"""Divide a table into parts, rows below the same heads, and determine what each column holds.

Form takes precedence over words: a column of labels names exits, and a column of stop codes holds bus stops,
whatever the heads say. A column of keys gives the meaning of the next cell in each row.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from mrt_pipeline.extraction.mentions import labels_named
from mrt_pipeline.extraction.page_model import Piece, Table
from mrt_pipeline.extraction.place_names import write_out
from mrt_pipeline.extraction.rules.contexts import (
    ABOUT_TRAINS,
    Labels,
    What,
    exits_named,
    listed_exits,
    what_is,
)
from mrt_pipeline.extraction.rules.headers import is_noted, is_taken_back, without_notes
from mrt_pipeline.extraction.rules.labels import are_lettered, read_labels
from mrt_pipeline.extraction.rules.page import RulePage
from mrt_pipeline.extraction.rules.parts import LINE_BREAK, part_of, split_bounds
from mrt_pipeline.extraction.rules.sections import topic_below
from mrt_pipeline.extraction.rules.table_heads import (
    Head,
    TableRow,
    head_in,
    is_copy,
    is_full_width,
    is_label_alone,
    sign_alone,
    with_subjects_first,
    without_asides,
    without_idle_columns,
)
from mrt_pipeline.extraction.rules.values import (
    are_about_access,
    are_answers,
    are_named_stops,
    are_stops,
    key_meaning,
    may_head_stops,
)
from mrt_pipeline.extraction.rules.words import FEATURES, Meaning, folded

_LOCATIONS = frozenset({"location", "locations", "where"})
_SILENT = frozenset({None, Meaning.OTHER})
"""meanings of a head that do not determine what is below it"""
_OF_ONE_COLUMN = (*FEATURES, Meaning.ACCESS, Meaning.BUS_STOP, Meaning.LANDMARK, Meaning.OTHER)


_NOTHING = What()


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a part, and what it holds."""

    head: str = ""
    what: What = _NOTHING
    meaning: Meaning | None = None
    """meaning of its head, even if that does not determine what the cells hold"""
    exits: Labels | None = None
    """exits that its head names"""
    sign: tuple[str, int] | None = None
    """sign of the platform that its head names, and the position of the head"""
    names_exits: bool = False
    """whether its cells name the exits that the rest of the row is about"""
    is_lettered: bool = False
    """whether names and features follow bare labels in it without a sign"""
    is_key: bool = False
    """whether its cells are keys for the cells to their right"""


@dataclass(frozen=True, slots=True)
class Part:
    """Rows below the same heads."""

    lead: Piece | None
    """the full-width row above them"""
    columns: tuple[Column, ...]
    rows: tuple[TableRow, ...]
    is_headed: bool
    """whether a row of heads is above them"""
    is_noted: bool
    """whether a footnote may retract the head that assigns rows to exits"""

    @property
    def exit_places(self) -> list[int]:
        """Return the numbers of the columns that name exits."""
        return [number for number, column in enumerate(self.columns) if column.names_exits]

    @property
    def is_about_trains(self) -> bool:
        """Return whether its columns are about platforms."""
        has_exits = bool(self.exit_places) or self.is_below_exits
        return not has_exits and any(one.what.meaning in ABOUT_TRAINS or one.sign for one in self.columns)

    @property
    def is_below_exits(self) -> bool:
        """Return whether the heads of its columns name exits."""
        return any(column.exits is not None for column in self.columns)


def parts_of(page: RulePage, table: Table, topic: Meaning | None) -> Iterator[Part]:
    """Yield the parts of a table.

    Args:
        page: the page.
        table: the table.
        topic: the topic of the section around it.
    """
    about = topic
    given = [TableRow(row.cells, (row.start, row.end)) for row in table.rows]
    rows = with_subjects_first(page, without_asides(page, without_idle_columns(page, given)))
    lead: Piece | None = None
    heads: list[Head] = []
    body: list[TableRow] = []
    is_used = False
    for number, row in enumerate(rows):
        if is_full_width(page, row):
            if body:
                yield _part(page, lead, heads, body, about)
            lead, body, is_used = row.cells[0].piece, [], False
            about = topic_below(page, page.words(lead), topic)
            continue
        if heads and is_used and _has_words_of(page, row, heads[-1].row):
            continue
        above = [] if is_used or number == 0 or not heads or rows[number - 1] is not heads[-1].row else heads
        head = head_in(page, rows[number:], above, about, is_used=is_used)
        if head is None:
            body.append(row)
            is_used = True
            continue
        if body:
            yield _part(page, lead, heads, body, about)
        heads, body = [*above, head], []
    if body:
        yield _part(page, lead, heads, body, about)


def _has_words_of(page: RulePage, row: TableRow, head: TableRow) -> bool:
    """Return whether a row repeats a row of heads, as long tables do."""
    pairs = zip(row.cells, head.cells, strict=True)
    return all(page.words(one.piece) == page.words(other.piece) for one, other in pairs)


def rows_of_exits(page: RulePage, row: TableRow, place: int) -> list[TableRow]:
    """Split a row whose cell lists several exits, one per line, into a row for each exit.

    Another cell with the same number of lines is split likewise, and one with a single line belongs to all
    exits. With any other number of lines it is unclear which exit each line belongs to: the cell is left out.

    Args:
        page: the page.
        row: the row.
        place: the column that names the exits.
    """
    lists = [list(split_bounds(LINE_BREAK, page.text, it.piece.start, it.piece.end)) for it in row.cells]
    count = len(lists[place])
    if count < 2 or not all(is_label_alone(page, page.text[slice(*bounds)]) for bounds in lists[place]):
        return [row]
    cells = [
        [replace(cell, piece=part_of(cell.piece, *bounds)) for bounds in found]
        if len(found) == count
        else [cell if len(found) == 1 else replace(cell, piece=Piece(cell.piece.start, cell.piece.start))]
        * count
        for cell, found in zip(row.cells, lists, strict=True)
    ]
    return [TableRow(one, row.bounds) for one in zip(*cells, strict=True)]


def _part(
    page: RulePage,
    lead: Piece | None,
    heads: Sequence[Head],
    rows: Sequence[TableRow],
    topic: Meaning | None,
) -> Part:
    """Return the part that rows below some heads make up."""
    numbers = range(len(rows[0].cells))
    columns = [_headed(page, heads, number, [row.cells[number].piece for row in rows]) for number in numbers]
    if any(column.meaning is Meaning.BUS_STOP for column in columns):
        columns = [
            _beside_stops(page, one, [row.cells[number].piece for row in rows])
            for number, one in enumerate(columns)
        ]
    is_below_exits = any(column.exits for column in columns)
    if not is_below_exits:
        for place in _places_of_exits(page, columns, rows, topic):
            is_lettered = are_lettered(page, _filled(page, rows, place))
            columns[place] = replace(
                columns[place], names_exits=True, meaning=Meaning.EXIT, is_lettered=is_lettered
            )
    for number in () if is_below_exits else numbers[:-1]:
        if _is_key_column(page, columns, rows, number):
            columns[number] = replace(columns[number], is_key=True)
    words = [page.words(cell.piece) for head in heads for cell in head.row.cells]
    is_doubtful = any(is_noted(head) and _says_whose(page, head) for head in words)
    return Part(lead, tuple(columns), tuple(rows), bool(heads), is_doubtful)


def _headed(page: RulePage, heads: Sequence[Head], number: int, cells: Sequence[Piece]) -> Column:
    """Return a column by the heads above it."""
    exits: Labels | None = None
    sign: tuple[str, int] | None = None
    lines: list[str] = []
    for head in heads:
        piece, text = head.row.cells[number].piece, page.head(head.row.cells[number].piece)
        found = sign_alone(text, may_be_bare=True) if head.names == "platforms" else None
        named = exits_named(page, text, may_be_bare=True) if head.names == "exits" else None
        if found:
            sign = found, piece.start
        elif named or (named == () and number > 0):
            exits = named
        elif text and text not in lines:
            lines.append(text)
    if exits:  # `Exit` above `A` says no more
        lines = [line for line in lines if page.vocabulary.meaning_of(line) is not Meaning.EXIT]
    is_spanned = any(is_copy(head.row, number) for head in heads)
    what = _what_below(page, lines, cells, is_spanned=is_spanned)
    words = " ".join(lines)
    meaning = what.meaning or page.vocabulary.meaning_of(words)
    if what.meaning is Meaning.STATUS and are_about_access(list(map(page.words, cells))):
        what, meaning = What(None, words), None
    return Column(words, what, meaning, exits, sign)


def _beside_stops(page: RulePage, column: Column, cells: Sequence[Piece]) -> Column:
    """Return a column of a table that has one of bus stops.

    A column `Location` holds the stops' names if any word in it is one of LTA's abbreviations, such as `Rd`.
    """
    words = [word.strip(".,()") for piece in cells for word in page.words(piece).split()]
    is_named = folded(column.head) in _LOCATIONS and any(write_out(word) for word in words)
    return (
        replace(column, what=What(Meaning.OTHER, column.head), meaning=Meaning.OTHER) if is_named else column
    )


def _what_below(page: RulePage, lines: Sequence[str], cells: Sequence[Piece], *, is_spanned: bool) -> What:
    """Return what a head says about the cells below it; its lines are read as one phrase."""
    words = " ".join(lines)
    what = what_is(page, [words])
    if len(lines) > 1:
        meaning = page.vocabulary.meaning_below(words, lines[-1])
        what = replace(what, meaning=meaning, is_open=what.is_open or meaning is not None)
    if what.meaning is Meaning.LANDMARK and is_spanned:
        return What()  # a head across several columns is not about any one of them
    is_open = what.meaning in (*_SILENT, Meaning.BUS) and may_head_stops(page, words)
    are_codes = is_open and are_stops(page, cells)  # `Code and name`
    are_named = what.is_open and what.meaning in (*_SILENT, Meaning.LANDMARK) and are_named_stops(page, cells)
    return What(Meaning.BUS_STOP, words) if are_codes or are_named else what


def _says_whose(page: RulePage, head: str) -> bool:
    """Return whether a head with a footnote may concern the rows as a whole, not only its own column."""
    return page.vocabulary.meaning_of(without_notes(head)) not in _OF_ONE_COLUMN


def _places_of_exits(
    page: RulePage, columns: Sequence[Column], rows: Sequence[TableRow], topic: Meaning | None
) -> list[int]:
    """Return the columns that name exits, judged by their heads, or because they contain only labels."""
    heads = [page.vocabulary.meanings_in(column.head) for column in columns]
    said = [number for number, found in enumerate(heads) if Meaning.EXIT in found]
    named = [number for number in said if _may_name(columns[number]) and _names_most(page, rows, number)]
    if named:
        return named if len(named) == 1 or named[0] == 0 else []
    if any(column.what.meaning in ABOUT_TRAINS or column.sign for column in columns):
        return []
    others = [number for number in range(len(columns)) if number not in said]
    worded = [number for number in others if _names_most(page, rows, number, may_be_bare=False)]
    if len(worded) == 1:
        return worded if not is_taken_back(columns[worded[0]].head) else []
    first = columns[0]
    are_labels = len(rows) > 1 and all(read_labels(page, page.words(row.cells[0].piece)) for row in rows)
    is_open = first.what.meaning in _SILENT and not is_taken_back(first.head) and 0 not in said
    is_about = topic is Meaning.EXIT or any(column.head for column in columns)
    if are_labels and is_open and is_about and len(columns) > 1:
        return [0]
    headless = [number for number, column in enumerate(columns) if not column.head]
    lettered = [number for number in headless if are_letters(page, [row.cells[number].piece for row in rows])]
    return lettered if topic is Meaning.EXIT and len(lettered) == 1 else []


def are_letters(page: RulePage, cells: Sequence[Piece]) -> bool:
    """Return whether there are several cells, each with nothing but exits labelled with letters."""
    labels = [listed_exits(page, page.words(piece)) or ("0",) for piece in cells]
    return len(labels) > 1 and all(label.isalpha() for own in labels for label in own)


def _may_name(column: Column) -> bool:
    """Return whether a head about exits means the station's present exits; `Old exit` does not."""
    return column.what.is_open and not is_taken_back(column.head)


def _names_most(page: RulePage, rows: Sequence[TableRow], number: int, *, may_be_bare: bool = True) -> bool:
    """Return whether most cells of a column name exits.

    Without ``may_be_bare`` they must use the word; then two such cells are enough in a table of three columns
    or more.
    """
    cells = _filled(page, rows, number)
    if may_be_bare:
        is_lettered = are_lettered(page, cells)
        named = sum(read_labels(page, words, is_lettered=is_lettered) is not None for words in cells)
    else:
        named = sum(listed_exits(page, words, may_be_bare=False) is not None for words in cells)
        if named > 1 and len(rows[0].cells) > 2:  # in a table of floors, beside `Concourse` and `Platform A`
            return True
    return 2 * named > len(cells)


def _filled(page: RulePage, rows: Sequence[TableRow], number: int) -> list[str]:
    """Return the words of a column's cells that are not blank."""
    return [words for row in rows if (words := page.words(row.cells[number].piece))]


def _is_key_column(page: RulePage, columns: Sequence[Column], rows: Sequence[TableRow], number: int) -> bool:
    """Return whether a column holds keys for the next one, whose head does not say what it holds."""
    column, behind = columns[number], columns[number + 1]
    open_ones = (None, Meaning.OTHER, Meaning.ACCESS, Meaning.LANDMARK)
    if column.names_exits or column.what.meaning not in open_ones or behind.names_exits:
        return False
    if number and columns[number - 1].is_key:
        return False
    cells = _filled(page, rows, number)
    answers = [page.words(row.cells[number + 1].piece) for row in rows]
    if behind.what.meaning in (*_SILENT, Meaning.STATUS) and are_answers(answers):
        return True
    keys = sum(_is_key(page, cell) for cell in cells)
    is_answer = are_about_access(cells) and not any(map(labels_named, answers))
    return behind.what.meaning in _SILENT and keys > 0 and 2 * keys >= len(cells) and not is_answer


def _is_key(page: RulePage, words: str) -> bool:
    """Return whether a cell is a key for the next one; `Lift: yes` is not, as it contains its value."""
    is_answered = ":" in words.rstrip(" :")
    return not is_answered and key_meaning(page, words) is not None and not read_labels(page, words)
