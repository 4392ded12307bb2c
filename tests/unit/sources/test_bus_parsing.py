"""From DataMall's rows to bus stops and bus services, whatever has happened to them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from mrt_pipeline.config import Settings
from mrt_pipeline.contracts.findings import Severity
from mrt_pipeline.contracts.source import BusService, BusStop, SourceTable
from mrt_pipeline.errors import SourceFormatError
from mrt_pipeline.extraction.facts import find_unknown_stops
from mrt_pipeline.runtime.documents import Payload, provenance_of
from mrt_pipeline.runtime.recordings import load_recording
from mrt_pipeline.sources.datamall import BUS_SERVICES, BUS_STOPS
from mrt_pipeline.sources.datamall.parsing import parse_bus_stops
from mrt_pipeline.sources.datamall.reading import read_files
from tests.unit.sources.payloads import as_json, changed, checks, parse_services, payload, plain

STOPS: list[dict[str, Any]] = plain("lta-bus-stops/stops.json")
ROUTES: list[dict[str, Any]] = plain("lta-bus-services/routes.json")

PAYLOAD = Payload(b"", datetime(2026, 4, 1, tzinfo=UTC))


def test_every_row_becomes_one_bus_stop_in_the_order_of_codes() -> None:
    parsed = parse_bus_stops(as_json(STOPS[::-1]))
    assert [stop.bus_stop_code for stop in parsed.records] == sorted(row["BusStopCode"] for row in STOPS)
    assert parsed.findings == ()


def test_one_page_as_answered_and_a_list_of_rows_give_the_same() -> None:
    assert parse_bus_stops(as_json({"odata.metadata": "…", "value": STOPS})) == parse_bus_stops(
        as_json(STOPS)
    )
    routes = as_json({"odata.metadata": "…", "value": ROUTES})
    assert parse_services(routes) == parse_services(as_json(ROUTES))


@pytest.mark.parametrize(
    ("changes", "check"),
    [
        ({"BusStopCode": ...}, "field-missing"),
        ({"BusStopCode": "1012"}, "field-invalid"),
        ({"BusStopCode": "O1012"}, "field-invalid"),
        ({"BusStopCode": "٠١٠١٢"}, "field-invalid"),
        ({"Description": ""}, "field-missing"),
        ({"RoadName": None}, "field-missing"),
        ({"Description": "x" * 101}, "field-invalid"),
        ({"Latitude": ...}, "position-not-a-number"),
        ({"Latitude": "north"}, "position-not-a-number"),
        ({"Latitude": 103.85, "Longitude": 1.29}, "position-swapped"),
        ({"Latitude": 0, "Longitude": 0}, "position-outside-singapore"),
    ],
)
def test_a_row_that_is_no_bus_stop_is_an_error_that_names_it(changes: dict[str, Any], check: str) -> None:
    parsed = parse_bus_stops(as_json([*STOPS[1:], changed(STOPS[0], **changes)]))
    assert len(parsed.records) == len(STOPS) - 1
    assert checks(parsed.findings) == [(check, Severity.ERROR)]
    name = f"value[{len(STOPS) - 1}]" if "BusStopCode" in changes else STOPS[0]["BusStopCode"]
    assert parsed.findings[0].record_id == f"lta-bus-stops:{name}"


def test_a_position_spelled_as_a_text_is_read() -> None:
    row = changed(STOPS[0], Latitude=str(STOPS[0]["Latitude"]))
    assert parse_bus_stops(as_json([row])).records == parse_bus_stops(as_json([STOPS[0]])).records


def test_a_code_that_stands_for_two_stops_is_an_error_and_the_first_is_kept() -> None:
    parsed = parse_bus_stops(as_json([STOPS[0], changed(STOPS[0], Description="Elsewhere"), STOPS[0]]))
    assert [stop.description for stop in parsed.records] == [STOPS[0]["Description"]]
    assert checks(parsed.findings) == [
        ("record-id-not-unique", Severity.ERROR),
        ("record-repeated", Severity.WARNING),
    ]


def test_rows_of_a_route_become_one_service_a_direction_in_travel_order() -> None:
    parsed = parse_services(as_json(ROUTES[::-1]))
    assert [(service.service_no, service.direction) for service in parsed.records] == [
        ("115", 1),
        ("194", 1),
        ("457", 1),
        ("457", 2),
    ]
    assert parsed.records[2] == BusService("457", 1, ("64549", "64249", "64239", "70281"))
    assert parsed.findings == ()


def test_both_layouts_of_services_give_the_same_records() -> None:
    routes = parse_services(payload("lta-bus-services/routes.json"))
    assert parse_services(payload("lta-bus-services/services.min.json")) == routes


def test_services_are_in_natural_order() -> None:
    document = {
        name: {"name": "", "routes": [["01012", "01013"]]} for name in ("NR1", "10e", "2A", "10", "2")
    }
    services = parse_services(as_json(document)).records
    assert [service.service_no for service in services] == ["2", "2A", "10", "10e", "NR1"]


def test_a_loop_calls_at_its_first_stop_twice() -> None:
    (loop,) = [found for found in parse_services(as_json(ROUTES)).records if found.service_no == "194"]
    assert loop.stop_codes[0] == loop.stop_codes[-1] == "22009"


@pytest.mark.parametrize(
    "changes",
    [
        {"ServiceNo": ...},
        {"ServiceNo": "no service"},
        {"Direction": 3},
        {"Direction": True},
        {"StopSequence": -1},
        {"StopSequence": 1.5},
        {"StopSequence": 99_999},
        {"BusStopCode": "640"},
        {"BusStopCode": None},
    ],
)
def test_a_row_that_is_no_call_is_an_error_that_gives_its_place(changes: dict[str, Any]) -> None:
    parsed = parse_services(as_json([changed(ROUTES[0], **changes), *ROUTES[1:]]))
    assert {finding.severity for finding in parsed.findings} == {Severity.ERROR}
    assert {finding.record_id for finding in parsed.findings} == {"lta-bus-services:value[0]"}
    assert len(parsed.records[0].stop_codes) == 12


def test_a_call_that_occurs_twice_is_reported_and_one_that_contradicts_is_an_error() -> None:
    parsed = parse_services(as_json([*ROUTES, ROUTES[0], changed(ROUTES[0], BusStopCode="99999")]))
    assert parsed.records == parse_services(as_json(ROUTES)).records
    assert checks(parsed.findings) == [
        ("record-repeated", Severity.WARNING),
        ("record-id-not-unique", Severity.ERROR),
    ]
    assert "99999" in parsed.findings[1].message


@pytest.mark.parametrize("row", [None, 5, [], "row"])
def test_an_invalid_row_is_an_error(row: Any) -> None:
    for parsed in (parse_bus_stops(as_json([row, *STOPS])), parse_services(as_json([row, *ROUTES]))):
        assert {finding.severity for finding in parsed.findings} == {Severity.ERROR}


@pytest.mark.parametrize(
    "entry",
    [
        None,
        [],
        {"routes": None},
        {"routes": []},
        {"routes": [["01012"], ["01013"], ["01019"]]},
        {"routes": ["01012"]},
        {"routes": [[]]},
        {"routes": [["01012", 1013]]},
        {"routes": [["01012", "1013"]]},
    ],
)
def test_a_service_without_readable_routes_is_an_error_that_names_it(entry: Any) -> None:
    parsed = parse_services(as_json(plain("lta-bus-services/services.min.json") | {"9X": entry}))
    assert "9X" not in {service.service_no for service in parsed.records}
    assert {finding.severity for finding in parsed.findings} == {Severity.ERROR}
    assert all("'9X'" in (finding.record_id or "") for finding in parsed.findings)


def test_a_name_that_is_no_service_number_is_an_error() -> None:
    parsed = parse_services(as_json({"no number": {"routes": [["01012"]]}}))
    assert parsed.records == ()
    assert checks(parsed.findings) == [("field-invalid", Severity.ERROR)]


def test_stops_that_lta_does_not_list_are_reported_once_a_direction() -> None:
    services = (BusService("2", 1, ("99999", "01012", "88888")), BusService("2", 2, ("01012",)))
    stops = (BusStop("01012", "Victoria St", "Hotel Grand Pacific", 1.2968483, 103.8525359),)
    (finding,) = find_unknown_stops(
        SourceTable(stops, provenance_of(BUS_STOPS, PAYLOAD, 1)),
        SourceTable(services, provenance_of(BUS_SERVICES, PAYLOAD, 2)),
    )
    assert (finding.check, finding.severity) == ("bus-stop-not-listed", Severity.INFO)
    assert "88888, 99999" in finding.message
    assert finding.record_id == "lta-bus-services:2:1"


@pytest.mark.parametrize("parse", [parse_bus_stops, parse_services])
@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b"<html>", "is HTML or XML"),
        (b'{"value": [{"BusStopCode": "0', "is cut off"),
        (b"[]", "no rows"),
        (b'{"value": []}', "no rows"),
        (b'{"value": null}', "None instead of rows"),
        (b"7", "7 instead of rows"),
    ],
)
def test_an_answer_without_rows_is_refused_in_one_sentence(parse: Any, content: bytes, words: str) -> None:
    with pytest.raises(SourceFormatError, match=words):
        parse(content)


def test_services_by_number_without_any_are_refused() -> None:
    with pytest.raises(SourceFormatError, match="has no services"):
        parse_services(b"{}")


@pytest.mark.parametrize(("name", "is_derived"), [("routes.json", False), ("services.min.json", True)])
def test_services_of_a_derived_file_say_so_wherever_they_are_named(name: str, is_derived: bool) -> None:
    moment = datetime(2026, 4, 1, tzinfo=UTC)
    table = read_files(BUS_SERVICES, [Payload(payload(f"lta-bus-services/{name}"), moment)], Settings())
    assert ("derived" in table.provenance.title) is is_derived
    assert ("data.busrouter.sg/v1/services.min.json" in table.provenance.attribution) is is_derived
    assert table.provenance.publisher == "Land Transport Authority"


def test_the_recorded_services_came_from_a_derived_file() -> None:
    document = load_recording("lta-bus-services").provenance
    assert "derived" in document.title
    assert "data.busrouter.sg/v1/services.min.json" in document.attribution
