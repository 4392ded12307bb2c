"""Read a publisher's page in lines: texts between breaks, and names in bold; and which may be landmarks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from mrt_pipeline.errors import SourceFormatError
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


def root_of(content: bytes, document_id: str) -> _Element | None:
    """Return the root of a page's elements; none if there is nothing in it to read.

    Raises:
        SourceFormatError: if it repeats a secret.
    """
    if (secret := SECRETS.find(content)) is not None:
        raise SourceFormatError(document_id, f"the answer repeats the value of {secret} and is not used.")
    from mrt_pipeline.extraction.page_text import parse_html  # a run from recorded tables reads no page

    return parse_html(content.decode("utf-8", "replace"))


def text_of(element: _Element) -> str:
    """Return all text in an element, white space folded."""
    return " ".join("".join(map(str, element.itertext())).split())


def lines_of(content: Iterable[_Element | str]) -> Iterator[tuple[bool, str]]:
    """Yield names in bold, and the lines between breaks, white space folded; each with whether it is bold."""
    line: list[str] = []
    for tag, text in (token for part in content for token in _tokens_of(part)):
        if tag == "":
            line.append(text)
            continue
        yield from _finish(line)
        if tag == "b" and text:
            yield True, text
    yield from _finish(line)


def is_landmark(line: str) -> bool:
    """Return whether a line may be the name of a landmark: it names something, and can be shown."""
    is_name = len(line) <= MAX_NAME_CHARS and line.isprintable() and any(char.isalnum() for char in line)
    return is_name and line.lower().strip(" .:-–—") not in NOTHING


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
    if tag in _BOLD:
        yield "b", text_of(part)
        return
    if tag in _BREAKS:
        yield tag, ""
    yield "", part.text or ""
    for child in part:
        yield from _tokens_of(child)
        yield "", child.tail or ""
    if tag in _BREAKS:
        yield tag, ""
