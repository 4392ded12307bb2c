"""Tables about exits or platforms: columns by what their heads mean, whichever way round they stand."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from mrt_pipeline.extraction.access_words import is_denying, is_not_now
from mrt_pipeline.extraction.candidates import Candidate
from mrt_pipeline.extraction.mentions import labels_named
from mrt_pipeline.extraction.page_model import Cell, Piece, Table
from mrt_pipeline.extraction.rules_cells import read_cell
from mrt_pipeline.extraction.rules_headers import meaning_of, meanings_in
from mrt_pipeline.extraction.rules_labels import LabelText, read_labels
from mrt_pipeline.extraction.rules_page import Bounds, RulePage
from mrt_pipeline.extraction.rules_passages import has_unread_words
from mrt_pipeline.extraction.rules_platforms import claim_platform, goals_in, led_sign, line_of, sign_in
from mrt_pipeline.extraction.rules_sections import Section, is_untrusted, read_label_heading
from mrt_pipeline.extraction.rules_words import Meaning


_SETTLED = frozenset({Meaning.EXIT, Meaning.OTHER, Meaning.STATUS, Meaning.STATION, Meaning.LINE})
"""Columns of which nothing is wanted beyond what was read."""


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


@dataclass(frozen=True, slots=True)
class RowReading:
    """What the rules made of a row."""

    row: TableRow
    candidates: tuple[Candidate, ...]
    is_unread: bool
    """it may hold something that was not read"""


@dataclass(slots=True)
class _State:
    """What the rows so far say about those that follow."""

    section: Section
    columns: tuple[Column, ...] = ()
    header: list[str] = field(default_factory=list)
    is_after_header: bool = False
    labels: tuple[str, ...] = ()
    is_unread: bool = False


def read_table(page: RulePage, table: Table, section: Section) -> Iterator[RowReading]:
    """Yield what the rules made of each row that names no columns."""
    caption = page.words(table.caption) if table.caption else ""
    if caption and is_untrusted(page, caption):
        return
    labels = read_label_heading(page, caption) or section.labels
    state = _State(replace(section, headings=(caption, *section.headings)), labels=labels)
    for row in _rows_of(page, table):
        if _is_divider(page, row):
            _take_divider(page, row, state, labels)
        elif _is_header(page, row):
            _take_header(page, row, state)
        else:
            state.is_after_header = False
            if not state.is_unread:
                candidates = tuple(dict.fromkeys(_read_row(page, row, state)))
                yield RowReading(row, candidates, _is_unread(page, row, candidates, state))


def _rows_of(page: RulePage, table: Table) -> list[TableRow]:
    """Return the rows of a table, turned round if its exits or platforms stand side by side."""
    rows = [TableRow(row.cells, (row.start, row.end)) for row in table.rows]
    if not _is_sideways(page, rows):
        return rows
    return [TableRow(cells, None) for cells in zip(*(row.cells for row in rows), strict=True)]


def _is_sideways(page: RulePage, rows: Sequence[TableRow]) -> bool:
    words = [page.words(cell.piece) for cell in rows[0].cells]
    if len(rows) < 2 or len(words) < 2 or (words[0] and not meanings_in(words[0])):
        return False
    is_platforms = meaning_of(words[0]) is Meaning.PLATFORM
    are_labels = [sign_in(text) if is_platforms else read_labels(page, text) for text in words[1:]]
    heads = [meaning_of(page.words(row.cells[0].piece)) for row in rows[1:]]
    return all(are_labels) and any(heads) and Meaning.EXIT not in heads


def _is_divider(page: RulePage, row: TableRow) -> bool:
    """Tell whether a row is one cell across the whole table, which heads the rows below it."""
    return len(row.cells) > 1 and len({cell.origin for cell in row.cells}) == 1


def _take_divider(page: RulePage, row: TableRow, state: _State, labels: tuple[str, ...]) -> None:
    words = page.words(row.cells[0].piece)
    state.labels = read_label_heading(page, words) or labels
    state.is_unread = is_untrusted(page, words)
    state.section = replace(state.section, headings=(words, *state.section.headings[-3:]))


def _is_header(page: RulePage, row: TableRow) -> bool:
    """Tell whether a row names columns: all its cells are heads, or most of its words mean something."""
    filled = [cell for cell in row.cells if page.words(cell.piece)]
    known = [cell for cell in filled if meaning_of(page.words(cell.piece))]
    if not known or any(read_labels(page, page.words(cell.piece)) for cell in filled):
        return False
    if all(cell.is_header for cell in filled):
        return True
    return len(known) >= 2 and 2 * len(known) >= len(filled) and _are_short(page, filled)


def _are_short(page: RulePage, cells: Sequence[Cell]) -> bool:
    return all(len(page.words(cell.piece).split()) <= 4 for cell in cells)


def _take_header(page: RulePage, row: TableRow, state: _State) -> None:
    """Take the names of columns; a head in two rows is read as one."""
    words = [page.words(cell.piece) for cell in row.cells]
    if state.is_after_header and len(words) == len(state.header):
        pairs = zip(state.header, words, strict=True)
        words = [above if above == below else f"{above} {below}" for above, below in pairs]
    state.header, state.is_after_header, state.is_unread = words, True, False
    state.columns = _columns_of(words)


def _columns_of(header: Sequence[str]) -> tuple[Column, ...]:
    meanings = [meaning_of(words) for words in header]
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


def _read_row(page: RulePage, row: TableRow, state: _State) -> Iterator[Candidate]:
    columns = state.columns or tuple(Column() for _ in row.cells)
    if len(columns) != len(row.cells) or _is_of_no_use(page, row, columns):
        return
    meanings = {column.meaning for column in columns}
    if Meaning.PLATFORM in meanings and Meaning.EXIT not in meanings:
        yield from _read_platform_row(page, row, columns, state)
        return
    for group in _groups(columns):
        yield from _read_group(page, row, columns, group, state)
    yield from _read_layout_row(page, row, state)


def _is_unread(page: RulePage, row: TableRow, candidates: Sequence[Candidate], state: _State) -> bool:
    """Tell whether a row about exits or platforms has a cell of which nothing was read."""
    columns = state.columns or tuple(Column() for _ in row.cells)
    if len(columns) != len(row.cells) or _is_of_no_use(page, row, columns):
        return False
    meanings = {column.meaning for column in columns}
    names_exit = any(labels_named(page.words(cell.piece)) for cell in row.cells)
    if Meaning.EXIT not in meanings and not state.labels and not names_exit:
        has_sign = any(led_sign(page.text, cell.piece.start, cell.piece.end) for cell in row.cells)
        return (has_sign or Meaning.PLATFORM in meanings) and not candidates
    return any(
        column.meaning not in _SETTLED and has_unread_words(page, cell.piece, candidates)
        for column, cell in zip(columns, row.cells, strict=True)
    )


def _is_of_no_use(page: RulePage, row: TableRow, columns: Sequence[Column]) -> bool:
    """Tell whether a row is another station's, or about something that is not there now."""
    for cell, column in zip(row.cells, columns, strict=True):
        words = page.words(cell.piece)
        if column.meaning is Meaning.STATUS and (is_not_now(words) or is_denying(words)):
            return True
        if column.meaning is Meaning.STATION and page.names_other_station(words):
            return True
    return False


