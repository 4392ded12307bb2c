"""Which bus stops hang on which exit, and how."""

from __future__ import annotations

import pickle
from concurrent.futures import ThreadPoolExecutor
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mrt_pipeline.contracts.claims import StationClaims
from mrt_pipeline.contracts.evidence import Confidence, Evidence, Method
from mrt_pipeline.contracts.findings import Finding, Severity
from mrt_pipeline.contracts.source import BusService, BusStop
from mrt_pipeline.runtime.geometry import distance_m
from tests.fakes.network_builder import LICENCE, make_exit, make_station
from tests.unit.sources.bus_scene import (
    AS_OF,
    NETWORK,
    claims_about,
    entry_of,
    exit_of,
    open_lta,
    relations,
    station_at,
    stop_at,
    stops_by_exit,
    tables_of,
)

YISHUN = station_at("NS13", A=(0, 0), B=(0, 100), E=(0, 900))


def only_finding(claims: StationClaims) -> Finding:
    assert len(claims.findings) == 1, claims.findings
    return claims.findings[0]


@pytest.mark.parametrize(
    ("words", "relation"), [("", "at"), ("Opp ", "opposite"), ("Bef ", "before"), ("Aft ", "after")]
)
def test_a_stop_that_names_an_exit_is_assigned_to_it_with_ltas_relation(words: str, relation: str) -> None:
    stop = stop_at("59049", f"{words}Yishun Stn Exit A", 40)
    claims = claims_about(YISHUN, stop)
    assert relations(claims)["A"] == {"59049": relation}
    assert stops_by_exit(claims)["A"]["59049"].confidence is Confidence.HIGH


def test_a_stop_named_for_exit_b_is_nearby_for_exit_a_and_never_at_it() -> None:
    """Even where it lies nearer to exit A: LTA knows which side of the road it is."""
    claims = claims_about(YISHUN, stop_at("59049", "Yishun Stn Exit B", 0, 20))
    assert relations(claims) == {"A": {"59049": "nearby"}, "B": {"59049": "at"}, "E": {}}
    assert stops_by_exit(claims)["A"]["59049"].confidence is Confidence.LOW


def test_a_stop_that_names_no_exit_is_nearby_with_medium_confidence() -> None:
    for description in ("Yishun Stn", "Blk 707", "Opp Yishun Stn/Int"):
        claims = claims_about(YISHUN, stop_at("59049", description, 40))
        assert relations(claims)["A"] == {"59049": "nearby"}
        assert stops_by_exit(claims)["A"]["59049"].confidence is Confidence.MEDIUM


def test_a_stop_that_names_two_exits_is_assigned_to_both() -> None:
    claims = claims_about(YISHUN, stop_at("59049", "Yishun Stn Exit A/B", 0, 50))
    assert relations(claims) == {"A": {"59049": "at"}, "B": {"59049": "at"}, "E": {}}


def test_a_stop_that_names_another_stations_exit_is_nearby_with_low_confidence() -> None:
    stop = stop_at("59049", "Khatib Stn Exit A", 40)
    found = stops_by_exit(claims_about(YISHUN, stop))["A"]["59049"]
    assert (found.relation.value, found.confidence) == ("nearby", Confidence.LOW)


def test_a_stop_that_names_an_exit_is_assigned_to_it_beyond_the_radius_and_nearby_ones_are_not() -> None:
    named, other = stop_at("59049", "Yishun Stn Exit A", 300), stop_at("59041", "Blk 707", 300)
    claims = claims_about(YISHUN, named, other, bus_stop_radius_m=250)
    assert relations(claims) == {"A": {"59049": "at"}, "B": {}, "E": {}}


def test_the_radius_of_nearby_is_that_of_the_configuration() -> None:
    stop = stop_at("59049", "Blk 707", 60)
    assert relations(claims_about(YISHUN, stop, bus_stop_radius_m=59))["A"] == {}
    assert relations(claims_about(YISHUN, stop, bus_stop_radius_m=61))["A"] == {"59049": "nearby"}


def test_stops_come_nearest_first_with_their_distance_to_a_tenth_of_a_metre() -> None:
    stops = (
        stop_at("59043", "C", 90),
        stop_at("59041", "Yishun Stn Exit A", 50.04),
        stop_at("59042", "B", -20),
    )
    (first, *_) = claims_about(YISHUN, *stops).exits
    assert [stop.bus_stop_code for stop in first.bus_stops] == ["59042", "59041", "59043"]
    assert [stop.distance_m for stop in first.bus_stops] == [20.0, 50.0, 90.0]


