"""Decide which elements of a page are not part of its text, and what replaces them.

Scripts, navigation, footnotes and most images are omitted. A few images are replaced by a word. If an omitted
element may retract the words beside it, ``NOTE`` replaces it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING

from mrt_pipeline.extraction.access_words import is_denying, is_not_now
from mrt_pipeline.extraction.mentions import labels_named
from mrt_pipeline.extraction.page_model import NOTE
from mrt_pipeline.extraction.qualifiers import HARMLESS, is_bare_remark, is_understood
from mrt_pipeline.extraction.styles import INLINE_TAGS
from mrt_pipeline.extraction.word_lists import word_list

if TYPE_CHECKING:
    from lxml.etree import _Element

_SHOWN_TAGS = ("code", "pre", "kbd", "samp", "tt", "var", "xmp", "listing", "plaintext")
"""omitted, as they contain examples, but visible, so that they may be part of a sentence"""
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
"""words struck out by an editor"""

_DROPPED_CLASS = re.compile(
    r"(?:^|\s)(?:navbox|navigation|toc|mw-editsection|mw-references|references?|reflist"
    r"|gallery|wikia-gallery|mw-collapsible-toggle|thumb|noprint|metadata|[a-z]*mbox|catlinks|printfooter|mw-jump-link|hatnote|dablink"
    r"|error|noexcerpt|mw-empty-elt|sistersite|hidden)(?:[\w-]*)(?:\s|$)",
    re.IGNORECASE,
)
_GALLERY_CLASS = re.compile(r"(?:^|\s)(?:wikia-)?gallery", re.IGNORECASE)
_CAPTION_CLASS = re.compile(r"(?:^|\s)(?:gallerytext|lightbox-caption)(?:\s|$)", re.IGNORECASE)
_OF_EXIT = re.compile(r"\s*(?:exits?|entrances?)\s+\w{1,2}\s*(?:[:：–—]|-\s)", re.IGNORECASE)
_SILENT_CLASS = re.compile(r"navbox|navigation|mw-(?!references)|catlinks|printfooter|gallery|sistersite")
"""elements that say nothing about their surroundings"""
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
_STOP_CODE = re.compile(r"\d{5}")
_STATE = re.compile(r"\w+(?:ed|ing|al|able|ible|ly|ive)|.{1,4}")
_EXIT_SIGN = re.compile(r"(?:SG ?)?Exit ([A-Z][0-9]?|[0-9]{1,2}[A-Z]?)")
_FILE_LINK = re.compile(r"\s*(?:file|image)\s*:", re.IGNORECASE)

_FILE_ENDING = re.compile(r"\.(?:svg|png|jpe?g|gif|webp)$", re.IGNORECASE)
_ICON_WORD = re.compile(r"^(?:aiga|icon) | (?:icon|symbol|pictogram|sign)$", re.IGNORECASE)
_OWN_BLOCKS = frozenset({"p", "div", "center", "body"})

KEPT_ELEMENTS = 8
"""tables and blocks whose content is remembered: each of their rows and images asks for it again"""

ICONS = word_list("icons")
"""alternative texts of the images that are replaced by their text"""


def is_dropped(element: _Element) -> bool:
    """Return whether an element, with everything in it, is omitted from the page's text."""
    tag = element.tag
    if not isinstance(tag, str):
        return True
    if tag in DROPPED_TAGS:
        return True
    if tag == "sup":  # a footnote mark after a label would read as part of it: A¹
        return not _ORDINAL.fullmatch("".join(map(str, element.itertext())))
    if _is_file_link(element):
        return True
    is_noise = _DROPPED_CLASS.search(element.get("class") or "") is not None
    return (
        (is_noise and not _has_caption_of_exit(element))
        or element.get("id") in _DROPPED_IDS
        or element.get("role") in _DROPPED_ROLES
        or (tag == "tr" and _is_struck_row(element))
    )


def is_caption(element: _Element) -> bool:
    """Return whether an element is the caption of a picture in a gallery."""
    return _CAPTION_CLASS.search(element.get("class") or "") is not None


