"""What a bus stop's description says, in LTA's wordings of April 2026 and in some it has not used yet."""

from __future__ import annotations

import csv

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mrt_pipeline.contracts.network import BusStopRelation
from mrt_pipeline.extraction.place_names import ABBREVIATIONS, StationNames, load_abbreviations
from mrt_pipeline.network import load_network
from mrt_pipeline.sources.datamall.stop_exits import NamedExits, mentions_exit, parse_description

NAMES = load_network().names
STATIONS = StationNames(NAMES)
AT, OPPOSITE, BEFORE, AFTER = (
    BusStopRelation.AT,
    BusStopRelation.OPPOSITE,
    BusStopRelation.BEFORE,
    BusStopRelation.AFTER,
)


@pytest.mark.parametrize(
    ("description", "relation", "station", "labels"),
    [
        ("Bugis Stn Exit B", AT, "Bugis", ["B"]),
        ("Outram Pk Stn Exit 6/SGH", AT, "Outram Pk", ["6"]),
        ("Opp Maxwell Stn Exit 3", OPPOSITE, "Maxwell", ["3"]),
        ("Opp Orchard Stn Exit 12", OPPOSITE, "Orchard", ["12"]),
        ("Bef W'lands Stn Exit 7", BEFORE, "W'lands", ["7"]),
        ("Aft Bras Basah Stn Exit A", AFTER, "Bras Basah", ["A"]),
        ("C'wealth Stn Exit A/D", AT, "C'wealth", ["A", "D"]),
        ("Layar Stn Exit A/Blk 417A", AT, "Layar", ["A"]),
        ("Bt Panjang Stn Exit A/LRT", AT, "Bt Panjang", ["A"]),
        ("Gardens by the Bay Stn Exit 1", AT, "Gardens by the Bay", ["1"]),
        ("S'Goon Stn Exit B", AT, "S'Goon", ["B"]),
        # not in use in April 2026
        ("Bt Panjang LRT Stn Exit A", AT, "Bt Panjang LRT", ["A"]),
        ("Clementi Stn Exits A & B", AT, "Clementi", ["A", "B"]),
        ("Clementi Stn Exit A, C and E", AT, "Clementi", ["A", "C", "E"]),
        ("Clementi Stn Exit A/Mall/B", AT, "Clementi", ["A"]),
        ("United Sq/Bef Novena Stn Exit B", BEFORE, "Novena", ["B"]),
        ("  opp. yishun  stn  exit  a/ d ", OPPOSITE, "yishun", ["A", "D"]),
        ("Changi Airport Stn Exit A1/A1/B2", AT, "Changi Airport", ["A1", "B2"]),
    ],
)
def test_a_description_names_station_exits_and_relation(
    description: str, relation: BusStopRelation, station: str, labels: list[str]
) -> None:
    assert parse_description(description) == NamedExits(relation, station, tuple(labels))


@pytest.mark.parametrize(
    "description",
    [
        "Yishun Stn",
        "Opp Yishun Stn/Int",
        "Exit A",
        "Stn Exit A",
        "Blk 12/Exit B",
        "Yishun Stn Exit",
        "Yishun Stn Exit Opp Blk 5",
        "Yishun Stn Exit A Opp Blk 5",
        "Yishun Stn Exit AB",
        "Yishun Stn Exit A-C",
        "Yishun Stn Exit 123",
        "Yishun Int Exit A",
        "Yishun Stn Exitway A",
        "",
    ],
)
def test_a_description_of_another_pattern_names_no_exit(description: str) -> None:
    assert parse_description(description) is None


def test_an_unread_wording_that_speaks_of_an_exit_is_known_as_such() -> None:
    assert mentions_exit("Yishun Stn Exit A-C")
    assert mentions_exit("yishun stn near exit")
    assert not mentions_exit("Yishun Stn")
    assert not mentions_exit("Exit 10 PIE/Clementi Stn")


@pytest.mark.parametrize(
    ("written", "slug"),
    [
        ("Outram Pk", "outram-park"),
        ("S'Goon", "serangoon"),
        ("S’goon", "serangoon"),
        ("W'lands Sth", "woodlands-south"),
        ("Bedok Resvr", "bedok-reservoir"),
        ("Marine Terr", "marine-terrace"),
        ("Marine Ter.", "marine-terrace"),
        ("Tg Katong", "tanjong-katong"),
        ("Chinese Gdn", "chinese-garden"),
        ("Botanic Gdns", "botanic-gardens"),
        ("Tuas Lk", "tuas-link"),
        ("Holland V", "holland-village"),
        ("AMK", "ang-mo-kio"),
        ("Raffles Pl", "raffles-place"),
        ("one-north", "one-north"),
        ("HARBOURFRONT", "harbourfront"),
        ("Bt Panjang LRT", "bukit-panjang"),
    ],
)
def test_a_station_is_found_by_its_abbreviated_name(written: str, slug: str) -> None:
    assert STATIONS.find_slug(written) == slug


@pytest.mark.parametrize("written", ["", "Police", "Farrer", "Tampines Wst", "Jurong", "Old Bugis", "Bugi"])
def test_a_name_that_is_no_stations_is_not_guessed(written: str) -> None:
    assert STATIONS.find_slug(written) is None


def test_a_name_that_may_be_two_stations_is_neither() -> None:
    names = StationNames({"lake": "Tuas Lake", "link": "Tuas Link"})
    assert names.find_slug("Tuas Lk") is None
    assert names.find_slug("Tuas Link") == "link"


def test_a_long_name_of_ambiguous_words_is_not_written_out() -> None:
    assert STATIONS.find_slug("St " * 60) is None


def test_every_abbreviation_is_listed_once_per_meaning_in_lower_case() -> None:
    with ABBREVIATIONS.open(encoding="utf-8", newline="") as file:
        rows = [(row["short"], row["words"]) for row in csv.DictReader(file)]
    assert rows == sorted(set(rows))
    assert all(text == text.lower() == text.strip() != "" for row in rows for text in row)


@given(st.data())
def test_every_station_is_found_by_any_abbreviation_of_its_name(data: st.DataObject) -> None:
    slug = data.draw(st.sampled_from(sorted(NAMES)))
    words = NAMES[slug].split()
    shorter = [[word, *_abbreviations_of(word)] for word in words]
    written = " ".join(data.draw(st.sampled_from(choices)) for choices in shorter)
    assert STATIONS.find_slug(written) == slug


@given(st.text(max_size=60))
def test_any_text_is_read_or_left_without_an_exception(text: str) -> None:
    for description in (text, f"{text} Stn Exit A", f"Bugis Stn Exit {text}", f"Bugis Stn Exit A/{text}"):
        named = parse_description(description)
        if named:
            assert named.labels
            assert mentions_exit(description)
            STATIONS.find_slug(named.station)


def _abbreviations_of(word: str) -> list[str]:
    return [short for short, meanings in load_abbreviations().items() if word.lower() in meanings]
