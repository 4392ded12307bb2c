"""The stations that stage 1 publishes."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from mrt_pipeline.contracts.findings import Finding, Severity
from mrt_pipeline.contracts.network import StationStatus
from mrt_pipeline.contracts.source import StationLocation
from mrt_pipeline.network import NETWORK_DOCUMENT, load_network
from mrt_pipeline.stages.ingestion import ingest
from tests.unit.stages.ingestion.scene import (
    DAY,
    EXITS,
    ONEMAP,
    exits_of,
    exits_table,
    feature,
    locations_table,
    run,
    station_of,
)


def test_an_interchange_has_all_its_codes_and_lines_first_line_first() -> None:
    station = station_of(run(), "marina-bay")
    assert station.station_id == "NS27"
    assert station.mrt_codes == ("NS27", "CC33", "TE20")
    assert station.lines == ("NSL", "CCL", "TEL")
    assert [code.opened_date for code in station.codes] == [
        date(1989, 11, 4),
        date(2026, 7, 12),
        date(2022, 11, 13),
    ]


def test_an_opening_date_cites_the_announcement_that_the_table_names() -> None:
    codes = {code.station_code: code for code in station_of(run(), "marina-bay").codes}
    [reason] = codes["CC33"].evidence["opened_date"]
    assert (reason.document_id, reason.record_id) == (NETWORK_DOCUMENT, "CC33")
    assert "CE1 and CE2 become CC34 and CC33" in str(reason.stated_in)
    [general] = codes["NS27"].evidence["opened_date"]
    assert "was not recorded" in str(general.stated_in)


def test_a_line_with_two_codes_at_a_station_stands_once() -> None:
    station = station_of(run(), "tanah-merah")
    assert (station.mrt_codes, station.lines) == (("EW4", "CG"), ("EWL",))


@pytest.mark.parametrize(
    ("slug", "title"),
    [
        ("yishun", "Yishun MRT Station"),
        ("senja", "Senja LRT Station"),
        ("bukit-panjang", "Bukit Panjang MRT/LRT Station"),
    ],
)
def test_the_wiki_is_asked_for_the_title_of_the_stations_modes(slug: str, title: str) -> None:
    assert station_of(run(), slug).wiki_title == title


def test_stations_stand_by_first_line_and_travel_order() -> None:
    stations = run().stations
    order = load_network().line_order
    assert [order[station.lines[0]] for station in stations] == sorted(
        order[station.lines[0]] for station in stations
    )
    assert [station.station_id for station in stations[:7]] == [
        "NS1",
        "NS2",
        "NS3",
        "NS4",
        "NS5",
        "NS7",
        "NS8",
    ]


def test_a_station_to_come_stands_apart_with_its_future_codes_and_no_exits() -> None:
    made = run(feature("1", "MARINA SOUTH MRT STATION", code="TE21"))
    station = next(station for station in made.future_stations if station.slug == "marina-south")
    assert (station.status, station.mrt_codes, station.exits) == (StationStatus.FUTURE, ("TE21",), ())
    assert station.codes[0].opened_date is None


def test_future_codes_of_an_open_station_are_not_among_its_codes() -> None:
    assert station_of(run(), "jurong-east").mrt_codes == ("NS1", "EW24")
    assert "jurong-east" not in {station.slug for station in run().future_stations}


def test_no_station_is_both_in_operation_and_to_come() -> None:
    made = run()
    assert not {station.slug for station in made.stations} & {
        station.slug for station in made.future_stations
    }


def test_the_day_before_the_ring_closed_three_stations_were_to_come_and_two_codes_were_old() -> None:
    before, after = run(as_of=date(2026, 7, 11)), run(as_of=date(2026, 7, 13))
    codes_before = {code for station in before.stations for code in station.mrt_codes}
    codes_after = {code for station in after.stations for code in station.mrt_codes}
    assert codes_before - codes_after == {"CE1", "CE2"}
    assert codes_after - codes_before == {"CC30", "CC31", "CC32", "CC33", "CC34"}
    opened = {station.slug for station in after.stations} - {station.slug for station in before.stations}
    assert opened == {"keppel", "cantonment", "prince-edward-road"}
    assert opened <= {station.slug for station in before.future_stations}


def test_provenance_holds_exactly_the_documents_that_are_cited() -> None:
    yishun = load_network().find_code("NS13")
    assert yishun is not None
    locations = locations_table(StationLocation("NS13", "YISHUN", yishun.lat, yishun.lng))
    made = ingest(load_network(), DAY, exits_table([feature("1", "YISHUN MRT STATION")]), locations)
    assert list(made.provenance) == [EXITS, NETWORK_DOCUMENT, ONEMAP]
    assert list(run().provenance) == [NETWORK_DOCUMENT]


def test_an_exit_cites_its_record_and_why_it_belongs_to_its_building() -> None:
    found = exits_of(run(feature("77", "YISHUN MRT STATION")))["yishun-nsl-A"]
    (record,) = found.evidence_for("exit_code")
    (building,) = found.evidence_for("line_code")
    assert (record.document_id, record.record_id) == (EXITS, "77")
    assert (building.document_id, building.record_id) == (NETWORK_DOCUMENT, "NS13")
    assert list(found.evidence) == ["record", "station_code", "line_code"]


def test_findings_of_the_sources_are_handed_on() -> None:
    found = Finding(check="odd", severity=Severity.INFO, message="Odd.")
    other = Finding(check="odder", severity=Severity.INFO, message="Odder.")
    exits, locations = (
        replace(exits_table([]), findings=(found,)),
        replace(locations_table(), findings=(other,)),
    )
    assert ingest(load_network(), DAY, exits, locations).findings == (found, other)
