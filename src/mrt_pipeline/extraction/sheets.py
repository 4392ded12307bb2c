"""Read the style sheets within a page, such as those of MediaWiki's templates, for rules that may hide words.

A rule is applied to every element that the last part of its selector names, wherever that is; only a browser
could apply selectors exactly. External sheets, and rules that cannot be parsed, apply to all elements.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mrt_pipeline.extraction.styles import (
    JUDGED_BY_LOOK,
    PAINTING,
    TABLE_PARTS,
    declarations,
    may_hide,
    may_pull,
    may_push,
    may_reach,
)

if TYPE_CHECKING:
    from lxml.etree import _Element

MAX_SHEETS_CHARS = 200_000
"""longer sheets are not parsed, and may do anything; MediaWiki's TemplateStyles allows 102,400 bytes"""
ALL = "*"
_UNKNOWN = "\\"
"""a style that may do anything"""

_WHITE = " \t\n\f\r"
"""CSS white space; Python's includes more characters"""
_TOKEN = re.compile(
    r"/\*.*?(?:\*/|$)|(?P<string>\"(?:\\.|[^\"\\\n])*[\"\n]?|'(?:\\.|[^'\\\n])*['\n]?)"
    r"|url\((?![ \t\n\f\r]*[\"'])[^)]*\)?|<!--|-->",
    re.DOTALL | re.IGNORECASE,
)
"""comments, strings and URLs, in which braces, semicolons and commas have no meaning"""
_PIECE = re.compile(r"([^{};]*)([{};]|$)")
_BRACKETS = re.compile(r"\([^()\[\]]*\)|\[[^()\[\]]*\]")
_MAX_BRACKETS = 8
_COMBINATOR = re.compile(rf"[{_WHITE}>+~|]+")
_NAMED = re.compile(r"[.#]?[A-Za-z0-9_\-\u0080-\U0010ffff]+")


@dataclass(frozen=True, slots=True)
class PageSheets:
    """The classes, ids and tags of elements that a page's own style sheets may hide.

    Each name is ``.class``, ``#id`` or ``tag``; ``*`` stands for all elements.
    """

    names: frozenset[str]
    names_in_tables: frozenset[str]
    """names that apply to parts of tables, which more declarations may hide or move to another column"""

    reaching: frozenset[str]
    """names of elements that may cover others or push them away"""
    paints: bool
    """whether a rule paints more than text"""

    def may_hide(self, element: _Element) -> bool:
        """Return whether a rule may hide the words of an element."""
        names = self.names_in_tables if element.tag in TABLE_PARTS else self.names
        return bool(names) and not names.isdisjoint(_names_of(element))

    def may_reach(self, element: _Element) -> bool:
        """Return whether a rule may place an element over the words of others."""
        return bool(self.reaching) and not self.reaching.isdisjoint(_names_of(element))


def read_sheets(root: _Element) -> PageSheets:
    """Return the elements that the style sheets within a page may hide or move."""
    hidden: set[str] = set()
    in_tables: set[str] = set()
    reaching: set[str] = set()
    paints = False
    for selector, style in _all_rules(root):
        found, named = declarations(style), set(_names_in(selector))
        is_hiding = found is None or may_hide(found, "") or bool(JUDGED_BY_LOOK & set(found))
        hidden |= named if is_hiding else set()
        in_tables |= named if is_hiding or may_hide(found or {}, "td") else set()
        is_reaching = found is None or may_reach(found) or may_push(found) or may_pull(found)
        reaching |= named if is_reaching else set()
        paints = paints or PAINTING.search(style) is not None
    return PageSheets(frozenset(hidden), frozenset(in_tables), frozenset(reaching), paints)


def _all_rules(root: _Element) -> Iterator[tuple[str, str]]:
    sheets = ["".join(map(str, sheet.itertext())) for sheet in root.iter("style")]
    if sum(map(len, sheets)) > MAX_SHEETS_CHARS:
        yield ALL, _UNKNOWN
        return
    for sheet in sheets:
        yield from _rules(sheet)
    if any("stylesheet" in (link.get("rel") or "").lower() for link in root.iter("link")):
        yield ALL, _UNKNOWN


def _names_of(element: _Element) -> set[str]:
    classes = (f".{name}" for name in re.split(rf"[{_WHITE}]+", element.get("class") or "") if name)
    return {ALL, str(element.tag), f"#{element.get('id')}", *classes}


def _rules(sheet: str) -> Iterator[tuple[str, str]]:
    """Yield the selector and declarations of each rule, nested ones included; ``@import`` may do anything."""
    plain = _TOKEN.sub(_plain, sheet)
    if "\\" in plain:  # an escape may stand for any character
        yield ALL, _UNKNOWN
        return
    opened: list[tuple[str, list[str]]] = []
    for piece, end in _PIECE.findall(plain):
        if end == "{":
            opened.append((piece.strip(_WHITE), []))
            continue
        if opened:
            opened[-1][1].append(piece)
        elif piece.strip(_WHITE).lower().startswith("@import"):
            yield ALL, _UNKNOWN
        if end == "}" and opened:
            selector, style = opened.pop()
            yield selector, ";".join(style)
    yield from ((selector, ";".join(style)) for selector, style in opened)


def _plain(token: re.Match[str]) -> str:
    """Return a token without its content: a string without special characters, an empty URL or a space."""
    string = token["string"]
    if string is None:
        return "url()" if token[0][0] in "uU" else " "
    return f'"{re.sub(r"[^a-zA-Z ]", "?", string[1:-1])}"'


def _names_in(selector: str) -> Iterator[str]:
    """Yield a class, id or tag that its elements must have, for each selector in a list."""
    if selector.startswith("@"):  # its declarations belong to the rule around it, or to fonts
        yield ALL
        return
    for _ in range(_MAX_BRACKETS):
        selector = _BRACKETS.sub("", selector)
    if re.search(r"[()\[\]]", selector):
        yield ALL
        return
    for part in selector.split(","):
        last = _COMBINATOR.split(part.strip(_WHITE))[-1].partition(":")[0]
        names = _NAMED.findall(last)
        name = max(names, key=lambda name: name[0] in ".#", default=ALL)
        yield name if name[0] in ".#" else name.lower()