def _groups(columns: Sequence[Column]) -> list[range]:
    """Return the stretches of columns that belong together: two tables may stand side by side."""
    exits = [number for number, column in enumerate(columns) if column.meaning is Meaning.EXIT]
    if len(exits) < 2 or exits[0] != 0:
        return [range(len(columns))] if len(exits) < 2 else []
    ends = [*exits[1:], len(columns)]
    return [range(start, end) for start, end in zip(exits, ends, strict=True)]


def _read_group(
    page: RulePage, row: TableRow, columns: Sequence[Column], group: range, state: _State
) -> Iterator[Candidate]:
    place = next((number for number in group if columns[number].meaning is Meaning.EXIT), None)
    labels = state.labels
    if place is not None or not state.columns:
        found = _labels_of(page, row.cells[place or 0], needs_word=place is None)
        if found is None and (place is not None or not labels):
            return
        if found is not None:
            labels = found.labels
            yield from _read_behind_label(page, row, place or 0, columns, found)
            place = place or 0
    if not labels:
        return
    for number in group:
        if number != place and not _is_copy(row, number):
            yield from read_cell(page, row.cells[number].piece, columns[number].meaning, labels, row.bounds)


def _labels_of(page: RulePage, cell: Cell, *, needs_word: bool) -> LabelText | None:
    found = read_labels(page, page.words(cell.piece))
    return found if found is not None and (found.has_word or not needs_word) else None


