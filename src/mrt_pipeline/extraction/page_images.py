"""Images of a page: the few that stand for a word, and those that may say something that is not read."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from mrt_pipeline.extraction.access_words import is_denying, is_not_now
from mrt_pipeline.extraction.mentions import labels_named
from mrt_pipeline.extraction.page_model import NOTE
from mrt_pipeline.extraction.qualifiers import is_understood

if TYPE_CHECKING:
    from lxml.etree import _Element

_FILE_ENDING = re.compile(r"\.(?:svg|png|jpe?g|gif|webp)$", re.IGNORECASE)
_HEADS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6", "dt"})
_ITEMS = frozenset({"li", "dd"})
_CELLS = frozenset({"td", "th"})
_OWN_BLOCKS = frozenset({"p", "div", "center", "body"})

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


def image_words(element: _Element) -> str | None:
    """Return the word that an image stands for, or the sign of a note if it may take back what is beside it.

    A picture in a block of its own is decoration, unless its text takes something back.
    """
    word = _text_of(element)
    if not word:
        return None
    if word.casefold() in ICONS:
        return f" {word} "
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
        return _text_of(element) != "" and block.tag in _HEADS
    return True


def is_struck_exit(element: _Element) -> bool:
    """Return whether words taken back are a line of their own that names an exit: what follows is of none."""
    before, after = element.getprevious(), element.getnext()
    parent = element.getparent()
    lead = before.tail if before is not None else parent.text if parent is not None else None
    is_alone = all(other is None or other.tag == "br" for other in (before, after))
    has_words = any((text or "").strip() for text in (lead, element.tail))
    return is_alone and not has_words and bool(labels_named("".join(map(str, element.itertext()))))


def _text_of(image: _Element) -> str:
    return _FILE_ENDING.sub("", (image.get("alt") or "").strip()).replace("_", " ")


def _block_of(element: _Element) -> _Element:
    """Return the cell, item, heading or paragraph that an element is in."""
    blocks = _HEADS | _ITEMS | _CELLS | _OWN_BLOCKS | {"caption"}
    return next((item for item in element.iterancestors() if item.tag in blocks), element)


def _is_alone(block: _Element) -> bool:
    """Return whether no words and no icons are in a block."""
    has_words = bool("".join(map(str, block.itertext())).strip())
    return not has_words and not any(_text_of(image).casefold() in ICONS for image in block.iter("img"))


def _is_plain_cell(block: _Element) -> bool:
    return block.tag in _CELLS and (block.get("colspan") or "1") == "1"