def notes_of(root: _Element) -> dict[str, bool]:
    """Return a page's footnotes by link target, each with whether it may retract the words it belongs to.

    A source citation, or a note that is understood, does not. A note that a raised number opens on the page
    itself, as in `¹ Goods lift`, may retract; one without a link's target goes by its number in the list.
    """
    opened = {_bare(text_in(mark)): True for mark in root.iter("sup") if _opens_note(mark)}
    counted = {
        str(number): _may_retract(item)
        for notes in root.iter("ol")
        if "references" in (notes.get("class") or "").split()
        for number, item in enumerate(notes.iter("li"), start=1)
        if not item.get("id")
    }
    return (
        opened
        | counted
        | {
            f"#{item.get('id')}": _may_retract(item)
            for item in root.iter("li")
            if (item.get("id") or "").startswith(_NOTE_ID)
        }
    )


def remark_of(element: _Element, notes: Mapping[str, bool]) -> str | None:
    """Return the replacement of an omitted element that may retract the words beside it; else None.

    Args:
        element: an omitted element.
        notes: the page's footnotes, as ``notes_of`` returns them.
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
    is_noted = notes.get(_bare(words)) or notes.get(f"#{_NOTE_ID}-{_bare(words)}")
    return NOTE if words and (not _NUMBER.fullmatch(words) or is_noted) else None


def _may_retract(note: _Element) -> bool:
    """Return whether a footnote names no source and is not understood."""
    return not (_names_source(note) or is_understood(text_in(note), may_name=True))


def _opens_note(mark: _Element) -> bool:
    """Return whether a raised number stands before all other words of its element."""
    parent = mark.getparent()
    is_first = parent is not None and mark.getprevious() is None and not (parent.text or "").strip()
    return is_first and _NUMBER.fullmatch(text_in(mark)) is not None and bool((mark.tail or "").strip())


def _bare(number: str) -> str:
    """Return a footnote's number without brackets."""
    return number.strip("[]() ")


def notice_of(element: _Element) -> str | None:
    """Return the words of a notice box or hatnote that are not understood, and so may retract something."""
    is_notice = element.get("role") == "note" or _NOTICE_CLASS.search(element.get("class") or "") is not None
    words = text_in(element) if is_notice and element.tag not in INLINE_TAGS else ""
    return words if words and not is_understood(words, may_name=True, is_sentence=True) else None


def text_in(element: _Element) -> str:
    """Return all text in an element, with white space collapsed."""
    return " ".join("".join(map(str, element.itertext())).split())


def image_words(element: _Element) -> str | None:
    """Return the word that replaces an image, or ``NOTE`` if the image may retract the words beside it.

    An image in its own block is decoration, unless its alternative text retracts something.
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
    is_sign = _EXIT_SIGN.fullmatch(word) and _is_plain_cell(block) and _begins_row(block)
    if (is_sign or (_heads_column(block) and not labels_named(word))) and _is_alone(block):
        return word
    if block.tag in _OWN_BLOCKS or (_is_alone(block) and not _is_plain_cell(block)):
        return None
    return None if is_understood(word, may_name=True) else NOTE


def may_be_label(element: _Element) -> bool:
    """Return whether an omitted image, or struck-out words, may be the only label of what follows."""
    block = _block_of(element)
    if block.tag in _ITEMS:  # an item labels only the list nested in it
        return _holds_list(block)
    if element.tag == "img":
        return _words_of(element) != "" and block.tag in _HEADS
    return True


def is_struck_exit(element: _Element) -> bool:
    """Return whether struck-out words are a whole line that names an exit; what follows then has no exit."""
    before, after = element.getprevious(), element.getnext()
    parent = element.getparent()
    lead = before.tail if before is not None else parent.text if parent is not None else None
    is_alone = all(other is None or other.tag == "br" for other in (before, after))
    has_words = any((text or "").strip() for text in (lead, element.tail))
    return is_alone and not has_words and bool(labels_named("".join(map(str, element.itertext()))))


def is_struck_thing(element: _Element) -> bool:
    """Return whether struck-out words name a place or a stop, and not an exit or a state such as `Open`."""
    words = text_in(element)
    if _STOP_CODE.fullmatch(words):
        return True
    named = [word for word in words.split() if word[0].isupper() and word.casefold() not in HARMLESS]
    is_state = is_not_now(words) or is_denying(words) or (len(named) == 1 and _STATE.fullmatch(named[0]))
    return bool(named) and not (is_state or is_understood(words) or labels_named(words))


def _is_struck_row(row: _Element) -> bool:
    """Return whether all cells of a row are struck out, but for remarks such as `withdrawn in 2014`.

    A row in which cells span columns or rows stays, as the others would move without it.
    """
    cells = [cell for cell in row if cell.tag in _CELLS]
    filled = [cell for cell in cells if text_in(cell)]
    struck = [cell for cell in filled if _is_struck_whole(cell)]
    if len(struck) < 2 or filled[0] not in struck:
        return False
    are_remarks = all(cell in struck or is_bare_remark(text_in(cell)) for cell in filled)
    is_spanned = any(cell.get("colspan") or cell.get("rowspan") for cell in cells)
    table = next(row.iterancestors("table", "body"))
    return are_remarks and not is_spanned and len(cells) == _width_of(table)


@lru_cache(maxsize=KEPT_ELEMENTS)
def _width_of(table: _Element) -> int:
    """Return the number of cells in a table's longest row."""
    return max(sum(cell.tag in _CELLS for cell in row) for row in table.iter("tr"))


