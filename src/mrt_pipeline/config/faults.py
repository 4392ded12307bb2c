"""Describe what is wrong with a configuration: where, what was found, what was expected, what to do.

A value that may be a secret is never shown: neither that of an unknown key, nor a URL with a login.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from difflib import get_close_matches
from typing import Any

from pydantic import ValidationError

from mrt_pipeline.config.environment import SECRET_NAMES, override_variable
from mrt_pipeline.config.keys import known_keys, value_keys
from mrt_pipeline.config.schema import json_schema
from mrt_pipeline.config.yaml_reading import KeyPath, YamlDocument
from mrt_pipeline.contracts.counting import counted
from mrt_pipeline.secrecy import SECRETS

MAX_SHOWN = 60
MAX_FAULTS = 100
"""A file with more is not a configuration, and nobody reads that many sentences."""
SECRET_WORD = re.compile(
    r"(^|[_-])(pass(word|wd|phrase)?|secret|credential|token|((api|account|access|auth)[_-]?)?key"
    r"|(e?mail|webhook|apprise)[_-]?url)s?$",
    re.IGNORECASE,
)
URL_WITH_LOGIN = re.compile(r"//[^/]*@")
TYPE_NAMES = {
    "boolean": "true or false",
    "integer": "a whole number",
    "number": "a number",
    "null": "null",
}


def describe_errors(
    error: ValidationError, document: YamlDocument, place: Callable[[KeyPath], str]
) -> list[str]:
    """Return a sentence for each fault that validation found.

    If part of a list or section is faulty, the whole is not judged: the remainder, such as a list without its
    only item, is not what was written.

    Args:
        error: what validation found.
        document: the document read, with what was written and what could not be parsed.
        place: returns which key it is and where it was set, e.g. ``"mode (line 5)"``.
    """
    schema, errors = json_schema(), error.errors(include_url=False)
    at_fault = {found["loc"] for found in errors} | set(document.unread)
    wholes = {path[:length] for path in at_fault for length in range(len(path))}
    errors = [found for found in errors if found["loc"] not in wholes]
    told = [
        _describe(found, place(found["loc"]), schema, document.texts.get(found["loc"]))
        for found in errors[:MAX_FAULTS]
    ]
    return told + ([f"and {len(errors) - MAX_FAULTS} more."] if len(errors) > MAX_FAULTS else [])


def describe_unknown_key(path: KeyPath, place: str) -> str:
    """Return a sentence for a key of the file that does not exist, naming the nearest that does."""
    *parents, name = map(str, path)
    siblings = [key[-1] for key in known_keys() if key[:-1] == tuple(parents)]
    namesakes = [".".join(key) for key in value_keys() if key[-1] == name]
    nearest = get_close_matches(name.lower(), siblings, n=1, cutoff=0.75)
    if nearest := nearest or get_close_matches(".".join([*parents, name]), namesakes, n=1, cutoff=0):
        return f"{place} is not a known key; did you mean {nearest[0]}?"
    if SECRET_WORD.search(name):
        return describe_secret(path, place)
    nearest = get_close_matches(name.lower(), siblings, n=1, cutoff=0.5)
    guess = f"did you mean {nearest[0]}? " if nearest else "remove it. "
    return f"{place} is not a known key; {guess}Allowed keys: {', '.join(siblings)}."


_SIMILAR = 0.85
"""how alike two variables must be to be taken for one another; all of them begin alike"""


def describe_unknown_variable(variable: str, path: KeyPath) -> str:
    """Return a sentence for a variable that sets no key, naming a similar one that does."""
    namesakes = [key for key in value_keys() if key[-1] == path[-1]]
    known = [override_variable(key) for key in namesakes or value_keys()]
    near = get_close_matches(variable.upper(), known, n=1, cutoff=0 if namesakes else _SIMILAR)
    is_slip = namesakes or get_close_matches(variable.upper(), known, n=1, cutoff=0.9)
    if not is_slip and SECRET_WORD.search(str(path[-1])):
        return describe_secret(path, variable)
    advice = f"did you mean {near[0]}?" if near else "correct its name, or remove it."
    return f"{variable} matches no configuration key; {advice}"


def describe_secret(path: KeyPath, place: str) -> str:
    """Return a sentence for a key or variable that looks like a secret in the wrong place."""
    name = "_".join(map(str, path[-2:])).lower()
    nearest = get_close_matches(name, SECRET_NAMES, n=1) or SECRET_NAMES
    variables = " or ".join(secret.upper() for secret in nearest)
    return f"{place} looks like a secret. Remove it and set {variables} in the environment or in .env."


def _describe(found: Mapping[str, Any], place: str, schema: Mapping[str, Any], written: str | None) -> str:
    if found["type"] == "extra_forbidden":
        return describe_unknown_key(found["loc"], place)
    if found["type"] == "value_error":
        return f"{place} {found['ctx']['error']}"
    here = _schema_at(found["loc"], schema)
    expected = _expectation(here, schema)
    is_converted = isinstance(found["input"], bool | int | float)
    advice = "; put it in quotes" if is_converted and _accepts_any_text(here, schema) else ""
    shown = written[:MAX_SHOWN] if written and is_converted else _show(found["input"])
    return f"{place} is {shown}; expected {expected}{advice}."


def _schema_at(path: Sequence[str | int], schema: Mapping[str, Any]) -> Mapping[str, Any]:
    here = schema
    for part in path:
        here = here["items"] if isinstance(part, int) else _resolve(here, schema)["properties"][part]
    return here


def _resolve(here: Mapping[str, Any], schema: Mapping[str, Any]) -> Mapping[str, Any]:
    name = str(here.get("$ref", "")).removeprefix("#/$defs/")
    return schema["$defs"][name] if name else here


def _accepts_any_text(here: Mapping[str, Any], schema: Mapping[str, Any]) -> bool:
    """Return whether a key takes text that is neither one of a few words nor a URL."""
    here = _resolve(here, schema)
    if "anyOf" in here:
        return any(_accepts_any_text(choice, schema) for choice in here["anyOf"])
    return here.get("type") == "string" and "enum" not in here and here.get("format") != "uri"


def _expectation(here: Mapping[str, Any], schema: Mapping[str, Any]) -> str:
    """Return the expected value in words, from its JSON Schema."""
    here = _resolve(here, schema)
    if "anyOf" in here:
        return ", or ".join(_expectation(choice, schema) for choice in here["anyOf"])
    if "enum" in here:
        return "one of " + ", ".join(here["enum"])
    if here["type"] == "array":
        length = f" of at least {counted(here['minItems'], 'item')}" if "minItems" in here else ""
        return f"a list{length}, each item {_expectation(here['items'], schema)}"
    if here["type"] == "object":
        return "a mapping with the keys " + ", ".join(here["properties"])
    if here.get("format") == "uri":
        return "a URL such as https://example.org/api"
    if here["type"] == "string":
        return describe_text(here.get("minLength", 0), here.get("maxLength"), here.get("pattern"))
    bounds = describe_bounds(here.get("minimum"), here.get("exclusiveMinimum"), here.get("maximum"))
    return " ".join(filter(None, [TYPE_NAMES[here["type"]], bounds]))


def describe_bounds(least: float | None, above: float | None, most: float | None) -> str:
    """Return the limits of a number in words; empty if it has none.

    Args:
        least: the smallest allowed number.
        above: the number that must be exceeded, if there is one instead.
        most: the largest allowed number.
    """
    if above is not None:
        return f"greater than {above}" + ("" if most is None else f" and at most {most}")
    if least is None:
        return "" if most is None else f"of at most {most}"
    return f"of {least} or more" if most is None else f"from {least} to {most}"


def describe_text(least: int, most: int | None, pattern: str | None) -> str:
    """Return the expected length or form of a text in words."""
    if pattern is not None:
        return f"text of the form {pattern}"
    if most is not None:
        return f"text of {least} to {most} characters" if least else f"text of at most {most} characters"
    if least > 1:
        return f"text of at least {least} characters"
    return "non-empty text" if least else "text"


def _show(value: object) -> str:
    if value is None:
        return "empty"
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, tuple):
        return f"a list of {len(value)}" if value else "an empty list"
    if URL_WITH_LOGIN.search(str(value)):
        return "a URL with a login"
    shown = repr(SECRETS.redact(value) if isinstance(value, str) else value)
    return shown if len(shown) <= MAX_SHOWN else f"{shown[:MAX_SHOWN]}…"
