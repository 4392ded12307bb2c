"""Style sheets within a page, as MediaWiki's templates bring them: which elements they may hide.

A rule with anything but harmless declarations counts for whatever the last part of its selector names,
wherever that is: to apply it as a browser does would take a browser.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mrt_pipeline.extraction.inline_styles import JUDGED_BY_LOOK, declarations, may_hide

if TYPE_CHECKING:
    from lxml.etree import _Element

_COMMENT = re.compile(r"/\*.*?(?:\*/|$)", re.DOTALL)
_RULE = re.compile(r"([^{};]+)\{([^{}]*)(?:\}|$)")
_LAST = re.compile(r"(?:[^\s>+~]|\([^)]*\))+\s*$")
_NAMED = re.compile(r"[.#]?[\w-]+")


@dataclass(frozen=True, slots=True)
class PageSheets:
    """The classes, ids and tags of elements that a page's own style sheets may hide."""

    names: frozenset[str]
    """``.class``, ``#id`` or ``tag``; ``*`` stands for all elements"""

    def may_hide(self, element: _Element) -> bool:
        """Return whether a rule may hide the words of an element."""
        if not self.names:
            return False
        classes = (f".{name}" for name in (element.get("class") or "").split())
        own = {"*", str(element.tag), f"#{element.get('id')}", *classes}
        return not self.names.isdisjoint(own)


def read_sheets(root: _Element) -> PageSheets:
    """Return what the style sheets within a page may hide."""
    names: set[str] = set()
    for sheet in root.iter("style"):
        for rule in _RULE.finditer(_COMMENT.sub(" ", "".join(map(str, sheet.itertext())))):
            found = declarations(rule[2])
            if found is None or may_hide(found, "") or JUDGED_BY_LOOK & set(found):
                names.update(_name_of(selector) for selector in rule[1].split(","))
    return PageSheets(frozenset(names))


def _name_of(selector: str) -> str:
    """Return one class, id or tag that the elements of a selector must have."""
    last = _LAST.search(selector)
    plain = "" if last is None or "\\" in selector else re.sub(r"[:\[].*", "", last[0].strip())
    names = _NAMED.findall(plain)
    return str(max(names, key=lambda name: name[0] in ".#")) if names else "*"
