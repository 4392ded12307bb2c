"""The network on a given date: codes in operation, the order in which lines stop, directions of trains."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from itertools import pairwise

from mrt_pipeline.contracts.evidence import RecordedTable
from mrt_pipeline.contracts.network import TowardsKind


@dataclass(frozen=True, slots=True)
class Line:
    """A line; ``Network.lines`` has the order in which a station's first line is chosen."""

    line_code: str
    name: str
    mode: str
    """``mrt`` or ``lrt``"""
    code_prefixes: tuple[str, ...]
    colour: str
    """official colour as ``#RRGGBB``"""


@dataclass(frozen=True, slots=True)
class CodeEntry:
    """One station code on one line, from its opening to its end."""

    station_code: str
    slug: str
    line_code: str
    opened_date: date | None
    """None: not open and no date announced"""
    closed_date: date | None
    """first day without service under this code"""
    renumbered_to: str | None
    lat: float
    lng: float
    """reference position of the building, WGS84 degrees"""
    position_source: str
    opened_document: str | None = None
    """key into ``Network.documents``: source of the opening date"""
    closed_document: str | None = None

    def is_open(self, as_of: date) -> bool:
        """Return whether passengers can board under this code on a date."""
        if self.opened_date is None or self.opened_date > as_of:
            return False
        return self.closed_date is None or as_of < self.closed_date

    def is_future(self, as_of: date) -> bool:
        """Return whether this code is in the future on a date."""
        return self.opened_date is None or self.opened_date > as_of


@dataclass(frozen=True, slots=True)
class DateSource:
    """A document, or a kind of document, that dates in the tables come from."""

    publisher: str
    title: str

    @property
    def name(self) -> str:
        """Return publisher and title."""
        return f"{self.publisher}: {self.title}"


@dataclass(frozen=True, slots=True)
class KnownExit:
    """An exit whose identity was decided once, because no rule can determine it.

    Its building has another exit with its label, or it is uncertain which building it belongs to
    (docs/decisions/0003-exit-identity.md).
    """

    slug: str
    line_code: str
    """line of the building"""
    exit_code: str
    """the bare label"""
    suffix: str
    """distinguishes exits with one label in one building; empty if the label is enough"""
    lat: float
    lng: float
    reason: str
    """why it was decided this way"""

    @property
    def exit_id(self) -> str:
        """Return the id under which the exit is published."""
        return compose_exit_id(self.slug, self.line_code, self.exit_code, self.suffix)


def compose_exit_id(slug: str, line_code: str, label: str, suffix: str = "") -> str:
    """Return the id of an exit, e.g. ``harbourfront-nel-A`` or ``bedok-north-dtl-B-south``."""
    parts = (slug, line_code.lower(), label, suffix)
    return "-".join(part for part in parts if part)


@dataclass(frozen=True, slots=True)
class Service:
    """A stopping pattern on a line, in travel order; a loop's last station is followed by its first."""

    service_id: str
    line_code: str
    is_loop: bool
    valid_from: date | None
    valid_to: date | None
    """first day on which the pattern no longer runs; None if it still does"""
    station_codes: tuple[str, ...]
    returns_to: str | None = None
    """for a loop: its trains' destination on signs, in both directions; None on a ring"""

    def runs_on(self, as_of: date) -> bool:
        """Return whether trains run this pattern on a date."""
        if self.valid_from is not None and as_of < self.valid_from:
            return False
        return self.valid_to is None or as_of < self.valid_to


@dataclass(frozen=True, slots=True)
class Direction:
    """The direction of trains from one station of one service."""

    service_id: str
    station_code: str
    line_code: str
    towards_code: str
    next_code: str
    towards_kind: TowardsKind = TowardsKind.TERMINUS


