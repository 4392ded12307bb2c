"""Convert a wiki page's HTML to clean text with positions.

The HTML is untrusted data: nothing in it is run, fetched or resolved, and its size, nesting, tables and
output are bounded. Hidden and struck-out words, navigation and footnotes are not part of the text. Fandom's
infobox (``aside``) is read as a table of keys and values.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from mrt_pipeline.extraction.covers import may_be_covered
from mrt_pipeline.extraction.looks import Look, Place, is_struck, is_surely_hidden, look_of, place_of
from mrt_pipeline.extraction.page_model import NOTE, Block, Kind, Line, PageText
from mrt_pipeline.extraction.page_noise import (
    TAKEN_BACK_TAGS,
    image_words,
    is_caption,
    is_dropped,
    is_struck_exit,
    is_struck_thing,
    may_be_label,
    notes_of,
    notice_of,
    remark_of,
)
from mrt_pipeline.extraction.page_parts import (
    SHOWN_CHARS,
    RawCell,
    RawTable,
    Words,
    colspan_of,
    may_turn,
    may_turn_within,
    rowspan_of,
    unfold,
)
from mrt_pipeline.extraction.page_tabs import head_panes
from mrt_pipeline.extraction.page_writer import PageWriter
from mrt_pipeline.extraction.sheets import read_sheets

if TYPE_CHECKING:
    from lxml.etree import _Element

MAX_HTML_CHARS = 2 * 2**20
"""The rest of a longer page is not read."""
MAX_TABLE_DEPTH = 4
KEPT_PAGES = 16
"""size of the cache: the text of a page is needed five times, by its reader and by later checks"""

_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_LISTS = frozenset({"ul", "ol", "dl", "menu"})
_LINES = frozenset(
    {
        *("p", "div", "section", "article", "main", "header", "footer", "blockquote", "pre", "center", "hr"),
        *("address", "li", "dt", "dd", "body", "html", "fieldset", "details", "summary", "caption"),
    }
)
_BOX_PARTS = {
    **dict.fromkeys(("pi-title", "pi-header"), "heading"),
    **dict.fromkeys(("pi-data", "pi-smart-group-head", "pi-smart-group-body"), "tr"),
    **dict.fromkeys(("pi-data-label", "pi-smart-data-label"), "th"),
    **dict.fromkeys(("pi-data-value", "pi-smart-data-value"), "td"),
}
"""CSS classes of an infobox's parts, and the parts of a table that they become"""
_ROW_GROUPS = frozenset({"thead", "tbody", "tfoot"})
_PARTS = frozenset({"heading", "dt", "caption", "td", "th"})
"""keep their place in the page even when their words are skipped"""
_KINDS: dict[str, Kind] = {"li": "item", "dd": "item", "dt": "term"}


def read_page_text(html: str, title: str) -> PageText:
    """Return a page's text and blocks; any HTML is accepted, not only MediaWiki's.

    Args:
        html: the page as rendered.
        title: the page's title.
    """
    return PageText(title, *_read_html(html))


@lru_cache(maxsize=KEPT_PAGES)
def _read_html(html: str) -> tuple[str, tuple[Block, ...], tuple[str, ...]]:
    """Return a page's text, its blocks, and the beginnings of parts that were cut."""
    root = parse_html(html)
    reader = _Reader()
    if root is not None:
        head_panes(root)
        _read(root, reader)
    reader.flush()
    writer = reader.writer
    if unread := html[_readable_length(html) :]:
        writer.cut.append(unread[:SHOWN_CHARS])
    return writer.text(), tuple(writer.blocks), tuple(writer.cut)


def _read(root: _Element, reader: _Reader) -> None:
    """Walk all elements in order, and pass each to the reader as visible, hidden or dropped."""
    from lxml import etree

    notes, sheets = notes_of(root), read_sheets(root)
    looks = [Look(is_hidden=may_be_covered(root, sheets))]
    walk = etree.iterwalk(root, events=("start", "end"))
    for event, element in walk:
        if event == "end":
            looks.pop()
            reader.end(element, _seen(element.tail, looks[-1]))
            continue
        is_styled = sheets.may_hide(element)
        look = look_of(element, looks[-1], is_hidden=is_styled)
        looks.append(look)
        if is_dropped(element):
            is_seen = look.stands_out and not look.is_hidden
            if is_seen:
                reader.add_notice(notice_of(element))
            remark = remark_of(element, notes)
            reader.skip(element, remark if is_seen else remark and _mark_of(element))
            walk.skip_subtree()
        elif not look.is_hidden:
            reader.start(element, _seen(element.text, look))
        elif (place := place_of(element, is_certain=not is_styled)) != "kept":
            reader.skip_hidden(element, place)
            walk.skip_subtree()
        else:
            reader.start_hidden(element)
            if element.tag in ("td", "th"):
                walk.skip_subtree()


def _seen(words: str | None, look: Look) -> str | None:
    """Return an element's own words, or ``NOTE`` if their colour may make them invisible."""
    return words if look.stands_out or not (words or "").strip() else NOTE


