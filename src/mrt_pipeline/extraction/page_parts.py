"""Lines and tables under construction, collected from a page's elements.

Tables with merged cells or nested tables are unfolded into grids in which every row can be read alone.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mrt_pipeline.extraction.access_words import is_not_now
from mrt_pipeline.extraction.page_model import ITEM_BREAK, NOTE, is_invisible
from mrt_pipeline.extraction.qualifiers import is_bare_remark

if TYPE_CHECKING:
    from lxml.etree import _Element

MAX_WORDS_CHARS = 4000
"""a longer cell or paragraph is cut after a complete item or sentence"""
MAX_SAME_WORD = 100
"""a line with one word or sign more often than that is left unread: no sentence or list needs as many"""
SHOWN_CHARS = 60
"""length of the beginning by which a cut part is reported"""

_TURNING = re.compile(
    "[\u0590-\u08ff\u200f\u202a-\u202e\u2066-\u2069\ufb1d-\ufdff\ufe70-\ufefe"
    "\U00010800-\U00010fff\U0001e800-\U0001efff]"
)
"""letters written from right to left, and marks of direction: beside them, exit 12 may be seen as 21

Without any, the words of a ``bdi`` are shown from left to right.

Source: Unicode Standard Annex 9, Table 4, and DerivedBidiClass.txt (blocks whose default is R or AL).
"""
_WORD_OR_SIGN = re.compile(r"\w+|[^\w\s]")
_SAFE_CUT = re.compile(r"[;.。；](?=\s|$)")
_NORMAL_WIDTH = {
    wide: wide - 0xFEE0 for wide in (*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B))
}
"""full-width letters and digits, such as `Ａ` and `１`, to the usual ones"""
_LIST_MARK = re.compile(r"[-–—•·*‣▪◦]\s+(?=\w)")
_OF_EXIT = re.compile(r"\b(?:exit|entrance|station|this|it|all|both)s?\b", re.IGNORECASE)
_OPENERS = (":", "：", "(", "（", "-", "–", "—")

MAX_ROWS = 400
"""further rows of a table are not read, nor are columns beyond ``MAX_COLUMNS``"""
MAX_COLUMNS = 30
MAX_LABEL_CHARS = 40
"""a longer cell is not a label of its row"""

MAX_COLSPAN = 1000
"""Spans are parsed as browsers do: HTML Living Standard, "rules for parsing non-negative integers" (2.3.4.2)
and the attributes of ``td`` and ``th`` (4.9.11)."""
MAX_ROWSPAN = 65534
TO_THE_END = 0
"""value of a ``rowspan`` that extends to the end of the row group"""

_INTEGER = re.compile(r"[ \t\n\f\r]*(?P<sign>[+-]?)0*(?P<digits>[0-9]{1,9})")
"""up to nine digits are read, which exceeds every limit"""


@dataclass(slots=True)
class Words:
    """One line of text under construction, with white space collapsed and invisible characters omitted."""

    text: str = ""
    links: list[tuple[int, int]] = field(default_factory=list)
    has_gap: bool = False
    """whether words that may be a label were omitted from it"""
    cut: str = ""
    """its first characters, if it was too long to read in full"""
    is_turned: bool = False
    """whether some of it may be shown from right to left; then it is replaced by ``NOTE``"""
    _item_start: int = 0
    _is_of_struck: bool = False
    """whether its last item began with a struck-out name, which the rest of it may be a remark on"""
    _open_link: int | None = None
    _is_broken: bool = False

    @property
    def is_empty(self) -> bool:
        """Return whether the line has no text."""
        return not self.text

    def add(self, raw: str | None) -> None:
        """Append text, cleaned, and cut the line if it is too long."""
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
        """Start a new item with the text that follows."""
        self._drop_remark()
        self._is_broken = bool(self.text.strip())

    def strike_thing(self) -> None:
        """Record that a place or a stop was struck out here."""
        self._is_of_struck |= self._is_broken or not self.text[self._item_start :].strip()

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
        """Start a link here."""
        if self._is_broken:
            self._write_break()
        self._open_link = len(self.text)

    def close_link(self) -> None:
        """End the link here."""
        start, self._open_link = self._open_link, None
        if start is None or self.cut:
            return
        words = self.text[start:]
        start += len(words) - len(words.lstrip(" "))
        end = len(self.text.rstrip(" "))
        if start < end:
            self.links.append((start, end))

    def finish(self) -> Words:
        """Complete the line and return it: trailing separators are removed, and ``NOTE`` replaces a gap."""
        self._drop_remark()
        if self._repeats_itself():
            self.cut, self.text, self.links = self.text[:SHOWN_CHARS], NOTE, []
        if self.is_turned:
            self.text, self.links = NOTE, []
        self.text = self.text.rstrip(" ;") or (NOTE if self.has_gap else "")
        end = len(self.text)
        self.links = [(start, min(stop, end)) for start, stop in self.links if start < end]
        return self

    def drop_list_mark(self) -> bool:
        """Leave out the mark of a list that a finished line begins with, if it has one: `- Lift`."""
        mark = _LIST_MARK.match(self.text)
        if mark is None:
            return False
        self.text = self.text[mark.end() :]
        self.links = [(start - mark.end(), end - mark.end()) for start, end in self.links]
        return True

    def _write_break(self) -> None:
        self.text = self.text.rstrip(" ")
        self._is_broken = False
        self.text += " " if self.text.endswith((*_OPENERS, ";", "；")) else ITEM_BREAK
        self._item_start = len(self.text)

    def _drop_remark(self) -> None:
        """Leave out a remark on a struck-out name alone: `demolished`, `(closed 2014)`."""
        words = self.text[self._item_start :].strip(" ()（）[].,:;–—-")
        is_remark = is_not_now(words) and is_bare_remark(words) and not _OF_EXIT.search(words)
        if self._is_of_struck and is_remark and not self._is_broken:
            self.text, self.has_gap = self.text[: self._item_start].rstrip(" ;"), False
        self._is_of_struck = False

    def _repeats_itself(self) -> bool:
        """Return whether the line has one word or sign so often that it is no sentence or list."""
        if len(self.text) <= MAX_SAME_WORD:
            return False
        counts = Counter(_WORD_OR_SIGN.findall(self.text.casefold()))
        return max(counts.values(), default=0) > MAX_SAME_WORD

    def _cut(self) -> None:
        """Cut after the last complete item or sentence, so that no name or code is cut in two."""
        self.cut = self.text[:SHOWN_CHARS] or NOTE
        ends = [match.start() for match in _SAFE_CUT.finditer(self.text, 0, MAX_WORDS_CHARS)]
        self.text = self.text[: ends[-1]] if ends else ""
        self.links = [link for link in self.links if link[1] <= len(self.text)]


def _clean(raw: str) -> str:
    """Return text with white space collapsed, no invisible or full-width characters, and ``|`` replaced."""
    seen = "".join(
        " " if char.isspace() else char for char in raw if char.isspace() or not is_invisible(char)
    )
    plain = re.sub(" +", " ", seen).replace("|", "¦").translate(_NORMAL_WIDTH)
    return plain.replace(" -- ", " – ")


@dataclass(slots=True)
class RawCell:
    """A cell as it is on the page."""

    is_header: bool
    rowspan: int = 1
    colspan: int = 1
    words: Words = field(default_factory=Words)
    tables: list[RawTable] = field(default_factory=list)
    """tables nested in this cell"""
    is_implied: bool = False
    """whether it was added for a nested table that is outside any cell"""


@dataclass(slots=True)
class RawTable:
    """A table as it is on the page."""

    caption: Words | None = None
    rows: list[list[RawCell]] = field(default_factory=list)
    is_readable: bool = True
    """whether every cell is certain to be shown in the column that it has here"""
    _group_starts: list[int] = field(default_factory=list)
    """numbers of the rows before which a row group (``thead``, ``tbody``, ``tfoot``) begins or ends"""

    def add_row(self) -> None:
        """Start a row."""
        self.rows.append([])

    def add_cell(self, cell: RawCell) -> None:
        """Append a cell to the last row."""
        if not self.rows:
            self.add_row()
        self.rows[-1].append(cell)

    def divide_rows(self) -> None:
        """Start or end a row group here; no cell spans this boundary."""
        self._group_starts.append(len(self.rows))

    def end_of_group(self, row: int) -> int:
        """Return the number of the first row after the row group that contains a row."""
        number = bisect_right(self._group_starts, row)
        return self._group_starts[number] if number < len(self._group_starts) else len(self.rows)


Grid = list[list[RawCell]]
"""rows of equal length; a merged cell is at each of its positions"""


@dataclass(frozen=True, slots=True)
class _Inner:
    """A table to unfold, with what the table around it, if any, says about it."""

    table: RawTable
    label: RawCell | None
    """the first cell of the outer row"""
    heads: tuple[RawCell, RawCell] | None
    """the cells of the outer table's first row above ``label`` and above the inner table"""
    heading: RawCell | None = None
    """the words beside the inner table in its cell, or the full-width heading directly above it"""


