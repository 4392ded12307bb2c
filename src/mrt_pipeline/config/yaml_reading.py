"""Read YAML from a person's hand: plain values, each with its line, and every oddity a sentence.

Only what configuration needs is read: mappings with text keys, lists, text, numbers, true and false, null.
A tag is a fault, so a file can neither make objects nor run code. Aliases are written out within a bound, so
that a small file cannot grow without end. Dates and times stay the text that they are. A number is decimal,
or hexadecimal (``0x10``). One that YAML 1.1 and 1.2 read differently, as ``010``, ``1:30`` or ``1_000``, is a
fault.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

import yaml
from yaml.constructor import SafeConstructor
from yaml.resolver import Resolver

from mrt_pipeline.errors import ConfigError
from mrt_pipeline.secrecy import SECRETS

MAX_VALUES = 10_000
MAX_DEPTH = 20
MAX_WHOLE_NUMBER = 2**63
MAX_NUMBER_CHARS = 400
"""as many as the longest float spelled without an exponent, and more"""
MAX_SHOWN = 200
"""so many characters of a key's path are quoted"""

KeyPath = tuple[str | int, ...]

# libyaml where it is there: it is ten times as fast.
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

# Compiled only when it is needed, to find where the unprintable character stands: compiling takes 2 ms.
UNPRINTABLE = "[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
TAG_PREFIX = "tag:yaml.org,2002:"
TEXT_TAG = TAG_PREFIX + "str"
CONVERTED_TAGS = (TAG_PREFIX + "null", TAG_PREFIX + "bool")
NUMBER_TAGS = (TAG_PREFIX + "int", TAG_PREFIX + "float")
PLAIN_NUMBER = re.compile(
    r"[-+]?(0|[1-9][0-9]*|0x[0-9a-fA-F]+)|[-+]?(\.[0-9]+|(0|[1-9][0-9]*)(\.[0-9]*)?)([eE][-+]?[0-9]+)?"
    r"|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)"
)
"""a number that every reader of YAML understands alike"""
ODD_NUMBER = re.compile(r"[-+]?(0o[0-7_]+|[0-9][0-9_]*(\.[0-9_]*)?([eE][-+]?[0-9]+)?)")
"""what PyYAML takes for text, and other readers or people for a number"""
UNREAD = object()
"""stands for a value that is at fault, until it is left out"""


@dataclass(slots=True)
class YamlDocument:
    """What was read; lists are tuples."""

    value: Any = None
    lines: dict[KeyPath, int] = field(default_factory=dict)
    """the line of each key and list item, from 1"""
    texts: dict[KeyPath, str] = field(default_factory=dict)
    """what is written where a number, true, false or null was read"""
    unread: list[KeyPath] = field(default_factory=list)
    """where a value is at fault, and left out"""
    faults: list[str] = field(default_factory=list)
    """a sentence for each oddity that reading could go past"""


def read_yaml(text: str) -> YamlDocument:
    """Return the values of a YAML text.

    Raises:
        ConfigError: if it is not YAML, or grows beyond bounds.
    """
    document = YamlDocument()
    root = _compose(text)
    if root is not None:
        document.value = _TreeReader(document).read(root, ())
    return document


def show_path(path: KeyPath) -> str:
    """Return a key's path as it is written in messages, e.g. ``stages.stage1_ingestion.sources[1]``."""
    shown = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path).removeprefix(".")
    shown = SECRETS.redact(shown)
    return shown if len(shown) <= MAX_SHOWN else f"{shown[:MAX_SHOWN]}…"


def _compose(text: str) -> yaml.Node | None:
    try:
        return yaml.compose(text, LOADER)
    except yaml.MarkedYAMLError as error:
        raise _unreadable(_describe_syntax(error)) from None  # the parser's own words quote the text
    except (yaml.reader.ReaderError, UnicodeEncodeError):
        raise _unreadable(_describe_unprintable(text)) from None
    except (ValueError, RecursionError) as error:
        # Only PyYAML's own parser does this: an escape beyond Unicode, brackets a thousand deep.
        raise _unreadable(f"it is not valid YAML: {error}.") from error


