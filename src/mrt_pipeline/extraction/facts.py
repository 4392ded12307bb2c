"""The known facts that statements are checked against: the network on a day, and LTA's bus tables."""

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
"""straight-line distance up to which a listed bus stop can belong to an exit; beyond it, the page is wrong"""


@dataclass(frozen=True)
class GroundingFacts:
    """The network on a day, and LTA's bus stops with their services."""

    network: Network
    as_of: date
    buses: BusTables
    reach_m: float = REACH_M

    @cached_property
    def directions(self) -> Mapping[str, tuple[Direction, ...]]:
        """Return the directions of trains, by station code."""
        return self.network.directions(self.as_of)

    @cached_property
    def former_directions(self) -> Mapping[str, tuple[Direction, ...]]:
        """Return the directions of discontinued services, by station code."""
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
        """Return the names that identify an exit's building at its station: its line, and `MRT` or `LRT`."""
        entry = self.network.find_code(item.station_code)
        lines = (line for line in self.network.lines if entry and line.line_code == entry.line_code)
        return frozenset(name for line in lines for name in (line.line_code, line.mode.upper()))

    @property
    def documents(self) -> dict[str, Provenance]:
        """Return the provenance of the documents that a grounded value may cite besides the page, by id."""
        tables = self.buses.stops.provenance, self.buses.services.provenance
        return {document.document_id: document for document in (*tables, network_provenance(self.network))}


@dataclass(frozen=True)
class BusTables:
    """LTA's tables of bus stops and services, with look-ups that are built on first use."""

    stops: SourceTable[BusStop]
    services: SourceTable[BusService]

    @cached_property
    def stops_by_code(self) -> Mapping[str, BusStop]:
        """Return the stops by code, in the table's order."""
        return {stop.bus_stop_code: stop for stop in self.stops.records}

    @cached_property
    def services_by_stop(self) -> Mapping[str, tuple[str, ...]]:
        """Return the services at each stop, by stop code, in natural order: 2, 2A, 10, NR1."""
        found: dict[str, dict[str, None]] = {}
        for service in sorted(self.services.records, key=lambda service: natural_key(service.service_no)):
            for code in service.stop_codes:
                found.setdefault(code, {})[service.service_no] = None
        return {code: tuple(numbers) for code, numbers in found.items()}

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        """Return the findings about either table, and about services at stops that LTA does not list."""
        unknown = find_unknown_stops(self.stops, self.services)
        return (*self.stops.findings, *self.services.findings, *unknown)

    @cached_property
    def version(self) -> str:
        """Return a string that identifies the content of both tables."""
        return f"{self.stops.provenance.sha256}+{self.services.provenance.sha256}"

    def services_at(self, bus_stop_code: str) -> tuple[str, ...]:
        """Return the services at a stop; empty if it has none or is unknown."""
        return self.services_by_stop.get(bus_stop_code, ())

    def stops_within(self, centres: Sequence[Point], radius_m: float) -> list[list[tuple[BusStop, float]]]:
        """Return the stops near each position, nearest first, with their distances in metres.

        Args:
            centres: positions in SVY21.
            radius_m: straight-line search radius in metres.
        """
        return [
            [(self.stops_by_code[self._codes[number]], metres) for number, metres in found]
            for found in self._index.within(centres, radius_m)
        ]

    @cached_property
    def positions(self) -> Mapping[str, Point]:
        """Return the position of each stop in SVY21, by stop code."""
        places = to_svy21_all([(stop.lat, stop.lng) for stop in self.stops_by_code.values()])
        return dict(zip(self.stops_by_code, places, strict=True))

    @cached_property
    def _codes(self) -> tuple[str, ...]:
        return tuple(self.positions)

    @cached_property
    def _index(self) -> SpatialIndex:
        return SpatialIndex(self.positions.values())


def find_unknown_stops(stops: SourceTable[BusStop], services: SourceTable[BusService]) -> tuple[Finding, ...]:
    """Return a finding for each direction of a service with stops that LTA does not list."""
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
