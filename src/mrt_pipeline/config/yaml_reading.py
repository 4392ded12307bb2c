"""Read YAML written by hand: plain values, each with its line, and a sentence for every oddity.

Only what configuration needs is supported: mappings with text keys, lists, text, numbers, true and false,
null. A tag is a fault, so a file can neither create objects nor run code. Aliases are expanded within a
bound, so that a small file cannot grow without end. Dates and times stay text. A number is decimal, or
hexadecimal (``0x10``). A number that YAML 1.1 and 1.2 read differently, such as ``010``, ``1:30`` or
``1_000``, is a fault.
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
"""more than the longest float without an exponent has"""
MAX_SHOWN = 200
"""how many characters of a key's path are quoted"""

KeyPath = tuple[str | int, ...]

# libyaml if available: it is ten times as fast.
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

# Compiled only when needed, to find the unprintable character: compiling takes 2 ms.
UNPRINTABLE = "[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
TAG_PREFIX = "tag:yaml.org,2002:"
TEXT_TAG = TAG_PREFIX + "str"
CONVERTED_TAGS = (TAG_PREFIX + "null", TAG_PREFIX + "bool")
NUMBER_TAGS = (TAG_PREFIX + "int", TAG_PREFIX + "float")
PLAIN_NUMBER = re.compile(
    r"[-+]?(0|[1-9][0-9]*|0x[0-9a-fA-F]+)|[-+]?(\.[0-9]+|(0|[1-9][0-9]*)(\.[0-9]*)?)([eE][-+]?[0-9]+)?"
    r"|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)"
)
"""a number that every YAML parser reads alike"""
ODD_NUMBER = re.compile(r"[-+]?(0o[0-7_]+|[0-9][0-9_]*(\.[0-9_]*)?([eE][-+]?[0-9]+)?)")
"""text for PyYAML, but a number for other parsers or people"""
CONSTRUCTS = {
    "a flow sequence": "a list in [ ]",
    "a flow mapping": "a mapping in { }",
    "a block mapping": "a mapping",
    "a block collection": "a list",
    "a quoted scalar": "a text in quotes",
    "a simple key": "a key",
}
"""plain names of what the parser says it was reading; others are shown as they are"""
UNREAD = object()
"""placeholder for a faulty value, until it is removed"""


@dataclass(slots=True)
class YamlDocument:
    """The content of a document; lists are tuples."""

    value: Any = None
    lines: dict[KeyPath, int] = field(default_factory=dict)
    """the line of each key and list item, from 1"""
    texts: dict[KeyPath, str] = field(default_factory=dict)
    """the original text of numbers, true, false and null"""
    unread: list[KeyPath] = field(default_factory=list)
    """positions of faulty values, which are left out"""
    faults: list[str] = field(default_factory=list)
    """a sentence for each fault after which reading could continue"""


def read_yaml(text: str) -> YamlDocument:
    """Return the values in a YAML text.

    Raises:
        ConfigError: if it is not YAML, or grows beyond bounds.
    """
    document = YamlDocument()
    root = _compose(text)
    if root is not None:
        document.value = _TreeReader(document).read(root, ())
    return document


def show_path(path: KeyPath) -> str:
    """Return a key's path as shown in messages, e.g. ``stages.stage1_ingestion.sources[1]``."""
    shown = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path).removeprefix(".")
    shown = SECRETS.redact(shown)
    return shown if len(shown) <= MAX_SHOWN else f"{shown[:MAX_SHOWN]}…"


def _compose(text: str) -> yaml.Node | None:
    try:
        return yaml.compose(text, LOADER)
    except yaml.MarkedYAMLError as error:
        raise _unreadable(_describe_syntax(error)) from None  # the parser's own message quotes the text
    except (yaml.reader.ReaderError, UnicodeEncodeError):
        raise _unreadable(_describe_unprintable(text)) from None
    except (ValueError, RecursionError) as error:
        # Only PyYAML's own parser raises this: an escape beyond Unicode, brackets a thousand deep.
        raise _unreadable(f"it is not valid YAML: {error}.") from error


class _TreeReader:
    """Converts nodes to values and keeps their lines."""

    def __init__(self, document: YamlDocument) -> None:
        self._document = document
        self._constructor = SafeConstructor()
        self._resolver = Resolver()
        self._values = 0

    def read(self, node: yaml.Node, path: KeyPath) -> Any:
        """Return a node's value; an alias counts as its anchor's value, a faulty value is ``UNREAD``."""
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
        """Return whether a node's tag is the one implied by its form."""
        is_plain = not getattr(node, "style", None)
        # The third argument requests the tag of a plain, or of a quoted, text.
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
                fault = f"repeats the key {show_path(here)} from line {first}; keep one of them"
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
        """Return whether a plain text looks like a number but is text for PyYAML and not tagged as text."""
        if getattr(node, "style", None) or not ODD_NUMBER.fullmatch(node.value):
            return False
        implied = self._resolver.resolve(type(node), node.value, (True, False))  # type: ignore[no-untyped-call] # untyped upstream
        return bool(implied == TEXT_TAG)

    def _refuse_number(self, node: yaml.Node, path: KeyPath) -> object:
        """Refuse a number that parsers read differently, or that some read as text."""
        place = f"{show_path(path)} (line {_line(node)})" if path else f"line {_line(node)}"
        self._document.faults.append(
            f"{place} is {node.value}, which different YAML parsers read as different numbers, or as text; "
            "write a decimal number, such as 8 or 0.5, or put text in quotes."
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
    """Return where the parser stopped, why, and where the construct it was reading began."""
    end, start = error.problem_mark, error.context_mark
    place = f"line {end.line + 1}, column {end.column + 1}" if end else "it"
    problem = str(error.problem).replace("did not find expected", "expected")
    problem = problem.replace("node content", "a value").replace("expected key", "expected a key")
    context = str(error.context).removeprefix("while parsing ").removeprefix("while scanning ")
    is_node = context.endswith(" node")  # the value itself, for which the place is enough
    begun = f" that starts on line {start.line + 1}" if start and not is_node else ""
    inside = f", in {CONSTRUCTS.get(context, context)}{begun}" if begun else ""
    return f"{place} is not valid YAML: {problem}{inside}."


def _describe_unprintable(text: str) -> str:
    found = re.search(UNPRINTABLE, text)
    before = text[: found.start() if found else 0]
    line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
    return f"line {line}, column {column} is not valid YAML: an unprintable character."


def _unreadable(fault: str) -> ConfigError:
    return ConfigError("The YAML cannot be read:", (fault,))


def _line(node: yaml.Node) -> int:
    return int(node.start_mark.line) + 1