@dataclass(frozen=True)
class Network:
    """The whole network through time, as the package's tables record it."""

    lines: tuple[Line, ...]
    names: dict[str, str]
    """slug to name"""
    codes: tuple[CodeEntry, ...]
    services: tuple[Service, ...]
    sha256: str
    """fingerprint of the tables"""
    known_exits: tuple[KnownExit, ...] = ()
    documents: Mapping[str, DateSource] = field(default_factory=dict)
    tables: tuple[RecordedTable, ...] = ()
    """the files it was read from"""
    known_until: date = date.max
    """the horizon: the last date for which the tables are known to be correct"""
    _by_code: dict[str, CodeEntry] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_by_code", {entry.station_code: entry for entry in self.codes})

    @cached_property
    def line_order(self) -> dict[str, int]:
        """Return each line's rank; a station's first line is the one with the lowest rank."""
        return {line.line_code: rank for rank, line in enumerate(self.lines)}

    def find_code(self, station_code: str) -> CodeEntry | None:
        """Return the entry of a past, present or future code, or None."""
        return self._by_code.get(station_code)

    def find_current(self, station_code: str) -> CodeEntry | None:
        """Return the entry of the current code for a code, if it was renumbered."""
        entry = self._by_code.get(station_code)
        return self.find_current(entry.renumbered_to) if entry and entry.renumbered_to else entry

    def opened_dates(self, station_code: str) -> list[date]:
        """Return the known dates on which the place of a code opened, under this code or an earlier one."""
        return self._opened_dates.get(station_code, [])

    @cached_property
    def _opened_dates(self) -> dict[str, list[date]]:
        dates: dict[str, list[date]] = {}
        for entry in self.codes:
            if entry.opened_date is not None:
                for code in {entry.station_code, entry.renumbered_to or entry.station_code}:
                    dates.setdefault(code, []).append(entry.opened_date)
        return dates

    def find_date_source(self, entry: CodeEntry) -> str | None:
        """Return the document that a code's opening date comes from, if known."""
        found = self.documents.get(entry.opened_document or "")
        return found.name if found else None

    @property
    def first_day(self) -> date:
        """Return the first date on which a station was in operation."""
        return min(entry.opened_date for entry in self.codes if entry.opened_date is not None)

    def known_on(self, as_of: date) -> date | None:
        """Return the horizon if a date is beyond it: the network is then described as it was known then."""
        return self.known_until if as_of > self.known_until else None

    def open_codes(self, as_of: date) -> dict[str, tuple[CodeEntry, ...]]:
        """Return the codes in operation on a date by slug, first line first, then in table order."""
        return self._group(entry for entry in self.codes if entry.is_open(as_of))

    def closed_since(self, as_of: date) -> tuple[CodeEntry, ...]:
        """Return the codes in operation on a date at stations that no longer have any open code."""
        still_open = self.open_codes(max(as_of, self.known_until)).keys()
        stations = self.open_codes(as_of).items()
        return tuple(entry for slug, entries in stations if slug not in still_open for entry in entries)

    def future_codes(self, as_of: date) -> dict[str, tuple[CodeEntry, ...]]:
        """Return the codes still to open on a date by slug, without renumberings of open stations."""
        renumberings = {entry.renumbered_to for entry in self.codes if entry.is_open(as_of)}
        return self._group(
            entry for entry in self.codes if entry.is_future(as_of) and entry.station_code not in renumberings
        )

    def directions(self, as_of: date) -> dict[str, tuple[Direction, ...]]:
        """Return the directions of trains at each code in operation on a date, in service order."""
        return self._directions((service, as_of) for service in self.services if service.runs_on(as_of))

    def former_directions(self, as_of: date) -> dict[str, tuple[Direction, ...]]:
        """Return the last directions of services that have ended by a date, by station code."""
        return self._directions(
            (service, service.valid_to - timedelta(days=1))
            for service in self.services
            if service.valid_to is not None and service.valid_to <= as_of
        )

    def _directions(self, services: Iterable[tuple[Service, date]]) -> dict[str, tuple[Direction, ...]]:
        """Return directions by station code, for services each on its own date."""
        found: dict[str, list[Direction]] = {}
        for service, day in services:
            for direction in self._directions_of(service, day):
                found.setdefault(direction.station_code, []).append(direction)
        return {code: tuple(items) for code, items in found.items()}

    def _directions_of(self, service: Service, as_of: date) -> Iterator[Direction]:
        """Yield both directions at every open stop of a service; a line with one stop has none."""
        stops = [code for code in service.station_codes if self._by_code[code].is_open(as_of)]
        if len(stops) < 2:
            return
        for travel in (stops, stops[::-1]):
            yield from _round(service, travel) if service.is_loop else _along(service, travel)

    def _group(self, entries: Iterator[CodeEntry]) -> dict[str, tuple[CodeEntry, ...]]:
        ranked = sorted(entries, key=lambda entry: self.line_order[entry.line_code])
        grouped: dict[str, list[CodeEntry]] = {}
        for entry in ranked:
            grouped.setdefault(entry.slug, []).append(entry)
        return {slug: tuple(items) for slug, items in grouped.items()}


def _along(service: Service, travel: list[str]) -> Iterator[Direction]:
    """Yield the direction at every stop except the terminal."""
    for here, following in pairwise(travel):
        yield Direction(service.service_id, here, service.line_code, travel[-1], following)


def _round(service: Service, travel: list[str]) -> Iterator[Direction]:
    """Yield the direction at every stop of a loop, whose last stop is followed by its first."""
    kind = TowardsKind.LOOP_RETURN if service.returns_to else TowardsKind.NEXT_STATION
    for here, following in pairwise((*travel, travel[0])):
        towards = service.returns_to or following
        yield Direction(service.service_id, here, service.line_code, towards, following, kind)
