"""Decide which of OneMap's hits is the building of a station: names, modes and codes must agree."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache

from mrt_pipeline.contracts.source import STATION_CODE, StationLocation
from mrt_pipeline.network import load_network
from mrt_pipeline.runtime.geometry import distance_m

NIL = "NIL"
"""OneMap's value for an empty field"""
MAX_NAME_CHARS = 200
AGREES_M = 100
"""OneMap moved its point for a building by up to 47 m between 2023 and July 2025; the points of two stations
are 230 m or more apart, so that a point of the wrong station is never within this distance."""
MODES = frozenset({"MRT", "LRT"})

_BUILDING = re.compile(
    r"(?P<name>.+?) (?P<modes>(?:MRT|LRT)(?: ?/ ?(?:MRT|LRT))?) STATION(?: ?\((?P<codes>[^()]*)\))?",
    re.IGNORECASE,
)
_PREFIX = re.compile(r"[A-Z]+")


@dataclass(frozen=True, slots=True)
class Building:
    """The parts of a building's name."""

    name: str
    """folded for comparison"""
    modes: frozenset[str]
    codes: frozenset[str]
    """empty if the name has none"""


def names_of(hit: Mapping[str, object]) -> tuple[str, ...]:
    """Return the names of a hit, the building's name first."""
    given = (hit.get("BUILDING"), hit.get("SEARCHVAL"))
    return tuple(name for name in given if isinstance(name, str) and name.strip() not in ("", NIL))


def is_building_of(hit: Mapping[str, object], station_code: str, name: str) -> bool:
    """Return whether every name of a hit is that of a station, with the right code where codes are given."""
    names = names_of(hit)
    return bool(names) and all(_names_station(read_building(text), station_code, name) for text in names)


def has_code(hit: Mapping[str, object], station_code: str) -> bool:
    """Return whether a hit's name gives any code."""
    buildings = map(read_building, names_of(hit))
    return any(building is not None and station_code in building.codes for building in buildings)


def agrees(location: StationLocation) -> bool:
    """Return whether a position agrees with the building's position in the network table, if it has one."""
    entry = load_network().find_code(location.station_code)
    return entry is None or distance_m(location.lat, location.lng, entry.lat, entry.lng) <= AGREES_M


@lru_cache(maxsize=4096)
def read_building(text: str) -> Building | None:
    """Return the parts of a building's name; None if it is not a station, or is an exit."""
    if len(text) > MAX_NAME_CHARS or not (match := _BUILDING.fullmatch(text.strip())):
        return None
    given = match["codes"]
    codes = frozenset(_split_codes(given)) if given is not None else frozenset()
    if given is not None and not codes:  # e.g. (UNDER CONSTRUCTION)
        return None
    return Building(_fold(match["name"]), frozenset(re.findall("[ML]RT", match["modes"].upper())), codes)


def modes_of(station_code: str) -> frozenset[str]:
    """Return ``MRT`` or ``LRT``, or both for a code of no known line."""
    prefix = _PREFIX.match(station_code)
    return _modes_by_prefix().get(prefix.group(), MODES) if prefix else MODES


def _names_station(building: Building | None, station_code: str, name: str) -> bool:
    if building is None or building.name != _fold(name):
        return False
    if building.codes and station_code not in building.codes:
        return False
    return bool(building.modes & modes_of(station_code))


def _split_codes(text: str) -> Iterable[str]:
    """Return the codes in a text such as ``NS1 / EW24``; empty if any part is not a code."""
    parts = [part for part in re.split(r"[\s/,;&]+", text.upper()) if part]
    return parts if all(STATION_CODE.fullmatch(part) for part in parts) else ()


def _fold(name: str) -> str:
    return "".join(char for char in name.casefold() if char.isalnum())


@cache
def _modes_by_prefix() -> dict[str, frozenset[str]]:
    lines = load_network().lines
    return {prefix: frozenset({line.mode.upper()}) for line in lines for prefix in line.code_prefixes}
