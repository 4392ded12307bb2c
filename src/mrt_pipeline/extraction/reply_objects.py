"""Find the JSON objects in a model's output, whatever text is around them.

Servers return answers in many forms: after reasoning, in a code fence, as JSON within a string, or as the
arguments of a tool call. So every complete object is found, except those in reasoning, which are drafts.
Tags inside an object are part of it.

A block is reasoning, whatever its name, if it is closed before the answer. If nothing follows it, its name
decides whether it is reasoning or contains the answer.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from typing import Any

MAX_WRAPPINGS = 6
"""how deeply an object may be nested in other objects, lists and strings"""
MAX_CHARS_TRIED = 50_000_000
"""limit of the characters that failed attempts cover, for a text that begins objects but completes none"""

_MARK = re.compile(
    r"""
    (?P<start> \{ | "(?=(?:\s|\\[nrt])*\{\s*\\) )    # an object, or a text that holds one
    | <\|channel\|> (?P<channel>\w{1,20}) \b [^{}]{0,60}? <\|message\|>
    | [<\[◁] (?P<end>/)? [|｜]? (?P<slash>/)?
      (?:(?:begin|start|(?P<last>end)) (?:[_▁]of)? [_▁])?
      (?P<name> [A-Za-z] [\w:.-]{0,39}) (?:\s[^<>\[\]{}"]{0,80})? [|｜]? [>\]▷]
    """,
    re.IGNORECASE | re.VERBOSE,
)
_REASONING = re.compile(
    r"think|thought|reason|reflect|analy[sz]|scratch|draft|monolog|deliberat", re.IGNORECASE
)
_ANSWER = re.compile(r"answer|final|output|result|response|reply|json|tool|function|call", re.IGNORECASE)
_ANY_REASONING = "reasoning"
"""common name of all reasoning blocks, as their opening and closing tags may differ"""
_SEEMS_JSON = re.compile(r"\{\s*\"")
_AFTERTHOUGHT = re.compile(r"(?:[\s`~]++|<[/|｜]?\w[^<>{}\s]{0,40}>){0,8}+\S")
"""text after a closing tag, other than tags and code fences"""


class BrokenObjectError(ValueError):
    """There is an object, but it is not valid JSON; the message says why."""


class _RepeatedKeyError(ValueError):
    pass


@dataclass(frozen=True, slots=True)
class _Broken:
    """An object that cannot be read."""

    why: str


class _Scan:
    """The values found in a text so far, numbered, and the blocks around them."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._values: list[tuple[int, Any]] = []
        self._opened: dict[str, int] = {}
        self._turns: list[tuple[int, int]] = []
        """number of a value, and 1 or -1: the change in closed blocks around the values from there on"""
        self._next = 0

    def add(self, value: Any) -> None:
        """Record a value."""
        self._values.append((self._next, value))
        self._next += 1

    def mark(self, mark: re.Match[str]) -> None:
        """Record a tag that opens or closes a block."""
        if channel := mark["channel"]:
            self._close(_ANY_REASONING, mark.end())
            self._open(_ANY_REASONING if _REASONING.search(channel) else channel)
            return
        name = mark["name"].rpartition(":")[2].lower()
        name = _ANY_REASONING if _REASONING.search(name) else name
        if mark["end"] or mark["slash"] or mark["last"]:
            self._close(name, mark.end())
        else:
            self._open(name)

    def finish(self) -> list[tuple[Any, bool]]:
        """Return the values outside unclosed reasoning, each with whether it is in a closed block."""
        if (begin := self._opened.get(_ANY_REASONING)) is not None:
            self._forget(begin)
            self.add(_Broken("it ends within its reasoning"))
        turns, depth, found = sorted(self._turns, reverse=True), 0, list[tuple[Any, bool]]()
        for number, value in self._values:
            while turns and turns[-1][0] <= number:
                depth += turns.pop()[1]
            found.append((value, depth > 0))
        return found

    def _open(self, name: str) -> None:
        self._opened.setdefault(name, self._next)

    def _close(self, name: str, end: int) -> None:
        begin = self._opened.pop(name, None)
        if name == _ANY_REASONING:
            if begin is not None or _AFTERTHOUGHT.match(self._text, end):
                self._forget(begin or 0)  # a block without an opening tag began in the prompt
        elif begin is not None and not _ANSWER.search(name):
            self._turns += [(begin, 1), (self._next, -1)]

    def _forget(self, begin: int) -> None:
        while self._values and self._values[-1][0] >= begin:
            self._values.pop()


def find_objects(text: str, names: Set[str]) -> list[dict[str, Any]]:
    """Return the objects that have all the given keys, in order; if there are none, the first other object.

    Objects nested in one of these are not returned.

    Raises:
        BrokenObjectError: if none has the keys, and one is not valid JSON.
    """
    values = _find_values(text, names, MAX_WRAPPINGS)
    found = [inner for value in values for inner in _unwrap(value, names, MAX_WRAPPINGS)]
    if named := [inner for inner in found if isinstance(inner, dict)]:
        return named
    for inner in found:
        if isinstance(inner, _Broken):
            raise BrokenObjectError(inner.why)
    return [value for value in values if isinstance(value, dict)][:1]


def _find_values(text: str, names: Set[str], depth: int) -> list[Any]:
    """Return the objects, and the strings that may contain some, that are not drafts.

    Those in a closed block are drafts if an object with the keys follows outside all blocks.
    """
    found = _scan(text)
    answers = [
        number
        for number, (value, is_enclosed) in enumerate(found)
        if not is_enclosed and any(isinstance(inner, dict) for inner in _unwrap(value, names, depth))
    ]
    last = answers[-1] if answers else -1
    return [value for number, (value, is_enclosed) in enumerate(found) if not is_enclosed or number > last]


def _scan(text: str) -> list[tuple[Any, bool]]:
    """Return all JSON values in a text, each with whether it is in a closed block."""
    scan = _Scan(text)
    position = tried = 0
    while mark := _MARK.search(text, position):
        position = mark.end()
        if not mark["start"]:
            scan.mark(mark)
            continue
        try:
            value, position = _decode(text, mark.start())
            scan.add(value)
        except (ValueError, RecursionError) as error:
            if _SEEMS_JSON.match(text, mark.start()):
                scan.add(_Broken(_describe(error, text)))
            tried += len(text) - mark.start()
            if tried > MAX_CHARS_TRIED:
                return []
    return scan.finish()


def _decode(text: str, begin: int) -> tuple[Any, int]:
    """Return the JSON value that starts at a position, and the position of its end."""
    try:
        return _STRICT.raw_decode(text, begin)
    except _RepeatedKeyError as error:
        return _Broken(str(error)), _LENIENT.raw_decode(text, begin)[1]


def _describe(error: Exception, text: str) -> str:
    if not isinstance(error, json.JSONDecodeError):
        return "its JSON is nested too deep"
    if error.pos >= len(text.rstrip()):
        return "its JSON ends before it is whole"
    return f"its JSON is broken at character {error.pos} ({error.msg})"


def _unique(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    """Return an object; raise if a key is repeated, as neither value can be preferred."""
    made = dict(pairs)
    if len(made) < len(pairs):
        raise _RepeatedKeyError("its JSON has a key twice in one object")
    return made


_LENIENT = json.JSONDecoder()
_STRICT = json.JSONDecoder(object_pairs_hook=_unique)


def _unwrap(value: Any, names: Set[str], depth: int) -> Iterator[dict[str, Any] | _Broken]:
    """Yield the objects with all the given keys in a value, itself included, and the broken ones."""
    if isinstance(value, _Broken) or (isinstance(value, dict) and value.keys() >= names):
        yield value
    elif depth:
        for inner in _inner_values(value, names, depth - 1):
            yield from _unwrap(inner, names, depth - 1)


def _inner_values(value: Any, names: Set[str], depth: int) -> list[Any]:
    match value:
        case dict():
            return list(value.values())
        case list():
            return value
        case str():
            return _find_values(value, names, depth)
        case _:
            return []
