"""What of a page's HTML is not its text: scripts, navigation, footnotes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from mrt_pipeline.extraction.qualifiers import is_understood

if TYPE_CHECKING:
    from lxml.etree import _Element

DROPPED_TAGS = frozenset(
    {
        *("script", "style", "noscript", "template", "iframe", "object", "embed", "svg", "math", "canvas"),
        *("audio", "video", "map", "form", "button", "select", "textarea", "head", "title", "nav"),
        *("figure", "figcaption", "s", "strike", "del", "sub"),
        *("dialog", "datalist", "noembed", "noframes", "marquee", "progress", "meter", "rp"),
        *("code", "pre", "kbd", "samp", "tt", "var", "xmp", "listing", "plaintext"),
    }
)
"""``s``, ``strike`` and ``del`` are what an editor has taken back; in ``code`` and the like are examples"""

_DROPPED_CLASS = re.compile(
    r"(?:^|\s)(?:navbox|navigation|toc|mw-editsection|mw-references|references?|reflist"
    r"|gallery|wikia-gallery|thumb|noprint|metadata|[a-z]*mbox|catlinks|printfooter|mw-jump-link|hatnote|dablink"
    r"|error|noexcerpt|mw-empty-elt|sistersite|hidden)(?:[\w-]*)(?:\s|$)",
    re.IGNORECASE,
)
_DROPPED_IDS = frozenset({"toc", "catlinks", "siteSub", "contentSub", "jump-to-nav"})
_DROPPED_ROLES = frozenset({"navigation", "note", "search", "banner", "presentation-only"})
NOTE = "†"
"""stands for a note whose words may take back what is before it"""
_NOTE_ID = "cite_note"
_NUMBER = re.compile(r"[\[(]?\s*\d+\s*[\])]?")
_WORDED = re.compile(r"[^\W\d_]{3,}|[?？]")
_STAR = re.compile(r"[*†‡#]|^[\[(]?[a-z][\])]?$")
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
    """Return whether an element and all within it is not part of the page's text."""
    tag = element.tag
    if not isinstance(tag, str):
        return True
    if tag in DROPPED_TAGS:
        return True
    if tag == "sup":  # a footnote's mark behind a label would read as part of it: A¹
        return not _ORDINAL.fullmatch("".join(map(str, element.itertext())))
    if tag == "a" and _FILE_LINK.match(element.text or ""):
        return True
    return (
        _DROPPED_CLASS.search(element.get("class") or "") is not None
        or element.get("id") in _DROPPED_IDS
        or element.get("role") in _DROPPED_ROLES
    )


def notes_of(root: _Element) -> dict[str, bool]:
    """Return a page's notes by the links to them, and whether each may take back what it is a note to."""
    return {
        f"#{item.get('id')}": not (_names_source(item) or is_understood(_text_of(item), may_name=True))
        for item in root.iter("li")
        if (item.get("id") or "").startswith(_NOTE_ID)
    }


def remark_of(element: _Element, notes: Mapping[str, bool]) -> str | None:
    """Return what a small raised or lowered mark says of the words before it, if it may take them back.

    Args:
        element: any element that is left out of the text.
        notes: the page's notes, as ``notes_of`` returns them.
    """
    if element.tag not in ("sup", "sub"):
        return None
    words = _text_of(element)
    links = [
        href for link in element.iter("a") if (href := link.get("href") or "").startswith(f"#{_NOTE_ID}")
    ]
    if links:
        is_worded = not _NUMBER.fullmatch(words)
        return NOTE if any(notes.get(link, is_worded) for link in links) else None
    if _WORDED.search(words):
        return f" [{words.strip('[]()')}]"
    return NOTE if _STAR.search(words) else None


def _text_of(element: _Element) -> str:
    return " ".join("".join(map(str, element.itertext())).split())


def _names_source(note: _Element) -> bool:
    """Return whether a note names where something was published: by a link to another site, or a citation."""
    return any(
        item.tag == "cite" or "external" in (item.get("class") or "") for item in note.iter("a", "cite")
    )


def icon_word(element: _Element) -> str | None:
    """Return the word that an image stands for, if it is one of the few that matter."""
    word = _FILE_ENDING.sub("", (element.get("alt") or "").strip()).replace("_", " ")
    return word if word.casefold() in ICONS else None
