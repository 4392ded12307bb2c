"""What is known for certain, against which a page's statements are held."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache

from mrt_pipeline.contracts.evidence import Provenance
from mrt_pipeline.contracts.network import StationExit
from mrt_pipeline.contracts.source import BusService, BusStop, SourceTable
from mrt_pipeline.network import Direction, Network, network_provenance
from mrt_pipeline.runtime.records import natural_key

_KIND_OF_STATION = re.compile(r"\b(?:mrt|lrt|station|stn)\b")
REACH_M = 400.0
"""Straight line within which a listed bus stop can belong to an exit; a farther one is the page's mistake."""


class PlainNames(dict[str, str]):
    """The slug of each place by its name with letters and digits only."""

    @classmethod
    def of(cls, network: Network) -> PlainNames:
        """Return the names in a network's tables."""
        return cls((plain_name(name), slug) for slug, name in network.names.items())

    @cached_property
    def beginnings(self) -> frozenset[str]:
        """Return everything that one of the names begins with, to see at a word whether one may begin."""
        return frozenset(name[:end] for name in self for end in range(len(name) + 1))


@dataclass(frozen=True, slots=True)
class GroundingFacts:
    """The network on a day, and LTA's bus stops with the services that call there."""

    network: Network
    directions: Mapping[str, tuple[Direction, ...]]
    """by station code"""
    slugs_by_name: PlainNames
    bus_stops: Mapping[str, BusStop]
    services: Mapping[str, tuple[str, ...]]
    """service numbers by bus stop code, in natural order"""
    stops_document: Provenance
    services_document: Provenance
    as_of: date
    former_directions: Mapping[str, tuple[Direction, ...]]
    """of services that have ended, by station code"""
    line_names: frozenset[str]
    """names and codes of lines, with letters and digits only"""
    reach_m: float = REACH_M

    def names_of_building(self, item: StationExit) -> frozenset[str]:
        """Return what tells an exit's building from others of its station: its line, and `MRT` or `LRT`."""
        entry = self.network.find_code(item.station_code)
        lines = (line for line in self.network.lines if entry and line.line_code == entry.line_code)
        return frozenset(name for line in lines for name in (line.line_code, line.mode.upper()))

    @property
    def documents(self) -> dict[str, Provenance]:
        """Return where the facts come from that a grounded value cites beside the page."""
        cited = (self.stops_document, self.services_document, network_provenance(self.network))
        return {document.document_id: document for document in cited}


def gather_facts(
    network: Network, as_of: date, stops: SourceTable[BusStop], services: SourceTable[BusService]
) -> GroundingFacts:
    """Return the facts of one day, looked up once for all stations."""
    return GroundingFacts(
        network=network,
        directions=network.directions(as_of),
        slugs_by_name=PlainNames.of(network),
        bus_stops={stop.bus_stop_code: stop for stop in stops.records},
        services=services_by_stop(services.records),
        stops_document=stops.provenance,
        services_document=services.provenance,
        as_of=as_of,
        former_directions=network.former_directions(as_of),
        line_names=frozenset(
            plain_name(name)
            for line in network.lines
            for name in (line.line_code, line.name, f"{line.name} Line", *line.code_prefixes)
        ),
    )


@lru_cache(maxsize=8192)
def plain_name(name: str) -> str:
    """Return a station's name as letters and digits only, without what kind of station it is."""
    words = _KIND_OF_STATION.sub(" ", name.casefold())
    return "".join(char for char in words if char.isalnum())


def services_by_stop(services: Iterable[BusService]) -> dict[str, tuple[str, ...]]:
    """Return the numbers of the services that call at each bus stop code, in natural order."""
    found: dict[str, dict[str, None]] = {}
    for service in sorted(services, key=lambda service: natural_key(service.service_no)):
        for code in service.stop_codes:
            found.setdefault(code, {})[service.service_no] = None
    return {code: tuple(numbers) for code, numbers in found.items()}
