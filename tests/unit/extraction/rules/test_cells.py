"""Cells and items hold stops and places, with remarks and other things beside them."""

from __future__ import annotations

import pytest

from tests.unit.extraction.rules.rule_scene import published, table

EXITS = "<h2>Exits</h2>"


def test_dashes_behind_an_exit_divide_what_it_has() -> None:
    entry = "Exit A – Northpoint City – lift and escalator – 59049 – Opp Stn – 39, 85A"
    found = {"A Northpoint City", "A lift", "A escalator", "A 59049"}
    assert published(f"<ul><li>{entry}</li></ul>") == found
    for remark in ("closed since May", "OOS", "temporarily shut"):
        assert published(f"<ul><li>{entry} – {remark}</li></ul>") == set()


@pytest.mark.parametrize("cell", ["A, B<br>Under construction: C", "No lift: C", "A; planned: B"])
def test_exits_listed_below_another_key_within_a_cell_are_not_those_of_its_own_key(cell: str) -> None:
    assert published(f"<table><tr><th>Lifts</th><td>{cell}</td></tr></table>") == set()


@pytest.mark.parametrize("words", ["59041 withdrawn", "$59041", "population 59041"])
def test_five_digits_beside_other_words_are_no_stop_where_stops_are_not_meant(words: str) -> None:
    assert published(f"{EXITS}<h3>Exit A</h3><ul><li>{words}</li></ul>") == set()


def test_a_stop_named_as_such_counts_among_buses_and_behind_a_dash() -> None:
    buses = "<ul><li>Exit A – {}<ul><li>Buses: stop 59049 (Opp Yishun Stn)</li></ul></li></ul>"
    for place in ("Golden Park", "Golden Park Complex (金文坊)"):
        assert "A 59049" in published(buses.format(place))
    for place in ("old bus stop", "former Golden Park", "not Golden Park"):
        assert published(buses.format(place)) == set()
    behind = (
        "<ul><li><b>Exit A (South Road).</b> Golden Mall · Silver Hall — stop 59049 Opp Yishun Stn</li></ul>"
    )
    assert published(behind) == {"A Golden Mall", "A Silver Hall", "A 59049"}
    assert published(behind.replace("— stop", "— former stop")) <= {"A Golden Mall", "A Silver Hall"}


@pytest.mark.parametrize(
    "bracket",
    [
        *("(48 South St, ☎ +65 6224-3928)", "(☎ 6224 3928)", "(up South Street)", "(over the bridge)"),
        *("(through the arrival hall)", "(across the road)", "(via the underpass)"),
    ],
)
def test_an_address_with_a_telephone_or_a_way_behind_a_place_leaves_it_at_the_exit(bracket: str) -> None:
    html = "<ul><li>Exit A<ul><li>See: Golden Mall {}, Silver Hall</li><li>{}</li></ul></li></ul>"
    assert published(html.format(bracket, "Escalator")) == {"A Golden Mall", "A Silver Hall", "A escalator"}
    assert published(html.format("(torn down, ☎ +65 6224-3928)", "Escalator")) == {
        "A Silver Hall",
        "A escalator",
    }


def test_stops_and_grounds_told_in_a_sentence_are_at_its_exit() -> None:
    html = (
        "<p>Exit A opens into the grounds of Golden Hospital and brings you to stop 59049 (Yishun Stn).</p>"
    )
    assert published(html) == {"A Golden Hospital", "A 59049"}
    assert published("<p>Exit B serves Silver Hall, with stop 59041 outside.</p>") == {
        "B Silver Hall",
        "B 59041",
    }
    assert published("<p>Exit A used to bring you to stop 59049.</p>") == set()
    assert published("<p>Exit A does not bring you to stop 59049.</p>") == set()
    assert published("<p>Exit A has stop motion art 59049.</p>") == set()


@pytest.mark.parametrize(
    "words",
    [
        "Golden Mall across the road",
        "straight into Golden Mall",
        "a short walk to Golden Mall",
        "into Golden Mall",
    ],
)
def test_a_place_behind_an_exit_may_have_the_way_there_beside_it(words: str) -> None:
    assert published(f"<ul><li><b>Exit A</b> – {words}</li></ul>") == {"A Golden Mall"}
    for turned in (f"no walk to {words}", f"former {words}", f"{words} in 2030"):
        assert published(f"<ul><li><b>Exit A</b> – {turned}</li></ul>") == set()


@pytest.mark.parametrize(
    ("head", "cell", "expected"),
    [
        ("周边设施 Landmarks", "Golden Mall (金文坊)", {"A Golden Mall"}),
        ("附近设施", "Golden Mall II", {"A Golden Mall II"}),
        ("旧 Landmarks", "Golden Mall", set()),
        ("Landmarks", "Golden Mall (through the arrival hall)", {"A Golden Mall"}),
        ("Landmarks", "Golden Mall (seberang sungai)", {"A Golden Mall"}),
        ("Landmarks", "Golden Mall (arrivals only from 2030)", set()),
        ("Landmarks", "Golden Mall OOS", set()),
        ("Landmarks", "i12 Katong", {"A i12 Katong"}),
        ("Landmarks", "mid-2027", set()),
        ("Landmarks", "escalator2", set()),
        ("Kawasan sekitar", "Golden Mall", {"A Golden Mall"}),
        ("Bekas kawasan sekitar", "Golden Mall", set()),
        ("BS code", "59049", {"A 59049"}),
        ("Access mode", "Lift", {"A lift"}),
        ("Future access mode", "Lift", set()),
        ("Access", "升降机 Lift（维修中 under maintenance）<br>自动扶梯 Escalator", {"A escalator"}),
        ("Access", "升降机 Lift<br>自动扶梯 Escalator（维修中）", set()),
        ("Landmarks", "金文坊 Golden Mall", {"A Golden Mall"}),
        ("Landmarks", "拟建 Golden Mall", set()),
        ("Landmarks", "另见 Golden Mall", set()),
        ("Landmarks", "Direct access to Golden Mall", {"A Golden Mall"}),
        ("Landmarks", "No direct access to Golden Mall", set()),
        ("Landmarks", "Malls: Golden Mall<br>Schools: Silver School", {"A Golden Mall", "A Silver School"}),
        ("Landmarks", "Former schools: Silver School", set()),
        ("Landmarks", "Golden Mall (across the island)", set()),
        ("Roadside", "59049 Opp Stn", {"A 59049"}),
        ("Roadside", "59049 i12 Katong", {"A 59049"}),
        ("Roadside", "59049 m", set()),
        ("Roadside until 2020", "59049 Opp Stn", set()),
    ],
)
def test_heads_and_remarks_in_more_words(head: str, cell: str, expected: set[str]) -> None:
    assert published(table(f"Exit | {head}", f"A | {cell}")) == expected


def test_a_column_of_details_that_names_a_stop_in_each_row_is_not_one_of_stops_alone() -> None:
    details = table(
        "Exit | Details", "A | Golden Mall<br>Bus 59049<br>Lift", "B | Silver Hall<br>Bus 59041<br>Escalator"
    )
    assert published(details) == {
        "A Golden Mall",
        "A 59049",
        "A lift",
        "B Silver Hall",
        "B 59041",
        "B escalator",
    }
    assert published(table("Exit | Details", "A | <b>Landmarks</b> Golden Mall<br>Bus 590499")) == set()


def test_no_place_s_name_ends_with_a_word_that_joins_it_to_another() -> None:
    html = "<p>From Exit A you reach Jade Hawker Centre and, a little further, Golden Mall.</p>"
    assert not any(found.endswith(" and") for found in published(html))
