"""Which records of official places are landmarks."""

from __future__ import annotations

import pytest

from mrt_pipeline.contracts.network import LandmarkKind
from mrt_pipeline.contracts.source import SourceTable
from mrt_pipeline.sources.official_places import Hotel, PlaceArea, PlacePoint
from mrt_pipeline.sources.official_places.choosing import choose_sites, find_reason_against
from tests.unit.sources.places_scene import LAT, LIBRARY_DOCUMENT, LNG, PARK_DOCUMENT

CLUB, PARK, HOTEL = LandmarkKind.COMMUNITY_CLUB, LandmarkKind.PARK, LandmarkKind.HOTEL


def point(name: str, status: str | None = None) -> PlacePoint:
    return PlacePoint("1", name, status, LAT, LNG)


@pytest.mark.parametrize(
    "place",
    [
        point("Tengah CC (U/C)"),
        point("Eunos CC (Pending U/C)"),
        point("Toa Payoh Central CC (Pendng U/C)"),
        point("Toa Payoh East CC (Pending relocation)"),
        point("Thomson CC (Till 1Q 2022)"),
        point("Bukit Timah Market", "Under Construction"),
        point("Some Market", "Closed"),
        point("Singapore Philatelic Museum"),
    ],
)
def test_a_place_that_is_not_open_is_no_landmark(place: PlacePoint) -> None:
    assert find_reason_against(place, CLUB) == "not open"


@pytest.mark.parametrize("status", [None, "Existing", "Existing (new)", "Interim Centre"])
def test_a_place_in_use_is_one(status: str | None) -> None:
    assert find_reason_against(point("Punggol 21 CC", status), CLUB) is None


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("JLN KEBAYA PG", "playground"),
        ("HOOVER PARK (LOR PISANG HIJAU PLAYGROUND)", "playground"),
        ("PENANG RD OS", "open space"),
        ("HOLLAND GROVE VIEW FC", "fitness corner"),
        ("EAST COAST PARK AREA E1 CAR PARK", "car park"),
        ("CONNAUGHT DRIVE", "street"),
        ("BEDOK RESERVOIR PK", None),
        ("PUNGGOL PK", None),
    ],
)
def test_playgrounds_and_open_spaces_are_none(name: str, reason: str | None) -> None:
    assert find_reason_against(PlaceArea("1", name, ()), PARK) == reason


@pytest.mark.parametrize(
    ("name", "rooms", "reason"),
    [
        ("Beary Best! Hostel", 60, "hostel"),
        ("MKS Backpackers' Lodge", 60, "hostel"),
        ("CUBE SOCIAL BOUTIQUE CAPSULE HOTEL", 60, "hostel"),
        ("Spacepod@Lavender", 60, "hostel"),
        ("Wink @ Mosque Street", 60, "hostel"),
        ("Into the Woods", 9, "fewer than 10 rooms"),
        ("Ann Siang House", 10, None),
        ("The Podium Hotel", 60, None),
    ],
)
def test_hostels_and_tiny_hotels_are_none(name: str, rooms: int, reason: str | None) -> None:
    assert find_reason_against(Hotel("1", name, rooms, LAT, LNG), HOTEL) == reason


def test_what_is_left_out_is_reported_once_a_document_with_numbers() -> None:
    clubs = (point("Bishan CC"), point("Tengah CC (U/C)"), point("Bidadari CC (U/C)"))
    parks = (PlaceArea("9", "CITY GREEN", ("1.3,103.85;1.3,103.851;1.301,103.851",)),)
    sites, findings = choose_sites([SourceTable(clubs, LIBRARY_DOCUMENT), SourceTable(parks, PARK_DOCUMENT)])
    assert [(site.name, site.record_id) for site in sites] == [("Bishan CC", "1"), ("City Green", "9")]
    assert [finding.message for finding in findings] == [
        "2 of 3 records in nlb-libraries are left out: not open (2)."
    ]


def test_each_part_of_an_area_is_a_site() -> None:
    outline = ("1.3,103.85;1.3,103.851;1.301,103.851", "1.31,103.85;1.31,103.851;1.311,103.851")
    sites, _ = choose_sites([SourceTable((PlaceArea("9", "CITY GREEN", outline),), PARK_DOCUMENT)])
    assert [site.record_id for site in sites] == ["9", "9"]
    assert sites[0].shape.distance(sites[1].shape) > 900
