"""Files of official places, in both shapes and damaged, as records."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import Point as Dot
from shapely.geometry import Polygon

from mrt_pipeline.contracts.findings import Severity
from mrt_pipeline.errors import SourceFormatError
from mrt_pipeline.runtime.geometry import to_svy21, to_svy21_all
from mrt_pipeline.sources.official_places import (
    COMMUNITY_CLUBS,
    HAWKER_CENTRES,
    HOTELS,
    LIBRARIES,
    PARKS,
    SPORT_FACILITIES,
    Hotel,
    PlacePoint,
)
from mrt_pipeline.sources.official_places.outlines import to_areas
from mrt_pipeline.sources.official_places.parsing import find_update, parse_places
from tests.unit.sources.places_scene import (
    LAT,
    LNG,
    area_feature,
    collection,
    in_table,
    point_feature,
    square,
)

HAWKER = {"OBJECTID": 7, "NAME": "Senja Hawker Centre", "STATUS": "Existing (new)"}
PARK = {"OBJECTID_1": 9, "NAME": "CITY GREEN"}
HOTEL_TABLE = "record_id,name,rooms,postal,lat,lng\n1,Hotel Nuve,43,199143,1.3027514,103.8582753\n"


def test_fields_that_lie_flat_are_read() -> None:
    parsed = parse_places(HAWKER_CENTRES, collection(point_feature(HAWKER)))
    assert parsed.records == (PlacePoint("7", "Senja Hawker Centre", "Existing (new)", LAT, LNG),)
    assert parsed.findings == ()


def test_fields_in_a_table_are_read() -> None:
    feature = point_feature(in_table({"NAME": "Bishan CC", "INC_CRC": "4B64"}))
    assert parse_places(COMMUNITY_CLUBS, collection(feature)).records == (
        PlacePoint("4B64", "Bishan CC", None, LAT, LNG),
    )


def test_entities_in_a_table_are_resolved() -> None:
    feature = point_feature(in_table({"NAME": "Market &amp; Hall", "INC_CRC": "4B64"}))
    [record] = parse_places(COMMUNITY_CLUBS, collection(feature)).records
    assert record.name == "Market & Hall"


def test_a_document_may_use_other_field_names() -> None:
    feature = point_feature({"OBJECTID": 3, "VENUE": "Delta Sport Centre"})
    [record] = parse_places(SPORT_FACILITIES, collection(feature)).records
    assert record.name == "Delta Sport Centre"


def test_a_library_without_an_identifier_is_known_by_its_name() -> None:
    feature = point_feature({"Name": "library@orchard", "Description": ""})
    [record] = parse_places(LIBRARIES, collection(feature)).records
    assert (record.record_id, record.name) == ("library@orchard", "library@orchard")


@pytest.mark.parametrize(
    ("change", "check"),
    [
        ({"properties": None}, "field-missing"),
        ({"properties": {**HAWKER, "NAME": ""}}, "field-missing"),
        ({"properties": {**HAWKER, "NAME": "<b>x</b>"}}, "field-invalid"),
        ({"properties": {**HAWKER, "NAME": "x" * 121}}, "field-invalid"),
        ({"properties": {**HAWKER, "OBJECTID": "a/b"}}, "field-invalid"),
        ({"properties": {**HAWKER, "STATUS": "x" * 61}}, "field-invalid"),
        ({"geometry": None}, "geometry-missing"),
        ({"geometry": {"type": "Polygon", "coordinates": []}}, "geometry-not-a-point"),
        ({"geometry": {"type": "Point", "coordinates": [0, 0]}}, "position-outside-singapore"),
    ],
)
def test_a_place_that_cannot_be_read_is_an_error_and_the_others_are_kept(
    change: dict[str, Any], check: str
) -> None:
    other = point_feature({"OBJECTID": 8, "NAME": "Bukit Panjang Hawker Centre"})
    parsed = parse_places(HAWKER_CENTRES, collection({**point_feature(HAWKER), **change}, other))
    assert [record.record_id for record in parsed.records] == ["8"]
    assert check in {finding.check for finding in parsed.findings}
    assert {finding.severity for finding in parsed.findings} == {Severity.ERROR}
    assert all(finding.message.startswith("nea-hawker-centres:") for finding in parsed.findings)


def test_an_identifier_of_two_places_is_an_error_and_the_first_is_kept() -> None:
    content = collection(point_feature(HAWKER), point_feature({**HAWKER, "NAME": "Another"}))
    parsed = parse_places(HAWKER_CENTRES, content)
    assert [record.name for record in parsed.records] == ["Senja Hawker Centre"]
    assert [finding.check for finding in parsed.findings] == ["record-id-not-unique"]


def test_a_place_that_occurs_twice_is_kept_once_and_told() -> None:
    parsed = parse_places(HAWKER_CENTRES, collection(*[point_feature(HAWKER)] * 2))
    assert len(parsed.records) == 1
    assert [finding.check for finding in parsed.findings] == ["record-repeated"]


def test_an_area_is_recorded_by_its_corners() -> None:
    [record] = parse_places(PARKS, collection(area_feature(PARK, [square()]))).records
    assert record.outline == ("1.3,103.85;1.3,103.851;1.301,103.851;1.301,103.85",)


@pytest.mark.parametrize(("metres", "corners"), [(1, 4), (4, 5)])
def test_only_a_corner_that_hardly_stands_out_is_left_out(metres: float, corners: int) -> None:
    first, second, *others = square()
    middle = [(first[0] + second[0]) / 2, first[1] - metres / 111_000]
    content = collection(area_feature(PARK, [[first, middle, second, *others]]))
    [record] = parse_places(PARKS, content).records
    assert len(record.outline[0].split(";")) == corners


def test_a_hole_follows_the_ring_that_it_is_in() -> None:
    hole = square(0.0005, LAT + 0.0002, LNG + 0.0002)
    content = collection(area_feature(PARK, [square(), hole], [square(lng=LNG + 0.01)]))
    [record] = parse_places(PARKS, content).records
    assert [word.startswith("-") for word in record.outline] == [False, True, False]
    within, other = to_areas(record.outline)
    middle = to_svy21(LAT + 0.00045, LNG + 0.00045)
    assert within.distance(Dot(middle.easting_m, middle.northing_m)) == pytest.approx(27.6, abs=1)
    assert other.distance(within) > 900


def test_a_part_without_an_area_is_left_out() -> None:
    point = [[LNG, LAT]] * 5
    [record] = parse_places(PARKS, collection(area_feature(PARK, [point], [square()]))).records
    assert len(record.outline) == 1


@pytest.mark.parametrize(
    ("geometry", "check"),
    [
        (None, "geometry-missing"),
        ({"type": "Point", "coordinates": [LNG, LAT]}, "geometry-not-an-area"),
        ({"type": "MultiPolygon", "coordinates": [[[[LNG, LAT]]]]}, "geometry-not-an-area"),
        ({"type": "MultiPolygon", "coordinates": 7}, "geometry-not-an-area"),
        ({"type": "Polygon", "coordinates": [square(lat=5)]}, "position-outside-singapore"),
        ({"type": "Polygon", "coordinates": [[None, "x"]]}, "position-not-a-number"),
    ],
)
def test_an_invalid_area_is_an_error(geometry: Any, check: str) -> None:
    parsed = parse_places(PARKS, collection({"properties": PARK, "geometry": geometry}))
    assert parsed.records == ()
    assert [finding.check for finding in parsed.findings] == [check]


@given(
    st.lists(st.tuples(st.floats(0, 0.005), st.floats(0, 0.005)), min_size=3, max_size=40, unique=True),
    st.tuples(st.floats(-0.002, 0.007), st.floats(-0.002, 0.007)),
)
def test_the_distance_to_the_edge_of_an_area_is_right_to_three_metres(
    corners: list[tuple[float, float]], place: tuple[float, float]
) -> None:
    ring = [[LNG + east, LAT + north] for east, north in corners]
    parsed = parse_places(PARKS, collection(area_feature(PARK, [ring])))
    here = to_svy21(LAT + place[1], LNG + place[0])
    dot = Dot(here.easting_m, here.northing_m)
    for record in parsed.records:
        [area] = to_areas(record.outline)
        points = to_svy21_all([(lat, lng) for lng, lat in ring])
        exact = Polygon([(point.easting_m, point.northing_m) for point in points])
        assert area.boundary.distance(dot) == pytest.approx(exact.boundary.distance(dot), abs=3.3)


def test_hotels_are_read_with_a_comma_in_their_rooms() -> None:
    content = HOTEL_TABLE + '2,"Fairmont, Singapore","1,778",189560,1.2940764,103.8533318\n'
    assert parse_places(HOTELS, content.encode()).records[1] == Hotel(
        "2", "Fairmont, Singapore", 1778, 1.2940764, 103.8533318
    )


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "no rows"),
        (b"record_id,name\n1,x\n", "no column lat, lng, rooms"),
        (b"\xff\xff", "not CSV"),
        (b'record_id,name\n"1', "not CSV"),
    ],
)
def test_an_invalid_table_of_hotels_is_refused(content: bytes, words: str) -> None:
    with pytest.raises(SourceFormatError, match=words):
        parse_places(HOTELS, content)


def test_a_hotel_whose_rooms_are_no_number_is_an_error() -> None:
    parsed = parse_places(HOTELS, HOTEL_TABLE.replace(",43,", ",many,").encode())
    assert parsed.records == ()
    assert [finding.check for finding in parsed.findings] == ["field-invalid"]


def test_the_newest_update_of_a_file_is_its_revision() -> None:
    days = ("20260501000422", "20260518000502", "soon", None)
    content = collection(*(point_feature({**HAWKER, "FMEL_UPD_D": day}) for day in days))
    assert find_update(content, "nparks-parks") == "20260518000502"
    assert find_update(collection(point_feature(HAWKER)), "nparks-parks") is None


KEYS = st.sampled_from(["type", "coordinates", "properties", "geometry", "NAME", "OBJECTID", "Description"])
VALUES = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=20,
)


@given(VALUES)
def test_any_feature_is_read_or_reported(feature: Any) -> None:
    points = parse_places(HAWKER_CENTRES, collection(feature))
    areas = parse_places(PARKS, collection(feature))
    assert points.records or points.findings
    assert areas.records or areas.findings
