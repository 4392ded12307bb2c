"""Features of an exits file around real buildings, and what stage 1 makes of them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime

from pyproj import Proj

from mrt_pipeline.contracts.findings import Finding, Severity
from mrt_pipeline.contracts.network import Station, StationExit
from mrt_pipeline.contracts.outputs import FeatureAccount
from mrt_pipeline.contracts.source import ExitFeature, SourceTable, StationLocation
from mrt_pipeline.network import Network, load_network
from mrt_pipeline.runtime.geometry import SVY21, to_svy21
from mrt_pipeline.stages.ingestion import Ingested, ingest
from tests.fakes.network_builder import provenance

DAY = date(2026, 11, 23)
SURVEYED_AT = datetime(2026, 8, 1, tzinfo=UTC)
EXITS = "lta-station-exits"
ONEMAP = "onemap-stations"


def place(code: str, north_m: float = 0, east_m: float = 0) -> tuple[float, float]:
    """Return a position some metres from a building of the real network."""
    entry = load_network().find_code(code)
    assert entry is not None
    origin = to_svy21(entry.lat, entry.lng)
    lng, lat = Proj(SVY21)(origin.easting_m + east_m, origin.northing_m + north_m, inverse=True)
    return lat, lng


def feature(
    record_id: str,
    station_na: str,
    exit_code: str = "Exit A",
    code: str = "NS13",
    north_m: float = 30,
    east_m: float = 0,
) -> ExitFeature:
    """Return a feature some metres from a building."""
    lat, lng = place(code, north_m, east_m)
    return ExitFeature(record_id, station_na, exit_code, lat, lng)


def exits_table(features: Iterable[ExitFeature]) -> SourceTable[ExitFeature]:
    """Return an exits file of August 2026."""
    return SourceTable(tuple(features), provenance(EXITS, retrieved_at=SURVEYED_AT))


def locations_table(*locations: StationLocation) -> SourceTable[StationLocation]:
    """Return OneMap's places."""
    return SourceTable(locations, provenance(ONEMAP))


def run(*features: ExitFeature, as_of: date = DAY, network: Network | None = None) -> Ingested:
    """Return what stage 1 makes of some features, without OneMap."""
    return ingest(network or load_network(), as_of, exits_table(features))


def station_of(made: Ingested, slug: str) -> Station:
    """Return a station in operation."""
    return next(station for station in made.stations if station.slug == slug)


def exits_of(made: Ingested) -> dict[str, StationExit]:
    """Return all exits by id."""
    return {found.exit_id: found for station in made.stations for found in station.exits}


def account_of(made: Ingested, record_id: str) -> FeatureAccount:
    """Return the account of a feature."""
    return next(account for account in made.features if account.record_id == record_id)


def findings_of(made: Ingested, check: str) -> list[Finding]:
    """Return the findings of one check."""
    return [finding for finding in made.findings if finding.check == check]


def severities(made: Ingested) -> set[tuple[str, Severity]]:
    """Return each check that found something, with its severity."""
    return {(finding.check, finding.severity) for finding in made.findings}
