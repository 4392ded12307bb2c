"""Find the single values of a station or exit that differ, with the reasons for the old and the new one.

Consequences of a change reported elsewhere are left out: distances after an exit or a bus stop moved,
the wiki title after a renaming, directions after a line's services changed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mrt_pipeline.compare.matching import Pair, is_same_position
from mrt_pipeline.compare.service_changes import LinkedPair, LinkedPlatform
from mrt_pipeline.contracts.comparison import ValueChange
from mrt_pipeline.contracts.evidence import Published
from mrt_pipeline.contracts.fields import PARTS
from mrt_pipeline.contracts.network import (
    ExitBusStop,
    Platform,
    Station,
    StationCode,
    StationExit,
    StationNames,
    TrainTimes,
)
from mrt_pipeline.extraction.exit_platforms import cite_link

SAME_DISTANCE_M = 0.5
"""Between places that did not move, distances differ by rounding; a larger difference is a new
measurement."""

_MATCHED = "platforms"
"""the part whose records are matched by direction, not by name"""
_DIRECTION = frozenset(
    {"platform_id", "station_code", "line_code", "towards_code", "towards_kind", "next_code"}
)


@dataclass(frozen=True, slots=True)
class Scope:
    """The station or exit whose values are compared."""

    slug: str
    exit_id: str | None = None

    def change(self, field: str, item: str | None, attribute: str | None, **sides: Any) -> ValueChange:
        """Return a change in one of its values."""
        return ValueChange(
            slug=self.slug, exit_id=self.exit_id, field=field, item=item, attribute=attribute, **sides
        )


def compare_station_values(
    pair: Pair, platforms: Iterable[tuple[Platform, Platform]]
) -> Iterator[ValueChange]:
    """Yield the values of a station itself that differ, except its name, codes and position.

    Args:
        pair: the station.
        platforms: the platforms in both datasets, in pairs.
    """
    scope = Scope(pair.new.slug)
    old, new = pair.old, pair.new
    follows = old.name != new.name or old.lines != new.lines
    for field in ("station_type",) if follows else ("station_type", "wiki_title"):
        yield from _compare_attribute(scope, field, None, None, (old, new))
    yield from compare_records(scope, "names", old.names, new.names)
    codes = {code.station_code: code for code in old.codes}
    for code in new.codes:
        if code.station_code in codes:
            yield from compare_records(scope, "codes", codes[code.station_code], code)
    for then, now in platforms:
        yield from compare_records(scope, _MATCHED, then, now, leave_out=_DIRECTION)
        before, after = _trains_at(then, old), _trains_at(now, new)
        for key in dict.fromkeys((*after, *before)):
            yield from compare_records(
                scope, "trains", before.get(key), after.get(key), leave_out=frozenset({"platform_id"})
            )


def _trains_at(platform: Platform, station: Station) -> dict[tuple[str, str], TrainTimes]:
    """Return the trains at a platform, which may have had another id before a renumbering."""
    here = (times for times in station.trains if times.platform_id == platform.platform_id)
    return {(times.service, times.days): times for times in here}


def compare_exit_values(
    scope: Scope, old: StationExit, new: StationExit, platforms: Iterable[LinkedPair]
) -> Iterator[ValueChange]:
    """Yield the values of an exit that differ; the caller has matched its platforms."""
    for then, now in platforms:
        yield from _compare_linked(scope, (old, then), (new, now))
    is_moved = not is_same_position((old.lat, old.lng), (new.lat, new.lng))
    for part in PARTS:
        for before, after in _match_part(getattr(old, part), getattr(new, part)) if part != _MATCHED else ():
            yield from compare_records(
                scope, part, before, after, leave_out=_follows(before, after, is_moved)
            )


def _compare_linked(
    scope: Scope,
    old: tuple[StationExit, LinkedPlatform | None],
    new: tuple[StationExit, LinkedPlatform | None],
) -> Iterator[ValueChange]:
    """Yield differences in whether and how an exit leads to a platform of the station."""
    (_, then), (_, now) = old, new
    present = now or then
    if present is None:
        return
    item = name_direction(present[1])
    if then is None or now is None:
        yield scope.change(_MATCHED, item, None, **_linked_sides(old, new, None))
        return
    for attribute in ("is_same_building", "confidence"):
        if getattr(then[0], attribute) != getattr(now[0], attribute):
            yield scope.change(_MATCHED, item, attribute, **_linked_sides(old, new, attribute))


def _linked_sides(
    old: tuple[StationExit, LinkedPlatform | None],
    new: tuple[StationExit, LinkedPlatform | None],
    attribute: str | None,
) -> dict[str, Any]:
    """Return both datasets' statements about a platform that an exit leads to, with reasons."""
    sides: dict[str, Any] = {}
    for name, (found, linked) in (("old", old), ("new", new)):
        if linked is not None:
            link, platform = linked
            sides[name] = (
                {**plain(platform), **plain(link)} if attribute is None else getattr(link, attribute)
            )
            sides[f"{name}_evidence"] = cite_link(link, platform, found, attribute or "platform_id")
    return sides


