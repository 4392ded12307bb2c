"""Stations of the real network with made-up bus stops around them, and the sources opened over both."""

from __future__ import annotations

from datetime import date
from typing import Any

from mrt_pipeline.config.settings import Settings
from mrt_pipeline.contracts.claims import EnrichmentSource, StationClaims
from mrt_pipeline.contracts.network import ExitBusStop, Station, StationExit
from mrt_pipeline.contracts.source import BusService, BusStop, SourceTable
from mrt_pipeline.extraction.facts import BusTables
from mrt_pipeline.network import CodeEntry, load_network
from mrt_pipeline.runtime.context import RunContext
from mrt_pipeline.sources.datamall import claims as lta_source
from tests.fakes.network_builder import make_exit, make_station, provenance

AS_OF = date(2026, 11, 23)
NETWORK = load_network()
METRES_PER_DEGREE_LAT = 110_575
METRES_PER_DEGREE_LNG = 111_289


def entry_of(code: str) -> CodeEntry:
    """Return a code of the real network."""
    entry = NETWORK.find_code(code)
    assert entry is not None
    return entry


def station_at(code: str, **exits: tuple[float, float]) -> Station:
    """Return the station of a code, with exits some metres north and east of that code's position."""
    entry = entry_of(code)
    places = tuple(make_exit(entry, label, *offsets) for label, offsets in exits.items())
    return make_station(NETWORK, entry.slug, AS_OF, exits=places)


def stop_at(code: str, description: str, north_m: float, east_m: float = 0, origin: str = "NS13") -> BusStop:
    """Return a bus stop some metres north and east of a station code's position."""
    entry = entry_of(origin)
    lat, lng = entry.lat + north_m / METRES_PER_DEGREE_LAT, entry.lng + east_m / METRES_PER_DEGREE_LNG
    return BusStop(code, "A Road", description, lat, lng)


def tables_of(*stops: BusStop, services: tuple[BusService, ...] | None = None) -> BusTables:
    """Return both tables; by default service 10 calls at every stop."""
    if services is None:
        services = (BusService("10", 1, tuple(stop.bus_stop_code for stop in stops)),)
    return BusTables(
        SourceTable(stops, provenance("lta-bus-stops")),
        SourceTable(services, provenance("lta-bus-services", sha256="b" * 64)),
    )


def context_of(**stage2: Any) -> RunContext:
    """Return a run's context with settings of stage 2; nothing in it is asked for anything."""
    settings = Settings.model_validate({"stages": {"stage2_enrichment": stage2}})
    return RunContext(settings=settings, as_of=AS_OF, access=None)  # type: ignore[arg-type]  # no access wanted


def open_lta(tables: BusTables, **stage2: Any) -> EnrichmentSource:
    """Return LTA's source over some tables."""
    return lta_source.open_source(context_of(**stage2), tables)


def claims_about(station: Station, *stops: BusStop, **stage2: Any) -> StationClaims:
    """Return what LTA's source says about a station when these are all the stops there are."""
    return open_lta(tables_of(*stops), **stage2).claims_for(station, ())


def stops_by_exit(claims: StationClaims) -> dict[str, dict[str, ExitBusStop]]:
    """Return each exit's stops by the last part of its id, then by stop code."""
    return {
        found.exit_id.rsplit("-", 1)[1]: {stop.bus_stop_code: stop for stop in found.bus_stops}
        for found in claims.exits
    }


def relations(claims: StationClaims) -> dict[str, dict[str, str]]:
    """Return how each stop lies to each exit, by label and stop code."""
    return {
        label: {code: stop.relation.value for code, stop in stops.items()}
        for label, stops in stops_by_exit(claims).items()
    }


def exit_of(station: Station, label: str) -> StationExit:
    """Return a station's exit of a label."""
    return next(found for found in station.exits if found.exit_code == label)