def test_every_value_says_what_it_rests_on() -> None:
    claims = claims_about(YISHUN, stop_at("59049", "Yishun Stn Exit A", 40), stop_at("59041", "Blk 707", 50))
    found = stops_by_exit(claims)["A"]
    read = Evidence(document_id="lta-bus-stops", method=Method.RECORD, licence=LICENCE, record_id="59049")
    computed = read.model_copy(update={"method": Method.GEOMETRY})
    services = read.model_copy(update={"document_id": "lta-bus-services"})
    for field in ("relation", "description", "road_name", "lat", "lng"):
        assert found["59049"].evidence_for(field) == (read,)
    assert found["59049"].evidence_for("distance_m") == (computed,)
    assert found["59049"].evidence_for("services") == (services,)
    assert found["59041"].evidence_for("relation")[0].method is Method.GEOMETRY
    assert set(claims.provenance) == {"lta-bus-stops", "lta-bus-services"}


def test_services_are_those_of_the_routes_in_natural_order() -> None:
    services = (
        BusService("NR1", 1, ("59049",)),
        BusService("10", 1, ("59049",)),
        BusService("2A", 1, ("59049",)),
    )
    source = open_lta(tables_of(stop_at("59049", "Blk 707", 40), services=services))
    assert stops_by_exit(source.claims_for(YISHUN, ()))["A"]["59049"].services == ("2A", "10", "NR1")


def test_a_stop_where_no_service_calls_is_left_out_and_counted() -> None:
    stops = (
        stop_at("59049", "Yishun Stn Exit A", 40),
        stop_at("59041", "Blk 707", 40),
        stop_at("59042", "B", 9),
    )
    source = open_lta(tables_of(*stops, services=(BusService("10", 1, ("59042",)),)))
    claims = source.claims_for(YISHUN, ())
    assert relations(claims)["A"] == {"59042": "nearby"}
    finding = only_finding(claims)
    assert (finding.check, finding.severity) == ("bus-stop-without-service", Severity.INFO)
    assert "2 bus stops" in finding.message
    assert "59041, 59049" in finding.message


def test_a_stop_that_names_an_exit_we_do_not_have_is_reported() -> None:
    claims = claims_about(YISHUN, stop_at("59049", "Yishun Stn Exit F", 40))
    assert relations(claims)["A"] == {"59049": "nearby"}
    finding = only_finding(claims)
    assert (finding.check, finding.severity) == ("bus-stop-exit-unknown", Severity.WARNING)
    assert finding.record_id == "lta-bus-stops:59049"
    assert finding.slug == "yishun"
    for words in ("59049", "Yishun Stn Exit F", "A, B, E"):
        assert words in finding.message


def test_a_stop_too_far_from_the_exit_it_names_is_reported_and_not_assigned_to_it() -> None:
    claims = claims_about(YISHUN, stop_at("59049", "Yishun Stn Exit E", 0, 20))
    assert relations(claims) == {"A": {"59049": "nearby"}, "B": {"59049": "nearby"}, "E": {}}
    finding = only_finding(claims)
    assert (finding.check, finding.severity) == ("bus-stop-exit-too-far", Severity.WARNING)
    assert finding.exit_id == exit_of(YISHUN, "E").exit_id
    assert "880 m" in finding.message


@pytest.mark.parametrize(("north_m", "reached"), [(399.5, True), (400.5, False)])
def test_reach_is_four_hundred_metres(north_m: float, reached: bool) -> None:
    claims = claims_about(YISHUN, stop_at("59049", "Yishun Stn Exit A", north_m))
    assert bool(relations(claims)["A"]) is reached


@pytest.mark.parametrize(
    ("south_of_first_m", "confidence"),
    [(60, Confidence.MEDIUM), (110, Confidence.LOW), (190, Confidence.MEDIUM)],
)
def test_of_two_exits_with_one_label_the_nearest_is_taken_with_lower_confidence_and_a_finding(
    south_of_first_m: float, confidence: Confidence
) -> None:
    """HarbourFront has an exit A in each of its two buildings."""
    ne1, cc29 = entry_of("NE1"), entry_of("CC29")
    station = make_station(
        NETWORK,
        "harbourfront",
        AS_OF,
        exits=(make_exit(ne1, "A", 0, 0, exit_id="x-nel"), make_exit(cc29, "A", -249, 0, exit_id="x-ccl")),
    )
    stop = stop_at("14129", "HarbourFront Stn Exit A", -south_of_first_m, origin="NE1")
    claims = claims_about(station, stop)
    found = stops_by_exit(claims)
    nearest, other = ("nel", "ccl") if south_of_first_m < 124 else ("ccl", "nel")
    assert found[nearest]["14129"].relation.value == "at"
    assert found[nearest]["14129"].confidence is confidence
    assert found[other]["14129"].relation.value == "nearby"
    finding = only_finding(claims)
    assert (finding.check, finding.severity) == ("bus-stop-exit-ambiguous", Severity.WARNING)
    assert "x-nel" in finding.message
    assert "x-ccl" in finding.message


