"""What a page's elements are gathered into: lines of clean words with the places of their links, and tables.

Merged and nested cells are made into grids whose rows stand alone.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mrt_pipeline.extraction.page_model import ITEM_BREAK, NOTE, is_invisible

if TYPE_CHECKING:
    from lxml.etree import _Element

MAX_WORDS_CHARS = 4000
"""A longer cell or paragraph is cut, at a point where no name is cut."""
SHOWN_CHARS = 60
"""of the beginning of what was cut"""

_TURNING = re.compile("[\u202b\u202e\u2067]")
"""Words after it in its block are shown from right to left: an exit 12 is read as 21."""
_SAFE_CUT = re.compile(r"[;.。；](?=\s|$)")
_PLAIN = {
    wide: wide - 0xFEE0 for wide in (*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B))
}
"""letters and digits that are as wide as Chinese ones, and mean what the usual ones do: `Ａ`, `１`"""
_OPENERS = (":", "：", "(", "（", "-", "–", "—")

MAX_ROWS = 400
"""Cells of a table beyond these are not read."""
MAX_COLUMNS = 30
MAX_LABEL_CHARS = 40
"""A cell longer than this does not say what its row is about."""

MAX_COLSPAN = 1000
"""Spans are read as browsers read them: HTML Living Standard, "rules for parsing non-negative integers"
(2.3.4.2) and the attributes of ``td`` and ``th`` (4.9.11)."""
MAX_ROWSPAN = 65534
TO_THE_END = 0
"""a ``rowspan`` that reaches to the end of the row group"""

_INTEGER = re.compile(r"[ \t\n\f\r]*(?P<sign>[+-]?)0*(?P<digits>[0-9]{1,9})")
"""nine digits are beyond any bound, however many more follow"""


@dataclass(slots=True)
class Words:
    """One line of text under construction; white space is collapsed, invisible characters are left out."""

    text: str = ""
    links: list[tuple[int, int]] = field(default_factory=list)
    has_gap: bool = False
    """whether words that may be a label were left out of it"""
    cut: str = ""
    """how it begins, if it was too long to be read to its end"""
    is_turned: bool = False
    """whether some of it may be shown from right to left; then none of it is text"""
    _open_link: int | None = None
    _is_broken: bool = False

    @property
    def is_empty(self) -> bool:
        """Return whether there is nothing to read."""
        return not self.text

    def add(self, raw: str | None) -> None:
        """Append text as the page has it."""
        if not raw or self.cut:
            return
        self.is_turned |= _TURNING.search(raw) is not None
        words = _clean(raw[: 2 * MAX_WORDS_CHARS])
        if self._is_broken and words.strip():
            self._write_break()
        if not self.text or self.text.endswith(" "):
            words = words.lstrip(" ")
        self.text += words
        if len(self.text) > MAX_WORDS_CHARS or len(raw) > 2 * MAX_WORDS_CHARS:
            self._cut()

    def break_item(self) -> None:
        """Let what follows begin as a new item."""
        self._is_broken = bool(self.text.strip())

    @property
    def is_behind_key(self) -> bool:
        """Return whether what was written last is a key: `Landmarks:`."""
        return not self._is_broken and self.text.rstrip().endswith((":", "："))

    def end_key(self) -> None:
        """Let what was written since the last item began be the key of what follows."""
        if self._is_broken or not self.text.strip():
            return
        self.text = self.text.rstrip() + (" " if self.is_behind_key else ": ")

    def open_link(self) -> None:
        """Let a link begin here."""
        if self._is_broken:
            self._write_break()
        self._open_link = len(self.text)

    def close_link(self) -> None:
        """Let the link end here."""
        start, self._open_link = self._open_link, None
        if start is None or self.cut:
            return
        words = self.text[start:]
        start += len(words) - len(words.lstrip(" "))
        end = len(self.text.rstrip(" "))
        if start < end:
            self.links.append((start, end))

    def finish(self) -> Words:
        """Return the words without white space around them."""
        if self.is_turned:
            self.text, self.links = NOTE, []
        self.text = self.text.rstrip(" ;") or (NOTE if self.has_gap else "")
        end = len(self.text)
        self.links = [(start, min(stop, end)) for start, stop in self.links if start < end]
        return self

    def _write_break(self) -> None:
        self.text = self.text.rstrip(" ")
        self._is_broken = False
        self.text += " " if self.text.endswith((*_OPENERS, ";", "；")) else ITEM_BREAK

    def _cut(self) -> None:
        """Cut after the last whole item or sentence, so that no name or code is cut in two."""
        self.cut = self.text[:SHOWN_CHARS] or NOTE
        ends = [match.start() for match in _SAFE_CUT.finditer(self.text, 0, MAX_WORDS_CHARS)]
        self.text = self.text[: ends[-1]] if ends else ""
        self.links = [link for link in self.links if link[1] <= len(self.text)]


def _clean(raw: str) -> str:
    """Return text without invisible characters or wide letters, white space collapsed, and no cell break."""
    seen = "".join(
        " " if char.isspace() else char for char in raw if char.isspace() or not is_invisible(char)
    )
    return re.sub(" +", " ", seen).replace("|", "¦").translate(_PLAIN)


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


def unfold(table: RawTable) -> Iterator[tuple[Words | None, Grid, str]]:
    """Yield the caption and grid of a table, then of each table in its cells.

    An inner table gets the cell that its row begins with, usually the exit it is about, as its first
    column, and where it has no heads of its own, those of the outer table. With each grid comes the beginning
    of the first cell that is too far down or to the right for it, or nothing.
    """
    pending = [_Inner(table, None, None)]
    while pending:
        inner = pending.pop(0)
        plain = expand(inner.table)
        grid = plain if inner.label is None else _labelled(plain, inner.label, inner.heads)
        if inner.heading is not None and grid:
            grid = [[inner.heading] * len(grid[0]), *grid]
        if any(not cell.words.is_empty for row in plain for cell in row):
            yield inner.table.caption, grid, _left_out(inner.table, plain)
        pending.extend(_inner_tables(grid))


def expand(table: RawTable) -> Grid:
    """Return the grid of a table, its merged cells repeated; a span reaches no further than its row group."""
    grid: defaultdict[int, dict[int, RawCell]] = defaultdict(dict)
    widest = max((sum(cell.colspan for cell in row) for row in table.rows), default=0)
    for number, row in enumerate(table.rows[:MAX_ROWS]):
        if len(row) == 1 and row[0].is_header:  # it heads what is below, over however many columns
            row[0].colspan = max(row[0].colspan, widest)
        column = 0
        for cell in row:
            cell.words.finish()
            while column in grid[number]:
                column += 1
            _place(grid, cell, number, column, table.end_of_group(number))
            column += cell.colspan
    rows = [grid[number] for number in sorted(grid) if grid[number]]
    width = max((max(row) + 1 for row in rows), default=0)
    blank = RawCell(is_header=False)
    return [[row.get(column, blank) for column in range(width)] for row in rows]


def _left_out(table: RawTable, grid: Grid) -> str:
    placed = {id(cell) for row in grid for cell in row}
    others = (cell.words.finish().text for row in table.rows for cell in row if id(cell) not in placed)
    return next((text[:SHOWN_CHARS] for text in others if text), "")


def _place(
    grid: defaultdict[int, dict[int, RawCell]], cell: RawCell, number: int, column: int, end: int
) -> None:
    last_row = min(end if cell.rowspan == TO_THE_END else number + cell.rowspan, end, MAX_ROWS)
    last_column = min(column + cell.colspan, MAX_COLUMNS)
    for row in range(number, last_row):
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


def rowspan_of(element: _Element) -> int:
    """Return how many rows a cell spans, or ``TO_THE_END``."""
    rows = _non_negative_integer(element.get("rowspan") or "")
    return 1 if rows is None else min(rows, MAX_ROWSPAN)


def colspan_of(element: _Element) -> int:
    """Return how many columns a cell spans."""
    return min(_non_negative_integer(element.get("colspan") or "") or 1, MAX_COLSPAN)


def _non_negative_integer(written: str) -> int | None:
    """Return the number that an attribute begins with: 2 for ``2px``, nothing for ``two`` and ``-2``."""
    match = _INTEGER.match(written)
    if match is None:
        return None
    number = int(match["digits"])
    return None if match["sign"] == "-" and number else number
