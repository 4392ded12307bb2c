"""Bus stops and platforms of every exit, from the facts recorded in the package.

The tables are looked through here by means of their own (a plain search for the words, degrees instead of a
projection, the routes stop by stop), so that a fault of the code under test does not hide itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from mrt_pipeline.config import PipelineConfig
from mrt_pipeline.contracts.claims import StationClaims
from mrt_pipeline.contracts.findings import Severity
from mrt_pipeline.contracts.network import BusStopRelation, ExitBusStop, Station, StationExit
from mrt_pipeline.extraction.facts import BusTables
from mrt_pipeline.runtime.context import RunContext, default_context
from mrt_pipeline.sources.datamall import claims as lta_source
from mrt_pipeline.sources.datamall.reading import read_bus_tables
from mrt_pipeline.sources.network import claims as network_source
from mrt_pipeline.stages.checks.positions import distance_m
from mrt_pipeline.stages.stage1_ingestion import Stage1Ingestion

CONFIG = Path(__file__).parents[2] / "config" / "pipeline.yaml"
AS_OF = date(2026, 11, 23)
MIN_SHARE = 0.98
"""of the stops that name an exit, so many must hang on it"""

Listed = tuple[Station, StationExit, ExitBusStop]


@pytest.fixture(scope="module")
def context() -> RunContext:
    return default_context(PipelineConfig(CONFIG), AS_OF)


@pytest.fixture(scope="module")
def stations(context: RunContext) -> tuple[Station, ...]:
    return Stage1Ingestion(PipelineConfig(CONFIG), context).execute(None).stations


@pytest.fixture(scope="module")
def tables(context: RunContext) -> BusTables:
    return read_bus_tables(context)


@pytest.fixture(scope="module")
def claims(context: RunContext, stations: tuple[Station, ...], tables: BusTables) -> dict[str, StationClaims]:
    source = lta_source.open_source(context, tables)
    return {station.slug: source.claims_for(station, ()) for station in stations}


@pytest.fixture(scope="module")
def listed(stations: tuple[Station, ...], claims: dict[str, StationClaims]) -> list[Listed]:
    return list(_listed(stations, claims))


def _listed(stations: tuple[Station, ...], claims: dict[str, StationClaims]) -> Iterator[Listed]:
    for station in stations:
        for found, enrichment in zip(station.exits, claims[station.slug].exits, strict=True):
            assert found.exit_id == enrichment.exit_id
            for stop in enrichment.bus_stops:
                yield station, found, stop


def test_nearly_every_stop_that_names_an_exit_is_assigned_to_it_and_the_others_are_reported(
    tables: BusTables, claims: dict[str, StationClaims], listed: list[Listed]
) -> None:
    naming = {
        stop.bus_stop_code: stop.description
        for stop in tables.stops.records
        if "Stn" in stop.description and "Exit" in stop.description
    }
    assert len(naming) > 200
    hanging = {stop.bus_stop_code for _, _, stop in listed if stop.relation is not BusStopRelation.NEARBY}
    assert hanging <= naming.keys()
    assert len(hanging) / len(naming) >= MIN_SHARE, sorted(naming.keys() - hanging)
    told = {finding.record_id for each in claims.values() for finding in each.findings}
    assert {f"lta-bus-stops:{code}" for code in naming.keys() - hanging} <= told


def test_a_stop_is_assigned_only_to_exits_with_the_label_it_names(listed: list[Listed]) -> None:
    for _, found, stop in listed:
        if stop.relation is not BusStopRelation.NEARBY:
            named = re.search(r"Exit (\w+)(?:/(\w+))?", stop.description)
            assert named is not None
            assert found.exit_code in named.groups(), (found.exit_id, stop.description)
            opening = {
                "Opp": BusStopRelation.OPPOSITE,
                "Bef": BusStopRelation.BEFORE,
                "Aft": BusStopRelation.AFTER,
            }
            first_word = stop.description.split()[0]
            assert stop.relation is opening.get(first_word, BusStopRelation.AT), stop.description


def test_every_listed_stop_exists_and_lies_within_reach(tables: BusTables, listed: list[Listed]) -> None:
    recorded = {stop.bus_stop_code: stop for stop in tables.stops.records}
    for _, found, stop in listed:
        row = recorded[stop.bus_stop_code]
        assert (stop.description, stop.road_name) == (row.description, row.road_name)
        assert (stop.lat, stop.lng) == (row.lat, row.lng)
        metres = distance_m((found.lat, found.lng), (row.lat, row.lng))
        assert abs(metres - stop.distance_m) < 0.15
        assert metres <= (250.1 if stop.relation is BusStopRelation.NEARBY else 400)


def test_no_stop_within_the_radius_is_left_out(
    tables: BusTables, stations: tuple[Station, ...], listed: list[Listed]
) -> None:
    have = {(found.exit_id, stop.bus_stop_code) for _, found, stop in listed}
    served = {code for service in tables.services.records for code in service.stop_codes}
    rows = [(stop.bus_stop_code, (stop.lat, stop.lng)) for stop in tables.stops.records]
    for found in (item for station in stations[::7] for item in station.exits):
        here = (found.lat, found.lng)
        near = {code for code, place in rows if distance_m(here, place) < 249.9}
        assert {(found.exit_id, code) for code in near & served} <= have


def test_every_service_listed_calls_at_the_stop_and_none_is_left_out(
    tables: BusTables, listed: list[Listed]
) -> None:
    calls = {(service.service_no, code) for service in tables.services.records for code in service.stop_codes}
    by_stop: dict[str, set[str]] = {}
    for service_no, code in calls:
        by_stop.setdefault(code, set()).add(service_no)
    for _, _, stop in listed:
        assert len(stop.services) == len(set(stop.services)) > 0
        assert set(stop.services) == by_stop[stop.bus_stop_code]


@pytest.mark.parametrize(
    ("slug", "label", "code", "relation"),
    [
        ("bugis", "B", "01059", "at"),
        ("outram-park", "6", "10018", "at"),
        ("maxwell", "3", "05259", "opposite"),
        ("commonwealth", "A", "11161", "at"),
        ("commonwealth", "D", "11161", "at"),
        ("commonwealth", "B", "11169", "at"),
        ("woodlands", "7", "46339", "before"),
        ("esplanade", "D", "02029", "after"),
        ("serangoon", "F", "66381", "opposite"),
        ("gardens-by-the-bay", "1", "03369", "at"),
        ("bukit-panjang", "A", "44029", "at"),
        # where LTA's words go against the distance: exit A is 53 m from it, exit B 100 m
        ("bedok-north", "B", "84539", "at"),
        ("bedok-north", "A", "84539", "nearby"),
    ],
)
def test_stops_looked_up_by_hand_hang_where_lta_says(
    listed: list[Listed], slug: str, label: str, code: str, relation: str
) -> None:
    found = [
        stop.relation.value
        for station, station_exit, stop in listed
        if (station.slug, station_exit.exit_code, stop.bus_stop_code) == (slug, label, code)
    ]
    assert relation in found
    if relation != "nearby":
        assert found.count(relation) == 1  # of two exits of one label, one
    else:
        assert set(found) == {"nearby"}


def test_a_stop_that_names_a_label_of_two_buildings_is_assigned_to_the_nearest_exit(
    claims: dict[str, StationClaims], listed: list[Listed]
) -> None:
    """HarbourFront's exits A are 249 m apart; the stop on Telok Blangah Rd is 77 m from one of them."""
    found = {
        stop.relation.value: stop.distance_m
        for station, _, stop in listed
        if station.slug == "harbourfront" and stop.bus_stop_code == "14129" and stop.relation != "nearby"
    }
    assert found == {"at": pytest.approx(77, abs=1)}
    told = [finding.check for finding in claims["harbourfront"].findings]
    assert told == ["bus-stop-exit-ambiguous"]


def test_nothing_found_in_the_recorded_tables_keeps_them_from_being_published(
    tables: BusTables, claims: dict[str, StationClaims]
) -> None:
    findings = [*tables.findings, *(finding for each in claims.values() for finding in each.findings)]
    assert not [finding for finding in findings if finding.severity is Severity.ERROR]
    assert len(findings) < 20


def test_every_exit_leads_to_the_platforms_of_all_codes_of_its_station(
    context: RunContext, stations: tuple[Station, ...], tables: BusTables
) -> None:
    source = network_source.open_source(context, tables)
    for station in stations:
        for found, enrichment in zip(station.exits, source.claims_for(station, ()).exits, strict=True):
            assert {item.station_code for item in enrichment.platforms} == set(station.mrt_codes)
            own = {item.station_code for item in enrichment.platforms if item.is_same_building}
            assert found.station_code in own
