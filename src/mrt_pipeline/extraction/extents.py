"""Estimate how wide a page's elements are, to find words that are pushed out of sight or upon others.

A line of text breaks at blanks, so only what cannot be broken makes an element wider than the window. Sizes
are rough: 0.6 em per Latin letter, 1 em per other character.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mrt_pipeline.extraction.looks import font_px_of
from mrt_pipeline.extraction.styles import BLOCK_TAGS, TABLE_PARTS, declarations, length_px

if TYPE_CHECKING:
    from lxml.etree import _Element

MOST_PX = 2000.0
"""a wider element, or table row, may have words that only a reader who scrolls sideways sees"""
MOST_DECLARED_PX = 1200.0
"""of elements whose styles or attributes give their widths, and of a line that cannot be broken"""
MOST_INDENT_PX = 400.0
"""of an element and all around it"""
MOST_RIGHT_PX = 600.0
"""of an element at the right edge, which grows to the left"""
_LETTER_EM, _OTHER_EM = 0.6, 1.0
_PART_PX = 16.0
"""between two parts of a row"""
_INDENTING = re.compile(
    r"(?:margin|padding|border)(?:-(?:left|right|inline|inline-start|inline-end))?(?:-width)?|text-indent"
)
_SPACING_ATTRIBUTES = ("cellpadding", "cellspacing", "border", "hspace")
_TAG_INDENTS = {
    **dict.fromkeys(("dd", "ul", "ol", "menu"), 40.0),
    **dict.fromkeys(("blockquote", "figure"), 80.0),
}
_GAPS = ("gap", "grid-gap", "column-gap", "grid-column-gap")
_SHRINKING = re.compile(r"overflow(?:-[xy])?|min-width")
_WIDTHS = ("width", "min-width", "flex-basis")
_BOUNDS = ("width", "max-width")
_BREAKING = re.compile(
    r"[ \t\n\r\f\u200b?\u2010\u2012-\u2014]|[/-](?!\d)"
    r"|(?<=[\u4e00-\u9fff\uac00-\ud7a3])(?=[\u4e00-\u9fff\uac00-\ud7a3])"
)
_TAB = "\u00a0" * 8
_LINE_BREAK = re.compile(r"\n")
_SINGLE_LINE = ("nowrap", "pre")
_COLUMNS = re.compile(r"(?:-(?:moz|webkit)-)?column(?:s|-count|-width)")
_COLUMNS_PX = 300.0
_OWN_LINE = frozenset({"br", "hr"})
_NO_TEXT_TAGS = frozenset({"head", "style", "script", "template", "noscript", "textarea"})
_UNKNOWN_HEIGHT = 0.01
_MOST_FONT_PX = 48.0
"""of ``<font size="7">``"""
_GAP = re.compile(r"[ \t]{20,}")
"""many blanks in a ``pre``, which some sites let break its lines"""


@dataclass(slots=True)
class _Box:
    """The state of an open element; lengths are in px."""

    font: float
    line_height: float = 0.0
    """0 if it follows the font size"""
    indent: float = 0.0
    own: float = 0.0
    least: float = 0.0
    most: float = float("inf")
    white_space: str = "normal"
    room: float = 1000.0
    """width that its content has"""
    is_row: bool = False
    is_flexible: bool = False
    """whether its parts may be narrower than their content, if their style says so"""
    gap: float = _PART_PX
    holder: _Box | None = None
    """the element whose line it is part of, if it has no lines of its own"""
    is_right: bool = False
    is_image: bool = False
    has_columns: bool = False
    widest: float = 0.0
    line: float = 0.0
    """width of the line so far, since the last place where it can be broken"""
    pushed: float = 0.0
    """how far styles and unbroken words move what is beside or behind them"""

    def add_text(self, words: str, font: float, white_space: str) -> None:
        """Append text to the line."""
        breaking = _LINE_BREAK if white_space == "pre" else _BREAKING
        if white_space == "pre-wrap":
            words = _GAP.sub(lambda gap: "\u00a0" * len(gap[0]), words)
        if white_space in ("pre", "pre-wrap"):
            words = words.replace("\t", _TAB)
        pieces = [words] if white_space == "nowrap" else breaking.split(words)
        for number, piece in enumerate(pieces):
            if number:
                self.end_line()
            if white_space == "nowrap":
                piece = re.sub(r"[ \t\n\r\f]+", " ", piece)
            self.line += sum(_LETTER_EM if char < "\u2000" else _OTHER_EM for char in piece) * font

    def end_line(self) -> None:
        """Break the line here; the parts of a row are beside each other."""
        if not self.is_row:
            self.widest = max(self.widest, self.line)
            self.pushed = max(self.pushed, self.line)
            self.line = 0.0

    def width(self) -> float:
        """Return the least width of the element with its margins."""
        return max(self.widest, self.line, self.least) + self.own


def is_beyond_sight(root: _Element) -> bool:
    """Return whether elements of a page may be far outside the window, or flow out of those around them."""
    from lxml import etree

    boxes = [_Box(font=16.0)]
    walk = etree.iterwalk(root, events=("start", "end"))
    for event, element in walk:
        if event == "start":
            found = declarations(element.get("style") or "") or {}
            box = _open(element, found, boxes[-1])
            boxes.append(box)
            if found.get("display") == "none" or element.tag in _NO_TEXT_TAGS:
                walk.skip_subtree()
            elif _is_beyond(box, boxes[-2], found):
                return True
            elif element.text:
                (box.holder or box).add_text(element.text, box.font, box.white_space)
            continue
        box = boxes.pop()
        if str(element.tag) not in TABLE_PARTS and max(box.widest, box.line) > box.most:
            return True
        box.end_line()
        if box.pushed > MOST_DECLARED_PX:
            return True
        most = min(MOST_RIGHT_PX, boxes[-1].room) if box.is_right else MOST_PX
        if _close(element, box, boxes[-1]) > most:
            return True
        if element.tail:
            outer = boxes[-1]
            (outer.holder or outer).add_text(element.tail, outer.font, outer.white_space)
    return False


def _open(element: _Element, found: dict[str, str], outer: _Box) -> _Box:
    tag = str(element.tag)
    font = font_px_of(tag, found, outer.font)
    if tag == "font" and element.get("size"):
        font = max(font, _MOST_FONT_PX)
    display = found.get("display", "block" if tag in BLOCK_TAGS else "inline")
    own = sum(_indent(name, value, font) for name, value in found.items()) + _TAG_INDENTS.get(tag, 0.0)
    own += 2 * sum(length_px(element.get(name) or "", font) or 0.0 for name in _SPACING_ATTRIBUTES)
    widths = (found.get(name, "") for name in _WIDTHS)
    sizes = [length_px(width, font) or 0.0 for width in widths if not _is_percentage(width)]
    flex = (length_px(part, font) or 0.0 for part in found.get("flex", "").split() if part[-1].isalpha())
    if not _is_percentage(width := element.get("width") or ""):
        sizes.append(length_px(width, font) or 0.0)
    bounds = [] if tag in ("table", "img") else [_bound(found.get(name, ""), font, outer) for name in _BOUNDS]
    columns = [_COLUMNS_PX] if any(map(_COLUMNS.fullmatch, found)) else []
    most = min((bound for bound in (*bounds, *columns) if bound is not None), default=float("inf"))
    is_flexible = "flex" in display or "grid" in display
    is_inline = (
        display == "inline" and tag != "img" and found.get("float", "none") == "none" and not outer.is_row
    )
    return _Box(
        font=font,
        line_height=_line_height(found, font, outer),
        indent=outer.indent + own,
        own=own,
        least=max(0.0, *sizes, *flex),
        most=most,
        white_space=_white_space(element, found, outer),
        room=min(most, outer.room),
        is_row=tag == "tr" or is_flexible,
        is_flexible=is_flexible,
        gap=max(_PART_PX, *(length_px(found.get(name, "").split(" ")[-1], font) or 0.0 for name in _GAPS)),
        holder=(outer.holder or outer) if is_inline else None,
        is_right="right"
        in (found.get("float"), (element.get("align") or "").lower() if tag == "table" else ""),
        is_image=tag == "img",
        has_columns=bool(columns) or outer.has_columns,
    )


def _white_space(element: _Element, found: dict[str, str], outer: _Box) -> str:
    if element.get("nowrap") is not None or element.tag == "nobr":
        return "nowrap"
    value = found.get("white-space", "inherit")
    if value in ("inherit", "unset"):
        return "pre-wrap" if element.tag == "pre" else outer.white_space
    return value


def _bound(length: str, font: float, outer: _Box) -> float | None:
    """Return a width in px that content may flow out of."""
    if _is_percentage(length):
        return outer.room * (length_px(length, font) or 0.0) / 1000
    return length_px(length, font)


def _is_beyond(box: _Box, outer: _Box, found: dict[str, str]) -> bool:
    """Return whether an element is pushed away, or has lines or columns that lie upon each other."""
    is_crowded = 0 < box.line_height < box.font or (box.line_height > 0 and not box.font)
    is_nested = outer.has_columns and box.most == _COLUMNS_PX
    is_shrinking = outer.is_flexible and any(map(_SHRINKING.fullmatch, found))
    is_far = box.indent > MOST_INDENT_PX or (box.least > MOST_DECLARED_PX and not box.is_image)
    return is_far or is_crowded or is_nested or is_shrinking


def _close(element: _Element, box: _Box, outer: _Box) -> float:
    """Add a closed element to the line or the element around it, and return its width."""
    around = outer.holder or outer
    if element.tag in _OWN_LINE:
        around.end_line()
        return 0.0
    if box.holder is not None:
        around.line += box.own
        return box.own
    width = box.width()
    if around.is_row:
        around.line += width + around.gap
        around.pushed += box.least
    elif outer.white_space in _SINGLE_LINE:
        around.line += width
    else:
        around.end_line()
        around.widest = max(around.widest, width)
    return width


def _indent(name: str, value: str, font: float) -> float:
    if not _INDENTING.fullmatch(name):
        return 0.0
    lengths = [0.0, *(length_px(part, font) or 0.0 for part in value.split())]
    return max(lengths) * (2 if name in ("margin", "padding", "border", "border-width") else 1)


def _line_height(found: dict[str, str], font: float, outer: _Box) -> float:
    """Return the height of lines that does not follow the font size of inner elements; otherwise 0."""
    height = found.get("line-height")
    if "/" in found.get("font", ""):
        return _UNKNOWN_HEIGHT
    if height is None:
        return 0.0 if "font" in found else outer.line_height
    if height.endswith("%"):
        return font * (length_px(height, font) or 0.0) / 1000
    has_unit = height[-1:].isalpha() and height[:1] in ".0123456789"
    return (length_px(height, font) or 0.0) if has_unit else outer.line_height * (height == "inherit")


def _is_percentage(length: str) -> bool:
    return length.rstrip().endswith("%")
