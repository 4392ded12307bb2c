"""Return whether a page shows what its source says, where the wiki itself reports nothing wrong.

A page that is blank, or has far fewer words than the size of its revision lets expect, is held against its
source: comments, categories and switches show nothing,
templates may show anything, and of all other words most stand on the page.
"""

from __future__ import annotations

import html as entities
import re
from typing import TYPE_CHECKING

from mrt_pipeline.extraction.page_text import parse_html

if TYPE_CHECKING:
    from lxml.etree import _Element

SHORT_SHARE = 1 / 3
"""a page that has a smaller share of its source's bytes is held against it; healthy ones have half or more,
but for those with much in comments or in templates"""
WHOLE_SHARE = 1 / 2
"""share of the source's own words that stand on a whole page"""
MAX_NESTED_TEMPLATES = 40

_UNSHOWN_TAGS = frozenset({"script", "style", "template", "noscript", "head"})
_SHELL_TAGS = frozenset({"html", "body", "div", "p", "br"})
_WORD = re.compile(r"[^\W_]+")
_CHAR = re.compile(r"[^\W_]")
_HEADING = re.compile(r"^=+[^\n]*=+[^\S\n]*$", re.MULTILINE)
_SILENT = re.compile(
    r"<!--.*?(?:-->|\Z)|<(ref|gallery|math|style|script|templatestyles)\b[^>]*(?:/>|>.*?</\1\s*>)"
    r"|\[\[\s*(?:Category|File|Image)\s*:[^\[\]]*(?:\[\[[^\[\]]*\]\][^\[\]]*)*\]\]"
    r"|__[A-Z]+__|\{\{DEFAULTSORT:[^{}]*\}\}",
    re.IGNORECASE | re.DOTALL,
)
"""what of a source shows no text, or text that may stand elsewhere"""
_TEMPLATE = re.compile(r"\{\{[^{}]*\}\}")
_VALUE = re.compile(r"\|(?:[^|={}]*=)?([^|{}]*)")
_MARKUP = re.compile(
    r"\{\|[^\n]*|<[^>]*>|\[\[[^\[\]|]*\||\[?https?://[^\s\]]+|[\w-]+\s*=\s*(?:\"[^\"]*\"|'[^']*')"
)
"""what of a source's words is not shown: attributes, addresses, where links lead"""


def is_bare(html: str) -> bool:
    """Return whether a page is what MediaWiki makes of an empty source: an element around nothing."""
    root = parse_html(html)
    if root is None:
        return "<" in html
    return all(element.tag in _SHELL_TAGS for element in root.iter()) and not shown_words(root)


def is_blank_source(wikitext: str) -> bool:
    """Return whether a page's source shows nothing: comments, categories, images and headings at most."""
    return not _CHAR.search(_HEADING.sub("", _SILENT.sub("", wikitext)))


def is_short(html: str, size: int) -> bool:
    """Return whether a page has far fewer words than the bytes of its source let expect."""
    root = parse_html(html)
    shown = 0 if root is None else len(shown_words(root).encode("utf-8", "replace"))
    return shown < size * SHORT_SHARE


def shows_source(html: str, wikitext: str) -> bool:
    """Return whether a page shows what its source says.

    Words outside templates decide if there are any; else those that templates are given, of which any may
    stand on the page; else whether there is any word at all.
    """
    root = parse_html(html)
    shown = set() if root is None else set(_words(shown_words(root)))
    own, given = _words_of(wikitext)
    if own:
        return len(own & shown) >= WHOLE_SHARE * len(own)
    return bool(given & shown) if given else bool(shown) or is_blank_source(wikitext)


def shown_words(element: _Element) -> str:
    """Return all text within an element but that of scripts and styles, in one line."""
    from lxml import etree

    parts: list[str] = []
    skipped: _Element | None = None
    for event, item in etree.iterwalk(element, events=("start", "end")):
        if skipped is None and event == "start":
            if item.tag in _UNSHOWN_TAGS:
                skipped = item
            else:
                parts.append(item.text or "")
        elif event == "end" and (skipped is None or item is skipped):
            skipped = None
            parts.append((item.tail or "") if item is not element else "")
    return " ".join("".join(parts).split())


def _words_of(wikitext: str) -> tuple[set[str], set[str]]:
    """Return the words that a source says itself, and those that it gives to templates."""
    rest = _SILENT.sub(" ", wikitext)
    given: list[str] = []
    for _ in range(MAX_NESTED_TEMPLATES):
        found = _TEMPLATE.findall(rest)
        if not found:
            break
        given += (value for call in found for value in _VALUE.findall(call))
        rest = _TEMPLATE.sub(" ", rest)
    return set(_words(_plain(rest))), set(_words(_plain(" ".join(given))))


def _plain(wikitext: str) -> str:
    return entities.unescape(_MARKUP.sub(" ", wikitext))


def _words(text: str) -> list[str]:
    return [word.casefold() for word in _WORD.findall(text)]
