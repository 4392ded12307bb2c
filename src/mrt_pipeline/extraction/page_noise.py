"""What of a page's HTML is not its text, and what stands for it: scripts, navigation, footnotes, images.

A few images stand for a word; others, and what is left out, may say something that takes words back.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from mrt_pipeline.extraction.access_words import is_denying, is_not_now
from mrt_pipeline.extraction.mentions import labels_named
from mrt_pipeline.extraction.page_model import NOTE
from mrt_pipeline.extraction.qualifiers import is_name, is_understood
from mrt_pipeline.extraction.styles import INLINE_TAGS
from mrt_pipeline.extraction.word_lists import word_list

if TYPE_CHECKING:
    from lxml.etree import _Element

_SHOWN_TAGS = ("code", "pre", "kbd", "samp", "tt", "var", "xmp", "listing", "plaintext")
"""hold examples, but are seen, as a word of a sentence may be"""
DROPPED_TAGS = frozenset(
    {
        *("script", "style", "noscript", "template", "iframe", "object", "embed", "svg", "math", "canvas"),
        *("audio", "video", "map", "form", "button", "select", "textarea", "head", "title", "nav"),
        *("figure", "figcaption", "s", "strike", "del", "sub"),
        *("dialog", "datalist", "noembed", "noframes", "marquee", "progress", "meter", "rp"),
        *("fencedframe", "portal"),
        *_SHOWN_TAGS,
    }
)
TAKEN_BACK_TAGS = frozenset({"s", "strike", "del"})
"""what an editor has taken back"""

_DROPPED_CLASS = re.compile(
    r"(?:^|\s)(?:navbox|navigation|toc|mw-editsection|mw-references|references?|reflist"
    r"|gallery|wikia-gallery|thumb|noprint|metadata|[a-z]*mbox|catlinks|printfooter|mw-jump-link|hatnote|dablink"
    r"|error|noexcerpt|mw-empty-elt|sistersite|hidden)(?:[\w-]*)(?:\s|$)",
    re.IGNORECASE,
)
_SILENT_CLASS = re.compile(r"navbox|navigation|mw-(?!references)|catlinks|printfooter|gallery|sistersite")
"""Says nothing of what it stands in."""
_NOTICE_CLASS = re.compile(r"(?:^|\s)(?:[a-z]*mbox|hatnote|dablink)(?:[\w-]*)(?:\s|$)", re.IGNORECASE)
_FIGURE_TAGS = frozenset({"figure", "button", "select", "marquee"})
_HEADS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6", "dt"})
_ITEMS = frozenset({"li", "dd"})
_CELLS = frozenset({"td", "th"})
_UNITS = _HEADS | _ITEMS | _CELLS | {"caption"}
_DROPPED_IDS = frozenset({"toc", "catlinks", "siteSub", "contentSub", "jump-to-nav"})
_DROPPED_ROLES = frozenset({"navigation", "note", "search", "banner", "presentation-only"})
_NOTE_ID = "cite_note"
_NUMBER = re.compile(r"[\[(]?\s*\d{1,3}\s*[\])]?")
_WORDED = re.compile(r"[^\W\d_]{3,}|[?？]")
_ORDINAL = re.compile(r"\s*(?:st|[nr]d|th)\s*", re.IGNORECASE)
_FILE_LINK = re.compile(r"\s*(?:file|image)\s*:", re.IGNORECASE)

_BRACKET = re.compile(r"^\s*[(（][^()（）]*[)）]")
_FILE_ENDING = re.compile(r"\.(?:svg|png|jpe?g|gif|webp)$", re.IGNORECASE)
_OWN_BLOCKS = frozenset({"p", "div", "center", "body"})

ICONS = word_list("icons")
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
    if _is_file_link(element):
        return True
    return (
        _DROPPED_CLASS.search(element.get("class") or "") is not None
        or element.get("id") in _DROPPED_IDS
        or element.get("role") in _DROPPED_ROLES
    )


def notes_of(root: _Element) -> dict[str, bool]:
    """Return a page's notes by the links to them, and whether each may take back what it is a note to."""
    return {
        f"#{item.get('id')}": not (_names_source(item) or is_understood(text_in(item), may_name=True))
        for item in root.iter("li")
        if (item.get("id") or "").startswith(_NOTE_ID)
    }


def remark_of(element: _Element, notes: Mapping[str, bool]) -> str | None:
    """Return what stands for an element that is left out, if it may take back words that it stands beside.

    Args:
        element: any element that is left out of the text.
        notes: the page's notes, as ``notes_of`` returns them.
    """
    words = text_in(element)
    if element.tag not in ("sup", "sub"):
        return NOTE if words and _is_seen_beside_words(element) else None
    links = [
        href for link in element.iter("a") if (href := link.get("href") or "").startswith(f"#{_NOTE_ID}")
    ]
    if links:
        is_worded = not _NUMBER.fullmatch(words)
        return NOTE if any(notes.get(link, is_worded) for link in links) else None
    if _WORDED.search(words):
        return f" [{words.strip('[]()')}]"
    return NOTE if words and not _NUMBER.fullmatch(words) else None


