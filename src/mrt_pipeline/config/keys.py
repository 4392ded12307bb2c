"""The keys of the configuration, derived from the model."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from pydantic.fields import FieldInfo

from mrt_pipeline.config.settings import Settings
from mrt_pipeline.contracts.sections import InputPath, PaceOnly, Section

Key = tuple[str, ...]


@cache
def known_keys() -> dict[Key, FieldInfo]:
    """Return every key and its field, sections included, in the order of the model."""
    return dict(_walk(Settings, ()))


def section_of(field: FieldInfo) -> type[Section] | None:
    """Return the section that a field holds, or None if it holds a value."""
    kind = field.annotation
    return kind if isinstance(kind, type) and issubclass(kind, Section) else None


def value_keys() -> list[Key]:
    """Return every key that holds a value."""
    return [key for key, field in known_keys().items() if section_of(field) is None]


@cache
def pace_keys() -> frozenset[str]:
    """Return the dotted keys that affect when and how fast work is done, but not its result."""
    return frozenset(".".join(key) for key, field in known_keys().items() if PaceOnly in field.metadata)


@cache
def input_keys() -> tuple[str, ...]:
    """Return the dotted keys with paths of files and folders that are read."""
    return tuple(".".join(key) for key, field in known_keys().items() if InputPath in field.metadata)


def _walk(section: type[Section], path: Key) -> Iterator[tuple[Key, FieldInfo]]:
    for name, field in section.model_fields.items():
        yield (*path, name), field
        if below := section_of(field):
            yield from _walk(below, (*path, name))
