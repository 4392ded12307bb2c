"""A whole station in short: one line for each exit and field; the reasons are asked for one by one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby

from mrt_pipeline.cli.printing import align
from mrt_pipeline.compare.wording import show_value
from mrt_pipeline.contracts.counting import counted
from mrt_pipeline.contracts.explanation import ExplainedValue, Explanation
from mrt_pipeline.contracts.fields import PARTS

_PLACE = ("exit_id", "exit_code", "station_code", "line_code", "lat", "lng")
"""an exit's own fields, which its heading says"""
_PARTS = {name: rank for rank, name in enumerate(PARTS)}


def summarise(found: Explanation) -> Iterator[str]:
    """Yield the values of a station and its exits, a field in each line, with the documents they rest on."""
    silent: dict[str | None, list[str]] = {}
    for item in found.silent:
        silent.setdefault(item.exit_id, []).append(item.field)
    for exit_id, of_exit in groupby(found.values, key=lambda value: value.exit_id):
        values = list(of_exit)
        yield ""
        yield "Station" if exit_id is None else _heading(exit_id, values)
        rows = list(_rows(values, is_exit=exit_id is not None))
        rows.extend((field, "nothing published", "") for field in silent.get(exit_id, ()))
        rows.sort(key=lambda row: _PARTS.get(row[0], -1))
        yield from (f"  {line}" for line in align(rows))


def count_rejected(found: Explanation) -> Iterator[str]:
    """Yield how many claims were not published, if any."""
    if number := len(found.rejected):
        yield ""
        yield f"{counted(number, 'claim')} not published"


def _heading(exit_id: str, values: Iterable[ExplainedValue]) -> str:
    own = {value.field: show_value(value.value) for value in values if value.field in _PLACE}
    return f"Exit {exit_id}, {own['station_code']}, {own['lat']}, {own['lng']}"


def _rows(values: Iterable[ExplainedValue], *, is_exit: bool) -> Iterator[tuple[str, str, str]]:
    """Yield each field with its values in short and the documents that these rest on."""
    for field, of_field in groupby(values, key=lambda value: value.field):
        if is_exit and field in _PLACE:
            continue
        same = list(of_field)
        documents = dict.fromkeys(reason.document_id for value in same for reason in value.reasons)
        yield field, _short(same), f"[{', '.join(documents)}]"


def _short(values: list[ExplainedValue]) -> str:
    if values[0].attribute is None:
        return show_value(values[0].value)
    named = dict.fromkeys(value.item for value in values)
    if values[0].field == "trains":
        return f"first and last trains, {counted(len(named), 'row')}"
    if None in named:
        return "; ".join(f"{value.attribute} {show_value(value.value)}" for value in values)
    return "; ".join(str(item) for item in named)