def notice_of(element: _Element) -> str | None:
    """Return the words of a notice above an article or a list, if they may take something back."""
    is_notice = element.get("role") == "note" or _NOTICE_CLASS.search(element.get("class") or "") is not None
    words = text_in(element) if is_notice and element.tag not in INLINE_TAGS else ""
    return words if words and not is_understood(words, may_name=True, is_sentence=True) else None


def text_in(element: _Element) -> str:
    """Return all words in an element, white space folded."""
    return " ".join("".join(map(str, element.itertext())).split())


def image_words(element: _Element) -> str | None:
    """Return the word that an image stands for, or the sign of a note if it may take back what is beside it.

    A picture in a block of its own is decoration, unless its text takes something back.
    """
    word = _words_of(element)
    if not word:
        return None
    if word.casefold() in ICONS:
        is_phrase = " " in word and is_denying(word)  # it denies nothing but what it names itself
        return f"; {word}; " if is_phrase else f" {word} "
    if is_not_now(word) or is_denying(word):
        return NOTE
    block = _block_of(element)
    if block.tag in _OWN_BLOCKS or (_is_alone(block) and not _is_plain_cell(block)):
        return None
    return None if is_understood(word, may_name=True) else NOTE


def may_be_label(element: _Element) -> bool:
    """Return whether an image, or words taken back, may be all that names what follows."""
    block = _block_of(element)
    if block.tag in _ITEMS:  # an item heads no more than the list in it
        return any(block.find(f".//{tag}") is not None for tag in ("ul", "ol", "dl"))
    if element.tag == "img":
        return _words_of(element) != "" and block.tag in _HEADS
    return True


def words_behind(element: _Element) -> str | None:
    """Return the words behind an element, but for brackets that belong to a name taken back before them.

    `<s>Broadway Plaza</s> (closed 2014)`, where nothing else stands before them in their line.
    """
    tail: str | None = element.tail
    words = text_in(element)
    if element.tag not in TAKEN_BACK_TAGS or tail is None or is_understood(words) or not is_name(words):
        return tail
    before, parent = element.getprevious(), element.getparent()
    lead = before.tail if before is not None else parent.text if parent is not None else None
    is_first = before is None and parent is not None and parent.tag in _ITEMS
    begins_line = is_first or (before is not None and before.tag == "br")
    return _BRACKET.sub("", tail) if begins_line and not (lead or "").strip() else tail


def is_struck_exit(element: _Element) -> bool:
    """Return whether words taken back are a line of their own that names an exit: what follows is of none."""
    before, after = element.getprevious(), element.getnext()
    parent = element.getparent()
    lead = before.tail if before is not None else parent.text if parent is not None else None
    is_alone = all(other is None or other.tag == "br" for other in (before, after))
    has_words = any((text or "").strip() for text in (lead, element.tail))
    return is_alone and not has_words and bool(labels_named("".join(map(str, element.itertext()))))


def _is_file_link(element: _Element) -> bool:
    return element.tag == "a" and _FILE_LINK.match(element.text or "") is not None


def _is_seen_beside_words(element: _Element) -> bool:
    """Return whether an element is seen, and is a part of a sentence, a cell, an item or a heading."""
    tag = element.tag
    if tag in _SHOWN_TAGS:
        return True
    is_unseen = (tag in DROPPED_TAGS and tag not in _FIGURE_TAGS) or _is_file_link(element)
    if is_unseen or _SILENT_CLASS.search(element.get("class") or ""):
        return False
    return tag in INLINE_TAGS or tag in _UNITS or any(item.tag in _UNITS for item in element.iterancestors())


def _names_source(note: _Element) -> bool:
    """Return whether a note names where something was published: by a link to another site, or a citation."""
    return any(
        item.tag == "cite" or "external" in (item.get("class") or "") for item in note.iter("a", "cite")
    )


def _words_of(image: _Element) -> str:
    return _FILE_ENDING.sub("", (image.get("alt") or "").strip()).replace("_", " ")


def _block_of(element: _Element) -> _Element:
    """Return the cell, item, heading or paragraph that an element is in."""
    blocks = _UNITS | _OWN_BLOCKS
    return next((item for item in element.iterancestors() if item.tag in blocks), element)


def _is_alone(block: _Element) -> bool:
    """Return whether no words and no icons are in a block."""
    has_words = bool("".join(map(str, block.itertext())).strip())
    return not has_words and not any(_words_of(image).casefold() in ICONS for image in block.iter("img"))


def _is_plain_cell(block: _Element) -> bool:
    return block.tag in _CELLS and (block.get("colspan") or "1") == "1"
