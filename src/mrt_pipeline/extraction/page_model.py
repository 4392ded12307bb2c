"""A page as clean text, with the structure of its HTML as positions in that text.

Evidence points into this text. Headings are written as ``== Exits ==``, list items begin with ``- ``, and a
table row is one line with its cells separated by `` | ``. A cell that spans rows is repeated in each of them,
so that every row can be read alone.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

CELL_BREAK = " | "
ITEM_BREAK = "; "
"""replaces a line break, paragraph or list item in a cell"""

NOTE = "†"
"""replaces omitted words, such as footnote marks, that may retract what is beside or below them"""

_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
_JOINERS = frozenset("\u200c\u200d")
"""invisible, but required for correct spelling in Indic scripts"""
_UNWRITABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of the page's text."""

    start: int
    end: int
    links: tuple[tuple[int, int], ...] = ()
    """bounds of the links in it"""


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading; level 1 is the page's title, 6 the lowest."""

    piece: Piece
    level: int


Kind = Literal["paragraph", "item", "term"]


@dataclass(frozen=True, slots=True)
class Line:
    """A paragraph, a list item, or the term that items explain."""

    piece: Piece
    """without the list mark"""
    kind: Kind
    depth: int = 0
    """number of lists that contain it"""
    goes_on: bool = False
    """whether only a line break separates it from the line before"""
    is_caption: bool = False
    """it stands below a picture of a gallery"""


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a table's grid; one that spans columns is in each of them, with the same piece."""

    piece: Piece
    is_header: bool
    origin: int
    """number of the cell on the page, equal for all grid positions that it spans"""


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
    """the list item that contains it"""


Block = Heading | Line | Table


@dataclass(frozen=True, slots=True)
class PageText:
    """A page's title, clean text, and blocks in text order."""

    title: str
    text: str
    blocks: tuple[Block, ...]
    cut: tuple[str, ...] = ()
    """the first characters of each part that was too long, or did not fit into the text"""

    def words(self, piece: Piece) -> str:
        """Return the text of a piece."""
        return self.text[piece.start : piece.end]


def bounds_of(block: Block) -> tuple[int, int]:
    """Return the bounds of a block in the text."""
    if isinstance(block, Table):
        start = block.caption.start if block.caption else block.rows[0].start
        return start, block.rows[-1].end
    return block.piece.start, block.piece.end


def is_invisible(char: str) -> bool:
    """Return whether a character is invisible, so that a page could hide or split words with it.

    Examples are control characters and marks of writing direction.
    """
    return unicodedata.category(char) in _INVISIBLE and char not in _JOINERS


def writable(text: str) -> str:
    """Return a text without the characters that lxml accepts when parsing but rejects when writing."""
    return _UNWRITABLE.sub("", text)
