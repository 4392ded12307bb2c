"""What is known for certain, against which statements are held: the network on a day, LTA's bus tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from mrt_pipeline.contracts.checks import finding_of
from mrt_pipeline.contracts.evidence import Provenance
from mrt_pipeline.contracts.findings import Finding
from mrt_pipeline.contracts.network import StationExit
from mrt_pipeline.contracts.source import BusService, BusStop, SourceTable
from mrt_pipeline.extraction.place_names import PlainNames, plain_name
from mrt_pipeline.network import Direction, Network, network_provenance
from mrt_pipeline.runtime.geometry import Point, SpatialIndex, to_svy21_all
from mrt_pipeline.runtime.records import natural_key

REACH_M = 400.0
"""Straight line within which a listed bus stop can belong to an exit; a farther one is the page's mistake."""


@dataclass(frozen=True)
class GroundingFacts:
    """The network on a day, and LTA's bus stops with the services that call there."""

    network: Network
    as_of: date
    buses: BusTables
    reach_m: float = REACH_M

    @cached_property
    def directions(self) -> Mapping[str, tuple[Direction, ...]]:
        """Return where trains go, by station code."""
        return self.network.directions(self.as_of)

    @cached_property
    def former_directions(self) -> Mapping[str, tuple[Direction, ...]]:
        """Return the directions of services that have ended, by station code."""
        return self.network.former_directions(self.as_of)

    @cached_property
    def slugs_by_name(self) -> PlainNames:
        """Return the slug of each station by its plain name."""
        return PlainNames.of(self.network)

    @cached_property
    def line_names(self) -> frozenset[str]:
        """Return names and codes of lines, with letters and digits only."""
        return frozenset(
            plain_name(name)
            for line in self.network.lines
            for name in (line.line_code, line.name, f"{line.name} Line", *line.code_prefixes)
        )

    def names_of_building(self, item: StationExit) -> frozenset[str]:
        """Return what tells an exit's building from others of its station: its line, and `MRT` or `LRT`."""
        entry = self.network.find_code(item.station_code)
        lines = (line for line in self.network.lines if entry and line.line_code == entry.line_code)
        return frozenset(name for line in lines for name in (line.line_code, line.mode.upper()))

    @property
    def documents(self) -> dict[str, Provenance]:
        """Return where the facts come from that a grounded value cites beside the page."""
        tables = self.buses.stops.provenance, self.buses.services.provenance
        return {document.document_id: document for document in (*tables, network_provenance(self.network))}


@dataclass(frozen=True)
class BusTables:
    """Both tables as they were read, with look-ups that are made once, when first asked for."""

    stops: SourceTable[BusStop]
    services: SourceTable[BusService]

    @cached_property
    def stops_by_code(self) -> Mapping[str, BusStop]:
        """Return each stop by its code, in the table's order."""
        return {stop.bus_stop_code: stop for stop in self.stops.records}

    @cached_property
    def services_by_stop(self) -> Mapping[str, tuple[str, ...]]:
        """Return the services that call at each stop in natural order: 2, 2A, 10, NR1."""
        found: dict[str, dict[str, None]] = {}
        for service in sorted(self.services.records, key=lambda service: natural_key(service.service_no)):
            for code in service.stop_codes:
                found.setdefault(code, {})[service.service_no] = None
        return {code: tuple(numbers) for code, numbers in found.items()}

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        """Return what was odd about either table, and services that call at stops LTA does not list."""
        unknown = find_unknown_stops(self.stops, self.services)
        return (*self.stops.findings, *self.services.findings, *unknown)

    @cached_property
    def version(self) -> str:
        """Return what identifies the content of both tables."""
        return f"{self.stops.provenance.sha256}+{self.services.provenance.sha256}"

    def services_at(self, bus_stop_code: str) -> tuple[str, ...]:
        """Return the services that call at a stop; none if it has none or is unknown."""
        return self.services_by_stop.get(bus_stop_code, ())

    def stops_within(self, centres: Sequence[Point], radius_m: float) -> list[list[tuple[BusStop, float]]]:
        """Return for each of some positions the stops within a straight line, nearest first.

        Each with its distance in metres.
        """
        return [
            [(self.stops_by_code[self._codes[number]], metres) for number, metres in found]
            for found in self._index.within(centres, radius_m)
        ]

    @cached_property
    def positions(self) -> Mapping[str, Point]:
        """Return where each stop lies in SVY21, by its code."""
        places = to_svy21_all([(stop.lat, stop.lng) for stop in self.stops_by_code.values()])
        return dict(zip(self.stops_by_code, places, strict=True))

    @cached_property
    def _codes(self) -> tuple[str, ...]:
        return tuple(self.positions)

    @cached_property
    def _index(self) -> SpatialIndex:
        return SpatialIndex(self.positions.values())


def find_unknown_stops(stops: SourceTable[BusStop], services: SourceTable[BusService]) -> tuple[Finding, ...]:
    """Return a finding for each direction of a service that calls at stops which LTA does not list."""
    known = {stop.bus_stop_code for stop in stops.records}
    return tuple(
        finding_of(
            "bus-stop-not-listed",
            f"Service {service.service_no} direction {service.direction} calls at "
            f"{', '.join(unknown)}, which {stops.provenance.document_id} does not list; these stops "
            "are ignored.",
            record_id=f"{services.provenance.document_id}:{service.service_no}:{service.direction}",
        )
        for service in services.records
        if (unknown := sorted(set(service.stop_codes) - known))
    )
