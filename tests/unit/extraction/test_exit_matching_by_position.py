"""Which exit an entrance is, by its label and where it lies."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mrt_pipeline.contracts.findings import Finding
from mrt_pipeline.contracts.network import StationExit
from mrt_pipeline.extraction.deduction import NAMING_ANOTHER_EXIT
from mrt_pipeline.extraction.exit_matching import TOLERANCE_M, Entrance, match_entrance
from tests.fakes.real_stations import real_station

YISHUN = real_station("yishun", NS13="A B")
A, B = YISHUN.exits
METRES = 1 / 111_000
"""degrees of latitude, roughly"""


def matched(label: str, north_m: float, *exits: StationExit) -> StationExit | Finding:
    entrance = Entrance(label, A.lat + north_m * METRES, A.lng, "a-document:1", "A publisher")
    return match_entrance(YISHUN, entrance, exits or YISHUN.exits)


@pytest.mark.parametrize("north_m", [0, 45, -45])
def test_an_entrance_near_the_exit_of_its_label_is_that_exit(north_m: float) -> None:
    assert matched("A", north_m) is A


@pytest.mark.parametrize(
    ("label", "north_m", "check"),
    [("A", 60, "entrance-far-from-exit"), ("C", 0, "entrance-without-exit")],
)
def test_an_entrance_elsewhere_or_of_no_exit_may_be_another_exit(
    label: str, north_m: float, check: str
) -> None:
    finding = matched(label, north_m)
    assert isinstance(finding, Finding)
    assert (finding.check, finding.slug, finding.record_id) == (check, "yishun", "a-document:1")
    assert check in NAMING_ANOTHER_EXIT


def test_of_two_exits_of_one_label_the_near_one_is_meant_and_of_two_near_ones_none() -> None:
    far = A.model_copy(update={"exit_id": "another-A", "lat": A.lat + 249 * METRES})
    assert matched("A", 0, A, far) is A
    near = A.model_copy(update={"exit_id": "another-A", "lat": A.lat + 21 * METRES})
    finding = matched("A", 0, A, near)
    assert isinstance(finding, Finding)
    assert finding.check == "entrance-ambiguous"


@pytest.mark.parametrize(("north_m", "is_told"), [(30, True), (25, False)])
def test_an_exit_of_another_label_that_is_clearly_nearer_makes_it_ambiguous(
    north_m: float, is_told: bool
) -> None:
    other = B.model_copy(update={"lat": A.lat + 40 * METRES, "lng": A.lng})
    station = YISHUN.model_copy(update={"exits": (A, other)})
    entrance = Entrance("A", A.lat + north_m * METRES, A.lng, "a-document:1", "A publisher")
    assert isinstance(match_entrance(station, entrance, station.exits), Finding) == is_told


def test_an_entrance_of_another_label_on_the_spot_of_the_exit_makes_it_ambiguous() -> None:
    entrances = [
        Entrance(label, A.lat + north_m * METRES, A.lng, "a-document:1", "A publisher")
        for label, north_m in (("A", 40), ("B", 0))
    ]
    finding = match_entrance(YISHUN, entrances[0], YISHUN.exits, entrances)
    assert isinstance(finding, Finding)
    assert finding.check == "entrance-ambiguous"


@given(st.floats(-500, 500), st.sampled_from("ABC"))
def test_an_exit_that_is_found_has_the_label_and_lies_within_the_tolerance(
    north_m: float, label: str
) -> None:
    found = matched(label, north_m)
    if isinstance(found, StationExit):
        assert found.exit_code == label
        assert abs(north_m) <= TOLERANCE_M * 1.01
