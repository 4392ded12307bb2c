"""Whether the words of an element are seen by whoever looks at the page, as far as the page's HTML says so.

What one click shows (``details``, a collapsed table) counts as seen, and so does what ``aria-hidden``
keeps from screen readers alone: other editors see it and can correct it. Sheets of the site are not known.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from mrt_pipeline.extraction.colours import BLACK, WHITE, Colour, find_colour, paint, stands_out
from mrt_pipeline.extraction.styles import (
    LENGTH,
    PX_OF_UNIT,
    TABLE_PARTS,
    declarations,
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
_GROUND_WORDS = re.compile(
    r"none|(?:no-)?repeat(?:-[xy])?|scroll|top|bottom|left|right|center|inherit|initial|unset|0|0%"
)
_GROUND_TAGS = TABLE_PARTS | {"table", "body"}
_MOVING = re.compile(r"float|position|margin.*|top|bottom|left|right")
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


def _has_hiding_attribute(element: _Element) -> bool:
    has_attribute = element.get("hidden") is not None or element.get("popover") is not None
    return has_attribute or element.find("template[@shadowrootmode]") is not None


def _coloured(element: _Element, found: dict[str, str], parent: Look) -> Look:
    """Return the look with an element's own colours; with one that is not known, nothing is seen."""
    tag = element.tag
    named = (element.get("bgcolor") or "") if tag in _GROUND_TAGS else ""
    ground = _ground(found.get("background", named.strip().lower()), parent.ground)
    if ground is None:
        return replace(parent, is_hidden=True)
    is_moved = parent.is_off_ground or any(_MOVING.fullmatch(name) for name in found)
    is_overflowing = tag not in TABLE_PARTS and any(_OVERFLOWING.fullmatch(name) for name in found)
    is_off = is_overflowing or (is_moved and ground == parent.ground)
    named = (element.get("color") or "") if tag == "font" else ""
    colour = found.get("color", named.strip().lower())
    if colour in ("", "inherit", "unset", "currentcolor"):
        return replace(parent, ground=ground, is_off_ground=is_off)
    known = find_colour(colour)
    return replace(
        parent, ground=ground, is_off_ground=is_off, colour=known or ground, is_hidden=known is None
    )


def _ground(text: str, parent: Colour) -> Colour | None:
    """Return what is behind an element's letters; none if that is not known."""
    parts = [part for part in re.split(r"\s+(?![^()]*\))", text) if not _GROUND_WORDS.fullmatch(part)]
    if not any(parts):
        return parent
    colour = find_colour(parts[0]) if len(parts) == 1 else None
    return paint(colour, parent) if colour else None


def _font_px(tag: str, found: dict[str, str], parent_px: float) -> float:
    """Return how large an element's letters are; 0 if that is not known."""
    size = found.get("font-size")
    if size is None and "font" in found:
        named = _FONT_SIZE.search(found["font"])
        size = named[1] if named else found["font"]
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
