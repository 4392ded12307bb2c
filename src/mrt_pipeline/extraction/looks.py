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
    BLOCK_TAGS,
    INLINE_TAGS,
    LENGTH,
    PX_OF_UNIT,
    TABLE_PARTS,
    declarations,
    has_round_corners,
    is_legible,
    keeps_place,
    may_hide,
)

if TYPE_CHECKING:
    from lxml.etree import _Element

_FONT_PX = (8.0, 64.0)
_LEAST_OPACITY = 0.25
_FONT_WORDS = {"xx-small": 9.0, "x-small": 10.0, "small": 13.0, "medium": 16.0, "large": 18.0}
_FONT_WORDS |= {"x-large": 24.0, "xx-large": 32.0, "xxx-large": 48.0, "initial": 16.0}
_FONT_FACTORS = {"smaller": 5 / 6, "larger": 1.2, "inherit": 1.0, "unset": 1.0}
_FONT_SIZE = re.compile(
    r"(?:^|\s)((?:\d+\.?\d*|\.\d+)(?:px|pt|r?em|%)|(?:x{1,3}-)?(?:small|large)|medium)(?:\s|$)"
)
_TAG_FACTORS = {**dict.fromkeys(("small", "sub", "sup"), 5 / 6), "big": 1.2, "h1": 2.0, "h2": 1.5, "h3": 1.17}
_SAME_GROUND = frozenset({"", "none", "inherit", "initial", "unset"})
_NO_PICTURE = re.compile(r"none repeat scroll (?:0|0%) (?:0|0%) | none repeat scroll (?:0|0%) (?:0|0%)$")
"""values that older browsers added to a background colour"""
_LINK_COLOURS: tuple[Colour, ...] = ((0, 0, 238, 1), (85, 26, 139, 1))
"""new and visited, unless the site or the reader has other colours"""
_MARKED: Colour = (255, 255, 0, 1)
_NOTHING: Colour = (0, 0, 0, 0)
_GROUND_TAGS = TABLE_PARTS | {"table", "body"}
_LEADING_DIGITS = re.compile(r"\s*\+?\d+")
_MOST_PX = {"width": 2000, "cellpadding": 40, "cellspacing": 40, "border": 10, "hspace": 40}
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

    colours: tuple[Colour, ...] = (BLACK,)
    """the colours that its letters may have"""
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
        return all(stands_out(colour, ground, self.opacity) for colour in self.colours for ground in grounds)


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
        or _is_closed_for_good(element)
        or may_hide(found, tag)
    ):
        return replace(parent, is_hidden=True)
    look = replace(
        _coloured(element, found, parent),
        font_px=font_px_of(tag, found, parent.font_px),
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
    is_coloured = element.tag == "body" and any(element.get(name) for name in ("text", "link", "vlink"))
    is_far = any(digits is not None and float(digits[0]) > most for digits, most in sizes)
    return is_turned or is_illegible or is_coloured or is_far or element.get("background") is not None


def _is_closed_for_good(element: _Element) -> bool:
    """Return whether an element's content is shown by a click, but what to click on may be hidden."""
    summary = element.find("summary") if element.tag == "details" else None
    return summary is not None and any(
        summary.get(name) is not None for name in ("style", "hidden", "popover")
    )


def _coloured(element: _Element, found: dict[str, str], parent: Look) -> Look:
    """Return the appearance with an element's own colours; hidden if one is unknown."""
    tag = element.tag
    painted = _painted_by(element, found)
    if painted is None:
        return replace(parent, is_hidden=True)
    ground = paint(painted, parent.ground)
    is_inline = found.get("display", "block" if tag in BLOCK_TAGS else "inline") == "inline"
    is_within = is_inline and tag in INLINE_TAGS
    is_beyond = tag == "caption" or (parent.has_inline_ground and not is_within)
    is_beyond |= parent.has_inline_ground and _may_rise(str(tag), found, parent.font_px)
    is_beyond |= element.get("align") is not None and tag not in TABLE_PARTS
    is_moved = parent.is_off_ground or is_beyond or any(_may_move(tag, *style) for style in found.items())
    is_overflowing = tag not in TABLE_PARTS and any(_OVERFLOWING.fullmatch(name) for name in found)
    is_overflowing |= has_round_corners(found)
    is_fixed = parent.has_fixed_columns or found.get("table-layout", "auto") != "auto"
    is_off = is_overflowing or is_fixed or (is_moved and painted[3] < 1)
    if is_off and 0 < painted[3] < 1:  # what it is painted on is not known
        return replace(parent, is_hidden=True)
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
        is_link = tag == "a" and not colour and element.get("href") is not None
        own = _LINK_COLOURS if is_link else (BLACK,) if tag == "mark" and not colour else look.colours
        return replace(look, colours=own)
    known = find_colour(colour) if colour else find_attribute_colour(named)
    return replace(look, colours=(known or ground,), is_hidden=known is None)


def _may_rise(tag: str, found: dict[str, str], parent_px: float) -> bool:
    """Return whether letters may be higher or lower than the line that they are in."""
    return (
        tag in ("sub", "sup")
        or "vertical-align" in found
        or not 0 < font_px_of(tag, found, parent_px) <= parent_px
    )


def _may_move(tag: str, name: str, value: str) -> bool:
    """Return whether a declaration may move words off the background of the element around them."""
    if tag not in TABLE_PARTS and _MOVING_BOXES.fullmatch(name):
        return not value.endswith("%")
    return _MOVING.fullmatch(name) is not None


def _painted_by(element: _Element, found: dict[str, str]) -> Colour | None:
    """Return what an element paints behind its words, by its style, attribute or tag; None if unknown."""
    named = (element.get("bgcolor") or "").strip().lower() if element.tag in _GROUND_TAGS else ""
    text = found.get("background", "")
    if named and "background" not in found:
        return find_attribute_colour(named)
    if text in _SAME_GROUND:
        return _MARKED if element.tag == "mark" and not text else _NOTHING
    return find_colour(_NO_PICTURE.sub("", text))


def font_px_of(tag: str, found: dict[str, str], parent_px: float) -> float:
    """Return the font size of an element in px; 0 if unknown."""
    size = found.get("font-size")
    if size is not None and "font" in found:  # the later of the two holds
        return 0.0
    if size is None and "font" in found:
        named = _FONT_SIZE.search(found["font"])
        size = named[1] if named else found["font"]
        if named and not is_legible(found["font"][named.end(1) :].strip()):
            return 0.0
    if size is None:
        return parent_px * _TAG_FACTORS.get(tag, 1.0)
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
