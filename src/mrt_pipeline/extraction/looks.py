"""Whether the words of an element are seen by whoever looks at the page, as far as the page's HTML says so.

What one click shows (``details``, a collapsed table) counts as seen, and so does what ``aria-hidden``
keeps from screen readers alone: other editors see it and can correct it. Sheets of the site are not known.
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
"""what older browsers wrote beside a colour"""
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
"""What is within a hidden element may have letters of its own size, or be visible."""
Place = Literal["gone", "kept", "flowing", "unknown"]
"""What becomes of the place of an element whose words are hidden: it takes none; a part of a table is where
its row has it; it is no part of a table; or it is one, and its neighbours may be in other columns."""


@dataclass(frozen=True, slots=True)
class Look:
    """How an element looks, as the elements in it inherit it; the page is black on white."""

    colour: Colour = BLACK
    ground: Colour = WHITE
    """what is behind the letters, opaque"""
    is_off_ground: bool = False
    """whether the letters may stand beside that ground, on the page"""
    has_inline_ground: bool = False
    """whether that ground is no larger than a line of letters"""
    has_fixed_columns: bool = False
    """whether it is in a table whose cells may be narrower than their words"""
    font_px: float = 16.0
    opacity: float = 1.0
    is_hidden: bool = False
    """whether nothing within it is seen, for certain or for all that is known"""

    @property
    def stands_out(self) -> bool:
        """Return whether its own letters are seen on what is behind them."""
        grounds = (self.ground, WHITE) if self.is_off_ground else (self.ground,)
        return all(stands_out(self.colour, ground) for ground in grounds)


def look_of(element: _Element, parent: Look, *, is_hidden: bool = False) -> Look:
    """Return how an element looks within another one; it may be hidden by more than its own style."""
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
    """Return what becomes of the place of an element whose words are hidden; not certain by a style sheet."""
    found = declarations(element.get("style") or "")
    display = found.get("display") if found is not None else "unknown"
    if display == "none" or (display is None and _has_hiding_attribute(element)):
        return "gone"
    if element.tag not in TABLE_PARTS:
        return "flowing"
    return "kept" if is_certain and keeps_place(found, str(element.tag)) else "unknown"


def is_surely_hidden(element: _Element) -> bool:
    """Return whether there is no doubt that a hidden element is not seen, or was taken back by its editor."""
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
    """Return whether an attribute may show other signs, or words backwards, far away or on a picture."""
    is_turned = (element.get("dir") or "ltr").strip().lower() not in ("ltr", "auto", "")
    is_illegible = element.tag == "font" and not is_legible((element.get("face") or "serif").lower())
    sizes = ((_LEADING_DIGITS.match(element.get(name) or ""), most) for name, most in _MOST_PX.items())
    is_far = any(digits is not None and float(digits[0]) > most for digits, most in sizes)
    return is_turned or is_illegible or is_far or element.get("background") is not None


def _coloured(element: _Element, found: dict[str, str], parent: Look) -> Look:
    """Return the look with an element's own colours; with one that is not known, nothing is seen."""
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
    """Return whether a declaration may put an element's words beside what is behind the element around it."""
    if tag not in TABLE_PARTS and _MOVING_BOXES.fullmatch(name):
        return not value.endswith("%")
    return _MOVING.fullmatch(name) is not None


def _ground_of(element: _Element, found: dict[str, str], parent: Colour) -> Colour | None:
    """Return what is behind an element's letters, by its style or attribute; none if that is not known."""
    named = (element.get("bgcolor") or "").strip().lower() if element.tag in _GROUND_TAGS else ""
    if "background" in found or not named:
        return _ground(found.get("background", ""), parent)
    return find_attribute_colour(named)


def _ground(text: str, parent: Colour) -> Colour | None:
    """Return what is behind an element's letters; none if that is not known."""
    if text in _SAME_GROUND:
        return parent
    colour = find_colour(_NO_PICTURE.sub("", text))
    return paint(colour, parent) if colour else None


def _font_px(tag: str, found: dict[str, str], parent_px: float) -> float:
    """Return how large an element's letters are; 0 if that is not known."""
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
    """Return an opacity from 0 to 1; 0 if it is not known."""
    length = LENGTH.fullmatch(opacity)
    if length is None or length[2] not in ("", "%"):
        return 0.0
    return max(0.0, min(1.0, float(length[1]) / (100 if length[2] else 1)))
