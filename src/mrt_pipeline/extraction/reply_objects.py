"""Find the JSON objects in what a model wrote, whatever else it wrote around them.

Servers hand on what a model says in many forms: with its reasoning before the answer, in a code fence, as a
text that holds JSON, as the arguments of a tool call. So every whole object is found, wherever it stands, but
for those in reasoning that has ended: a draft is no answer. Marks within an object are part of it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Set
from typing import Any

MAX_WRAPPINGS = 6
"""how deep an object may lie in others, in lists and in texts"""
MAX_CHARS_TRIED = 50_000_000
"""A text of nothing but beginnings is given up once so much of it was tried in vain."""

_MARK = re.compile(
    r"""
    (?P<start> \{ | "(?=(?:\s|\\[nrt])*\{\s*\\) )    # an object, or a text that holds one
    | [<\[◁] (?P<slash>/)? (?:\w{1,20}:)?
      (?:think(?:ing)?|thoughts?|reason(?:ing)?|reflection|analysis|scratchpad)\b [^<>\[\]{}"]{0,80} [>\]▷]
    | (?P<end> <\|END_THINKING\|> | <\|channel\|>final\b[^{}]{0,40}<\|message\|> )
    """,
    re.IGNORECASE | re.VERBOSE,
)
_DECODER = json.JSONDecoder()


def find_objects(text: str, names: Set[str]) -> list[dict[str, Any]]:
    """Return the objects that have all of some names, from left to right; where there are none, all others.

    An object within one of them is not looked for.
    """
    values = _find_values(text)
    named = [found for value in values for found in _unwrap(value, names, MAX_WRAPPINGS)]
    return named or [value for value in values if isinstance(value, dict)]


def _find_values(text: str) -> list[Any]:
    """Return the whole objects, and the texts that seem to hold some, outside of reasoning that has ended."""
    found: list[Any] = []
    reasoning_from: int | None = None
    position = tried = 0
    while mark := _MARK.search(text, position):
        position = mark.end()
        if mark["start"]:
            try:
                value, position = _DECODER.raw_decode(text, mark.start())
                found.append(value)
            except (ValueError, RecursionError):
                tried += len(text) - mark.start()
                if tried > MAX_CHARS_TRIED:
                    return []
        elif mark["slash"] or mark["end"]:
            del found[reasoning_from or 0 :]
            reasoning_from = None
        elif reasoning_from is None:
            reasoning_from = len(found)
    return found


def _unwrap(value: Any, names: Set[str], depth: int) -> Iterator[dict[str, Any]]:
    """Yield the objects with all of some names in a value, itself included."""
    if isinstance(value, dict) and value.keys() >= names:
        yield value
    elif depth:
        for inner in _inner_values(value):
            yield from _unwrap(inner, names, depth - 1)


def _inner_values(value: Any) -> list[Any]:
    match value:
        case dict():
            return list(value.values())
        case list():
            return value
        case str():
            return _find_values(value)
        case _:
            return []