def _read_behind_label(
    page: RulePage, row: TableRow, number: int, columns: Sequence[Column], found: LabelText
) -> Iterator[Candidate]:
    meaning = columns[number].behind_label
    if meaning is not None:
        yield from read_cell(
            page, behind(row.cells[number].piece, found, page.text), meaning, found.labels, row.bounds
        )


def behind(piece: Piece, found: LabelText, text: str) -> Piece:
    """Return what follows the labels that a piece begins with, brackets around it and marks before it left out."""
    start, end = piece.start + found.rest_start, piece.end
    while start < end and text[start] in " :：–—-,.•·":
        start += 1
    if (
        start < end
        and text[start] in "(（["
        and text[end - 1] in ")）]"
        and text.count(text[start], start, end) == 1
    ):
        start, end = start + 1, end - 1
    return Piece(start, end, tuple(link for link in piece.links if start <= link[0] and link[1] <= end))


def _is_copy(row: TableRow, number: int) -> bool:
    """Tell whether a grid position shows the same cell as the one before it."""
    return number > 0 and row.cells[number].origin == row.cells[number - 1].origin


def _read_platform_row(
    page: RulePage, row: TableRow, columns: Sequence[Column], state: _State
) -> Iterator[Candidate]:
    """Yield what a row of a table of platforms says."""
    by_meaning = {
        column.meaning: cell for column, cell in zip(reversed(columns), reversed(row.cells), strict=True)
    }
    cell = by_meaning[Meaning.PLATFORM]
    sign = sign_in(page.words(cell.piece))
    goal_cell = by_meaning.get(Meaning.TOWARDS) or by_meaning.get(Meaning.LANDMARK)
    if sign is None:
        yield from _read_layout_row(page, row, state)
        return
    if goal_cell is None:
        goals = _goals_of_row(page, row, cell)
    else:
        goals = goals_in(page, goal_cell.piece.start, goal_cell.piece.end, needs_word=False)
    line_cell = by_meaning.get(Meaning.LINE)
    line = line_of(
        page,
        page.words(line_cell.piece) if line_cell else "",
        " ".join(page.words(item.piece) for item in row.cells),
        *state.section.headings,
    )
    yield from claim_platform(page, sign, goals, line, _spanning(row, cell, goal_cell))


def _goals_of_row(page: RulePage, row: TableRow, but: Cell) -> list[str]:
    others = [cell for cell in row.cells if cell is not but]
    return [
        goal for cell in others for goal in goals_in(page, cell.piece.start, cell.piece.end, needs_word=True)
    ]


def _spanning(row: TableRow, cell: Cell, other: Cell | None) -> Bounds:
    if row.bounds is not None:
        return row.bounds
    pieces = [cell.piece, (other or cell).piece, *(() if other else (item.piece for item in row.cells))]
    return min(piece.start for piece in pieces), max(piece.end for piece in pieces)


def _read_layout_row(page: RulePage, row: TableRow, state: _State) -> Iterator[Candidate]:
    """Yield what a row of a plan of the station says: `L2 | Platform A | towards Jurong East`."""
    if row.bounds is None:
        return
    led = [
        (cell, found)
        for cell in row.cells
        if (found := led_sign(page.text, cell.piece.start, cell.piece.end))
    ]
    signs = {found[0] for _, found in led}
    if len(signs) != 1 or is_not_now(page.text[slice(*row.bounds)]):
        return
    first, (sign, sign_end) = led[0]
    goals = goals_in(page, sign_end, row.bounds[1], needs_word=True)
    line = line_of(page, page.text[first.piece.start : row.bounds[1]], *state.section.headings)
    yield from claim_platform(page, sign, goals, line, row.bounds)