def compare_records(
    scope: Scope,
    field: str,
    old: Published | None,
    new: Published | None,
    leave_out: frozenset[str] = frozenset(),
) -> Iterator[ValueChange]:
    """Yield the differences between two states of a record: the whole if one is missing, or attributes."""
    present = new or old
    if present is None:
        return
    item = name_item(present)
    if old is None or new is None:
        sides: dict[str, Any] = {}
        for side, record in (("old", old), ("new", new)):
            if record is not None:
                sides |= {side: plain(record), f"{side}_evidence": record.all_evidence()}
        yield scope.change(field, item, None, **sides)
        return
    for attribute in type(new).model_fields:
        if attribute != "evidence" and attribute not in leave_out:
            yield from _compare_attribute(scope, field, item, attribute, (old, new))


def plain(record: Published) -> dict[str, Any]:
    """Return a record's values without their evidence."""
    return record.model_dump(mode="json", exclude={"evidence"}, exclude_none=True)


def _compare_attribute(
    scope: Scope,
    field: str,
    item: str | None,
    attribute: str | None,
    records: tuple[Published, Published],
) -> Iterator[ValueChange]:
    name = attribute or field
    old, new = (getattr(record, name) for record in records)
    if old != new:
        old_evidence, new_evidence = (it.evidence_for(name) or it.all_evidence() for it in records)
        yield scope.change(
            field, item, attribute, old=old, new=new, old_evidence=old_evidence, new_evidence=new_evidence
        )


def _follows(old: Published | None, new: Published | None, is_exit_moved: bool) -> frozenset[str]:
    """Return the attributes of a bus stop that are not compared, or whose change follows from another.

    For other records, all are compared.
    """
    if not isinstance(old, ExitBusStop) or not isinstance(new, ExitBusStop):
        return frozenset()
    if is_same_position((old.lat, old.lng), (new.lat, new.lng)):
        is_alike = abs(old.distance_m - new.distance_m) <= SAME_DISTANCE_M
        return frozenset({"lat", "lng", "distance_m"} if is_exit_moved or is_alike else {"lat", "lng"})
    return frozenset({"distance_m"})


def _match_part(old: Any, new: Any) -> Iterator[tuple[Any, Any]]:
    """Yield the records of a part in pairs: matched by name, or the single ones."""
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


RECORD_TYPES: dict[str, tuple[type[Published], ...]] = {
    "codes": (StationCode,),
    "names": (StationNames,),
    "trains": (TrainTimes,),
    **{part.name: part.kinds for part in PARTS.values()},
}
"""for each field of a station or exit that holds published records, the types of these"""


_KEYS: dict[type[Published], str] = {
    StationCode: "station_code",
    **{part.record_type: part.key for part in PARTS.values()},
}


def name_item(record: Published) -> str | None:
    """Return the name of a record among several; None for a single one."""
    if isinstance(record, Platform):
        return name_direction(record)
    if isinstance(record, TrainTimes):
        return f"{record.platform_id} {record.service} {record.days}"
    key = _KEYS.get(type(record), "")
    return getattr(record, key) if key else None


def name_direction(platform: Platform) -> str:
    """Return the direction of a platform's trains, e.g. ``NS13 to NS12 (towards NS1)``."""
    beyond = "" if platform.towards_code == platform.next_code else f" (towards {platform.towards_code})"
    return f"{platform.station_code} to {platform.next_code}{beyond}"
