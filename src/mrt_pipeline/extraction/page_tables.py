"""Tables as pages write them, with merged and nested cells, made into grids whose rows stand alone."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field

from mrt_pipeline.extraction.line_builder import Words
from mrt_pipeline.extraction.page_spans import TO_THE_END

MAX_ROWS = 400
MAX_COLUMNS = 30
MAX_LABEL_CHARS = 40
"""A cell longer than this does not say what its row is about."""


@dataclass(slots=True)
class RawCell:
    """A cell as the page has it."""

    is_header: bool
    rowspan: int = 1
    colspan: int = 1
    words: Words = field(default_factory=Words)
    tables: list[RawTable] = field(default_factory=list)
    """tables that stand in this cell"""
    is_implied: bool = False
    """it holds a table that stands in no cell"""


@dataclass(slots=True)
class RawTable:
    """A table as the page has it."""

    caption: Words | None = None
    rows: list[list[RawCell]] = field(default_factory=list)
    is_readable: bool = True
    """whether each cell is certain to be seen in the column that it has here"""
    _group_starts: list[int] = field(default_factory=list)
    """numbers of the rows before which a group of rows (``thead``, ``tbody``, ``tfoot``) begins or ends"""

    def add_row(self) -> None:
        """Let a row begin."""
        self.rows.append([])

    def add_cell(self, cell: RawCell) -> None:
        """Append a cell to the last row."""
        if not self.rows:
            self.add_row()
        self.rows[-1].append(cell)

    def divide_rows(self) -> None:
        """Let a group of rows begin or end here: no cell reaches across."""
        self._group_starts.append(len(self.rows))

    def end_of_group(self, row: int) -> int:
        """Return the number of the first row behind the group that a row is in."""
        number = bisect_right(self._group_starts, row)
        return self._group_starts[number] if number < len(self._group_starts) else len(self.rows)


Grid = list[list[RawCell]]
"""rows of equal length; a merged cell stands at each of its positions"""


@dataclass(frozen=True, slots=True)
class _Inner:
    """A table that stands in a cell of another, and what that one says it is about."""

    table: RawTable
    label: RawCell | None
    """the cell that the outer row begins with"""
    heads: tuple[RawCell, RawCell] | None
    """what the outer table's first row has above that cell and above the inner table"""
    heading: RawCell | None = None
    """the words beside it in its cell, or the row right above it, if that is one heading"""


def unfold(table: RawTable) -> Iterator[tuple[Words | None, Grid]]:
    """Yield caption and grid of a table, then of each table in its cells.

    An inner table gets the cell that its row begins with, usually the exit it is about, as its first
    column, and where it has no heads of its own, those of the outer table.
    """
    pending = [_Inner(table, None, None)]
    while pending:
        inner = pending.pop(0)
        plain = expand(inner.table)
        grid = plain if inner.label is None else _labelled(plain, inner.label, inner.heads)
        if inner.heading is not None and grid:
            grid = [[inner.heading] * len(grid[0]), *grid]
        if any(not cell.words.is_empty for row in plain for cell in row):
            yield inner.table.caption, grid
        pending.extend(_inner_tables(grid))


def expand(table: RawTable) -> Grid:
    """Return the grid of a table, its merged cells repeated; a span reaches no further than its row group."""
    grid: list[dict[int, RawCell]] = []
    widest = max((sum(cell.colspan for cell in row) for row in table.rows), default=0)
    for number, row in enumerate(table.rows[:MAX_ROWS]):
        if len(row) == 1 and row[0].is_header:  # it heads what is below, over however many columns
            row[0].colspan = max(row[0].colspan, widest)
        _grow(grid, number)
        column = 0
        for cell in row:
            cell.words.finish()
            while column in grid[number]:
                column += 1
            _place(grid, cell, number, column, table.end_of_group(number))
            column += cell.colspan
    width = max((max(row) + 1 for row in grid if row), default=0)
    blank = RawCell(is_header=False)
    return [[row.get(column, blank) for column in range(width)] for row in grid if row]


def _grow(grid: list[dict[int, RawCell]], number: int) -> None:
    while len(grid) <= number:
        grid.append({})


def _place(grid: list[dict[int, RawCell]], cell: RawCell, number: int, column: int, end: int) -> None:
    last_row = min(end if cell.rowspan == TO_THE_END else number + cell.rowspan, end, MAX_ROWS)
    last_column = min(column + cell.colspan, MAX_COLUMNS)
    for row in range(number, last_row):
        _grow(grid, row)
        for position in range(column, last_column):
            grid[row].setdefault(position, cell)


def _labelled(grid: Grid, label: RawCell, heads: tuple[RawCell, RawCell] | None) -> Grid:
    """Return a grid with a cell as its first column, and with heads above if there are any."""
    labelled = [[label, *row] for row in grid]
    if heads is None or not grid:
        return labelled
    if all(cell.is_header for cell in grid[0]):
        return [[heads[0], *grid[0]], *labelled[1:]]
    return [[heads[0], *[heads[1]] * len(grid[0])], *labelled]


def _inner_tables(grid: Grid) -> Iterator[_Inner]:
    """Yield the tables in a grid's cells, each once."""
    seen: set[int] = set()
    for number, row in enumerate(grid):
        above = grid[number - 1] if number and row[0].tables else []
        is_headed = len(set(map(id, above))) == 1 and above[0].is_header
        for column, cell in enumerate(row):
            if id(cell) in seen:
                continue
            seen.add(id(cell))
            is_about = not row[0].tables and 0 < len(row[0].words.text) <= MAX_LABEL_CHARS
            own = RawCell(is_header=True, words=cell.words)
            is_headed_here = 0 < len(own.words.text) <= MAX_LABEL_CHARS
            heads = (grid[0][0], grid[0][column]) if row is not grid[0] else None
            for table in cell.tables:
                heading = own if is_headed_here else above[0] if is_headed and cell is row[0] else None
                yield _Inner(table, row[0] if is_about else None, heads, heading)
