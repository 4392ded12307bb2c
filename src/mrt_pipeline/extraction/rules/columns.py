"""What the columns of a table hold, and which of its rows say so: whichever way round it stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from mrt_pipeline.extraction.page_model import Cell, Table
from mrt_pipeline.extraction.rules.headers import meaning_below, meaning_of, meanings_in
from mrt_pipeline.extraction.rules.labels import read_labels
from mrt_pipeline.extraction.rules.page import Bounds, RulePage
from mrt_pipeline.extraction.rules.platforms import led_sign, sign_in
from mrt_pipeline.extraction.rules.sections import Section, is_untrusted_head, read_label_heading
from mrt_pipeline.extraction.rules.words import ANSWERS, Meaning, folded


@dataclass(frozen=True, slots=True)
class TableRow:
    """A row as the rules see it: of the page's table, or of the table turned round."""

    cells: tuple[Cell, ...]
    bounds: Bounds | None
    """where the row stands in the text; a turned row stands nowhere"""


@dataclass(frozen=True, slots=True)
class Column:
    """What a column holds."""

    meaning: Meaning | None = None
    behind_label: Meaning | None = None
    """what follows the label in a column of exits: `Exit / Landmarks`"""


@dataclass(slots=True)
class TableState:
    """What the rows so far say about those that follow."""

    section: Section
    columns: tuple[Column, ...] = ()
    header: list[str] = field(default_factory=list)
    is_after_header: bool = False
    labels: tuple[str, ...] = ()
    is_unread: bool = False


def rows_of(page: RulePage, table: Table) -> list[TableRow]:
    """Return the rows of a table, turned round if its exits or platforms stand side by side."""
    rows = [TableRow(row.cells, (row.start, row.end)) for row in table.rows]
    if not _is_sideways(page, rows):
        return rows
    return [TableRow(cells, None) for cells in zip(*(row.cells for row in rows), strict=True)]


def is_divider(row: TableRow) -> bool:
    """Return whether a row is one cell across the whole table, which heads the rows below it."""
    return len(row.cells) > 1 and len({cell.origin for cell in row.cells}) == 1


def take_divider(page: RulePage, row: TableRow, state: TableState, labels: tuple[str, ...]) -> None:
    """Take that the rows below belong to a heading inside the table."""
    words = page.words(row.cells[0].piece)
    state.labels = read_label_heading(page, words) or labels
    state.is_unread = is_untrusted_head(page, words)
    state.section = replace(state.section, headings=(words, *state.section.headings[-3:]))


def is_header(page: RulePage, row: TableRow) -> bool:
    """Return whether a row names columns: all its cells are heads, or most of its words mean something."""
    filled = [cell for cell in row.cells if page.words(cell.piece)]
    known = [cell for cell in filled if meaning_of(page.words(cell.piece))]
    if not known or any(_is_about_one(page, cell) for cell in filled):
        return False
    if all(cell.is_header for cell in filled):
        return True
    if any(folded(page.words(cell.piece)) in ANSWERS for cell in filled):
        return False
    return len(known) >= 2 and 2 * len(known) >= len(filled) and _are_short(page, filled)


def take_header(page: RulePage, row: TableRow, state: TableState) -> None:
    """Take the names of columns; a head in two rows is read as one."""
    own = words = [page.words(cell.piece) for cell in row.cells]
    if state.is_after_header and len(own) == len(state.header):
        pairs = zip(state.header, own, strict=True)
        words = [above if above == below else f"{above} {below}" for above, below in pairs]
    state.columns = _columns_of(words, below=own if words is not own else None)
    state.header, state.is_after_header = words, True


def is_copy(row: TableRow, number: int) -> bool:
    """Return whether a grid position shows the same cell as the one before it."""
    return number > 0 and row.cells[number].origin == row.cells[number - 1].origin


def _is_sideways(page: RulePage, rows: Sequence[TableRow]) -> bool:
    words = [page.words(cell.piece) for cell in rows[0].cells]
    if len(rows) < 2 or len(words) < 2 or (words[0] and not meanings_in(words[0])):
        return False
    is_platforms = meaning_of(words[0]) is Meaning.PLATFORM
    are_labels = [sign_in(text) if is_platforms else read_labels(page, text) for text in words[1:]]
    heads = [meaning_of(page.words(row.cells[0].piece)) for row in rows[1:]]
    return all(are_labels) and any(heads) and Meaning.EXIT not in heads


def _is_about_one(page: RulePage, cell: Cell) -> bool:
    """Return whether a cell names one exit, platform or station, as heads of columns do not."""
    words = page.words(cell.piece)
    return (
        read_labels(page, words) is not None
        or led_sign(page.text, cell.piece.start, cell.piece.end) is not None
        or page.names_other_station(words)
    )


def _are_short(page: RulePage, cells: Sequence[Cell]) -> bool:
    return all(len(page.words(cell.piece).split()) <= 4 for cell in cells)


def _columns_of(header: Sequence[str], below: Sequence[str] | None) -> tuple[Column, ...]:
    meanings = [meaning_below(words, lowest) for words, lowest in zip(header, below or header, strict=True)]
    has_exits = Meaning.EXIT in meanings
    columns: list[Column] = []
    for words, meaning in zip(header, meanings, strict=True):
        if (
            meaning is not None
            and meaning is not Meaning.EXIT
            and not has_exits
            and _names_exits(words, meaning)
        ):
            columns.append(Column(Meaning.EXIT, meaning))
            has_exits = True
        else:
            columns.append(Column(meaning))
    return tuple(columns)


def _names_exits(words: str, meaning: Meaning) -> bool:
    return meaning is not Meaning.OTHER and Meaning.EXIT in meanings_in(words)
