"""Every regular expression of the program, and texts on which a careless one backtracks for minutes.

An expression may be a compiled constant, a string among a module's constants, part of one of its records, or
an argument of ``re``; also one that is put together from such strings where it is used.
"""

from __future__ import annotations

import ast
import importlib
import pkgutil
import random
import re
import tomllib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import fields, is_dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import mrt_pipeline
from mrt_pipeline.extraction.word_lists import WORDINGS, wording

PACKAGE = Path(mrt_pipeline.__file__).parent
READ_ATTRIBUTES = tuple(
    f"mrt_pipeline.extraction.{name}"
    for name in ("styles", "looks", "sheets", "colours", "covers", "page_noise", "page_parts", "page_tabs")
)
"""modules that read attributes of elements, in which white space is as the page has it"""
NEEDS_AN_EXTRA = ("mrt_pipeline.integrations",)
PLAIN = (
    "1",
    "12",
    "a",
    "A",
    "aA",
    " ",
    "1 ",
    "a ",
    "A ",
    "\n",
    "\t",
    ",",
    "-",
    ".",
    "=",
    "|",
    "(",
    "#",
    "中",
)
JOINTS = ("", " ", ", ", "-", "\n")
OTHER_END = "\x01"
"""no expression expects it, so all ways to match what is before it are tried"""

_WHITE = re.compile(r"\s+")
_REPEATS = re.compile(r"[*+}]")
"""in a string without these, nothing is repeated"""


def find_expressions() -> dict[str, re.Pattern[str]]:
    """Return the expressions: constants of modules, arguments of ``re``, and wordings of pages."""
    found: dict[str, re.Pattern[str]] = {}
    for module in _modules():
        for name, value in vars(module).items():
            if not name.startswith("__"):
                for number, expression in enumerate(_expressions_in(value)):
                    found[f"{module.__name__}.{name}[{number}]"] = expression
        for line, pattern in _arguments(module):
            found[f"{module.__name__}:{line}"] = re.compile(pattern)
    for name in tomllib.loads(WORDINGS.read_text(encoding="utf-8")):
        found[f"{WORDINGS.name} {name}"] = re.compile(wording(name).pattern, re.IGNORECASE)
    return found


def make_repetitions(
    expression: re.Pattern[str], length: int, number: int, *, is_attribute: bool = False
) -> Iterator[str]:
    """Yield texts of about a length, each a few of the expression's own words again and again.

    White space is single, as in a page's text; with ``is_attribute``, also as it may be in an attribute.
    """
    random_ = random.Random(expression.pattern)  # noqa: S311 # the same texts each time
    words = list(dict.fromkeys(re.findall(r"[^\W_]+", expression.pattern)))
    repeated = [*PLAIN, *random_.sample(words, min(len(words), number))]
    while len(repeated) < number + len(PLAIN):
        parts = random_.choices([*PLAIN, *words], k=random_.randint(2, 3))
        repeated.append(random_.choice(JOINTS).join(parts) + random_.choice(JOINTS))
    for part in repeated:
        start = random_.choice(["", *words])
        text = start + part * (length // len(part)) + OTHER_END
        single = _WHITE.sub(lambda run: run[0][0], text)
        yield single
        if is_attribute and single != text:
            yield text


def _modules() -> Iterator[ModuleType]:
    for module in pkgutil.walk_packages(mrt_pipeline.__path__, "mrt_pipeline."):
        if not module.name.startswith(NEEDS_AN_EXTRA):
            yield importlib.import_module(module.name)


def _expressions_in(value: Any) -> Iterator[re.Pattern[str]]:
    if isinstance(value, re.Pattern) and isinstance(value.pattern, str):
        yield value
    elif isinstance(value, str) and _REPEATS.search(value):
        with suppress(re.error):
            yield re.compile(value)
    elif isinstance(value, dict):
        for part in value.values():
            yield from _expressions_in(part)
    elif isinstance(value, list | tuple | set | frozenset):
        for part in value:
            yield from _expressions_in(part)
    elif is_dataclass(value) and not isinstance(value, type):
        properties = (name for name, part in vars(type(value)).items() if isinstance(part, property))
        for name in (*(field.name for field in fields(value)), *properties):
            yield from _expressions_in(getattr(value, name, None))


def _arguments(module: ModuleType) -> Iterator[tuple[int, str]]:
    """Yield the first arguments of ``re``'s functions, but not those that need a function's own variables."""
    path = Path(module.__file__ or "")
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Name(id="re")), args=[argument, *_]):
                with suppress(Exception):
                    pattern = eval(ast.unparse(argument), vars(module))  # noqa: S307 # the program's own code
                    if isinstance(pattern, str):
                        yield node.lineno, pattern
