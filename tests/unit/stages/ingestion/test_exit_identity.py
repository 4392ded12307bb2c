"""Which features are one exit, and what its id is."""

from __future__ import annotations

import re
from itertools import permutations

import pytest

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

YISHUN = "YISHUN MRT STATION"


def test_one_exit_surveyed_twice_is_one_and_the_merge_is_reported() -> None:
    made = run(feature("21373", YISHUN), feature("21505", YISHUN, north_m=33.5))
    assert list(exits_of(made)) == ["yishun-nsl-A"]
    assert account_of(made, "21373").outcome is FeatureOutcome.KEPT
    merged = account_of(made, "21505")
    assert merged.outcome is FeatureOutcome.MERGED
    assert merged.exit_id == "yishun-nsl-A"
    (finding,) = findings_of(made, "exit-surveyed-twice")
    assert finding.severity is Severity.INFO
    assert finding.record_id == f"{EXITS}:21505"
    assert "OBJECTID 21505 lies 3.5 m from OBJECTID 21373" in finding.message


def test_the_survey_nearest_to_the_building_stands_for_the_exit_whatever_its_number() -> None:
    made = run(feature("1", YISHUN, north_m=-38), feature("2", YISHUN, north_m=-30))
    (evidence,) = exits_of(made)["yishun-nsl-A"].evidence_for("lat")
    assert evidence.record_id == "2"


@pytest.mark.parametrize(("apart_m", "exits"), [(9.9, 1), (10.1, 2)])
@pytest.mark.parametrize(("north", "east"), [(1, 0), (-1, 0), (0, 1), (0, -1)])
def test_two_features_are_two_exits_from_ten_metres_on_in_any_direction(
    apart_m: float, exits: int, north: int, east: int
) -> None:
    other = feature("2", YISHUN, north_m=30 + apart_m * north, east_m=apart_m * east)
    assert len(exits_of(run(feature("1", YISHUN), other))) == exits


def test_two_labels_at_one_point_are_two_exits() -> None:
    made = run(feature("1", YISHUN, "Exit A"), feature("2", YISHUN, "Exit B"))
    assert list(exits_of(made)) == ["yishun-nsl-A", "yishun-nsl-B"]


def test_one_exit_under_the_names_of_both_halves_is_one() -> None:
    made = run(
        feature("1", "SENGKANG MRT STATION", "Exit X", "NE16", 20),
        feature("2", "SENGKANG LRT STATION", "Exit X", "NE16", 24),
    )
    assert list(exits_of(made)) == ["sengkang-nel-X"]


def test_equal_labels_in_two_buildings_are_distinguished_by_the_line() -> None:
    made = run(
        feature("1", "BISHAN MRT STATION", "Exit A", "NS17", -30),
        feature("2", "BISHAN MRT STATION", "Exit A", "CC15", 0, 60),
    )
    assert exits_of(made).keys() == {"bishan-nsl-A", "bishan-ccl-A"}
    assert severities(made) == {("exit-label-shared", Severity.INFO)}


def test_equal_labels_in_one_building_are_both_kept_and_a_person_is_reported() -> None:
    made = run(feature("8", YISHUN), feature("9", YISHUN, north_m=-60))
    exits = exits_of(made)
    assert len(exits) == 2
    assert all(re.fullmatch(r"yishun-nsl-A-\d+-\d+", exit_id) for exit_id in exits)
    (finding,) = findings_of(made, "exit-label-shared")
    assert finding.severity is Severity.WARNING
    assert "(OBJECTID 8)" in finding.message
    assert "(OBJECTID 9)" in finding.message
    assert "distance from the first: 90.0 m" in finding.message


def test_ids_of_equal_labels_depend_on_neither_order_nor_object_ids() -> None:
    places = (30, -60, 200)
    found = {
        tuple(exits_of(run(*(feature(str(rank), YISHUN, north_m=place) for rank, place in enumerate(order)))))
        for order in permutations(places)
    }
    assert len(found) == 1


def test_a_third_exit_of_a_label_leaves_the_ids_of_the_others_alone() -> None:
    two = [feature("1", YISHUN), feature("2", YISHUN, north_m=-60)]
    before, after = run(*two), run(*two, feature("3", YISHUN, north_m=10))
    assert exits_of(before).keys() < exits_of(after).keys()


def test_an_exit_never_gets_the_plain_id_that_another_one_of_its_label_had() -> None:
    before = exits_of(run(feature("1", YISHUN))).keys()
    after = exits_of(run(feature("1", YISHUN), feature("2", YISHUN, north_m=10))).keys()
    assert before == {"yishun-nsl-A"}
    assert not before & after


def test_a_known_exit_has_the_id_that_was_settled_also_when_surveyed_again() -> None:
    for shift_m in (0, 8):
        moved = feature("1", "BEDOK NORTH MRT STATION", "Exit B", "DT29", -64 + shift_m, 121)
        assert list(exits_of(run(moved))) == ["bedok-north-dtl-B-south"]


def test_an_exit_far_from_every_known_one_of_its_label_is_another() -> None:
    made = run(feature("1", "BEDOK NORTH MRT STATION", "Exit B", "DT29", 200))
    assert list(exits_of(made)) == ["bedok-north-dtl-B"]


def test_of_two_exits_at_a_known_one_the_nearer_is_it() -> None:
    at_known = feature("1", "BEDOK NORTH MRT STATION", "Exit B", "DT29", -64, 121)
    beside_it = feature("2", "BEDOK NORTH MRT STATION", "Exit B", "DT29", -76, 121)
    made = run(at_known, beside_it)
    assert account_of(made, "1").exit_id == "bedok-north-dtl-B-south"
    assert re.fullmatch(r"bedok-north-dtl-B-\d+-\d+", account_of(made, "2").exit_id or "")
    assert ("exit-label-shared", Severity.WARNING) in severities(made)


def test_exits_stand_in_natural_order() -> None:
    labels = ["10", "2", "1"]
    made = run(*(feature(label, YISHUN, f"Exit {label}", north_m=20 * int(label)) for label in labels))
    ids = [found.exit_id for found in station_of(made, "yishun").exits]
    assert ids == ["yishun-nsl-1", "yishun-nsl-2", "yishun-nsl-10"]


def test_a_row_of_surveys_becomes_exits_none_of_which_is_near_another() -> None:
    made = run(*(feature(str(number), YISHUN, north_m=30 + 8 * number) for number in range(5)))
    outcomes = [account.outcome for account in made.features]
    assert outcomes.count(FeatureOutcome.KEPT) == 3
    assert outcomes.count(FeatureOutcome.MERGED) == 2
