"""Detect pages on which an element may cover the words of others, or push them out of sight.

Which words are affected depends on the whole layout, so no words of such a page are read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mrt_pipeline.extraction.extents import is_beyond_sight
from mrt_pipeline.extraction.styles import (
    PAINTING,
    declarations,
    may_overflow,
    may_pull,
    may_push,
    may_reach,
)

if TYPE_CHECKING:
    from lxml.etree import _Element

    from mrt_pipeline.extraction.sheets import PageSheets

_EMPTY_TAGS = frozenset({"a", "b", "div", "i", "p", "span", "br"})
"""elements that paint nothing without words"""
_COLUMN_TAGS = ("col", "colgroup")
_COLUMN_STYLES = frozenset({"width", "text-align", "vertical-align"})


def may_be_covered(root: _Element, sheets: PageSheets) -> bool:
    """Return whether an element of a page may cover words or push them out of sight."""
    painted = _painted(root)
    for element in root.iter():
        tag = str(element.tag)
        style = declarations(element.get("style") or "")
        found = style or {}
        if found.get("display") == "none":
            continue
        is_painted = sheets.paints or element in painted
        is_reaching = style is None or may_reach(found) or sheets.may_reach(element)
        is_full = bool((element.text or "").strip()) or any(inner in painted for inner in element)
        is_full |= any((inner.tail or "").strip() for inner in element)
        if may_push(found) or may_pull(found) or _may_hide_column(element, tag, found):
            return True
        if (is_painted and is_reaching) or (is_full and may_overflow(found, tag)):
            return True
    return is_beyond_sight(root)


def _may_hide_column(element: _Element, tag: str, found: dict[str, str]) -> bool:
    has_colour = element.get("bgcolor") is not None or element.get("hidden") is not None
    return tag in _COLUMN_TAGS and (has_colour or not _COLUMN_STYLES.issuperset(found))


def _painted(root: _Element) -> set[_Element]:
    """Return the elements that paint something, words included, and those around them."""
    painted: set[_Element] = set()
    for element in root.iter():
        has_words = (element.text or "").strip() or any((inner.tail or "").strip() for inner in element)
        is_plain = element.tag in _EMPTY_TAGS and not PAINTING.search(element.get("style") or "")
        if has_words or not is_plain or element.get("bgcolor"):
            outer: _Element | None = element
            while outer is not None and outer not in painted:
                painted.add(outer)
                outer = outer.getparent()
    return painted