def unfold(table: RawTable) -> Iterator[tuple[Words | None, Grid, str]]:
    """Yield the caption and grid of a table, then those of each table nested in it.

    A nested table receives the first cell of the outer row, usually its exit, as its first column, and the
    outer heads if it has none of its own. The third value is the beginning of the first cell that is beyond
    the size limits, or an empty string.
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
    """Return the grid of a table, with merged cells repeated; no span extends beyond its row group.

    Where two cells span one position, a browser shows one upon the other, and the words of neither are read.
    """
    grid: defaultdict[int, dict[int, RawCell]] = defaultdict(dict)
    widest = max((sum(cell.colspan for cell in row) for row in table.rows), default=0)
    for number, row in enumerate(table.rows[:MAX_ROWS]):
        spans = [cell.colspan for cell in row]
        if len(row) == 1 and row[0].is_header:  # a heading for all columns below
            row[0].colspan = max(row[0].colspan, widest)
        column = 0
        for cell, span in zip(row, spans, strict=True):
            cell.words.finish()
            while column in grid[number]:
                column += 1
            _leave_overlapping(grid[number], cell, range(column, column + span))
            _place(grid, cell, number, column, table.end_of_group(number))
            column += cell.colspan
    rows = [grid[number] for number in sorted(grid) if grid[number]]
    width = max((max(row) + 1 for row in rows), default=0)
    blank = RawCell(is_header=False)
    return [[row.get(column, blank) for column in range(width)] for row in rows]


def _left_out(table: RawTable, grid: Grid) -> str:
    """Return the beginning of the first cell with text that is not in the grid, or an empty string."""
    placed = {id(cell) for row in grid for cell in row}
    others = (cell.words.finish().text for row in table.rows for cell in row if id(cell) not in placed)
    return next((text[:SHOWN_CHARS] for text in others if text), "")


def _leave_overlapping(row: dict[int, RawCell], cell: RawCell, columns: range) -> None:
    """Replace the words of a cell, and of those whose place it shares in its first row, by ``NOTE``."""
    shared = [row[column] for column in columns if column in row]
    for other in (cell, *shared) if shared else ():
        other.words, other.tables = Words(NOTE), []


def _place(
    grid: defaultdict[int, dict[int, RawCell]], cell: RawCell, number: int, column: int, end: int
) -> None:
    last_row = min(end if cell.rowspan == TO_THE_END else number + cell.rowspan, end, MAX_ROWS)
    last_column = min(column + cell.colspan, MAX_COLUMNS)
    for row in range(number, last_row):
        for position in range(column, last_column):
            grid[row].setdefault(position, cell)


def _labelled(grid: Grid, label: RawCell, heads: tuple[RawCell, RawCell] | None) -> Grid:
    """Return a grid with a label as its first column, and with heads above it if given."""
    labelled = [[label, *row] for row in grid]
    if heads is None or not grid:
        return labelled
    if all(cell.is_header for cell in grid[0]):
        return [[heads[0], *grid[0]], *labelled[1:]]
    return [[heads[0], *[heads[1]] * len(grid[0])], *labelled]


def _inner_tables(grid: Grid) -> Iterator[_Inner]:
    """Yield the tables nested in a grid's cells, each once."""
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


def may_turn(element: _Element) -> bool:
    """Return whether an element, apart from its words, may change the direction of the words around it."""
    return element.tag == "bdo" or (element.get("dir") or "ltr").strip().lower() != "ltr"


def may_turn_within(element: _Element) -> bool:
    """Return whether an element, its words or its elements may change the direction of the words around."""
    return any(may_turn(inner) for inner in element.iter()) or any(
        _TURNING.search(str(words)) for words in element.itertext()
    )


def rowspan_of(element: _Element) -> int:
    """Return the number of rows that a cell spans, or ``TO_THE_END``."""
    rows = _non_negative_integer(element.get("rowspan") or "")
    return 1 if rows is None else min(rows, MAX_ROWSPAN)


def colspan_of(element: _Element) -> int:
    """Return the number of columns that a cell spans."""
    return min(_non_negative_integer(element.get("colspan") or "") or 1, MAX_COLSPAN)


def _non_negative_integer(written: str) -> int | None:
    """Return the number at the start of an attribute: 2 for ``2px``, None for ``two`` and ``-2``."""
    match = _INTEGER.match(written)
    if match is None:
        return None
    number = int(match["digits"])
    return None if match["sign"] == "-" and number else number
