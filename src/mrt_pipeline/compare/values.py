"""Which single values of a station or exit differ, each with the reasons for the old and the new one.

What follows from a change that is told elsewhere is left out: distances after an exit or a bus stop moved,
the wiki title after a renaming, directions after a line's services changed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mrt_pipeline.compare.items import name_item
from mrt_pipeline.compare.matching import Pair, is_same_position
from mrt_pipeline.compare.service_changes import PlatformPair
from mrt_pipeline.contracts.comparison import ValueChange
from mrt_pipeline.contracts.evidence import Evidence, Published
from mrt_pipeline.contracts.fields import PARTS
from mrt_pipeline.contracts.network import ExitBusStop, StationExit

SAME_DISTANCE_M = 0.5
"""Between places that did not move a distance differs by rounding; more means that it is measured anew."""

_MATCHED = "platforms"
"""the part whose records are matched by where trains go, not by name"""
_DIRECTION = frozenset({"station_code", "line_code", "towards_code", "towards_kind", "next_code"})


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose values are compared."""

    slug: str
    exit_id: str | None = None

    def change(self, field: str, item: str | None, attribute: str | None, **sides: Any) -> ValueChange:
        """Return a change of one of its values."""
        return ValueChange(
            slug=self.slug, exit_id=self.exit_id, field=field, item=item, attribute=attribute, **sides
        )


def compare_station_values(pair: Pair) -> Iterator[ValueChange]:
    """Yield the values of a station itself that differ, its name, codes and position left to others."""
    scope = Scope(pair.new.slug)
    old, new = pair.old, pair.new
    follows = old.name != new.name or old.lines != new.lines
    for field in ("station_type",) if follows else ("station_type", "wiki_title"):
        yield from _compare_attribute(scope, field, None, None, (old, new), field)
    yield from compare_records(scope, "names", old.names, new.names)
    codes = {code.station_code: code for code in old.codes}
    for code in new.codes:
        if code.station_code in codes:
            yield from compare_records(scope, "codes", codes[code.station_code], code)


def compare_exit_values(
    scope: Scope, old: StationExit, new: StationExit, platforms: Iterable[PlatformPair]
) -> Iterator[ValueChange]:
    """Yield what hangs otherwise on an exit; its platforms are matched by the caller."""
    for then, now in platforms:
        yield from compare_records(scope, "platforms", then, now, leave_out=_DIRECTION)
    is_moved = not is_same_position((old.lat, old.lng), (new.lat, new.lng))
    for part in PARTS:
        for before, after in _match_part(getattr(old, part), getattr(new, part)) if part != _MATCHED else ():
            yield from compare_records(
                scope, part, before, after, leave_out=_follows(before, after, is_moved)
            )


def compare_records(
    scope: Scope,
    field: str,
    old: Published | None,
    new: Published | None,
    leave_out: frozenset[str] = frozenset(),
) -> Iterator[ValueChange]:
    """Yield what differs between two states of a record: the whole if one is missing, else each attribute."""
    present = new or old
    if present is None:
        return
    item = name_item(present)
    if old is None or new is None:
        yield scope.change(
            field,
            item,
            None,
            old=None if old is None else plain(old),
            new=None if new is None else plain(new),
            old_evidence=() if old is None else old.all_evidence(),
            new_evidence=() if new is None else new.all_evidence(),
        )
        return
    for attribute in type(new).model_fields:
        if attribute != "evidence" and attribute not in leave_out:
            yield from _compare_attribute(scope, field, item, attribute, (old, new), attribute)


def plain(record: Published) -> dict[str, Any]:
    """Return a record's values without their evidence."""
    return record.model_dump(mode="json", exclude={"evidence"}, exclude_none=True)


def _compare_attribute(
    scope: Scope,
    field: str,
    item: str | None,
    attribute: str | None,
    records: tuple[Published, Published],
    name: str,
) -> Iterator[ValueChange]:
    old, new = (getattr(record, name) for record in records)
    if old != new:
        old_evidence, new_evidence = (_evidence_of(record, name) for record in records)
        yield scope.change(
            field, item, attribute, old=old, new=new, old_evidence=old_evidence, new_evidence=new_evidence
        )


def _follows(old: Published | None, new: Published | None, is_exit_moved: bool) -> frozenset[str]:
    """Return the attributes of a bus stop that need not be compared, or whose change follows from another.

    Of other records all are compared.
    """
    if not isinstance(old, ExitBusStop) or not isinstance(new, ExitBusStop):
        return frozenset()
    if is_same_position((old.lat, old.lng), (new.lat, new.lng)):
        is_alike = abs(old.distance_m - new.distance_m) <= SAME_DISTANCE_M
        return frozenset({"lat", "lng", "distance_m"} if is_exit_moved or is_alike else {"lat", "lng"})
    return frozenset({"distance_m"})


def _match_part(old: Any, new: Any) -> Iterator[tuple[Any, Any]]:
    """Yield what differs of a part in pairs: its records by name, or the one that it holds."""
    if isinstance(new, tuple):
        yield from _match_items(old, new)
    elif old != new:
        yield old, new


def _match_items(old: Sequence[Published], new: Sequence[Published]) -> Iterator[tuple[Any, Any]]:
    """Yield the records of two lists in pairs by name, in the new order, lost ones last."""
    before: Mapping[str | None, Published] = {name_item(record): record for record in old}
    after: Mapping[str | None, Published] = {name_item(record): record for record in new}
    for name, record in after.items():
        if before.get(name) != record:
            yield before.get(name), record
    yield from ((record, None) for name, record in before.items() if name not in after)


def _evidence_of(record: Published, field: str) -> tuple[Evidence, ...]:
    """Return the reasons for a field, those of the whole record for one that is computed."""
    return record.evidence_for(field) or record.all_evidence()
