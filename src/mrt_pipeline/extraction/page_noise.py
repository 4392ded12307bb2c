"""What of a page's HTML is not its text: scripts, navigation, boxes, footnotes, hidden words."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lxml.etree import _Element

DROPPED_TAGS = frozenset(
    {
        *("script", "style", "noscript", "template", "iframe", "object", "embed", "svg", "math", "canvas"),
        *("audio", "video", "map", "form", "button", "select", "textarea", "head", "title", "nav", "aside"),
        *("figure", "figcaption", "s", "strike", "del", "sub"),
    }
)
"""``s``, ``strike`` and ``del`` are what an editor has taken back; an ``aside`` is Fandom's box of facts"""

_DROPPED_CLASS = re.compile(
    r"(?:^|\s)(?:(?:port?able-)?infobox|navbox|navigation|toc|mw-editsection|mw-references|references?|reflist"
    r"|gallery|wikia-gallery|thumb|noprint|metadata|[a-z]*mbox|catlinks|printfooter|mw-jump-link|hatnote|dablink"
    r"|error|noexcerpt|mw-empty-elt|sistersite|hidden)(?:[\w-]*)(?:\s|$)",
    re.IGNORECASE,
)
_DROPPED_IDS = frozenset({"toc", "catlinks", "siteSub", "contentSub", "jump-to-nav"})
_DROPPED_ROLES = frozenset({"navigation", "note", "search", "banner", "presentation-only"})
_INVISIBLE_STYLE = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|line-through"
    r"|(?:font-size|opacity)\s*:\s*[+-]?(?:0+(?:\.0*)?|\.0+)(?:e[+-]?\d+)?(?![.\d])",
    re.IGNORECASE,
)
_ORDINAL = re.compile(r"\s*(?:st|[nr]d|th)\s*", re.IGNORECASE)
_FILE_LINK = re.compile(r"\s*(?:file|image)\s*:", re.IGNORECASE)
_FILE_ENDING = re.compile(r"\.(?:svg|png|jpe?g|gif|webp)$", re.IGNORECASE)

ICONS = frozenset(
    {
        *("yes", "no", "tick", "check", "cross", "yes check", "x mark", "check mark", "lift", "elevator"),
        *(
            "escalator",
            "stairs",
            "wheelchair",
            "accessible",
            "barrier-free",
            "step-free",
            "tactile",
            "toilet",
        ),
    }
)
"""The only images that stand for a word: those whose text says one of these."""


def is_dropped(element: _Element) -> bool:
    """Tell whether an element and all within it is not part of the page's text."""
    tag = element.tag
    if not isinstance(tag, str):
        return True
    if tag in DROPPED_TAGS or element.get("hidden") is not None:
        return True
    if tag == "sup":  # a footnote's mark behind a label would read as part of it: A¹
        return not _ORDINAL.fullmatch("".join(map(str, element.itertext())))
    if tag == "a" and _FILE_LINK.match(element.text or ""):
        return True
    return (
        _DROPPED_CLASS.search(element.get("class") or "") is not None
        or element.get("id") in _DROPPED_IDS
        or element.get("role") in _DROPPED_ROLES
        or _INVISIBLE_STYLE.search(element.get("style") or "") is not None
    )


def icon_word(element: _Element) -> str | None:
    """Return the word that an image stands for, if it is one of the few that matter."""
    word = _FILE_ENDING.sub("", (element.get("alt") or "").strip()).replace("_", " ")
    return word if word.casefold() in ICONS else None
