from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Geod, Transformer
from shapely.geometry import Point as Dot
from shapely.geometry import Polygon

from mrt_pipeline.runtime.geometry import Point, SpatialIndex, distance_m, to_dots, to_svy21, to_svy21_all

LATS = st.floats(1.13, 1.48)
LNGS = st.floats(103.55, 104.15)
METRES = st.integers(0, 60) | st.floats(0, 60, allow_subnormal=False)
POINTS = st.builds(Point, METRES, METRES)


@given(LATS, LNGS, st.floats(-0.004, 0.004), st.floats(-0.004, 0.004))
def test_a_short_distance_is_that_on_the_ellipsoid(lat: float, lng: float, north: float, east: float) -> None:
    _, _, geodesic_m = Geod(ellps="WGS84").inv(lng, lat, lng + east, lat + north)
    plane_m = to_svy21(lat, lng).distance_m(to_svy21(lat + north, lng + east))
    assert plane_m == pytest.approx(geodesic_m, rel=1e-4, abs=1e-3)


@given(LATS, LNGS, st.floats(-0.004, 0.004), st.floats(-0.004, 0.004))
def test_a_distance_taken_by_degrees_is_that_in_the_plane(
    lat: float, lng: float, north: float, east: float
) -> None:
    plane_m = to_svy21(lat, lng).distance_m(to_svy21(lat + north, lng + east))
    assert distance_m(lat, lng, lat + north, lng + east) == pytest.approx(plane_m, abs=0.02)


def test_the_origin_of_svy21_is_where_the_survey_put_it() -> None:
    """1°22'00" N 103°50'00" E with false northing 38744.572 m and false easting 28001.642 m."""
    origin = to_svy21(1 + 22 / 60, 103 + 50 / 60)
    assert (origin.northing_m, origin.easting_m) == pytest.approx((38744.572, 28001.642), abs=0.001)


def test_a_minute_of_latitude_at_the_origin_is_as_long_as_the_ellipsoid_says() -> None:
    """By hand: M = a(1-e²)/(1-e²·sin²φ)^1.5 = 6335476 m at φ = 1.3667°, so 1' = M·π/10800 = 1842.92 m."""
    origin = to_svy21(1 + 22 / 60, 103 + 50 / 60)
    assert to_svy21(1 + 23 / 60, 103 + 50 / 60).distance_m(origin) == pytest.approx(1842.92, abs=0.02)


def test_a_distance_in_the_plane_is_that_of_pythagoras() -> None:
    assert Point(28_000, 38_000).distance_m(Point(28_003, 38_004)) == 5


def test_the_two_exits_a_of_harbourfront_are_249_metres_apart() -> None:
    """LTA MRT Station Exit, July 2026. By hand: 102.6 m north and 227.2 m west, so 249.3 m."""
    ne1, cc29 = to_svy21_all([(1.2650850, 103.8225098), (1.2660132, 103.8204684)])
    assert ne1.distance_m(cc29) == pytest.approx(249.3, abs=0.2)


@given(st.lists(st.tuples(LATS, LNGS), max_size=5))
def test_many_positions_are_projected_as_one_is(positions: list[tuple[float, float]]) -> None:
    assert to_svy21_all(positions) == [to_svy21(lat, lng) for lat, lng in positions]


@given(st.lists(POINTS, max_size=30), st.lists(POINTS, max_size=3), METRES)
def test_the_index_finds_what_looking_at_all_finds(
    points: list[Point], centres: list[Point], radius_m: float
) -> None:
    expected = []
    for centre in centres:
        all_of_them = [(number, centre.distance_m(point)) for number, point in enumerate(points)]
        within = [item for item in all_of_them if item[1] <= radius_m]
        expected.append(sorted(within, key=lambda item: (item[1], item[0])))
    assert SpatialIndex(points).within(centres, radius_m) == expected


ANYWHERE = st.builds(Point, st.floats(2_000, 50_000), st.floats(20_000, 50_000))


@given(st.lists(ANYWHERE, min_size=1, max_size=30), ANYWHERE)
def test_a_position_is_within_its_own_distance(points: list[Point], centre: Point) -> None:
    index = SpatialIndex(points)
    for number, point in enumerate(points):
        distance_m = centre.distance_m(point)
        assert (number, distance_m) in index.within([centre], distance_m)[0]


def test_equal_distances_are_ordered_by_number() -> None:
    corners = [Point(3, 4), Point(-3, 4), Point(5, 0), Point(0, -5)]
    assert SpatialIndex(corners).within([Point(0, 0)], 5) == [[(0, 5), (1, 5), (2, 5), (3, 5)]]


@given(st.lists(ANYWHERE, min_size=1, max_size=30), st.lists(ANYWHERE, max_size=5))
def test_the_nearest_position_is_the_one_that_is_nearest(points: list[Point], asked: list[Point]) -> None:
    for centre, number in zip(asked, SpatialIndex(points).nearest(asked), strict=True):
        least_m = min(centre.distance_m(point) for point in points)
        assert centre.distance_m(points[number]) == pytest.approx(least_m)


def test_positions_around_an_area_count_from_its_edge_and_not_at_all_within_it() -> None:
    square = Polygon([(0, 0), (10, 0), (10, 10), (0, 10)], [[(4, 4), (6, 4), (6, 6), (4, 6)]])
    points = [Point(13, 14), Point(2, 2), Point(5, 5), Point(-50, 5), Point(-50.1, 5)]
    assert SpatialIndex(points).around([square], 50) == [[(1, 0), (2, 1), (0, 5), (3, 50)]]


@given(st.lists(POINTS, max_size=20), st.lists(POINTS, max_size=5), st.floats(0, 60, allow_subnormal=False))
def test_positions_around_points_are_those_within_a_radius_of_them(
    points: list[Point], centres: list[Point], radius_m: float
) -> None:
    dots = [Dot(centre.easting_m, centre.northing_m) for centre in centres]
    found = SpatialIndex(points).around(dots, radius_m)
    for centre, reached in zip(centres, found, strict=True):
        metres = {number: centre.distance_m(point) for number, point in enumerate(points)}
        assert {number for number, away in metres.items() if away < radius_m - 1e-6} <= {
            number for number, _ in reached
        }
        assert all(away == pytest.approx(metres[number], abs=1e-6) for number, away in reached)
        assert all(away <= radius_m + 1e-6 for _, away in reached)


def test_an_empty_index_finds_nothing() -> None:
    assert SpatialIndex([]).within([Point(0, 0)], 1000) == [[]]
    assert SpatialIndex([]).around([Dot(0, 0)], 1000) == [[]]
    assert SpatialIndex([Point(0, 0)]).around([], 1000) == []
    assert to_dots([]) == []
    assert to_svy21_all([]) == []


REGISTERED = Transformer.from_crs("EPSG:4326", "EPSG:3414", always_xy=True)


@given(LATS, LNGS)
def test_our_parameters_are_those_that_the_registry_has_for_svy21(lat: float, lng: float) -> None:
    point = to_svy21(lat, lng)
    assert REGISTERED.transform(lng, lat) == pytest.approx((point.easting_m, point.northing_m), abs=1e-6)


@given(LATS, LNGS)
def test_a_position_comes_back_from_the_plane(lat: float, lng: float) -> None:
    point = to_svy21(lat, lng)
    back = REGISTERED.transform(point.easting_m, point.northing_m, direction="INVERSE")
    assert back == pytest.approx((lng, lat), abs=1e-9)  # a tenth of a millimetre
