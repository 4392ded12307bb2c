"""Tables by their form: each cell is of the exits that stand nearest to it, in its row or above."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from mrt_pipeline.extraction.candidates import Candidate
from mrt_pipeline.extraction.mentions import labels_named
from mrt_pipeline.extraction.page_model import NOTE, Piece, Table
from mrt_pipeline.extraction.rules.cells import BUS_STOP_CODE
from mrt_pipeline.extraction.rules.contexts import ABOUT_TRAINS, NOBODY, Labels, exits_named, listed_exits
from mrt_pipeline.extraction.rules.grids import TableRow, is_copy, is_divider, rows_of_exits
from mrt_pipeline.extraction.rules.headers import is_noted, is_taken_back
from mrt_pipeline.extraction.rules.labels import LabelText, has_doubtful_bracket, pieces_behind, read_labels
from mrt_pipeline.extraction.rules.owners import names_another_exit
from mrt_pipeline.extraction.rules.page import RulePage
from mrt_pipeline.extraction.rules.platforms import (
    TO,
    claim_platform,
    goals_in,
    led_sign,
    line_of,
    lone_goal,
    sign_in,
)
from mrt_pipeline.extraction.rules.sections import Section, is_untrusted_head, may_turn
from mrt_pipeline.extraction.rules.tables import first_words, takes_back
from mrt_pipeline.extraction.rules.values import exits_behind, read_value
from mrt_pipeline.extraction.rules.words import ANSWERS, FEATURES, Meaning, folded

_HEADED = frozenset({Meaning.BUS_STOP, Meaning.LANDMARK, Meaning.ACCESS, *FEATURES})
"""What a column is whose head says so, whatever stands before it."""


@dataclass(slots=True)
class _Heads:
    """What the rows so far say of those below."""

    exits: TableRow | None = None
    """each of its cells names the exits of its column"""
    rows: list[TableRow] = field(default_factory=list)
    """name what the columns hold, the lowest last"""
    above: list[Piece] = field(default_factory=list)
    """the full-width row and the caption"""
    has_data: bool = False
    keys: frozenset[int] = frozenset()
    """columns whose cells say what those behind them hold"""
    is_ended: bool = False
    """a row names an exit of its own: those below it are no longer of what stands above"""
    is_unread: bool = False


def read_table_by_form(page: RulePage, table: Table, section: Section) -> Iterator[Candidate]:
    """Yield what a table says: each cell of the exits that stand nearest to it, in its row or above it."""
    rows = [TableRow(row.cells, (row.start, row.end)) for row in table.rows]
    if _is_untrusted(page, rows, table.caption, section):
        return
    yield from _read_platforms(page, rows, table.caption, section)
    if section.topic in ABOUT_TRAINS:
        return
    outer = [table.caption] if table.caption else []
    heads = _Heads(above=outer)
    column = _column_of_exits(page, rows)
    body = [row for row in rows if not _is_full_width(page, row)]
    heads.keys = _columns_of_keys(page, body, column) if body else frozenset()
    for row in rows:
        if _is_full_width(page, row):
            heads.above = [row.cells[0].piece, *outer]
            words = page.words(row.cells[0].piece)
            is_stop = BUS_STOP_CODE.search(words) is not None  # what stands below is of its buses
            is_turned = bool(section.labels) and may_turn(page, words)
            heads.is_unread = is_stop or is_turned or is_untrusted_head(page, words)
            heads.is_ended = False
        elif column is None and _names_columns(page, row, body):
            heads.exits, heads.rows, heads.has_data = row, [], False
        elif _is_head(page, row, column, heads):
            heads.rows = [*heads.rows, row] if not heads.has_data else [row]
        elif not heads.is_unread:
            heads.has_data = True
            heads.is_ended = heads.is_ended or _names_an_exit(page, row)
            for one in rows_of_exits(page, row, column or 0):
                yield from _read_row(page, one, column, heads, body, section)


def _is_untrusted(page: RulePage, rows: Sequence[TableRow], caption: Piece | None, section: Section) -> bool:
    """Return whether something unseen, or a note on the first row or the caption, may take a table back."""
    return (
        any(page.words(cell.piece) == NOTE for row in rows for cell in row.cells)
        or any(is_noted(page.words(cell.piece)) for cell in rows[0].cells)
        or (caption is not None and is_untrusted_head(page, page.words(caption)))
        or (caption is not None and bool(section.labels) and may_turn(page, page.words(caption)))
    )


def _read_row(
    page: RulePage,
    row: TableRow,
    column: int | None,
    heads: _Heads,
    body: Sequence[TableRow],
    section: Section,
) -> Iterator[Candidate]:
    if _is_of_no_use(page, row, heads):
        return
    filled = {cell.origin for cell in row.cells if page.words(cell.piece)}
    keys = heads.keys if heads.exits is None else frozenset()
    for number, cell in enumerate(row.cells):
        words = page.words(cell.piece)
        if not words or is_copy(row, number) or number == column or number in keys:
            continue
        if heads.exits is not None:
            yield from _read_below_exits(page, row, number, heads, heads.exits)
            continue
        if column is None and (card := _card(page, cell.piece)):
            for piece in pieces_behind(page, cell.piece, card):
                yield from read_value(
                    page, piece, card.labels, _above(heads, row, number), row.bounds, topic=section.topic
                )
            continue
        if number == 0 and column is None and (len(filled) > 1 or exits_named(page, cell.piece)):
            continue  # it says whose, or what, the others are
        if page.vocabulary.meaning_of(_head_of(page, heads, number)) is not Meaning.EXIT:
            yield from _read_cell(page, row, number, column, heads, body, section)


def _read_cell(
    page: RulePage,
    row: TableRow,
    number: int,
    column: int | None,
    heads: _Heads,
    body: Sequence[TableRow],
    section: Section,
) -> Iterator[Candidate]:
    """Yield what a cell says of the exits of its row, or of those that stand behind each thing it lists."""
    piece, above = row.cells[number].piece, _above(heads, row, number)
    labels = _exits_of_row(page, row, column, heads, section)
    is_keyed = number - 1 in heads.keys or (number > 0 and column is None and not heads.rows)
    if is_keyed and listed_exits(page, row.cells[number - 1].piece) is None:
        above = [row.cells[number - 1].piece, *above]
    if labels:
        beside = [] if is_keyed else [one.cells[number].piece for one in body if one is not row]
        yield from read_value(
            page, piece, labels, above, row.bounds, beside=beside, topic=section.topic, is_keyed=is_keyed
        )
    elif is_keyed and labels is not NOBODY:
        for name, own, _ in exits_behind(page, piece):
            yield from read_value(page, name, own, above, row.bounds, is_keyed=True)


def _card(page: RulePage, piece: Piece) -> LabelText | None:
    """Return the exits that a cell begins with, if all that it goes on to say is of them."""
    found = read_labels(page, page.words(piece))
    is_card = found is not None and found.has_word and listed_exits(page, piece) is None
    return found if is_card and found and not has_doubtful_bracket(page, piece, found) else None


def _columns_of_keys(page: RulePage, body: Sequence[TableRow], column: int | None) -> frozenset[int]:
    """Return the columns whose cells say row by row what those behind them hold."""
    found: set[int] = set()
    heads = body[0].cells if _is_head(page, body[0], column, _Heads()) else ()
    for number in range(len(body[0].cells) - 1):
        if heads and page.vocabulary.meaning_of(page.words(heads[number + 1].piece)) in _HEADED:
            continue
        words = [page.words(row.cells[number].piece) for row in body]
        known = [page.vocabulary.meaning_of_key(cell) is not None for cell in words if cell]
        if number != column and number + 1 != column and known and 2 * sum(known) > len(known):
            found.add(number)
    return frozenset(found - {number + 1 for number in found})


def _read_below_exits(
    page: RulePage, row: TableRow, number: int, heads: _Heads, exits: TableRow
) -> Iterator[Candidate]:
    labels = exits_named(page, exits.cells[number].piece, may_be_bare=True)
    if not labels:
        return
    first, cell = row.cells[0], row.cells[number]
    is_headed = exits_named(page, exits.cells[0].piece, may_be_bare=True) is None
    contexts = ([first.piece] if is_headed else []) + _above(heads, row, number)
    cells = [one.piece for one in row.cells[1:]] if is_headed else []
    for found in read_value(page, cell.piece, labels, contexts, None, beside=cells):
        if (
            contexts or heads.rows or found.field == "landmark"
        ):  # of a lift that no word heads, who knows what is meant
            yield found


def _above(heads: _Heads, row: TableRow, number: int) -> list[Piece]:
    """Return what stands above a cell; of a cell over several columns only the heads over all of them."""
    span = [place for place, cell in enumerate(row.cells) if cell.origin == row.cells[number].origin]
    over = [one for one in heads.rows if len({one.cells[place].origin for place in span}) == 1]
    return [*(one.cells[number].piece for one in reversed(over)), *heads.above]


def _exits_of_row(
    page: RulePage, row: TableRow, column: int | None, heads: _Heads, section: Section
) -> Labels | None:
    """Return the exits of a row: of its cell of exits, its first cell, or what stands above."""
    if column is not None:
        piece = row.cells[column].piece
        is_blank = column > 0 and page.words(piece).endswith((":", "："))  # a key without its answer
        return None if is_blank else listed_exits(page, piece)
    chain = [row.cells[0].piece, *(() if heads.is_ended else heads.above)]
    found = next((labels for piece in chain if (labels := exits_named(page, piece)) is not None), None)
    return section.labels if found is None and section.labels and not heads.is_ended else found


def _names_an_exit(page: RulePage, row: TableRow) -> bool:
    """Return whether a row begins with an exit, even one that is not known."""
    words = first_words(page, row)
    return bool(labels_named(words)) or names_another_exit(words, ("",))


def _read_platforms(
    page: RulePage, rows: Sequence[TableRow], caption: Piece | None, section: Section
) -> Iterator[Candidate]:
    """Yield where trains go from the platforms that stand above or before it."""
    heads = [*([page.words(caption)] if caption else []), *section.headings]
    may_be_bare = section.topic is Meaning.PLATFORM
    above: dict[int, tuple[str, Piece]] = {}
    for row in rows:
        signed = {
            number: (sign, cell.piece)
            for number, cell in enumerate(row.cells)
            if not is_copy(row, number) and (sign := _sign(page, cell.piece, may_be_bare=may_be_bare))
        }
        if len(signed) > 1:
            above = signed if len(signed) >= len(row.cells) - 1 else {}
            continue
        if is_divider(row):
            above = {}
        beside = {number + 1: found for number, found in signed.items() if number + 1 < len(row.cells)}
        for number, (sign, at) in (beside or above).items():
            piece = row.cells[number].piece
            goals = goals_in(page, piece.start, piece.end, TO) or lone_goal(page, piece.start, piece.end)
            line = line_of(page, page.words(row.cells[0].piece), page.words(piece), *heads)
            yield from claim_platform(page, sign, goals, line, (at.start, piece.end))


def _sign(page: RulePage, piece: Piece, *, may_be_bare: bool) -> str | None:
    """Return the platform that a cell names, if it names nothing else."""
    led = led_sign(page.text, piece.start, piece.end)
    if led is not None:
        return led[0] if led[1] == piece.end else None
    return (
        page.words(piece)
        if may_be_bare and len(page.words(piece)) == 1 and sign_in(page.words(piece))
        else None
    )


def _is_of_no_use(page: RulePage, row: TableRow, heads: _Heads) -> bool:
    """Return whether a row is taken back by a cell of its own, or by the station that it names."""
    first = page.words(row.cells[0].piece)
    if heads.exits is not None:
        return is_taken_back(first) and page.vocabulary.meaning_of(first) not in FEATURES
    return any(
        takes_back(page, page.words(cell.piece), page.vocabulary.meaning_of(_head_of(page, heads, number)))
        for number, cell in enumerate(row.cells)
    )


def _head_of(page: RulePage, heads: _Heads, number: int) -> str:
    return page.words(heads.rows[-1].cells[number].piece) if heads.rows else ""


def _is_full_width(page: RulePage, row: TableRow) -> bool:
    """Return whether one cell across the table, or alone in a row of heads, heads the rows below it."""
    first, *others = row.cells
    is_alone = bool(others) and not any(page.words(cell.piece) for cell in others)
    return is_divider(row) or (is_alone and first.is_header and bool(page.words(first.piece)))


def _column_of_exits(page: RulePage, rows: Sequence[TableRow]) -> int | None:
    """Return the one column whose cells name exits and nothing else: by its head, or their words, or none."""
    found = [
        number for number in range(len(rows[0].cells) if rows else 0) if _holds_exits(page, rows, number)
    ]
    said = [
        n for n in found if page.vocabulary.meaning_of(page.words(rows[0].cells[n].piece)) is Meaning.EXIT
    ]
    worded = [
        n for n in found if any(listed_exits(page, row.cells[n].piece, may_be_bare=False) for row in rows)
    ]
    chosen = said or worded or found
    return chosen[0] if len(chosen) == 1 else None


def _holds_exits(page: RulePage, rows: Sequence[TableRow], number: int) -> bool:
    """Return whether most cells of a column name exits: all of them if no word says that they are labels."""
    cells = [row.cells[number].piece for row in rows if not is_copy(row, number)]
    is_headed = bool(cells) and listed_exits(page, cells[0]) is None
    below = [piece for piece in cells[is_headed:] if page.words(piece)]
    named = sum(listed_exits(page, piece) is not None for piece in below)
    worded = sum(listed_exits(page, piece, may_be_bare=False) is not None for piece in below)
    head = page.words(cells[0]) if is_headed else ""
    firsts = [page.vocabulary.meanings_in(page.words(row.cells[0].piece)) for row in rows]
    is_said = Meaning.EXIT in page.vocabulary.meanings_in(head) or (
        number > 0 and 2 * sum(Meaning.EXIT in found for found in firsts) > len(firsts)
    )
    if not below or is_taken_back(head) or ABOUT_TRAINS & _meanings(page, rows[0]):
        return False
    if is_said or worded:
        return 2 * named > len(below)
    return number == 0 and named == len(below) > 1 and (is_headed or len(rows[0].cells) > 1)


def _meanings(page: RulePage, row: TableRow) -> set[Meaning | None]:
    return {page.vocabulary.meaning_of(page.words(cell.piece)) for cell in row.cells}


def _names_columns(page: RulePage, row: TableRow, body: Sequence[TableRow]) -> bool:
    """Return whether a row names the exits of the columns below it."""
    first, *others = row.cells
    may_be_bare = row is body[0]
    named = [
        exits_named(page, cell.piece, may_be_bare=may_be_bare) for cell in others if page.words(cell.piece)
    ]
    own = exits_named(page, first.piece, may_be_bare=may_be_bare)
    labels = {*named, own} - {None, NOBODY}
    are_all = bool(named) and all(named)
    if len(labels) < 2 or not are_all:
        return False
    return bool(own) or row is body[0] or all(cell.is_header for cell in others)


def _is_head(page: RulePage, row: TableRow, column: int | None, heads: _Heads) -> bool:
    """Return whether a row names what its columns hold."""
    filled = [cell for cell in row.cells if page.words(cell.piece)]
    if not filled or any(BUS_STOP_CODE.search(page.words(cell.piece)) for cell in filled):
        return False
    if all(cell.is_header for cell in filled):
        return True
    if heads.has_data or heads.rows or (column is not None and listed_exits(page, row.cells[column].piece)):
        return False
    known = [page.vocabulary.meaning_of_key(page.words(cell.piece)) for cell in filled]
    are_known = 2 * sum(map(bool, known)) > len(known)
    is_answered = any(folded(page.words(cell.piece)) in ANSWERS for cell in filled)
    return not is_answered and are_known and (column is not None or (heads.exits is not None and all(known)))
