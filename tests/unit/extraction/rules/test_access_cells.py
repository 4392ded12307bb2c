"""Cells, items and signs say what access an exit has, and when it is not there."""

from __future__ import annotations

import pytest

from tests.unit.extraction.rules.rule_scene import published, table

EXITS = "<h2>Exits</h2>"


@pytest.mark.parametrize("words", ["Ramp", "Covered Ramp", "Steps to Golden Mall", "<a href=x>Toilets</a>"])
def test_words_of_access_are_never_landmarks(words: str) -> None:
    assert published(table("Exit | Landmarks", f"A | {words}")) == set()


def test_exits_that_have_a_thing_may_be_listed_one_an_item_and_some_of_them_planned() -> None:
    box = "<table><tr><th>Lifts</th><td>Exit A<br>Exit B<br>Exit C (proposed)</td></tr></table>"
    assert published(box) == {"A lift", "B lift"}


def test_a_lift_from_a_coming_quarter_is_not_there_now() -> None:
    assert published(f"{EXITS}<h3>Exit A</h3><ul><li>Lift from Q3</li></ul>") == set()


@pytest.mark.parametrize("key", ["Wheels", "Wheels and prams", "Wheelchairs and prams"])
def test_a_key_for_wheels_heads_access(key: str) -> None:
    assert published(f"<p><b>Exit A</b><br><b>{key}:</b> lift, ramp</p>") >= {"A lift"}
    assert published(f"<p><b>Exit A</b><br><b>{key}:</b> escalator. No lift!</p>") == {"A escalator"}
    assert published(f"<p><b>Exit A</b><br><b>No {key}:</b> lift</p>") == set()


@pytest.mark.parametrize(
    "way", ["over the bridge", "across the road", "through the arrival hall", "up X Road"]
)
def test_a_lift_on_the_way_to_somewhere_is_not_at_the_exit(way: str) -> None:
    for html in (table("Exit | Access", f"A | Lift ({way})"), f"<ul><li>Exit A: Lift ({way})</li></ul>"):
        assert published(html) == set()
    assert "A lift" not in published(f"<ul><li>Exit A: Golden Mall, lift ({way})</li></ul>")


@pytest.mark.parametrize(
    ("icon", "expected"),
    [
        ("Aiga escalator.svg", {"A escalator"}),
        ("Lift icon.png", {"A lift"}),
        ("Lift symbol crossed.png", set()),
        ("No lift icon.png", set()),
    ],
)
def test_a_picture_may_be_called_an_icon(icon: str, expected: set[str]) -> None:
    assert published(table("Exit | Access", f"A | <img alt='{icon}'>")) == expected


@pytest.mark.parametrize("cell", ["🛗", "🛗 ♿", "🛗 Lift", "🛗: ✓"])
def test_a_sign_of_a_lift_alone_in_a_cell_is_a_lift(cell: str) -> None:
    assert published(table("Exit | Access", f"A | {cell}")) == {"A lift"}


@pytest.mark.parametrize(
    "cell", ["🛗 ✗", "🛗 –", "🛗?", "🛗 🚧", "❌🛗", "🚫🛗", "🛗 (closed)", "no 🛗", "🛗 from 2030", "♿"]
)
def test_a_sign_of_a_lift_may_be_denied_or_left_open(cell: str) -> None:
    assert published(table("Exit | Access", f"A | {cell}")) == set()