class _TreeReader:
    """Turns nodes into values and keeps their lines."""

    def __init__(self, document: YamlDocument) -> None:
        self._document = document
        self._constructor = SafeConstructor()
        self._resolver = Resolver()
        self._values = 0

    def read(self, node: yaml.Node, path: KeyPath) -> Any:
        """Return a node's value; an alias counts as what it stands for, a value at fault is ``UNREAD``."""
        self._values += 1
        if self._values > MAX_VALUES:
            raise _unreadable(f"it has more than {MAX_VALUES} values, aliases written out.")
        if len(path) > MAX_DEPTH:
            raise _unreadable(f"line {_line(node)} is nested more than {MAX_DEPTH} levels deep.")
        if not self._has_implied_tag(node):
            return self._fault(node, "has a tag; write the value without it", path)
        if isinstance(node, yaml.MappingNode):
            return self._read_mapping(node, path)
        if isinstance(node, yaml.SequenceNode):
            return self._read_list(node, path)
        return self._read_scalar(node, path)

    def _has_implied_tag(self, node: yaml.Node) -> bool:
        """Return whether a node's tag says no more than its form does."""
        is_plain = not getattr(node, "style", None)
        # The third argument asks for the tag of a plain, or of a quoted, text.
        implied = self._resolver.resolve(type(node), node.value, (is_plain, not is_plain))  # type: ignore[no-untyped-call] # untyped upstream
        return node.tag in (implied, TEXT_TAG)

    def _read_mapping(self, node: yaml.MappingNode, path: KeyPath) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                self._fault(key_node, "has a key that is not text", path)
                continue
            key = str(key_node.value)
            here = (*path, key)
            if first := self._document.lines.get(here):
                fault = f"repeats the key {show_path(here)} of line {first}; keep one of them"
                self._fault(key_node, fault, here)
                continue
            self._document.lines[here] = _line(key_node)
            values[key] = self.read(value_node, here)
        return {key: value for key, value in values.items() if value is not UNREAD}

    def _read_list(self, node: yaml.SequenceNode, path: KeyPath) -> tuple[Any, ...]:
        values = []
        for number, item in enumerate(node.value):
            self._document.lines[(*path, number)] = _line(item)
            values.append(self.read(item, (*path, number)))
        return tuple(value for value in values if value is not UNREAD)

    def _read_scalar(self, node: yaml.Node, path: KeyPath) -> Any:
        text = node.value
        is_number = node.tag in NUMBER_TAGS or self._is_odd_number(node)
        if is_number and len(text) > MAX_NUMBER_CHARS:
            return self._fault(node, "has a number that is too large", path)
        if is_number and not PLAIN_NUMBER.fullmatch(text):
            return self._refuse_number(node, path)
        if not is_number and node.tag not in CONVERTED_TAGS:
            return text
        self._document.texts[path] = text
        value = _read_number(text) if is_number else self._constructor.construct_object(node)
        if isinstance(value, int) and abs(value) >= MAX_WHOLE_NUMBER:
            return self._fault(node, "has a number that is too large", path)
        return value

    def _is_odd_number(self, node: yaml.Node) -> bool:
        """Return whether PyYAML alone takes a plain text for no number; one tagged as text is text."""
        if getattr(node, "style", None) or not ODD_NUMBER.fullmatch(node.value):
            return False
        implied = self._resolver.resolve(type(node), node.value, (True, False))  # type: ignore[no-untyped-call] # untyped upstream
        return bool(implied == TEXT_TAG)

    def _refuse_number(self, node: yaml.Node, path: KeyPath) -> object:
        """Refuse a number that one reader of YAML takes for another than the next, or for text."""
        place = f"{show_path(path)} (line {_line(node)})" if path else f"line {_line(node)}"
        self._document.faults.append(
            f"{place} is {node.value}, which YAML parsers read as different numbers, or as text; write "
            "a decimal number, such as 8 or 0.5, or put text in quotes."
        )
        self._document.unread.append(path)
        return UNREAD

    def _fault(self, node: yaml.Node, sentence: str, path: KeyPath) -> object:
        self._document.faults.append(f"line {_line(node)} {sentence}.")
        self._document.unread.append(path)
        return UNREAD


def _read_number(text: str) -> int | float:
    """Return a plain number."""
    if "x" in text:
        return int(text, 16)
    if text.lstrip("-+").isdecimal():
        return int(text)
    return float(text.lower().replace(".inf", "inf").replace(".nan", "nan"))


def _describe_syntax(error: yaml.MarkedYAMLError) -> str:
    """Return where the parser gave up, why, and where what it was reading began."""
    end, start = error.problem_mark, error.context_mark
    place = f"line {end.line + 1}, column {end.column + 1}" if end else "it"
    begun = f"{error.context} of line {start.line + 1}, " if start else ""
    return f"{place} is not valid YAML: {begun}{error.problem}."


def _describe_unprintable(text: str) -> str:
    found = re.search(UNPRINTABLE, text)
    before = text[: found.start() if found else 0]
    line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
    return f"line {line}, column {column} is not valid YAML: an unprintable character."


def _unreadable(fault: str) -> ConfigError:
    return ConfigError("The YAML cannot be read:", (fault,))


def _line(node: yaml.Node) -> int:
    return int(node.start_mark.line) + 1
