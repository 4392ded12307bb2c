"""Describe why a file does not hold one of this program's records, in the program's own words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import orjson
from pydantic import ValidationError

from mrt_pipeline.secrecy import SECRETS

MAX_SHOWN = 200
"""how many characters of a name or a fault are quoted"""

_EXPECTED = {
    **dict.fromkeys(("model_type", "model_attributes_type", "dataclass_type", "dict_type"), "a JSON object"),
    **dict.fromkeys(("list_type", "tuple_type", "set_type"), "a list"),
    **dict.fromkeys(("string_type",), "text"),
    **dict.fromkeys(("int_type", "int_parsing", "int_from_float"), "a whole number"),
    **dict.fromkeys(("float_type", "float_parsing", "finite_number"), "a number"),
    **dict.fromkeys(("bool_type", "bool_parsing"), "true or false"),
    **dict.fromkeys(("date_type", "date_parsing", "date_from_datetime_parsing"), "a date"),
    **dict.fromkeys(("datetime_type", "datetime_parsing", "datetime_from_date_parsing"), "a time"),
}
"""kind of fault found by validation to what was expected"""
_BOUND: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "enum": lambda bound: str(bound["expected"]),
    "literal_error": lambda bound: str(bound["expected"]),
    "greater_than": lambda bound: f"more than {bound['gt']}",
    "greater_than_equal": lambda bound: f"{bound['ge']} or more",
    "less_than_equal": lambda bound: f"at most {bound['le']}",
    "string_pattern_mismatch": lambda bound: f"text of the form {bound['pattern']}",
}
"""the same where the expectation depends on the field"""


def describe_fault(error: ValidationError | orjson.JSONDecodeError) -> str:
    """Return the first fault of a file that does not hold one of our records: where it is, and what."""
    if isinstance(error, orjson.JSONDecodeError):
        return _describe_syntax(error)
    first = error.errors(include_url=False)[0]
    place, value = first["loc"], first["input"]
    if first["type"] == "json_invalid":
        return _describe_json(value)
    if "evidence" in place and isinstance(value, int) and first["type"] in _EXPECTED:
        return f"{_name(place[:-1])} points to reason {value}, which does not exist"
    name = _name(place)
    if first["type"] == "missing":
        return f"{name} is missing"
    if first["type"] == "extra_forbidden":
        return f"{name} is not a known field"
    if first["type"] == "value_error":
        return f"{name or 'the file'}: {SECRETS.redact(str(first['ctx']['error']))[:MAX_SHOWN]}"
    expected = f"expected {_expectation(first['type'], first.get('ctx', {}))}"
    return f"{name}: {expected}" if name else expected


def _describe_json(content: str | bytes) -> str:
    """Return where a text that validation could not read as JSON goes wrong, if that is found again."""
    try:
        orjson.loads(content)
    except orjson.JSONDecodeError as error:
        return _describe_syntax(error)
    return "the file is not valid JSON"


def _describe_syntax(error: orjson.JSONDecodeError) -> str:
    if not error.doc:
        return "the file is empty, or is not UTF-8"
    place = f"line {error.lineno}, column {error.colno}"
    if error.pos >= len(error.doc):
        return f"the file ends unexpectedly at {place}"
    return f"the file is not valid JSON at {place}"


def _expectation(kind: str, bound: Mapping[str, Any]) -> str:
    if kind in _BOUND:
        return _BOUND[kind](bound)[:MAX_SHOWN]
    return _EXPECTED.get(kind, "another value")


def _name(place: tuple[int | str, ...]) -> str:
    return SECRETS.redact(".".join(map(str, place)))[:MAX_SHOWN]
