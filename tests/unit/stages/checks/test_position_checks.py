from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Geod

from mrt_pipeline.contracts.findings import Severity
from mrt_pipeline.contracts.network import Station, StationExit
from mrt_pipeline.stages.checks.positions import LAT_RANGE, LNG_RANGE, check_positions, distance_m
from tests.fakes.network_builder import (
    SMALL_NETWORK,
    make_bus_stop,
    make_exit,
    make_station,
    open_stations,
)

NS13 = SMALL_NETWORK.codes[0]
POINTS = st.tuples(st.floats(*LAT_RANGE), st.floats(*LNG_RANGE))


def _yishun(*exits: StationExit, **changes: Any) -> Station:
    return make_station(SMALL_NETWORK, "yishun", exits=exits or (make_exit(NS13),), **changes)


def _checks(*stations: Station) -> list[str]:
    return [finding.check for finding in check_positions(stations, SMALL_NETWORK)]


def test_true_positions_give_no_finding() -> None:
    assert _checks(*open_stations()) == []


@given(POINTS, POINTS)
def test_distances_agree_with_the_ellipsoid(one: tuple[float, float], other: tuple[float, float]) -> None:
    _, _, geodesic_m = Geod(ellps="WGS84").inv(one[1], one[0], other[1], other[0])
    assert distance_m(one, other) == pytest.approx(geodesic_m, rel=1e-4, abs=0.01)


def test_a_station_outside_singapore_is_reported_with_its_position() -> None:
    johor = _yishun(lat=1.4927, lng=103.7414)
    [finding] = check_positions((johor,), SMALL_NETWORK)
    assert (finding.check, finding.severity) == ("position-outside-singapore", Severity.ERROR)
    assert "lat 1.4927, lng 103.7414" in finding.message


def test_swapped_latitude_and_longitude_are_recognised_as_such() -> None:
    exit_a = make_exit(NS13)
    swapped = exit_a.model_copy(update={"lat": exit_a.lng, "lng": exit_a.lat})
    found = list(check_positions((_yishun(swapped),), SMALL_NETWORK))
    assert [(item.check, item.exit_id) for item in found[:1]] == [("position-swapped", "yishun-nsl-A")]
    assert "swapped" in found[0].message


def test_a_bus_stop_outside_singapore_is_reported() -> None:
    exit_a = make_exit(NS13)
    stop = make_bus_stop(exit_a, lat=2.5)
    station = _yishun(exit_a.model_copy(update={"bus_stops": (stop,)}))
    assert _checks(station) == ["position-outside-singapore", "bus-stop-too-far"]


@pytest.mark.parametrize(("metres", "reported"), [(749, []), (751, ["exit-far-from-station"])])
def test_an_exit_farther_from_its_station_than_any_real_one_is_reported(
    metres: float, reported: list[str]
) -> None:
    assert _checks(_yishun(make_exit(NS13, north_m=metres))) == reported


def test_an_exit_is_measured_from_its_own_building() -> None:
    """A station's position is that of its first code; another building's exit may lie farther off."""
    bishan = make_station(SMALL_NETWORK, "bishan", lat=1.36, lng=103.86)
    assert _checks(bishan) == []


def test_an_exit_of_an_unknown_code_is_measured_from_its_station() -> None:
    stray = make_exit(NS13, station_code="NS99", north_m=800)
    assert _checks(_yishun(stray)) == ["exit-far-from-station"]


@pytest.mark.parametrize(("metres", "reported"), [(499, []), (501, ["exits-far-apart"])])
def test_two_exits_of_a_station_more_than_a_kilometre_apart_are_reported(
    metres: float, reported: list[str]
) -> None:
    exits = [
        make_exit(NS13, "A", north_m=metres),
        make_exit(NS13, "B"),
        make_exit(NS13, "C", north_m=-metres),
    ]
    assert _checks(_yishun(*exits)) == reported


@pytest.mark.parametrize(("metres", "reported"), [(399, []), (401, ["bus-stop-too-far"])])
def test_a_bus_stop_beyond_walking_reach_is_reported(metres: float, reported: list[str]) -> None:
    exit_a = make_exit(NS13)
    stop = make_bus_stop(exit_a, north_m=metres)
    assert _checks(_yishun(exit_a.model_copy(update={"bus_stops": (stop,)}))) == reported


def test_a_bus_stop_is_not_believed_to_be_near_by_its_own_distance() -> None:
    exit_a = make_exit(NS13)
    stop = make_bus_stop(exit_a, north_m=500, distance_m=40)
    assert _checks(_yishun(exit_a.model_copy(update={"bus_stops": (stop,)}))) == ["bus-stop-too-far"]


def test_two_exits_at_one_point_are_reported_across_stations_too() -> None:
    exit_a = make_exit(NS13)
    senja = make_station(SMALL_NETWORK, "senja", exits=(make_exit(SMALL_NETWORK.codes[3]),))
    shared = senja.model_copy(update={"exits": (make_exit(NS13, exit_id="senja-bpl-A"),)})
    [finding] = check_positions((_yishun(exit_a), shared), SMALL_NETWORK)
    assert (finding.check, finding.severity) == ("exits-at-one-point", Severity.WARNING)
    assert "senja-bpl-A has the position of yishun-nsl-A" in finding.message
