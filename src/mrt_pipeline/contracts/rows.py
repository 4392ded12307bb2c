"""Convert records to and from CSV rows by the fields of their type: recorded tables and the network.

A text is written as it is, a number as in Python, a date in ISO 8601, a list of words separated by spaces,
and a missing value as an empty cell. Other types are not supported. Equal texts become one object: a road's
name is in the rows of all its bus stops.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Hashable, Mapping
from dataclasses import fields
from datetime import date
from functools import cache
from types import NoneType, UnionType
from typing import Any, TypeVar, cast, get_args, get_origin, get_type_hints

RecordT = TypeVar("RecordT")
Reader = Callable[[str], Any]


def columns_of(record_type: type) -> list[str]:
    """Return the columns of a table of records, in field order."""
    return list(_readers(record_type))


def to_row(record: object) -> dict[str, str]:
    """Return a record as a row."""
    return {name: _cell(getattr(record, name)) for name in columns_of(type(record))}


def from_row(record_type: type[RecordT], row: Mapping[str, str]) -> RecordT:
    """Return the record of a row.

    Raises:
        KeyError: if the row lacks a column.
        ValueError: if a cell is not of its field's type.
    """
    return record_type(*[read(row[name]) for name, read in _readers(cast(Hashable, record_type)).items()])


def _cell(value: object) -> str:
    if value is None:
        return ""
    return " ".join(value) if isinstance(value, tuple) else str(value)


@cache
def _readers(record_type: Hashable) -> dict[str, Reader]:
    kind: Any = record_type
    hints = get_type_hints(kind)
    return {field.name: _reader_of(hints[field.name]) for field in fields(kind)}


def _reader_of(hint: Any) -> Reader:
    if hint is str:
        return sys.intern
    if hint in (int, float):
        found: Reader = hint
        return found
    if hint is date:
        return date.fromisoformat
    if get_origin(hint) is tuple and get_args(hint)[0] is str:
        return lambda cell: tuple(map(sys.intern, cell.split()))
    if get_origin(hint) is UnionType and NoneType in get_args(hint):
        (inner,) = (part for part in get_args(hint) if part is not NoneType)
        read = _reader_of(inner)
        return lambda cell: read(cell) if cell else None
    raise TypeError(f"a field of type {hint} cannot be recorded")