def test_a_second_exit_of_the_label_out_of_reach_leaves_no_doubt() -> None:
    entry = entry_of("NS13")
    twice = (make_exit(entry, "A", 0, 0, exit_id="x-near"), make_exit(entry, "A", 0, 500, exit_id="x-far"))
    station = make_station(NETWORK, "yishun", AS_OF, exits=twice)
    claims = claims_about(station, stop_at("59049", "Yishun Stn Exit A", 0, -10))
    assert stops_by_exit(claims)["near"]["59049"].confidence is Confidence.HIGH
    assert not claims.findings


@pytest.mark.parametrize(
    ("description", "check", "words"),
    [
        ("Atlantis Stn Exit A", "bus-stop-station-unknown", "'Atlantis'"),
        ("Marina Sth Stn Exit 1", "bus-stop-station-not-open", "marina-south"),
        ("Yishun Stn Exit A-C", "bus-stop-exit-unreadable", "A-C"),
    ],
)
def test_words_that_lead_to_no_station_are_reported_once_at_the_nearest_one(
    description: str, check: str, words: str
) -> None:
    source = open_lta(tables_of(stop_at("59049", description, 40)))
    finding = only_finding(source.claims_for(YISHUN, ()))
    assert (finding.check, finding.severity, finding.slug) == (check, Severity.WARNING, "yishun")
    assert words in finding.message
    assert finding.record_id == "lta-bus-stops:59049"
    assert not source.claims_for(make_station(NETWORK, "khatib", AS_OF), ()).findings


def test_every_exit_is_answered_for_and_nothing_else() -> None:
    claims = claims_about(YISHUN)
    assert [found.exit_id for found in claims.exits] == [found.exit_id for found in YISHUN.exits]
    assert not claims.findings
    assert claims_about(make_station(NETWORK, "yishun", AS_OF, exits=())).exits == ()


def test_the_answer_depends_on_both_tables_and_the_network() -> None:
    version = open_lta(tables_of()).version_for(YISHUN)
    assert version == f"{'a' * 64}+{'b' * 64}+{NETWORK.sha256}"


def test_the_source_goes_by_its_configured_name_and_needs_no_preparation() -> None:
    source = open_lta(tables_of())
    source.prepare((YISHUN,))
    assert source.name == claims_about(YISHUN).source == "lta_datamall"


def test_the_source_can_be_sent_to_another_process_and_shared_by_threads() -> None:
    source = open_lta(tables_of(stop_at("59049", "Yishun Stn Exit A", 40), stop_at("59041", "Blk 707", 50)))
    sent = pickle.loads(pickle.dumps(source))  # noqa: S301 - our own bytes
    with ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(lambda _: source.claims_for(YISHUN, ()), range(16)))
    assert all(answer == sent.claims_for(YISHUN, ()) for answer in answers)


DESCRIPTIONS = st.sampled_from(
    [f"{words}Yishun Stn Exit {label}" for words in ("", "Opp ") for label in ("A", "B", "E", "A/B", "Z")]
    + ["Yishun Stn", "Blk 707", "Khatib Stn Exit A"]
)
STOPS = st.lists(st.tuples(DESCRIPTIONS, st.floats(-600, 600), st.floats(-600, 1200)), max_size=12).map(
    lambda drawn: [stop_at(f"{number:05}", *facts) for number, facts in enumerate(drawn)]
)


@settings(deadline=None)
@given(STOPS, st.randoms(), st.floats(1, 400))
def test_every_listed_stop_is_named_for_the_exit_or_within_the_radius(
    stops: list[BusStop], random: Random, radius_m: float
) -> None:
    claims = claims_about(YISHUN, *stops, bus_stop_radius_m=radius_m)
    for label, listed in stops_by_exit(claims).items():
        station_exit = exit_of(YISHUN, label)
        for stop in listed.values():
            metres = distance_m(station_exit.lat, station_exit.lng, stop.lat, stop.lng)
            assert abs(metres - stop.distance_m) < 0.1
            if stop.relation.value == "nearby":
                assert stop.distance_m <= radius_m + 0.05
            else:
                assert f"Exit {label}" in stop.description or f"/{label}" in stop.description
                assert stop.distance_m <= 400.05

    shuffled = list(stops)
    random.shuffle(shuffled)
    again = claims_about(YISHUN, *shuffled, bus_stop_radius_m=radius_m)
    assert again.exits == claims.exits
    assert set(again.findings) == set(claims.findings)


@settings(deadline=None)
@given(STOPS)
def test_no_stop_is_lost_between_what_is_listed_and_what_is_out_of_reach(stops: list[BusStop]) -> None:
    listed = stops_by_exit(claims_about(YISHUN, *stops, bus_stop_radius_m=250))
    for stop in stops:
        for station_exit in YISHUN.exits:
            metres = distance_m(station_exit.lat, station_exit.lng, stop.lat, stop.lng)
            if metres < 249.9:
                assert stop.bus_stop_code in listed[station_exit.exit_code]
