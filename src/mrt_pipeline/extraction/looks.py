"""Determine from a page's HTML alone whether the words of an element are visible.

Content that one click reveals (``details``, a collapsed table) counts as visible, as does content that
``aria-hidden`` hides only from screen readers: other editors see it and can correct it. The site's own style
sheets are not known.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from mrt_pipeline.extraction.colours import (
    BLACK,
    WHITE,
    Colour,
    find_attribute_colour,
    find_colour,
    paint,
    stands_out,
)
from mrt_pipeline.extraction.styles import (
    INLINE_TAGS,
    LENGTH,
    PX_OF_UNIT,
    TABLE_PARTS,
    declarations,
    is_legible,
    keeps_place,
    may_hide,
)

if TYPE_CHECKING:
    from lxml.etree import _Element

_FONT_PX = (5.0, 200.0)
_LEAST_OPACITY = 0.25
_FONT_WORDS = {"xx-small": 9.0, "x-small": 10.0, "small": 13.0, "medium": 16.0, "large": 18.0}
_FONT_WORDS |= {"x-large": 24.0, "xx-large": 32.0, "xxx-large": 48.0, "initial": 16.0}
_FONT_FACTORS = {"smaller": 5 / 6, "larger": 1.2, "inherit": 1.0, "unset": 1.0}
_FONT_SIZE = re.compile(
    r"(?:^|\s)((?:\d+\.?\d*|\.\d+)(?:px|pt|r?em|%)|(?:x{1,3}-)?(?:small|large)|medium)(?:\s|$)"
)
_SMALLER_TAGS = ("small", "sub", "sup")
_SAME_GROUND = frozenset({"", "none", "inherit", "initial", "unset"})
_NO_PICTURE = re.compile(r"none repeat scroll (?:0|0%) (?:0|0%) | none repeat scroll (?:0|0%) (?:0|0%)$")
"""values that older browsers added to a background colour"""
_GROUND_TAGS = TABLE_PARTS | {"table", "body"}
_LEADING_DIGITS = re.compile(r"\s*\+?\d+")
_MOST_PX = {"width": 2000, "cellpadding": 400, "cellspacing": 400, "border": 10, "hspace": 400}
_MOVING = re.compile(r"float|position|margin.*|top|bottom|left|right")
_MOVING_BOXES = re.compile(r"(?:min-)?width|flex-basis|vertical-align")
_OVERFLOWING = re.compile(r"(?:max-)?height|text-indent|line-height")
_SURELY_HIDING = re.compile(
    r"visibility\s*:\s*(?:hidden|collapse)|line-through"
    r"|(?:font-size|opacity)\s*:\s*[+-]?(?:0+(?:\.0*)?|\.0+)(?:e[+-]?\d+)?(?![.\d])",
    re.IGNORECASE,
)
_SHOWS_AGAIN = re.compile(r"font|visibility|[\\@{}]|/\*", re.IGNORECASE)
"""styles that may make content visible again within a hidden element"""
Place = Literal["gone", "kept", "flowing", "unknown"]
"""What happens to the space of an element whose words are hidden: it takes up none (``gone``); as a part of a
table it keeps its position (``kept``); it is not part of a table (``flowing``); or it is, and may shift its
neighbours to other columns (``unknown``)."""


@dataclass(frozen=True, slots=True)
class Look:
    """The inherited appearance of an element; the default is black on white."""

    colour: Colour = BLACK
    ground: Colour = WHITE
    """the opaque colour behind the letters"""
    is_off_ground: bool = False
    """whether the letters may be outside that background, on the page's own"""
    has_inline_ground: bool = False
    """whether that background is only as large as a line of text"""
    has_fixed_columns: bool = False
    """whether it is in a table whose cells may be narrower than their words"""
    font_px: float = 16.0
    opacity: float = 1.0
    is_hidden: bool = False
    """whether its content is, or may be, invisible"""

    @property
    def stands_out(self) -> bool:
        """Return whether its letters are visible against their background."""
        grounds = (self.ground, WHITE) if self.is_off_ground else (self.ground,)
        return all(stands_out(self.colour, ground) for ground in grounds)


def look_of(element: _Element, parent: Look, *, is_hidden: bool = False) -> Look:
    """Return the appearance of an element.

    Args:
        element: the element.
        parent: the appearance of the element around it.
        is_hidden: whether something other than its own style, such as a style sheet, may hide it.
    """
    tag = str(element.tag)
    found = declarations(element.get("style") or "")
    if (
        is_hidden
        or parent.is_hidden
        or found is None
        or _has_hiding_attribute(element)
        or _has_doubtful_attribute(element)
        or may_hide(found, tag)
    ):
        return replace(parent, is_hidden=True)
    look = replace(
        _coloured(element, found, parent),
        font_px=_font_px(tag, found, parent.font_px),
        opacity=parent.opacity * _factor(found.get("opacity", "1")),
    )
    is_legible = _FONT_PX[0] <= look.font_px <= _FONT_PX[1] and look.opacity >= _LEAST_OPACITY
    return replace(look, is_hidden=look.is_hidden or not is_legible)


def place_of(element: _Element, *, is_certain: bool = True) -> Place:
    """Return what happens to the space of a hidden element.

    Args:
        element: the element.
        is_certain: False if a style sheet may affect it, which makes its position in a table unknown.
    """
    found = declarations(element.get("style") or "")
    display = found.get("display") if found is not None else "unknown"
    if display == "none" or (display is None and _has_hiding_attribute(element)):
        return "gone"
    if element.tag not in TABLE_PARTS:
        return "flowing"
    return "kept" if is_certain and keeps_place(found, str(element.tag)) else "unknown"


