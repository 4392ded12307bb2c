"""Heads and captions in forms of their own: icons, titles and questions to the reader."""

from __future__ import annotations

import pytest

from tests.unit.extraction.rules.rule_scene import published, table

ROWS = (
    "<tr><td>Exit A</td><td>59049 Opp Stn</td><td>Golden Mall</td><td>Lift</td></tr>"
    "<tr><td>Exit B</td><td>59041</td><td>Silver Plaza</td><td>Escalator</td></tr>"
)
READ = {"A 59049", "A Golden Mall", "A lift", "B 59041", "B Silver Plaza", "B escalator"}
PLACES = {"A Golden Mall", "B Silver Plaza"}


def _headed(*heads: str, title: str = "") -> str:
    cells = "".join(f"<th>{head}</th>" for head in heads)
    return f"<table>{title}<tr>{cells}</tr>{ROWS}</table>"


def _icon(words: str) -> str:
    return f'<span title="{words}"><img alt="{words}" width="18"></span>'


@pytest.mark.parametrize("title", ["", "<tr><td colspan=4><b>Exits A – B</b></td></tr>"])
@pytest.mark.parametrize("places", ["Sights", "Nearby places", "Landmarks.svg", "Points of interest"])
def test_a_picture_in_a_row_of_heads_has_the_words_of_its_column(places: str, title: str) -> None:
    heads = map(_icon, ("Exit", "Bus stop", places, "Facilities"))
    assert published(_headed(*heads, title=title)) == READ
    assert published(_headed("Exit", "Bus stop", f"{_icon('Camera')} Sights", "Access")) == READ - PLACES


@pytest.mark.parametrize(("alt", "read"), [("Camera", READ - PLACES), ("Planned", set())])
def test_a_picture_whose_words_say_nothing_heads_nothing_and_one_that_may_retract_does(
    alt: str, read: set[str]
) -> None:
    assert published(_headed("Exit", "Bus stop", _icon(alt), "Access")) == read


def test_a_picture_beside_values_is_no_head() -> None:
    html = (
        f"<table><tr><th>Exit</th><th>Places</th></tr><tr><th>A</th><td>{_icon('Merlion')}</td></tr></table>"
    )
    assert published(html) == set()


MATRIX = ("Feature | Exit A | Exit B", "Lift | Yes | No", "Bus stop | 59049 | 59041")


@pytest.mark.parametrize(
    ("caption", "is_read"),
    [
        ("What you will find at each exit", True),
        ("What you'll see at the exits", True),
        ("What you will also find at each exit", True),
        ("What you will find at each exit next year", False),
        ("What you will find at the exits when they open", False),
        ("What you will get at each exit", False),
        ("What will be at each exit", False),
    ],
)
def test_what_a_reader_will_find_is_there_now(caption: str, is_read: bool) -> None:
    expected = {"A lift", "A 59049", "B 59041"} if is_read else set()
    assert published(table(*MATRIX, caption=caption)) == expected


@pytest.mark.parametrize("way", ["without crossing a road", "without having to cross the road"])
def test_places_on_this_side_of_the_road_are_those_of_the_exit(way: str) -> None:
    rows = "Exit A | Golden Mall", "Exit B | Silver Plaza"
    assert published(table(f"Exit | Places reached {way}", *rows)) == {"A Golden Mall", "B Silver Plaza"}
    assert published(table("Exit | Places reached without this exit", *rows)) == set()
    assert published(table(f"Exit | Places not reached {way}", *rows)) == set()


@pytest.mark.parametrize(
    "head",
    ["How you get up", "How to get down", "Pram", "Stroller access", "Access at a glance", "For buggies"],
)
def test_how_one_gets_up_is_about_access(head: str) -> None:
    rows = "Exit A | Lift", "Exit B | Stairs only"
    read = {"A lift", "B stairs_only", "B no"}
    assert published(table(f"Exit | {head}", *rows)) == read
    box = "".join(f"<tr><th>{row.replace(' |', '</th><td>')}</td></tr>" for row in rows)
    assert published(f"<table><tr><th colspan=2>{head}</th></tr>{box}</table>") == read
    assert published(table(f"Exit | {head} (planned)", *rows)) == set()


@pytest.mark.parametrize("head", ["How you wish to get up", "How you would get up", "Pram hire elsewhere"])
def test_how_one_might_get_up_is_not(head: str) -> None:
    assert published(table(f"Exit | {head}", "Exit A | Lift", "Exit B | Lift")) == set()


@pytest.mark.parametrize(
    ("row", "is_read"),
    [
        ("Serangoon Road side", True),
        ("Towards Serangoon Avenue 2", True),
        ("Serangoon side", False),
        ("Serangoon", False),
        ("Serangoon Road station", False),
        ("Planned for Serangoon Road", False),
    ],
)
def test_a_road_named_after_a_station_is_not_that_station(row: str, is_read: bool) -> None:
    html = _headed("Exit", "Bus stop", "Places", "Access", title=f"<tr><td colspan=4>{row}</td></tr>")
    assert published(html) == (READ if is_read else set())


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        ("Shopping", {"A 59049", "A Golden Mall", "A 59041"}),
        ("Shopping and food", {"A 59049", "A Golden Mall", "A 59041"}),
        ("Shopping centre", {"A 59049", "A 59041"}),
        ("Food", {"A 59049", "A 59041"}),
    ],
)
def test_what_stands_below_the_kind_of_some_places_is_places_and_no_lift(
    head: str, expected: set[str]
) -> None:
    lists = "<p><b>Bus stops</b></p><ul><li>{}</li></ul>"
    places = f"<p><b>{head}</b></p><ul><li>Golden Mall</li><li>Lift</li></ul>"
    html = f"<h2>Exits</h2><h3>Exit A</h3>{lists.format(59049)}{places}{lists.format(59041)}"
    assert published(html) == expected
