"""Write a page's lines and tables as one text, and record the position of each part."""

from __future__ import annotations

from mrt_pipeline.extraction.page_model import CELL_BREAK, Block, Cell, Heading, Kind, Line, Piece, Row, Table
from mrt_pipeline.extraction.page_parts import SHOWN_CHARS, Grid, RawCell, Words

MAX_TEXT_CHARS = 200_000
"""size limit of the text; parts that do not fit are omitted"""


class PageWriter:
    """Writes lines and tables as one text, and records their positions as blocks."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self.cut: list[str] = []
        """the first characters of each cut part, and of the first part that did not fit"""
        self._is_full = False
        self._parts: list[str] = []
        self._length = 0
        self._is_after_item = False

    def text(self) -> str:
        """Return the whole text."""
        return "".join(self._parts)

    def write_heading(self, words: Words, level: int) -> None:
        """Write a heading between ``=`` signs, as many as its level."""
        mark = "=" * level
        if self._begin_block(words, 2 * level + 2):
            self._write(f"{mark} ")
            piece = self._write_words(words)
            self._write(f" {mark}\n")
            self.blocks.append(Heading(piece, level))

    def write_line(
        self, words: Words, kind: Kind, depth: int, *, goes_on: bool = False, is_caption: bool = False
    ) -> None:
        """Write a paragraph, an item or a term."""
        is_item = kind == "item"
        if not self._begin_block(words, 2 * depth + 3, goes_on=is_item and self._is_after_item):
            return
        if is_item:
            self._write("  " * (depth - 1) + "- ")
        piece = self._write_words(words)
        self._write("\n")
        self.blocks.append(Line(piece, kind, depth, goes_on, is_caption))
        self._is_after_item = kind != "paragraph"

    def write_table(self, caption: Words | None, grid: Grid, item: Line | None = None) -> None:
        """Write a table, one line per row; rows that do not fit are omitted.

        Args:
            caption: the table's caption.
            grid: its rows.
            item: the list item that contains it.
        """
        caption = caption.finish() if caption else Words()
        every = (caption, *(cell.words for cells in grid for cell in cells))
        self.cut.extend(dict.fromkeys(words.cut for words in every if words.cut))
        if not self._begin_block(caption, 1):
            return
        stands = None
        if not caption.is_empty:
            stands = self._write_words(caption)
            self._write("\n")
        origins: dict[int, int] = {}
        rows = [row for cells in grid if (row := self._write_row(cells, origins))]
        if rows:
            self.blocks.append(Table(stands, tuple(rows), item))

    def _write_row(self, cells: list[RawCell], origins: dict[int, int]) -> Row | None:
        length = sum(len(cell.words.text) + len(CELL_BREAK) for cell in cells) + 1
        if all(cell.words.is_empty for cell in cells) or not self._has_room(length, cells[0].words.text):
            return None
        start = self._length
        written: list[Cell] = []
        for number, cell in enumerate(cells):
            if number:
                self._write(CELL_BREAK)
            if number and cell is cells[number - 1] and not cell.words.is_empty:
                written.append(written[-1])
                continue
            origin = origins.setdefault(id(cell), len(origins))
            written.append(Cell(self._write_words(cell.words), cell.is_header, origin))
        row = Row(start, self._length, tuple(written))
        self._write("\n")
        return row

    def _begin_block(self, words: Words, more: int, *, goes_on: bool = False) -> bool:
        """Start a block, with a blank line before it unless it continues the last one.

        Returns:
            Whether there is room for ``words`` and ``more`` further characters; if not, nothing is written.
        """
        if not self._has_room(len(words.text) + more + 1, words.text):
            return False
        if self._length and not goes_on:
            self._write("\n")
        self._is_after_item = False
        return True

    def _has_room(self, length: int, words: str) -> bool:
        """Return whether there is room for a part; record the beginning of the first that does not fit."""
        has_room = self._length + length <= MAX_TEXT_CHARS
        if not has_room and not self._is_full:
            self._is_full = True
            self.cut.append(words[:SHOWN_CHARS])
        return has_room

    def _write_words(self, words: Words) -> Piece:
        start = self._length
        self._write(words.text)
        return Piece(start, self._length, tuple((start + left, start + right) for left, right in words.links))

    def _write(self, text: str) -> None:
        self._parts.append(text)
        self._length += len(text)
