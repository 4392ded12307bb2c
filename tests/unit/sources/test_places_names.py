"""Names of official places as people write them."""

from __future__ import annotations

import csv

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mrt_pipeline.contracts.network import LandmarkKind
from mrt_pipeline.runtime.recordings import load_recording
from mrt_pipeline.sources.official_places import SPEC
from mrt_pipeline.sources.official_places.choosing import CORRECTIONS, SPELLINGS, write_name

HAWKER, PARK, HOTEL = LandmarkKind.HAWKER_CENTRE, LandmarkKind.PARK, LandmarkKind.HOTEL
CLUB, SPORT = LandmarkKind.COMMUNITY_CLUB, LandmarkKind.SPORT_FACILITY


@pytest.mark.parametrize(
    ("published", "kind", "written"),
    [
        ("BEDOK RESERVOIR PK", PARK, "Bedok Reservoir Park"),
        ("JLN KAYU PK", PARK, "Jalan Kayu Park"),
        ("PARK AT SEMBAWANG ALLEY", PARK, "Park at Sembawang Alley"),
        ("EAST COAST PARK AREA A", PARK, "East Coast Park Area A"),
        ("TELOK KURAU LORONG V PK", PARK, "Telok Kurau Lorong V Park"),
        ("KING'S DOCK PARK", PARK, "King's Dock Park"),
        ("MACPHERSON LINEAR PK", PARK, "MacPherson Linear Park"),
        ("BISHAN-ANG MO KIO PARK (POND GARDENS)", PARK, "Bishan-Ang Mo Kio Park"),
        ("SBG LC ZONE 1 (TNC)", PARK, "Singapore Botanic Gardens"),
        ("Queen Street Blk 270 (Albert Centre)", HAWKER, "Albert Centre"),
        ("Jurong West Street 52 Blk 505", HAWKER, "Blk 505 Jurong West Street 52 Hawker Centre"),
        ("Clementi Ave 3 Blk 448", HAWKER, "Blk 448 Clementi Avenue 3 Hawker Centre"),
        ("Marine Terrace Blk 50A (50A Marine Terrace)", HAWKER, "50A Marine Terrace Hawker Centre"),
        ("Maxwell Food Centre (Kim Hua Market)", HAWKER, "Maxwell Food Centre"),
        ("Buffalo Road Blk 665 (Tekka Centre/Zhu Jiao Market)", HAWKER, "Tekka Centre"),
        ("Bishan CC", CLUB, "Bishan CC"),
        ("PAssion WaVe @ Marina Bay (Sea Sports Club)", CLUB, "PAssion WaVe @ Marina Bay"),
        ("Woodlands SC", SPORT, "Woodlands Sport Centre"),
        ("HOTEL JJH ALIWAL", HOTEL, "Hotel JJH Aliwal"),
        ("A HOTEL BUGIS", HOTEL, "A Hotel Bugis"),
        ("LEX HOTEL (LORONG 8)", HOTEL, "Lex Hotel (Lorong 8)"),
        ("D'RESORT @ DOWNTOWN EAST", HOTEL, "D'Resort @ Downtown East"),
        ("COMO METROPOLITAN SINGAPORE", HOTEL, "COMO Metropolitan Singapore"),
        ("PARKROYAL on Beach Road, Singapore", HOTEL, "PARKROYAL on Beach Road, Singapore"),
        ("Hotel V Lavender", HOTEL, "Hotel V Lavender"),
    ],
)
def test_a_name_is_written_as_people_write_it(published: str, kind: LandmarkKind, written: str) -> None:
    assert write_name(published, kind) == written


def test_every_correction_is_of_a_name_that_is_recorded_and_says_what_or_why() -> None:
    recorded = {
        row["name"] for document in SPEC.documents for row in load_recording(document.document_id).rows
    }
    recorded |= {row["description"] for row in load_recording("lta-bus-stops").rows}
    with CORRECTIONS.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["published"] for row in rows if row["published"] not in recorded] == []
    assert [row["published"] for row in rows if bool(row["written"]) == bool(row["why"])] == []
    assert len({row["published"] for row in rows}) == len(rows)


def test_spellings_are_listed_once_in_order() -> None:
    with SPELLINGS.open(encoding="utf-8", newline="") as file:
        words = [row["written"] for row in csv.DictReader(file)]
    assert words == sorted({word.casefold(): word for word in words}.values())


@given(st.text(min_size=1, max_size=40), st.sampled_from(LandmarkKind))
def test_any_name_is_written_and_none_becomes_empty(published: str, kind: LandmarkKind) -> None:
    assert write_name(published, kind) or not published.strip()
