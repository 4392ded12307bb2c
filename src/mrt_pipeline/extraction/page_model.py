"""A page as clean text with the structure that its HTML had, every part a stretch of that text.

The text is what evidence points into. Headings stand as ``== Exits ==``, list items begin with ``- ``, a
table's row is one line with its cells divided by `` | ``; a cell that spans rows is repeated in each of
them, so that every row can be read alone.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

CELL_BREAK = " | "
ITEM_BREAK = "; "
"""stands in a cell for a line break, a paragraph or a list item"""

NOTE = "†"
"""stands for words that are not read and may take back what they stand beside, or head"""

_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
_JOINERS = frozenset("\u200c\u200d")
"""part of correct spelling in Indic scripts"""
_UNWRITABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of the page's text; ``links`` are the stretches in it that lead to other pages."""

    start: int
    end: int
    links: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading; level 1 is the page's own title, 6 the lowest."""

    piece: Piece
    level: int


Kind = Literal["paragraph", "item", "term"]


@dataclass(frozen=True, slots=True)
class Line:
    """A paragraph, an item of a list, or the term that items explain."""

    piece: Piece
    """without the mark of a list"""
    kind: Kind
    depth: int = 0
    """how many lists an item stands in"""
    goes_on: bool = False
    """a line break alone divides it from the line before"""
    is_caption: bool = False
    """it stands below a picture of a gallery"""


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a table's grid; one that spans columns stands in each of them with the same piece."""

    piece: Piece
    is_header: bool
    origin: int
    """equal for all grid positions of one cell of the page"""


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table's grid, and its line in the text."""

    start: int
    end: int
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table with its merged cells expanded; a table inside a cell follows as a table of its own."""

    caption: Piece | None
    rows: tuple[Row, ...]
    item: Line | None = None
    """the entry of a list that it stands in"""


Block = Heading | Line | Table


@dataclass(frozen=True, slots=True)
class PageText:
    """A page's title and clean text, and the blocks it consists of, in the order of the text."""

    title: str
    text: str
    blocks: tuple[Block, ...]
    cut: tuple[str, ...] = ()
    """how those parts begin that were too long to be read to their end, or found no room"""

    def words(self, piece: Piece) -> str:
        """Return the text of a piece."""
        return self.text[piece.start : piece.end]


def bounds_of(block: Block) -> tuple[int, int]:
    """Return where a block begins and ends in the text."""
    if isinstance(block, Table):
        start = block.caption.start if block.caption else block.rows[0].start
        return start, block.rows[-1].end
    return block.piece.start, block.piece.end


def is_invisible(char: str) -> bool:
    """Return whether nobody sees a character, so that a page could hide words by it or break them up.

    Such are control characters, marks of writing direction and the like.
    """
    return unicodedata.category(char) in _INVISIBLE and char not in _JOINERS


def writable(text: str) -> str:
    """Return a text without the characters that lxml reads in a page, but refuses to put into one."""
    return _UNWRITABLE.sub("", text)
