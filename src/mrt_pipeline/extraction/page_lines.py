"""Read a publisher's page in lines: texts between breaks, and names in bold; and which may be places.

Words that are struck out or hidden are left out. A raised or lowered mark, and an image whose text takes
something back, become words, so that what stands beside them is not read as if they were not there.
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
"""lines that name no landmark, in small letters and without the signs around them"""
_SKIPPED = frozenset({"script", "style", "noscript", "template"})
_BREAKS = frozenset({"br", "p", "div", "li", "ul", "ol", "tr", "td"})
_BOLD = frozenset({"b", "strong"})
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_STRUCK = frozenset({"s", "strike", "del"})
_GONE = "del"
"""what an element becomes whose words are not seen; a heading stays one, and ends what is before it"""
_NAMED = "named"
"""attribute of such an element that had names in bold, or was part of one"""
_ORDINAL = re.compile("st|[nr]d|th", re.IGNORECASE)
MARK = "†"
"""stands for a footnote's mark"""


def root_of(content: bytes, document_id: str) -> _Element | None:
    """Return the root of a page's elements; none if there is nothing in it to read.

    Raises:
        SourceFormatError: if it repeats a secret.
    """
    if (secret := SECRETS.find(content)) is not None:
        raise SourceFormatError(document_id, f"the response repeats the value of {secret} and is not used.")
    from mrt_pipeline.extraction.page_text import parse_html  # a run from recorded tables reads no page

    root = parse_html(content.decode("utf-8", "replace"))
    for element in [] if root is None else list(root.iter()):
        _mark(element)
    return root


def text_of(element: _Element) -> str:
    """Return all text in an element, white space folded, and a space where a line ends."""
    return " ".join("".join(_texts_of(element)).split())


def lines_of(content: Iterable[_Element | str]) -> Iterator[tuple[bool, str]]:
    """Yield names in bold, and the lines between breaks, white space folded; each with whether it is bold."""
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
    """Return whether a line may be the name of a landmark: it names something, and can be shown."""
    is_name = len(line) <= MAX_NAME_CHARS and line.isprintable() and any(char.isalnum() for char in line)
    return is_name and line.lower().strip(" .:-–—") not in NOTHING and not is_takeback(line)


def is_takeback(line: str) -> bool:
    """Return whether a line may take back what stands beside it: ``Closed from 1 Jan``, ``Mall†``."""
    return MARK in line or is_not_now(line)


def _mark(element: _Element) -> None:
    """Leave out the words of an element that are not seen, and write out what may take others back."""
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
    """Take all from an element but its tail, which lxml would refuse to write with a control character."""
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
    """Yield texts, under no tag, and what ends a line: a break, a box, or a name in bold with its text."""
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
