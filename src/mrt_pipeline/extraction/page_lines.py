"""Read a publisher's page as lines: the text between breaks, and names in bold.

Struck-out and hidden words are omitted. A superscript or subscript mark, and an image whose text retracts
something, become words, so that they are not ignored when the text beside them is read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from mrt_pipeline.errors import SourceFormatError
from mrt_pipeline.extraction.access_words import is_denying, is_not_now
from mrt_pipeline.extraction.looks import is_surely_hidden
from mrt_pipeline.extraction.page_model import writable
from mrt_pipeline.secrecy import SECRETS

if TYPE_CHECKING:
    from lxml.etree import _Element

MAX_NAME_CHARS = 100
NOTHING = frozenset(
    {"", "nil", "none", "na", "n/a", "n.a", "not applicable", "no place of interest", "no places of interest"}
)
"""lines that name no landmark, in lower case and without punctuation around them"""
_SKIPPED = frozenset({"script", "style", "noscript", "template"})
_BREAKS = frozenset({"br", "p", "div", "li", "ul", "ol", "tr", "td"})
_BOLD = frozenset({"b", "strong"})
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_STRUCK = frozenset({"s", "strike", "del"})
_GONE = "del"
"""tag given to an element whose words are hidden; a heading remains one, and ends the part before it"""
_NAMED = "named"
"""attribute given to such an element if it contained bold names or was part of one"""
_ORDINAL = re.compile("st|[nr]d|th", re.IGNORECASE)
MARK = "†"
"""replaces a footnote mark"""


def root_of(content: bytes, document_id: str) -> _Element | None:
    """Return the root element of a page, with hidden words removed; None if the page has no elements.

    Raises:
        SourceFormatError: if the page contains a secret.
    """
    if (secret := SECRETS.find(content)) is not None:
        raise SourceFormatError(document_id, f"the response repeats the value of {secret} and is not used.")
    from mrt_pipeline.extraction.page_text import parse_html  # not needed by a run from recorded tables

    root = parse_html(content.decode("utf-8", "replace"))
    for element in [] if root is None else list(root.iter()):
        _mark(element)
    return root


def text_of(element: _Element) -> str:
    """Return all text in an element, with white space collapsed and a space at each line break."""
    return " ".join("".join(_texts_of(element)).split())


def lines_of(content: Iterable[_Element | str]) -> Iterator[tuple[bool, str]]:
    """Yield bold names and the lines between breaks, with white space collapsed; True for a bold name."""
    line: list[str] = []
    for tag, text in (token for part in content for token in _tokens_of(part)):
        if tag == "":
            line.append(text)
            continue
        yield from _finish(line)
        if tag == "b":
            yield True, text
    yield from _finish(line)


def is_landmark(line: str) -> bool:
    """Return whether a line may be a landmark's name: short, printable, and not `none` or a retraction."""
    is_name = len(line) <= MAX_NAME_CHARS and line.isprintable() and any(char.isalnum() for char in line)
    return is_name and line.lower().strip(" .:-–—") not in NOTHING and not is_takeback(line)


def is_takeback(line: str) -> bool:
    """Return whether a line may retract those beside it: ``Closed from 1 Jan``, ``Mall†``."""
    return MARK in line or is_not_now(line)


def _mark(element: _Element) -> None:
    """Remove an element's hidden words, and write marks and images that may retract others as text."""
    tag = str(element.tag)
    if tag in _STRUCK or is_surely_hidden(element):
        is_named = any(found.tag in _BOLD for found in (*element.iter(), *element.iterancestors()))
        heading = next((str(found.tag) for found in element.iter(*_HEADINGS)), None)
        _empty(element)
        element.tag = heading or _GONE
        if is_named:
            element.set(_NAMED, "")
    elif tag in ("sup", "sub") and not _ORDINAL.fullmatch(text_of(element)):
        _empty(element)
        element.text = MARK
    elif tag == "img":
        words = writable(element.get("alt") or element.get("title") or "")
        element.text = f" [{words}] " if is_not_now(words) or is_denying(words) else None


def _empty(element: _Element) -> None:
    """Remove everything from an element except its tail.

    The tail is not written again, because lxml would reject a control character in it.
    """
    del element[:]
    element.attrib.clear()
    element.text = None


def _texts_of(element: _Element) -> Iterator[str]:
    space = " " if element.tag in _BREAKS else ""
    yield space + (element.text or "")
    for child in element:
        yield from _texts_of(child)
        yield child.tail or ""
    yield space


def _finish(line: list[str]) -> Iterator[tuple[bool, str]]:
    if folded := " ".join("".join(line).split()):
        yield False, folded
    line.clear()


def _tokens_of(part: _Element | str) -> Iterator[tuple[str, str]]:
    """Yield tag and text: no tag for plain text, ``b`` for a bold name, another tag for the end of a line."""
    if isinstance(part, str):
        yield "", part
        return
    tag = str(part.tag)
    if tag in _SKIPPED:
        return
    if tag in _BOLD or part.get(_NAMED) is not None:
        if (name := text_of(part)) or part.find(f".//{_GONE}") is not None or tag not in _BOLD:
            yield "b", name
        return
    if tag in _BREAKS:
        yield tag, ""
    yield "", part.text or ""
    for child in part:
        yield from _tokens_of(child)
        yield "", child.tail or ""
    if tag in _BREAKS:
        yield tag, ""