def _is_struck_whole(cell: _Element) -> bool:
    """Return whether all words of a cell are struck out."""
    struck = list(cell.iter(*TAKEN_BACK_TAGS))
    return len(struck) == 1 and text_in(struck[0]) == text_in(cell)


def _has_caption_of_exit(element: _Element) -> bool:
    """Return whether an element of a gallery holds a caption that is about an exit: `Exit A: Lift`."""
    if _GALLERY_CLASS.search(element.get("class") or "") is None:
        return False
    return any(is_caption(item) and _OF_EXIT.match(text_in(item)) for item in element.iter("div", "li"))


def _is_file_link(element: _Element) -> bool:
    return element.tag == "a" and _FILE_LINK.match(element.text or "") is not None


def _is_seen_beside_words(element: _Element) -> bool:
    """Return whether an omitted element is visible, and part of a sentence, cell, item or heading."""
    tag = element.tag
    if tag in _SHOWN_TAGS:
        return True
    is_unseen = (tag in DROPPED_TAGS and tag not in _FIGURE_TAGS) or _is_file_link(element)
    if is_unseen or _SILENT_CLASS.search(element.get("class") or ""):
        return False
    return tag in INLINE_TAGS or tag in _UNITS or any(item.tag in _UNITS for item in element.iterancestors())


def _names_source(note: _Element) -> bool:
    """Return whether a footnote cites a source, by an external link or a citation."""
    return any(
        item.tag == "cite" or "external" in (item.get("class") or "") for item in note.iter("a", "cite")
    )


def _words_of(image: _Element) -> str:
    words = _FILE_ENDING.sub("", " ".join((image.get("alt") or "").split())).replace("_", " ")
    return _ICON_WORD.sub("", words)


def _block_of(element: _Element) -> _Element:
    """Return the cell, item, heading or paragraph that contains an element."""
    blocks = _UNITS | _OWN_BLOCKS
    return next((item for item in element.iterancestors() if item.tag in blocks), element)


@lru_cache(maxsize=KEPT_ELEMENTS)
def _holds_list(block: _Element) -> bool:
    return next(block.iterdescendants("ul", "ol", "dl"), None) is not None


@lru_cache(maxsize=KEPT_ELEMENTS)
def _is_alone(block: _Element) -> bool:
    """Return whether a block contains neither words nor icons."""
    has_words = bool("".join(map(str, block.itertext())).strip())
    return not has_words and not any(_words_of(image).casefold() in ICONS for image in block.iter("img"))


def _begins_row(cell: _Element) -> bool:
    """Return whether a cell is the first of its row, where an image may be the sign of an exit."""
    return not any(before.tag in _CELLS for before in cell.itersiblings(preceding=True))


def _heads_column(cell: _Element) -> bool:
    """Return whether a cell is one of a row of heads, where an image has the words of its column."""
    row = cell.getparent()
    heads = [] if row is None else [item for item in row if item.tag in _CELLS]
    return _is_plain_cell(cell) and len(heads) > 1 and all(item.tag == "th" for item in heads)


def _is_plain_cell(block: _Element) -> bool:
    return block.tag in _CELLS and (block.get("colspan") or "1") == "1"
