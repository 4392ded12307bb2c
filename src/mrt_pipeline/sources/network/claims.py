"""``network``: where trains go from the platforms that each exit leads to.

Every exit of a station leads to all of its platforms, if need be through another building of the interchange;
``is_same_building`` says which. Directions follow from the order of stations in the network's table, so their
evidence is the service that runs there. Letters of platforms are not in that table; pages may add them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mrt_pipeline.contracts.claims import EnrichmentSource, StationClaims
from mrt_pipeline.contracts.evidence import WHOLE_RECORD, Method
from mrt_pipeline.contracts.network import ExitPlatform, Station, StationExit
from mrt_pipeline.contracts.outputs import ExitEnrichment
from mrt_pipeline.extraction.buildings import cite_buildings, is_same_building
from mrt_pipeline.network import (
    NETWORK_DOCUMENT,
    Direction,
    Network,
    load_network,
    network_evidence,
    network_provenance,
)
from mrt_pipeline.sources.network import SPEC

if TYPE_CHECKING:
    from mrt_pipeline.extraction.bus_tables import BusTables
    from mrt_pipeline.runtime.context import RunContext


@dataclass(frozen=True)
class NetworkSource:
    """Claims the directions of one day's network."""

    network: Network
    directions: Mapping[str, tuple[Direction, ...]]
    """by station code"""

    @property
    def name(self) -> str:
        """Return ``network``."""
        return SPEC.name

    def prepare(self, stations: Sequence[Station]) -> None:
        """Do nothing: the network's table is at hand."""

    def version_for(self, station: Station) -> str:
        """Return the fingerprint of the network's table."""
        return self.network.sha256

    def claims_for(self, station: Station, earlier: tuple[StationClaims, ...]) -> StationClaims:
        """Return the platforms of every exit, by the order of the station's codes, then of the services."""
        departures = _group(item for code in station.mrt_codes for item in self.directions.get(code, ()))
        return StationClaims(
            source=SPEC.name,
            exits=tuple(self._enrich(station_exit, station, departures) for station_exit in station.exits),
            provenance={NETWORK_DOCUMENT: network_provenance(self.network)},
        )

    def _enrich(
        self, station_exit: StationExit, station: Station, departures: list[list[Direction]]
    ) -> ExitEnrichment:
        buildings = {
            code: is_same_building(code, station_exit, station, self.network) for code in station.mrt_codes
        }
        return ExitEnrichment(
            exit_id=station_exit.exit_id,
            platforms=tuple(
                _platform(same, station_exit, buildings[same[0].station_code]) for same in departures
            ),
        )


def open_source(context: RunContext, tables: BusTables) -> EnrichmentSource:
    """Return the source for the network of the run's day."""
    network = load_network()
    return NetworkSource(network, network.directions(context.as_of))


def _group(directions: Iterable[Direction]) -> list[list[Direction]]:
    """Return directions in their order, those of several services that go the same way together."""
    found: dict[tuple[str, str, str], list[Direction]] = {}
    for item in directions:
        found.setdefault((item.station_code, item.towards_code, item.next_code), []).append(item)
    return list(found.values())


def _platform(same: list[Direction], station_exit: StationExit, is_same_building: bool) -> ExitPlatform:
    first = same[0]
    return ExitPlatform(
        station_code=first.station_code,
        line_code=first.line_code,
        towards_code=first.towards_code,
        towards_kind=first.towards_kind,
        next_code=first.next_code,
        is_same_building=is_same_building,
        evidence={
            WHOLE_RECORD: tuple(network_evidence(item.service_id, Method.TOPOLOGY) for item in same),
            "is_same_building": cite_buildings(first.station_code, station_exit),
        },
    )
