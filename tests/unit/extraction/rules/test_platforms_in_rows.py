"""Several platforms in one line or row, each with where its trains go, whatever divides them."""

from __future__ import annotations

import pytest

from tests.unit.extraction.rules.rule_scene import published, said, table

BOTH = {"* A>NS1", "* B>NS28"}


@pytest.mark.parametrize("between", [" · ", " | ", " / ", "; ", ". ", " • "])
def test_signs_of_any_kind_divide_platforms_in_a_line(between: str) -> None:
    line = f"Platform A: Jurong East (NS1){between}Platform B: NS28 Marina South Pier"
    assert published(f"<p>{line}</p>") == BOTH
    assert published(f"<ul><li>{line}</li></ul>") == BOTH


@pytest.mark.parametrize("line", ["PLATFORM {} · NSL · {}", "Pf {} ⇒ {}", "NSL: Platform {} – {}"])
def test_a_line_may_stand_between_a_platform_and_where_its_trains_go(line: str) -> None:
    lines = line.format("A", "Jurong East"), line.format("B", "NS28 Marina South Pier")
    assert published("".join(f"<p>{one}</p>" for one in lines)) == BOTH


def test_platforms_of_lines_stand_behind_one_key() -> None:
    cell = "<table><tr><th>Platforms</th><td>{}</td></tr></table>"
    platforms = "NSL: A (to NS1 Jurong East), B (to NS28 Marina South Pier)"
    assert published(cell.format(platforms)) == BOTH
    assert published(cell.format(platforms.replace("NSL", "Former"))) == set()


@pytest.mark.parametrize("head", ["Pf.", "Pf", "Plat."])
def test_a_head_for_platforms_may_be_short(head: str) -> None:
    rows = table(f"{head} | For", "A | Jurong East", "B | Marina South Pier")
    assert published(f"<h2>Platforms</h2>{rows}") == BOTH


@pytest.mark.parametrize(
    "line",
    [
        "Platform A / Platform B: Jurong East / Marina South Pier",
        "Platform A · Platform B: Jurong East · Marina South Pier",
        "Platform A: Jurong East · Marina South Pier",
        "Platform A: until 2019 Jurong East · Platform B: planned Marina South Pier",
    ],
)
def test_signs_may_leave_open_where_trains_go(line: str) -> None:
    assert published(f"<p>{line}</p>") == set()


ROW = "<tr><td>A</td><td>Golden Mall</td><td>59049 Opp Stn</td></tr>"
WIDE = "<table>{}" + ROW + "<tr><td colspan=3>{}</td></tr></table>"
PLATFORMS = "Platform A: NS1 Jurong East / Platform B: Marina South Pier"


def test_a_row_across_a_table_tells_of_platforms() -> None:
    assert published(WIDE.format("", PLATFORMS)) == BOTH
    assert published(WIDE.format("", PLATFORMS.replace(": ", ": former "))) == set()
    assert published(WIDE.format("<tr><td colspan=3>Until 2019</td></tr>", PLATFORMS)) == set()


def test_a_line_of_stops_with_one_across_the_road_turns_no_line_behind_it() -> None:
    lines = "<h2>Exit A</h2><p>Bus: 59049, 59041 ({})<br>Wheels: lift; escalator</p>"
    assert said(lines.format("opposite")) == {"A 59049", "A 59041", "A lift", "A escalator"}
    assert said("<h2>Exit A</h2><p>Bus: 59049<br>Opposite<br>Wheels: lift</p>") == {"A 59049"}


@pytest.mark.parametrize(
    ("heads", "is_read"),
    [
        ("Platform | Next station | Towards", True),
        ("Platform | Next station | Loops round to", True),
        ("Platform | Next station | Bends at", False),
    ],
)
def test_where_trains_go_is_read_rather_than_their_next_station(heads: str, is_read: bool) -> None:
    rows = "A | Canberra | Jurong East", "B | Khatib | Marina South Pier"
    assert said(table(heads, *rows)) == ({"* A>Jurong East", "* B>Marina South Pier"} if is_read else set())
    assert said(table("Platform | Next station | Time", "A | Canberra | 3 min")) == {"* A>Canberra"}


@pytest.mark.parametrize("arrow", ["←", "→", "⬅️"])
def test_an_arrow_may_stand_before_a_platform(arrow: str) -> None:
    rows = (f"Northbound | {arrow} Platform A: North South Line towards Jurong East",)
    assert published(f"<h2>Layout</h2>{table(*rows)}") == {"* A>NS1"}
