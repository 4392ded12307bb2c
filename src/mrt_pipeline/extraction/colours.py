"""Parse the colours in a page's HTML, and compare text with its background."""

from __future__ import annotations

import csv
import re
from functools import cache
from pathlib import Path

Colour = tuple[float, float, float, float]
"""red, green and blue from 0 to 255, and opacity from 0 to 1"""
BLACK: Colour = (0, 0, 0, 1)
WHITE: Colour = (255, 255, 255, 1)
LEAST_DIFFERENCE = 48
"""of red, green or blue; text that differs less from its background is hard to see or invisible"""

_HEX = re.compile(r"#(?:[0-9a-f]{3,4}|[0-9a-f]{6}|[0-9a-f]{8})")
_NUMBER = r"(\d+(?:\.\d+)?|\.\d+)"
_OPACITY = r"((?:\d+(?:\.\d+)?|\.\d+)%?)"
_RGBS = tuple(
    re.compile(
        rf"rgba?\(\s*{_NUMBER}({unit}){comma}{_NUMBER}{unit}{comma}{_NUMBER}{unit}(?:{slash}{_OPACITY})?\s*\)"
    )
    for unit in ("", "%")
    for comma, slash in ((r"\s*,\s*", r"\s*,\s*"), (r"\s+", r"\s*/\s*"))
)
"""browsers ignore a declaration that mixes these forms"""
_LEGACY_HEX = re.compile(r"#(?:[0-9a-f]{3}|[0-9a-f]{6})")


def find_colour(text: str) -> Colour | None:
    """Return the colour of a CSS value in lower case; None if it is not known."""
    if text == "transparent":
        return (0, 0, 0, 0)
    if digits := _named().get(text):
        return _of_digits(digits)
    if _HEX.fullmatch(text):
        return _of_digits(text[1:])
    if (found := next(filter(None, (form.fullmatch(text) for form in _RGBS)), None)) is None:
        return None
    red, unit, green, blue, opacity = found.groups()
    red, green, blue = (_portion(f"{part}{unit}", 255) for part in (red, green, blue))
    return (red, green, blue, _portion(opacity or "1", 1))


def find_attribute_colour(text: str) -> Colour | None:
    """Return the colour of an attribute such as ``bgcolor``; None if browsers may parse it differently.

    Source: HTML Living Standard, "rules for parsing a legacy color value".
    """
    return find_colour(text) if text in _named() or _LEGACY_HEX.fullmatch(text) else None


def paint(colour: Colour, ground: Colour) -> Colour:
    """Return the colour that results from painting one over an opaque background."""
    opacity = colour[3]
    red, green, blue = (
        opacity * own + (1 - opacity) * behind for own, behind in zip(colour[:3], ground[:3], strict=True)
    )
    return (red, green, blue, 1)


def stands_out(colour: Colour, ground: Colour, opacity: float = 1) -> bool:
    """Return whether text of a colour, in an element of an opacity, is visible on an opaque background."""
    seen = paint(colour, ground)
    difference = max(abs(own - behind) for own, behind in zip(seen, ground, strict=True))
    return difference * opacity >= LEAST_DIFFERENCE


@cache
def _named() -> dict[str, str]:
    """Return the hexadecimal digits of the named colours of CSS Color Module Level 4, section 6.1."""
    with Path(__file__).with_name("colours.csv").open(encoding="utf-8", newline="") as file:
        return {row["name"]: row["digits"] for row in csv.DictReader(file)}


def _of_digits(digits: str) -> Colour:
    if len(digits) <= 4:
        digits = "".join(2 * digit for digit in digits)
    red, green, blue, opacity = bytes.fromhex(f"{digits}ff"[:8])
    return (red, green, blue, opacity / 255)


def _portion(text: str, whole: float) -> float:
    value = float(text.removesuffix("%"))
    return min(whole, value * whole / 100 if text.endswith("%") else value)
