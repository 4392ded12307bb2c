"""LTA's bus stops and services to be asked by code, by stop, by distance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from mrt_pipeline.contracts.checks import finding_of
from mrt_pipeline.contracts.findings import Finding
from mrt_pipeline.contracts.source import BusService, BusStop, SourceTable
from mrt_pipeline.extraction.facts import services_by_stop
from mrt_pipeline.runtime.geometry import Point, SpatialIndex, to_svy21_all


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
        return services_by_stop(self.services.records)

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
