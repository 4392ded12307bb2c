"""Which station and which building a feature is given to, and what is told about it."""

from __future__ import annotations

import dataclasses
from datetime import date

import pytest

from mrt_pipeline.contracts.evidence import Method
from mrt_pipeline.contracts.findings import Severity
from mrt_pipeline.contracts.outputs import FeatureOutcome
from tests.unit.stages.ingestion.scene import (
    EXITS,
    account_of,
    exits_of,
    feature,
    findings_of,
    run,
    severities,
    station_of,
)


def test_a_feature_spelled_as_usual_is_kept_without_a_word() -> None:
    made = run(feature("7", "YISHUN MRT STATION"))
    assert list(exits_of(made)) == ["yishun-nsl-A"]
    assert account_of(made, "7").outcome is FeatureOutcome.KEPT
    assert made.findings == ()


def test_features_are_accounted_in_natural_order_of_their_ids() -> None:
    made = run(
        feature("10", "YISHUN MRT STATION"),
        feature("9", "NOWHERE"),
        feature("2", "KHATIB MRT STATION", code="NS14"),
    )
    assert [account.record_id for account in made.features] == ["2", "9", "10"]


def test_an_odd_spelling_is_reported_once_with_all_its_features() -> None:
    made = run(feature("1", "DT18", "Exit A", "DT18"), feature("2", "DT18", "Exit B", "DT18", 60))
    (finding,) = findings_of(made, "station-spelled-oddly")
    assert finding.severity is Severity.INFO
    assert (
        finding.message
        == "STATION_NA holds the code 'DT18' instead of a name; it was read as Telok Ayer (OBJECTID 1, 2)."
    )
    assert (finding.slug, finding.record_id) == ("telok-ayer", "lta-station-exits:1")


def test_bare_labels_are_reported_once_and_others_as_they_are_spelled() -> None:
    made = run(
        feature("1", "YISHUN MRT STATION", "A"),
        feature("2", "KHATIB MRT STATION", "1", "NS14"),
        feature("3", "YISHUN MRT STATION", "EXIT b", north_m=60),
    )
    assert set(exits_of(made)) == {"yishun-nsl-A", "yishun-nsl-B", "khatib-nsl-1"}
    (bare,) = findings_of(made, "label-bare")
    (odd,) = findings_of(made, "label-spelled-oddly")
    assert "(OBJECTID 1, 2)" in bare.message
    assert "'EXIT b' was read as B (OBJECTID 3)" in odd.message


def test_a_finding_shows_ten_features_and_counts_the_others() -> None:
    features = [
        feature(str(number), "Yishun", f"Exit {number}", north_m=15 * number) for number in range(1, 14)
    ]
    (finding,) = findings_of(run(*features), "station-spelled-oddly")
    assert finding.message.endswith("8, 9, 10 and 3 more).")


def test_a_misspelled_name_is_read_as_that_of_the_station_at_the_feature() -> None:
    made = run(feature("5", "YISHIN MRT STATION"))
    assert list(exits_of(made)) == ["yishun-nsl-A"]
    (finding,) = findings_of(made, "station-misspelled")
    assert finding.severity is Severity.WARNING
    assert finding.record_id == f"{EXITS}:5"
    assert "assigned to Yishun, 30 m away" in finding.message


@pytest.mark.parametrize(("code", "north_m"), [("NS14", 30), ("NS13", 700)])
def test_a_misspelled_name_elsewhere_is_not_taken_for_a_station(code: str, north_m: float) -> None:
    made = run(feature("5", "YISHIN MRT STATION", code=code, north_m=north_m))
    assert account_of(made, "5").outcome is FeatureOutcome.SET_APART
    assert severities(made) == {("station-unknown", Severity.ERROR)}


def test_an_unknown_station_is_an_error_that_names_the_feature_and_what_is_nearest() -> None:
    made = run(feature("5", "ATLANTIS MRT STATION", "Exit B", "NS13", 120))
    (finding,) = findings_of(made, "station-unknown")
    assert finding.severity is Severity.ERROR
    assert finding.record_id == f"{EXITS}:5"
    assert "OBJECTID 5 ('ATLANTIS MRT STATION', 'Exit B')" in finding.message
    assert "the nearest one is Yishun (NS13), 120 m away" in finding.message
    assert "the nearest one is Yishun" in account_of(made, "5").reason


def test_a_label_of_unknown_form_is_an_error_and_not_a_guess() -> None:
    made = run(feature("5", "YISHUN MRT STATION", "Exit A/B"))
    assert exits_of(made) == {}
    assert severities(made) == {("label-unknown", Severity.ERROR)}
    assert account_of(made, "5").outcome is FeatureOutcome.SET_APART


@pytest.mark.parametrize(
    ("lat", "lng"),
    [(float("nan"), 103.8), (1.3, float("inf")), (103.8, 1.3), (1.3, 463.8), (-91.0, 0.0)],
)
def test_a_position_that_is_nowhere_is_an_error(lat: float, lng: float) -> None:
    lost = dataclasses.replace(feature("5", "YISHUN MRT STATION"), lat=lat, lng=lng)
    made = run(lost, feature("6", "YISHUN MRT STATION"))
    assert list(exits_of(made)) == ["yishun-nsl-A"]
    assert severities(made) == {("position-unusable", Severity.ERROR)}
    assert account_of(made, "5").outcome is FeatureOutcome.SET_APART


