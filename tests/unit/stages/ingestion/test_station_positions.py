from __future__ import annotations

import pytest

from mrt_pipeline.contracts.findings import Severity
from mrt_pipeline.contracts.source import StationLocation
from mrt_pipeline.network import NETWORK_DOCUMENT, load_network
from mrt_pipeline.stages.ingestion import Ingested, ingest
from tests.unit.stages.ingestion.scene import (
    DAY,
    ONEMAP,
    exits_table,
    findings_of,
    locations_table,
    place,
    run,
    station_of,
)


def _located(code: str, north_m: float) -> Ingested:
    lat, lng = place(code, north_m)
    locations = locations_table(StationLocation(code, "YISHUN MRT STATION", lat, lng))
    return ingest(load_network(), DAY, exits_table([]), locations)


@pytest.mark.parametrize("north_m", [0, 47, 99])
def test_a_position_that_onemap_gives_is_taken_where_the_table_agrees(north_m: float) -> None:
    station = station_of(_located("NS13", north_m), "yishun")
    assert (station.lat, station.lng) == place("NS13", north_m)
    for field in ("lat", "lng"):
        (evidence,) = station.evidence_for(field)
        assert (evidence.document_id, evidence.record_id) == (ONEMAP, "NS13")


def test_a_position_that_disagrees_is_reported_and_the_tables_own_is_taken() -> None:
    made = _located("NS13", 101)
    station = station_of(made, "yishun")
    entry = load_network().find_code("NS13")
    assert entry is not None
    assert (station.lat, station.lng) == (entry.lat, entry.lng)
    (evidence,) = station.evidence_for("lat")
    assert evidence.document_id == NETWORK_DOCUMENT
    (finding,) = findings_of(made, "station-position-disagrees")
    assert finding.severity is Severity.WARNING
    assert finding.record_id == f"{ONEMAP}:NS13"
    assert "101 m" in finding.message
    assert ONEMAP not in made.provenance


def test_a_second_building_that_disagrees_is_reported_too() -> None:
    (finding,) = findings_of(_located("CC15", 150), "station-position-disagrees")
    assert finding.slug == "bishan"


@pytest.mark.parametrize("code", ["CE1", "TE21", "XX1"])
def test_places_of_codes_that_are_not_in_operation_are_skipped(code: str) -> None:
    locations = locations_table(StationLocation(code, "ANYWHERE", 1.0, 104.0))
    assert ingest(load_network(), DAY, exits_table([]), locations).findings == ()


def test_without_onemap_every_position_is_the_tables_own() -> None:
    made = run()
    assert made.provenance.keys() == {NETWORK_DOCUMENT}
    for station in made.stations:
        (evidence,) = station.evidence_for("lat")
        assert (evidence.document_id, evidence.record_id) == (NETWORK_DOCUMENT, station.station_id)