def is_surely_hidden(element: _Element) -> bool:
    """Return whether a hidden element is certainly invisible, or was struck out by its editor."""
    if place_of(element) == "gone":
        return True
    return _SURELY_HIDING.search(element.get("style") or "") is not None and not any(
        _SHOWS_AGAIN.search(inner.get("style") or "") for inner in element.iterdescendants()
    )


def is_struck(element: _Element) -> bool:
    """Return whether an editor has struck out an element, by its tag or its style."""
    return element.tag in ("s", "strike", "del") or "line-through" in (element.get("style") or "")


def _has_hiding_attribute(element: _Element) -> bool:
    has_attribute = element.get("hidden") is not None or element.get("popover") is not None
    return has_attribute or element.find("template[@shadowrootmode]") is not None


def _has_doubtful_attribute(element: _Element) -> bool:
    """Return whether an attribute may show words in other symbols, reversed, far away or on a picture."""
    is_turned = (element.get("dir") or "ltr").strip().lower() not in ("ltr", "")
    is_illegible = element.tag == "font" and not is_legible((element.get("face") or "serif").lower())
    sizes = ((_LEADING_DIGITS.match(element.get(name) or ""), most) for name, most in _MOST_PX.items())
    is_far = any(digits is not None and float(digits[0]) > most for digits, most in sizes)
    return is_turned or is_illegible or is_far or element.get("background") is not None


def _coloured(element: _Element, found: dict[str, str], parent: Look) -> Look:
    """Return the appearance with an element's own colours; hidden if one is unknown."""
    tag = element.tag
    ground = _ground_of(element, found, parent.ground)
    if ground is None:
        return replace(parent, is_hidden=True)
    is_inline = found.get("display", "inline" if tag in INLINE_TAGS else "block") == "inline"
    is_beyond = tag == "caption" or (parent.has_inline_ground and not is_inline)
    is_moved = parent.is_off_ground or is_beyond or any(_may_move(tag, *style) for style in found.items())
    is_overflowing = tag not in TABLE_PARTS and any(_OVERFLOWING.fullmatch(name) for name in found)
    is_fixed = parent.has_fixed_columns or found.get("table-layout", "auto") != "auto"
    is_off = is_overflowing or is_fixed or (is_moved and ground == parent.ground)
    has_inline = parent.has_inline_ground if ground == parent.ground else is_inline
    look = replace(
        parent,
        ground=ground,
        is_off_ground=is_off,
        has_inline_ground=has_inline,
        has_fixed_columns=is_fixed,
    )
    named = (element.get("color") or "").strip().lower() if tag == "font" else ""
    colour = found.get("color", "")
    if colour in ("", "inherit", "unset", "currentcolor") and (colour or not named):
        return look
    known = find_colour(colour) if colour else find_attribute_colour(named)
    return replace(look, colour=known or ground, is_hidden=known is None)


def _may_move(tag: str, name: str, value: str) -> bool:
    """Return whether a declaration may move words off the background of the element around them."""
    if tag not in TABLE_PARTS and _MOVING_BOXES.fullmatch(name):
        return not value.endswith("%")
    return _MOVING.fullmatch(name) is not None


def _ground_of(element: _Element, found: dict[str, str], parent: Colour) -> Colour | None:
    """Return the background of an element, from its style or attribute; None if unknown."""
    named = (element.get("bgcolor") or "").strip().lower() if element.tag in _GROUND_TAGS else ""
    if "background" in found or not named:
        return _ground(found.get("background", ""), parent)
    return find_attribute_colour(named)


def _ground(text: str, parent: Colour) -> Colour | None:
    """Return the background that a CSS value gives; None if unknown."""
    if text in _SAME_GROUND:
        return parent
    colour = find_colour(_NO_PICTURE.sub("", text))
    return paint(colour, parent) if colour else None


def _font_px(tag: str, found: dict[str, str], parent_px: float) -> float:
    """Return the font size of an element in px; 0 if unknown."""
    size = found.get("font-size")
    if size is None and "font" in found:
        named = _FONT_SIZE.search(found["font"])
        size = named[1] if named else found["font"]
        if named and not is_legible(found["font"][named.end(1) :].strip()):
            return 0.0
    if size is None:
        return parent_px * (_FONT_FACTORS["smaller"] if tag in _SMALLER_TAGS else 1)
    if size in _FONT_WORDS:
        return _FONT_WORDS[size]
    if size in _FONT_FACTORS:
        return parent_px * _FONT_FACTORS[size]
    length = LENGTH.fullmatch(size)
    if length is None or not length[2]:
        return 0.0
    factors = {"%": parent_px / 100, "em": parent_px, "ex": parent_px / 2, "ch": parent_px / 2}
    return float(length[1]) * factors.get(length[2], PX_OF_UNIT[length[2]])


def _factor(opacity: str) -> float:
    """Return an opacity from 0 to 1; 0 if unknown."""
    length = LENGTH.fullmatch(opacity)
    if length is None or length[2] not in ("", "%"):
        return 0.0
    return max(0.0, min(1.0, float(length[1]) / (100 if length[2] else 1)))