def _mark_of(element: _Element) -> str | None:
    """Return ``NOTE`` for hidden words that some people may see, as they may retract the words around."""
    has_words = bool("".join(map(str, element.itertext())).strip())
    return NOTE if has_words and not is_surely_hidden(element) else None


def _readable_length(html: str) -> int:
    """Return how many characters of a page are read; the cut never falls inside a tag."""
    return len(html) if len(html) <= MAX_HTML_CHARS else max(html.rfind("<", 0, MAX_HTML_CHARS), 0)


def parse_html(html: str) -> _Element | None:
    """Return the root element of a page, without comments; None if the page has no elements."""
    from lxml import etree

    content = html[: _readable_length(html)].replace("\0", "").encode("utf-8", "replace")
    parser = etree.HTMLParser(
        encoding="utf-8",
        no_network=True,
        remove_comments=True,
        remove_pis=True,
        recover=True,
        huge_tree=False,
    )
    try:
        return etree.fromstring(content, parser)
    except (etree.ParserError, etree.XMLSyntaxError):  # no elements
        return None


class _Reader:
    """Receives a page's elements in order, and passes complete lines and tables to the writer."""

    def __init__(self) -> None:
        self.writer = PageWriter()
        self._line = Words()
        self._is_broken = False
        self._kind: Kind = "paragraph"
        self._level: int | None = None
        self._depth = 0
        self._items: list[int] = []
        """for each open list item, the number of blocks written before it"""
        self._tables: list[RawTable] = []
        self._cells: list[RawCell | None] = []
        self._too_deep = 0
        self._caption: Words | None = None
        self._skipped: set[_Element] = set()
        self._captions = 0
        """number of open elements that are captions of a gallery"""

    def start(self, element: _Element, words: str | None) -> None:
        """Handle the start of an element, with the words before its first child."""
        tag = _tag_of(element)
        if tag == "table":
            self._start_table()
        elif self._tables and tag == "heading":
            self._tables[-1].add_row()
            self._start_cell(RawCell(is_header=True, colspan=2))
        elif self._tables and tag in ("tr", "td", "th", "caption"):
            self._start_part(tag, element)
        elif self._tables and tag in _ROW_GROUPS:
            self._divide_rows()
        elif tag in _HEADINGS or tag in _LINES or tag in _LISTS:
            self._start_block(tag)
            self._captions += is_caption(element)
        elif tag == "br":
            self._break_line()
        elif tag == "a":
            self._words().open_link()
        elif tag == "img":
            self._words().add(image_words(element))
            self._words().has_gap |= may_be_label(element)
        self._words().is_turned |= may_turn(element)
        self._words().add(words)

    def skip(self, element: _Element, remark: str | None = None) -> None:
        """Skip an element, keeping only a remark; ``end`` is still called for it, with the text after it."""
        tag = _tag_of(element)
        if remark and (tag in _HEADINGS or tag in _PARTS):
            self.start(element, remark)  # it still ends the part before, and heads what follows
            return
        self._skipped.add(element)
        if tag not in _LINES and tag not in _LISTS and tag not in _HEADINGS and tag != "table":
            self._words().is_turned |= may_turn_within(element)
        self._words().add(remark)
        if remark is None and element.tag in TAKEN_BACK_TAGS:
            self._words().has_gap |= may_be_label(element)
            self._words().add(NOTE if is_struck_exit(element) else None)
        if remark is None and is_struck(element) and is_struck_thing(element):
            self._words().strike_thing()

    def add_notice(self, words: str | None) -> None:
        """Write a notice as a paragraph; inside a table or list it is ignored."""
        if words and not self._tables and not self._depth:
            self._start_block("p")
            self._words().add(words)
            self._end_block("p")

    def skip_hidden(self, element: _Element, place: Place) -> None:
        """Skip an element whose words may be invisible.

        If it might shift the columns of a table, that table is not read.
        """
        if self._tables and place == "unknown":
            self._tables[0].is_readable = False
        self.skip(element, _mark_of(element))

    def start_hidden(self, element: _Element) -> None:
        """Handle the start of a hidden part of a table that still takes up its place there."""
        tag = str(element.tag)
        if self._tables and tag in _ROW_GROUPS:
            self._divide_rows()
        elif self._tables:
            self._start_part(tag, element)
        if tag in ("td", "th"):
            self._words().is_turned |= may_turn_within(element)
            self._words().add(_mark_of(element))

    def end(self, element: _Element, words: str | None) -> None:
        """Handle the end of an element, with the words that follow it."""
        tag = _tag_of(element)
        if element in self._skipped:
            self._skipped.discard(element)
        elif tag == "table":
            self._end_table()
        elif self._tables and tag in ("td", "th", "heading", "caption"):
            self._end_part(tag)
        elif self._tables and tag in _ROW_GROUPS:
            self._divide_rows()
        elif tag in _HEADINGS or tag in _LINES or tag in _LISTS:
            self._end_block(tag)
            self._captions -= is_caption(element)
        elif tag == "a":
            self._words().close_link()
        self._words().add(words)

    def flush(self) -> None:
        """Write the current line, unless it is empty."""
        line = self._line.finish()
        if line.cut:
            self.writer.cut.append(line.cut)
        if not line.is_empty:
            if self._level is not None:
                self.writer.write_heading(line, self._level)
            elif self._kind == "paragraph" and line.drop_list_mark():
                self.writer.write_line(line, "item", 1)
            else:
                self.writer.write_line(
                    line, self._kind, self._depth, goes_on=self._is_broken, is_caption=self._captions > 0
                )
        self._line, self._is_broken = Words(), False

    def _words(self) -> Words:
        """Return where text goes now: an open caption, the innermost open cell, or the current line.

        Text in a table but outside its cells goes to a buffer that is thrown away.
        """
        if self._caption is not None:
            return self._caption
        if self._tables:
            cell = self._cells[-1]
            return cell.words if cell else Words()
        return self._line

    def _start_block(self, tag: str) -> None:
        if self._tables:
            if tag != "dd" or not self._words().is_behind_key:
                self._words().break_item()
            return
        self.flush()
        if tag in _LISTS:
            self._depth += 1
        if tag in _KINDS:
            is_explained = tag == "dd" and self._last_line_of("term") is not None
            self._items.append(len(self.writer.blocks) - is_explained)
        self._level = _HEADINGS.get(tag)
        self._kind = _KINDS.get(tag, self._kind if self._depth else "paragraph")

    def _end_block(self, tag: str) -> None:
        if self._tables:
            self._words().end_key() if tag == "dt" else self._words().break_item()
            return
        self.flush()
        if tag in _KINDS and self._items:
            self._items.pop()
        if tag in _LISTS:
            self._depth = max(0, self._depth - 1)
        self._level = None
        self._kind = "item" if self._depth else "paragraph"

    def _last_line_of(self, kind: Kind) -> Line | None:
        last = self.writer.blocks[-1] if self.writer.blocks else None
        return last if isinstance(last, Line) and last.kind == kind else None

    def _open_item(self) -> Line | None:
        """Return the line of the innermost open list item, or the term that the item explains."""
        written = self.writer.blocks[self._items[-1] :] if self._items else []
        return written[0] if written and isinstance(written[0], Line) else None

    def _break_line(self) -> None:
        """Handle a ``br``: the next line continues this one, unless the break follows another."""
        if self._tables:
            self._words().break_item()
        else:
            is_blank = self._line.finish().is_empty
            is_turned = self._line.is_turned
            self.flush()
            self._is_broken, self._line.is_turned = not is_blank, is_turned

    def _start_table(self) -> None:
        """Start a table; one nested too deeply becomes text of the cell around it."""
        if len(self._tables) >= MAX_TABLE_DEPTH:
            self._too_deep += 1
            self._words().break_item()
            return
        if not self._tables:
            self.flush()
        table = RawTable()
        if self._tables:
            if self._cells[-1] is None:
                self._tables[-1].add_row()
            cell = self._cells[-1] or self._start_cell(RawCell(is_header=False, is_implied=True))
            cell.words.break_item()
            cell.tables.append(table)
        self._tables.append(table)
        self._cells.append(None)

    def _end_table(self) -> None:
        """End a table; when the outermost one ends, write it and those nested in it."""
        if self._too_deep:
            self._too_deep -= 1
            self._words().break_item()
            return
        if not self._tables:
            return
        table = self._tables.pop()
        self._cells.pop()
        if self._cells and (cell := self._cells[-1]) is not None and cell.is_implied:
            self._cells[-1] = None
        if not self._tables and table.is_readable:
            item = self._open_item()
            for caption, grid, left_out in unfold(table):
                self.writer.write_table(caption, grid, item)
                if left_out:
                    self.writer.cut.append(left_out)

    def _start_part(self, tag: str, element: _Element) -> None:
        if self._too_deep:
            self._words().break_item()
        elif tag == "caption":
            self._caption = Words()
        elif tag == "tr":
            self._tables[-1].add_row()
        else:
            self._start_cell(RawCell(tag == "th", rowspan_of(element), colspan_of(element)))

    def _start_cell(self, cell: RawCell) -> RawCell:
        self._tables[-1].add_cell(cell)
        self._cells[-1] = cell
        return cell

    def _divide_rows(self) -> None:
        """Handle the start or end of a row group (``thead``, ``tbody``, ``tfoot``)."""
        if not self._too_deep:
            self._tables[-1].divide_rows()

    def _end_part(self, tag: str) -> None:
        if self._too_deep:
            self._words().break_item()
        elif tag == "caption":
            self._tables[-1].caption, self._caption = self._caption, None
        else:
            self._cells[-1] = None


def _tag_of(element: _Element) -> str:
    """Return an element's tag; for a part of an infobox, the part of a table that it becomes."""
    if element.tag == "aside":
        return "table"
    names = (element.get("class") or "").split()
    return next((_BOX_PARTS[name] for name in names if name in _BOX_PARTS), str(element.tag))
