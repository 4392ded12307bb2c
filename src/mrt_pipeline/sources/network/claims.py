"""``network``: the directions served by the platforms that each exit leads to.

Every exit of a station leads to all of its platforms, some of them through another building of the
interchange; ``is_same_building`` says which. Directions follow from the order of stations in the network's
table, so their evidence is the service that runs there. That table has no platform letters; pages may add
them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial

from mrt_pipeline.contracts.claims import StationClaims
from mrt_pipeline.contracts.evidence import WHOLE_RECORD, Method
from mrt_pipeline.contracts.network import ExitPlatform, Station, StationExit
from mrt_pipeline.contracts.outputs import ExitEnrichment
from mrt_pipeline.extraction.exit_platforms import cite_buildings, is_same_building
from mrt_pipeline.extraction.facts import BusTables
from mrt_pipeline.network import (
    NETWORK_DOCUMENT,
    Direction,
    Network,
    load_network,
    network_evidence,
    network_provenance,
)
from mrt_pipeline.runtime.context import RunContext
from mrt_pipeline.runtime.table_source import TableSource
from mrt_pipeline.sources.network import SPEC


def open_source(context: RunContext, tables: BusTables) -> TableSource:
    """Return the source for the network of the run's date."""
    network = load_network()
    return source_of(network, network.directions(context.as_of))


def source_of(network: Network, directions: Mapping[str, tuple[Direction, ...]]) -> TableSource:
    """Return the source for a network's directions, given by station code."""
    return TableSource(SPEC.name, network.sha256, partial(_claim, network, directions))


def _claim(
    network: Network, directions: Mapping[str, tuple[Direction, ...]], station: Station
) -> StationClaims:
    departures = _group(item for code in station.mrt_codes for item in directions.get(code, ()))
    return StationClaims(
        source=SPEC.name,
        exits=tuple(_enrich(found, station, departures, network) for found in station.exits),
        provenance={NETWORK_DOCUMENT: network_provenance(network)},
    )


def _enrich(
    station_exit: StationExit, station: Station, departures: list[list[Direction]], network: Network
) -> ExitEnrichment:
    """Return the platforms of an exit, ordered by the station's codes and then by service."""
    buildings = {code: is_same_building(code, station_exit, station, network) for code in station.mrt_codes}
    return ExitEnrichment(
        exit_id=station_exit.exit_id,
        platforms=tuple(
            _platform(same, station_exit, buildings[same[0].station_code]) for same in departures
        ),
    )


def _group(directions: Iterable[Direction]) -> list[list[Direction]]:
    """Return directions in order, grouping those of several services that go the same way."""
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
