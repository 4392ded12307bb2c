"""Detect pages on which an element may cover the words of others, or push them out of sight.

Which words are affected depends on the whole layout, so no words of such a page are read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mrt_pipeline.extraction.styles import PAINTING, declarations, may_overflow, may_push, may_reach

if TYPE_CHECKING:
    from lxml.etree import _Element

    from mrt_pipeline.extraction.sheets import PageSheets


def may_be_covered(root: _Element, sheets: PageSheets) -> bool:
    """Return whether an element of a page may cover words or push them out of sight."""
    painted = _painted(root)
    for element in root.iter():
        found = declarations(element.get("style") or "") or {}
        is_painted = sheets.paints or element in painted
        is_reaching = may_reach(found) or sheets.may_reach(element)
        is_full = may_overflow(found) and any(inner in painted for inner in element)
        if found.get("display") != "none" and (may_push(found) or (is_painted and is_reaching) or is_full):
            return True
    return False


def _painted(root: _Element) -> set[_Element]:
    """Return the elements that paint more than text, and those around them."""
    painted: set[_Element] = set()
    for element in root.iter():
        if PAINTING.search(element.get("style") or "") or element.get("bgcolor"):
            outer: _Element | None = element
            while outer is not None and outer not in painted:
                painted.add(outer)
                outer = outer.getparent()
    return painted
