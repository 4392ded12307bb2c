"""Tables as grids whose rows are about one exit or platform each, whichever way round they stand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from mrt_pipeline.extraction.page_model import Cell, Piece, Table
from mrt_pipeline.extraction.rules.labels import read_labels
from mrt_pipeline.extraction.rules.page import Bounds, RulePage
from mrt_pipeline.extraction.rules.parts import LINE_BREAK, part_of, split_bounds
from mrt_pipeline.extraction.rules.platforms import led_sign, sign_in
from mrt_pipeline.extraction.rules.words import Meaning


@dataclass(frozen=True, slots=True)
class TableRow:
    """A row as the rules see it: of the page's table, or of the table turned round."""

    cells: tuple[Cell, ...]
    bounds: Bounds | None
    """where the row stands in the text; a turned row stands nowhere"""


@dataclass(frozen=True, slots=True)
class Grid:
    """A table's rows with its exits or platforms below each other."""

    rows: tuple[TableRow, ...]
    corner: str | None = None
    """of a table that was turned round: what its first cell says of those below it"""
    place: int = 0
    """of such a table: the column of the exits; one before it says which building they belong to"""
    heads: int = 1
    """of such a table: how many rows hold keys; those above the last one group them"""


def grid_of(page: RulePage, table: Table) -> Grid:
    """Return the rows of a table, turned round if its exits or platforms stand side by side."""
    rows = [TableRow(row.cells, (row.start, row.end)) for row in table.rows]
    lead = next((number for number, row in enumerate(rows) if not is_divider(row)), len(rows))
    body = rows[lead:]
    above = next(
        (number for number in (0, 1) if _is_sideways(page, body[number:], above=body[:number])), None
    )
    if above is None and _are_heads(page, body):  # nothing but platforms, and below each what it has
        body, above = [_with_blank(row) for row in body], 0
    are_keys = above is None and _are_keys(page, body)
    if (above is None and not are_keys) or any(map(is_divider, body)):
        return Grid(tuple(rows))
    turned = [TableRow(cells, None) for cells in zip(*(row.cells for row in body), strict=True)]
    if above is None:
        heads = tuple(replace(cell, is_header=True) for cell in turned[0].cells)
        return Grid((*rows[:lead], TableRow(heads, None), *turned[1:]))
    corner = page.words(body[above].cells[0].piece)
    return Grid((*rows[:lead], *turned), corner, above, _keys_of(body[above]))


def is_divider(row: TableRow) -> bool:
    """Return whether a row is one cell across the whole table, which heads the rows below it."""
    return len(row.cells) > 1 and len({cell.origin for cell in row.cells}) == 1


def is_copy(row: TableRow, number: int) -> bool:
    """Return whether a grid position shows the same cell as the one before it."""
    return number > 0 and row.cells[number].origin == row.cells[number - 1].origin


def has_label(page: RulePage, row: TableRow, number: int) -> bool:
    """Return whether a cell of a row begins with labels of exits."""
    return read_labels(page, page.words(row.cells[number].piece)) is not None


def rows_of_exits(page: RulePage, row: TableRow, place: int) -> list[TableRow]:
    """Return a row for each exit that a cell lists line by line, beside as many lines of what each has.

    A single line is of all of them; of another number of lines nobody can tell whose they are.
    """
    lists = [list(split_bounds(LINE_BREAK, page.text, it.piece.start, it.piece.end)) for it in row.cells]
    count = len(lists[place])
    if count < 2 or not all(_is_label_alone(page, page.text[slice(*bounds)]) for bounds in lists[place]):
        return [row]
    cells = [
        [replace(cell, piece=part_of(cell.piece, *bounds)) for bounds in found]
        if len(found) == count
        else [cell if len(found) == 1 else replace(cell, piece=Piece(cell.piece.start, cell.piece.start))]
        * count
        for cell, found in zip(row.cells, lists, strict=True)
    ]
    return [TableRow(one, row.bounds) for one in zip(*cells, strict=True)]


def _is_label_alone(page: RulePage, words: str) -> bool:
    found = read_labels(page, words)
    return found is not None and not words[found.rest_start :].strip(" .")


def _keys_of(row: TableRow) -> int:
    """Return over how many columns a row's first cell goes."""
    return sum(cell.origin == row.cells[0].origin for cell in row.cells)


def _is_sideways(page: RulePage, rows: Sequence[TableRow], *, above: Sequence[TableRow]) -> bool:
    """Return whether the first row names exits or platforms, and the first column what is said of them.

    Args:
        page: the page.
        rows: rows of a table.
        above: the row above them, if there is one; it must group the columns below it.
    """
    if len(rows) < 2 or not 1 <= _keys_of(rows[0]) <= min(2, len(rows[0].cells) - 1):
        return False
    if above and not any(is_copy(above[0], number) for number in range(2, len(above[0].cells))):
        return False
    corner, *others = rows[0].cells[:1] + rows[0].cells[_keys_of(rows[0]) :]
    words = page.words(corner.piece)
    is_platforms = page.vocabulary.meaning_of(words) is Meaning.PLATFORM
    firsts = [page.words(row.cells[0].piece) for row in rows[1:]]
    is_one_too = led_sign(page.text, corner.piece.start, corner.piece.end) is not None
    if is_one_too or has_label(page, rows[0], 0) or any(read_labels(page, first) for first in firsts):
        return False
    if all(led_sign(page.text, cell.piece.start, cell.piece.end) for cell in others):
        return True
    named = [page.words(cell.piece) for cell in others]
    are_labels = all((sign_in(text) if is_platforms else _is_label(page, text)) for text in named)
    is_said = page.vocabulary.meaning_of(words) or any(map(page.vocabulary.meaning_of, firsts))
    has_exits = Meaning.EXIT in map(page.vocabulary.meaning_of, firsts)
    is_distinct = bool(above) or len(set(named)) == len(named)
    return are_labels and is_distinct and bool(is_said) and not has_exits


def _are_heads(page: RulePage, rows: Sequence[TableRow]) -> bool:
    """Return whether each cell of a table's first row, and no other one, names a platform."""
    named = [[_names_platform(page, cell) for cell in row.cells] for row in rows]
    words = {page.words(cell.piece) for cell in rows[0].cells} if rows else set()
    is_several = len(rows) > 1 and len(words) == len(rows[0].cells) > 1
    return is_several and all(named[0]) and not any(map(any, named[1:]))


def _are_keys(page: RulePage, rows: Sequence[TableRow]) -> bool:
    """Return whether each row begins with a key, one that names exits or platforms not the first."""
    keys = [page.vocabulary.meaning_of_key(page.words(row.cells[0].piece)) for row in rows]
    place = next((keys.index(one) for one in (Meaning.EXIT, Meaning.PLATFORM) if one in keys), 0)
    if not place or None in keys or len(rows[place].cells) < 3:
        return False
    named = [page.words(cell.piece) for cell in rows[place].cells[1:]]
    return all(sign_in(text) or _is_label(page, text) for text in named)


def _names_platform(page: RulePage, cell: Cell) -> bool:
    return led_sign(page.text, cell.piece.start, cell.piece.end) is not None


def _with_blank(row: TableRow) -> TableRow:
    start = row.cells[0].piece.start
    return replace(row, cells=(Cell(Piece(start, start), is_header=True, origin=-1 - start), *row.cells))


def _is_label(page: RulePage, words: str) -> bool:
    """Return whether a cell is the label of exits, and not an entry about one: `Exit A: lift`."""
    found = read_labels(page, words)
    return found is not None and words[found.rest_start :].lstrip()[:1] not in (":", "：", "–", "—", "-")
