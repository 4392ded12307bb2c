"""Pages typed by hand: double hyphens for dashes, capitals for headings, and items on one line."""

from __future__ import annotations

import pytest

from tests.unit.extraction.rules.rule_scene import published


@pytest.mark.parametrize("dash", [" -- ", " – ", " — ", ": "])
def test_a_double_hyphen_between_spaces_is_a_dash(dash: str) -> None:
    one = f"Exit A{dash}Golden Mall, Silver Plaza ; bus stop 59049 (Opp Stn), 59041 ; lift"
    other = f"<b>Exit B</b>{dash}<a>Zorba</a> ; escalator only"
    found = {"A Golden Mall", "A Silver Plaza", "A 59049", "A 59041", "A lift", "B Zorba", "B escalator"}
    assert published(f"<p><b>EXITS:</b></p><ul><li>{one}<li>{other}</ul>") == found


@pytest.mark.parametrize(
    "item",
    ["Exit A -- closed", "Exit A -- Golden Mall -- demolished", "Exit A -- no lift", "Exit A: Lift --"],
)
def test_what_a_double_hyphen_sets_off_may_still_retract(item: str) -> None:
    assert published(f"<h2>Exits</h2><ul><li>{item}</li></ul>") == set()


@pytest.mark.parametrize("key", ["PLATFORMS", "Platforms", "TRAINS"])
def test_a_key_in_capitals_heads_platforms_as_any_other(key: str) -> None:
    trains = "A -- to Jurong East ; B -- to Marina South Pier"
    assert published(f"<p><b>{key}:</b> {trains}</p>") == {"* A>NS1", "* B>NS28"}
    assert published(f"<p><b>FUTURE {key}:</b> {trains}</p>") == set()
