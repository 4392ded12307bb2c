"""Match the records of an older and a newer dataset: replaced codes, relabelled exits."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mrt_pipeline.contracts.comparison import ExitPresence
from mrt_pipeline.contracts.network import Station, StationExit
from mrt_pipeline.network import Network
from mrt_pipeline.runtime.geometry import to_svy21

SAME_PLACE_M = 10
"""An exit that disappeared and one that appeared within this distance are one exit: LTA's own double surveys
of one exit are up to 5.4 m apart, distinct exits with one label at least 21.4 m (July 2026)."""

ROUNDING_DEG = 1e-6
"""Positions that differ by no more than this, about 11 cm, are one position written by two publishers."""


@dataclass(frozen=True, slots=True)
class Pair:
    """A station in both datasets."""

    old: Station
    new: Station


@dataclass(frozen=True, slots=True)
class Replacement:
    """A code of a station that was replaced by another one."""

    pair: Pair
    line_code: str
    old_code: str
    new_code: str


def find_replacements(pair: Pair, network: Network) -> Iterator[Replacement]:
    """Yield the codes of a station that were replaced.

    A lost code became the gained one that the network's table names as its successor. Codes without an entry
    there were replaced if as many were gained as lost on the same line: a line passes a place once under one
    code, so the places are the same.
    """
    lost, gained = codes_without(pair.old, pair.new), codes_without(pair.new, pair.old)
    for code in list(lost):
        entry = network.find_code(code)
        successor = entry.renumbered_to if entry else None
        if successor in gained:
            yield Replacement(pair, gained.pop(successor), code, successor)
            del lost[code]
    for line in dict.fromkeys(lost.values()):
        before, after = _codes_on(line, lost), _codes_on(line, gained)
        if len(before) == len(after):
            yield from (Replacement(pair, line, old, new) for old, new in zip(before, after, strict=True))


def codes_without(station: Station, other: Station) -> dict[str, str]:
    """Return the codes that only the first of two states of a station has, with their lines."""
    return {
        code.station_code: code.line_code
        for code in station.codes
        if code.station_code not in other.mrt_codes
    }


def stations_without(stations: Iterable[Station], others: Iterable[Station]) -> Iterator[Station]:
    """Yield the stations that are missing among others, by slug."""
    known = {station.slug for station in others}
    return (station for station in stations if station.slug not in known)


def match_exits(pair: Pair) -> list[tuple[StationExit | None, StationExit | None]]:
    """Return the exits in both states of a station in pairs, in the new order, lost ones last.

    Exits are matched by id, the remaining ones by position, nearest first.
    """
    old = {found.exit_id: found for found in pair.old.exits}
    new = {found.exit_id: found for found in pair.new.exits}
    lost = [found for exit_id, found in old.items() if exit_id not in new]
    gained = [found for exit_id, found in new.items() if exit_id not in old]
    before = {exit_id: old[exit_id] for exit_id in new if exit_id in old}
    before |= {now.exit_id: then for then, now in _by_place(lost, gained)}
    relabelled = {then.exit_id for then in before.values()}
    return [
        *((before.get(exit_id), found) for exit_id, found in new.items()),
        *((found, None) for found in lost if found.exit_id not in relabelled),
    ]


def describe_station(station: Station) -> dict[str, Any]:
    """Return the fields reported about a station in only one dataset, including its exits."""
    exits = tuple(found.exit_id for found in station.exits)
    return {"slug": station.slug, "name": station.name, "codes": station.mrt_codes, "exits": exits}


def presence_of(slug: str, found: StationExit) -> ExitPresence:
    """Return an exit that only one of two datasets has."""
    return ExitPresence(
        slug=slug, exit_id=found.exit_id, exit_code=found.exit_code, station_code=found.station_code
    )


def distance_m(old: Station | StationExit, new: Station | StationExit) -> float:
    """Return the distance between two positions, 0 if they differ only by rounding."""
    if is_same_position((old.lat, old.lng), (new.lat, new.lng)):
        return 0.0
    return to_svy21(old.lat, old.lng).distance_m(to_svy21(new.lat, new.lng))


def is_same_position(old: tuple[float, float], new: tuple[float, float]) -> bool:
    """Return whether two positions differ by rounding at most."""
    return all(abs(then - now) <= ROUNDING_DEG for then, now in zip(old, new, strict=True))


def _codes_on(line: str, codes: Mapping[str, str]) -> list[str]:
    return [code for code, its_line in codes.items() if its_line == line]


def _by_place(
    lost: Sequence[StationExit], gained: Sequence[StationExit]
) -> Iterator[tuple[StationExit, StationExit]]:
    """Yield the pairs of exits at one position, nearest first, each exit once."""
    apart = sorted(
        (distance_m(then, now), place, number)
        for place, then in enumerate(lost)
        for number, now in enumerate(gained)
    )
    taken_lost: set[int] = set()
    taken_gained: set[int] = set()
    for metres, place, number in apart:
        if metres <= SAME_PLACE_M and place not in taken_lost and number not in taken_gained:
            taken_lost.add(place)
            taken_gained.add(number)
            yield lost[place], gained[number]