def test_exits_of_a_station_that_is_not_open_are_set_apart_with_the_reason() -> None:
    features = [
        feature(str(number), "MARINA SOUTH MRT STATION", f"Exit {number}", "TE21", 30 * number)
        for number in (1, 2)
    ]
    made = run(*features)
    assert {account.outcome for account in made.features} == {FeatureOutcome.SET_APART}
    assert account_of(made, "1").reason == "Marina South is not in operation on 2026-11-23"
    (finding,) = findings_of(made, "exits-not-in-operation")
    assert finding.severity is Severity.INFO
    assert "Marina South" in finding.message
    assert "(OBJECTID 1, 2)" in finding.message
    assert "marina-south" in {station.slug for station in made.future_stations}
    assert "marina-south" not in {station.slug for station in made.stations}


@pytest.mark.parametrize(
    ("as_of", "outcome"),
    [(date(2026, 7, 11), FeatureOutcome.SET_APART), (date(2026, 7, 12), FeatureOutcome.KEPT)],
)
def test_an_exit_is_published_from_the_first_day_of_its_station(as_of: date, outcome: FeatureOutcome) -> None:
    made = run(feature("1", "CC30", "1", "CC30"), as_of=as_of)
    assert account_of(made, "1").outcome is outcome


def test_an_exit_of_a_line_that_is_not_open_is_set_apart() -> None:
    made = run(feature("1", "JS1", "Exit F", "JS1"))
    assert account_of(made, "1").reason == "Choa Chu Kang (JRL) is not in operation on 2026-11-23"
    assert station_of(made, "choa-chu-kang").exits == ()


def test_an_exit_of_a_building_that_opened_later_is_not_given_to_an_older_one() -> None:
    at_downtown_line = feature("1", "BUGIS MRT STATION", "Exit D", "DT14")
    assert exits_of(run(at_downtown_line)).keys() == {"bugis-dtl-D"}
    assert exits_of(run(at_downtown_line, as_of=date(2010, 1, 1))) == {}


def test_the_half_of_an_interchange_follows_from_the_name() -> None:
    made = run(
        feature("1", "BUKIT PANJANG MRT STATION", "Exit B", "DT1"),
        feature("2", "BUKIT PANJANG LRT STATION", "Exit B", "DT1", 60),
    )
    assert exits_of(made).keys() == {"bukit-panjang-dtl-B", "bukit-panjang-bpl-B"}
    assert exits_of(made)["bukit-panjang-bpl-B"].station_code == "BP6"


def test_the_code_of_a_line_decides_against_the_nearest_building() -> None:
    made = run(feature("1", "CC9", "E", "EW8", 50, 50))
    assert exits_of(made)["paya-lebar-ccl-E"].station_code == "CC9"


@pytest.mark.parametrize(("code", "exit_id"), [("CC15", "bishan-ccl-D"), ("NS17", "bishan-nsl-D")])
def test_codes_of_two_lines_leave_the_decision_to_the_distance(code: str, exit_id: str) -> None:
    made = run(feature("1", "NS17/CC15", "Exit D", code, 10))
    assert list(exits_of(made)) == [exit_id]


def test_of_two_buildings_the_nearer_one_is_taken_and_said_to_be_by_distance() -> None:
    made = run(
        feature("1", "BISHAN MRT STATION", "Exit A", "NS17", -30),
        feature("2", "BISHAN MRT STATION", "Exit D", "CC15", 0, 60),
    )
    exits = exits_of(made)
    assert exits.keys() == {"bishan-nsl-A", "bishan-ccl-D"}
    (evidence,) = exits["bishan-ccl-D"].evidence_for("station_code")
    assert (evidence.record_id, evidence.method) == ("CC15", Method.GEOMETRY)


def test_lines_that_share_a_building_give_the_exit_to_the_first_line() -> None:
    made = run(feature("1", "CITY HALL MRT STATION", "Exit A", "EW13"))
    assert exits_of(made)["city-hall-nsl-A"].station_code == "NS25"
    assert made.findings == ()


def test_a_renumbering_changes_the_code_of_an_exit_and_not_its_id() -> None:
    exits = [
        exits_of(run(feature("1", "CE2", "Exit 9", "CE2"), as_of=day))["marina-bay-ccl-9"]
        for day in (date(2026, 7, 11), date(2026, 7, 13))
    ]
    assert [found.station_code for found in exits] == ["CE2", "CC33"]


def test_a_building_chosen_by_a_hair_is_reported() -> None:
    halfway = feature("1", "BISHAN MRT STATION", "Exit X", "NS17", 26, 56)
    (finding,) = findings_of(run(halfway), "exit-building-in-doubt")
    assert finding.severity is Severity.WARNING
    assert "m from NS17" in finding.message
    assert "m from CC15" in finding.message
    assert "known_exits.csv" in finding.message


def test_a_name_at_another_station_is_kept_and_told() -> None:
    made = run(feature("1", "YISHUN MRT STATION", "Exit A", "NS14", 40))
    assert list(exits_of(made)) == ["yishun-nsl-A"]
    (finding,) = findings_of(made, "exit-nearer-to-another-station")
    assert finding.severity is Severity.WARNING
    assert "40 m from NS14 (Khatib)" in finding.message


def test_hostile_names_stay_in_the_account_and_in_quotes() -> None:
    evil = "../../etc\x1b[31m\n<script>'--"
    made = run(feature("1", evil, evil), feature("2", "YISHUN MRT STATION", evil))
    assert exits_of(made) == {}
    assert len(made.features) == 2
    assert all("\x1b" not in finding.message and "\n" not in finding.message for finding in made.findings)


def test_before_the_first_station_opened_everything_is_set_apart() -> None:
    made = run(feature("1", "YISHUN MRT STATION"), feature("2", "NOWHERE"), as_of=date(1980, 1, 1))
    assert made.stations == ()
    assert {account.outcome for account in made.features} == {FeatureOutcome.SET_APART}
    (finding,) = findings_of(made, "station-unknown")
    assert "no station is in operation" in finding.message
