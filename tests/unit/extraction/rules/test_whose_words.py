"""Whose words are: those of the exits they stand with, up to where those of another exit begin."""

from __future__ import annotations

import pytest

from tests.unit.extraction.rules.rule_scene import published, table

EXITS = "<h2>Exits</h2>"


@pytest.mark.parametrize(
    "html",
    [
        f"{EXITS}<h3>Exit A</h3><ul><li>Lift</li><li>B</li><li>Escalator</li></ul>",
        f"{EXITS}<ul><li>A<ul><li>Lift</li><li>B</li><li>Escalator</li></ul></li></ul>",
        f"{EXITS}<p><b>Exit A</b></p><p>Lift</p><p>B</p><p>Escalator</p>",
        table("Exit | Access", "A | Lift<br>B<br>Escalator"),
    ],
)
def test_a_bare_label_among_the_entries_of_an_exit_ends_them(html: str) -> None:
    assert published(html) == {"A lift"}


def test_an_answer_of_one_letter_and_a_count_are_no_labels() -> None:
    assert published(table("Exit | Lift", "A | Y", "B | Yes")) >= {"B lift"}
    assert published(table("Exit | Lift | Stop", "A | 2 | 59049")) == {"A lift", "A 59049"}


@pytest.mark.parametrize(
    "cell",
    [
        "Exit A<br>Lift<br>Bus stop 59049<br>Exit B<br>Escalator",
        "Exit A: lift, bus stop 59049 / Exit B: escalator",
        "Exit A – lift – 59049<br>Exit B – escalator",
    ],
)
def test_a_cell_may_say_of_several_exits_what_each_has(cell: str) -> None:
    for html in (
        table("Exits", cell),
        f"<table><tr><th>Exits</th><td>{cell}</td></tr></table>",
        f"<table><tr><th>Access</th><td>{cell}</td></tr></table>",
    ):
        found = published(html)
        assert {"A lift", "B escalator"} <= found <= {"A lift", "B escalator", "A 59049"}


def test_a_closed_exit_of_a_cell_has_nothing_and_gives_what_follows_it_to_nobody() -> None:
    cell = "Exit A (lift)<br>Exit B (escalator)<br>Exit C (closed)<br>Stairs only"
    assert published(table("Exits", cell)) == {"A lift", "B escalator"}


def test_an_exit_behind_each_place_of_a_cell_does_not_head_the_next_place() -> None:
    cell = "Golden Mall<br>Exit A<br>Silver Mall<br>Exit B"
    assert published(f"<table><tr><th>Nearby</th><td>{cell}</td></tr></table>") == set()


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (
            "Exit A<br>Exit B | Lift<br>Escalator | 59049<br>59041",
            {"A 59049", "B 59041", "A lift", "B escalator"},
        ),
        ("Exit A<br>Exit B | Lift<br>Escalator | 59049", {"A 59049", "B 59049", "A lift", "B escalator"}),
        ("Exit A<br>Exit B | Lift<br>Escalator<br>Toilet |", set()),
        ("Exit A<br>Exit B<br>Exit D | Lift<br>Escalator | ", set()),
    ],
)
def test_a_list_of_exits_beside_a_list_as_long_is_read_line_by_line_and_beside_another_not_at_all(
    cells: str, expected: set[str]
) -> None:
    assert published(table("Exit | Access | Bus stop", cells)) == expected


def test_a_table_in_a_cell_is_about_the_exit_beside_it_in_that_cell() -> None:
    cells = "".join(
        f"<td>Exit {label}<table><tr><th>{has}</th><td>Yes</td></tr></table></td>"
        for label, has in (("A", "Lift"), ("B", "Escalator"))
    )
    assert published(f"<table><tr>{cells}</tr></table>") == {"A lift", "B escalator"}


@pytest.mark.parametrize("words", ["59049<br>(not in use since 2019)", "59049 (removed)", "59049 – removed"])
def test_a_remark_in_brackets_stays_with_what_it_takes_back(words: str) -> None:
    assert published(table("Exit | Bus stop", f"A | {words}", "B | 59041")) == {"B 59041"}


@pytest.mark.parametrize(
    "html",
    [
        table("Exit | Bus stop", "A | 59049 Opp Yishun Stn Exit B"),
        "<h2>Bus stops</h2><ul><li>59049 Opp Yishun Stn Exit B (Exit A)</li></ul>",
        "<h2>Buses</h2><table><tr><td>Exit A</td><td>59049 (Opp Yishun Stn Exit B) — 39</td></tr></table>",
        "<h2>Bus stops by exit</h2><ul><li>A: 59049 Opp Yishun Stn Exit B</li></ul>",
    ],
)
def test_the_exit_that_a_stop_is_named_after_is_not_the_one_it_stands_with(html: str) -> None:
    assert published(html) == {"A 59049"}


@pytest.mark.parametrize(
    "words", ["59049 (Yishun Stn Exit A/B) and 59041", "59041, 59049 (Yishun Stn Exit B)"]
)
def test_a_stop_beside_one_named_after_another_exit_is_not_of_that_exit(words: str) -> None:
    found = published(f"{EXITS}<dl><dt>A</dt><dd>Bus stops {words}</dd></dl>")
    assert "A 59041" in found
    assert "B 59041" not in found


def test_what_closes_a_thing_below_its_own_term_does_not_close_the_exit() -> None:
    terms = "<dl><dt>Access</dt><dd>Lift</dd><dt>Shops</dt><dd>none, closed in 2020</dd></dl>"
    former = "<dl><dt>Former bus stops</dt><dd>59041</dd></dl>"
    assert published(f"{EXITS}<h3>Exit A</h3>{terms}{former}") == {"A lift"}


def test_a_row_of_a_new_exit_or_of_a_floor_says_nothing_of_the_exits_it_names() -> None:
    assert published(table("Exit | Lift", "A | ?", "A (new) | Yes")) == set()
    floor = "<table><tr><td>L1</td><td>Exit A, Exit B, Golden Mall, lift</td></tr></table>"
    assert published(floor) == set()


@pytest.mark.parametrize(
    "words",
    [
        *("Lift (to open)", "Lift, to open", "Lift by December", "Lift (by end of March)", "Lift via mall"),
        *("Lift (via the mall)", "Lift through Golden Mall", "Lift to follow", "Lift (up only)"),
    ],
)
def test_a_lift_that_is_to_come_or_lies_elsewhere_is_not_there(words: str) -> None:
    for html in (table("Exit | Access", f"A | {words}"), f"{EXITS}<ul><li>Exit A: {words}</li></ul>"):
        assert published(html) == set()


@pytest.mark.parametrize("words", ["Escalator (up only)", "Escalator (down only)", "Escalator going up only"])
def test_an_escalator_is_there_whichever_way_it_runs(words: str) -> None:
    for html in (table("Exit | Access", f"A | {words}"), f"{EXITS}<ul><li>Exit A: {words}</li></ul>"):
        assert published(html) == {"A escalator"}


@pytest.mark.parametrize(
    "words", ["Lift via ramp", "Step-free via lift", "Lift from Marina Bay", "Lift by May Road"]
)
def test_ways_and_names_beside_a_lift_are_no_dates_or_detours(words: str) -> None:
    assert published(table("Exit | Access", f"A | {words}")) <= {"A lift", "A yes"}


def test_where_trains_come_from_is_not_where_they_go() -> None:
    assert published(table("Platform | From", "A | Jurong East")) == set()
    assert published(table("Platform | From | To", "A | Jurong East | Marina South Pier")) == {"* A>NS28"}


def test_a_place_named_twice_is_one_goal() -> None:
    html = "<h2>月台 Platform</h2><ul><li>A 月台: 往裕廊东 Jurong East</li></ul>"
    assert published(html) == {"* A>NS1"}


@pytest.mark.parametrize(
    "html",
    [
        table("Exit | Step-free", "B | Khatib Station Exit B: Yes"),
        table("Exit | Nearby", "B | Khatib Station Exit A: Yishun Stadium"),
        "<ul><li>Exit A, Khatib: step-free</li></ul>",
        "<ul><li>Exit A, Khatib<ul><li>Step-free access</li></ul></li></ul>",
        "<ul><li>Exit A: step-free (Khatib)</li></ul>",
        "<p>Exit A is step-free (Khatib).</p>",
        "<p>Exit A, Khatib, is step-free.</p>",
        "<p>Khatib has five exits. Exit A is step-free.</p>",
        "<p>Khatib station has two entrances. They are busy. Exit A is step-free.</p>",
    ],
)
def test_an_exit_beside_the_name_of_another_station_is_not_read(html: str) -> None:
    assert published(html) == set()


@pytest.mark.parametrize(
    "html",
    [
        table("Exit | Step-free", "A | Yishun Station Exit A: Yes"),
        "<ul><li>Exit A, Yishun: step-free</li></ul>",
        "<p>Exit A is step-free (Yishun).</p>",
        "<p>Yishun has five exits. Exit A is step-free.</p>",
        "<p>Khatib has two exits. Yishun has five exits. Exit A is step-free.</p>",
        "<p>Yishun is one stop from Khatib. Exit A is step-free.</p>",
    ],
)
def test_an_exit_beside_the_name_of_its_own_station_is_read(html: str) -> None:
    assert published(html) == {"A yes"}


def test_another_station_in_the_name_of_a_bus_stop_or_of_a_place_is_no_owner() -> None:
    html = table("Exit | Bus stop | Nearby", "A | 59049 Opp Khatib Stn Exit A | Khatib Camp Mall")
    assert published(html) == {"A 59049", "A Khatib Camp Mall"}


@pytest.mark.parametrize(
    ("head", "cell", "found"),
    [
        ("Access", "Lift (A)", {"A lift"}),
        ("Access", "Lift (Exit A)", {"A lift"}),
        ("Access", "Lift (at A)", {"A lift"}),
        ("Access", "Lift at A", {"A lift"}),
        ("Access", "Step-free (A)", {"A yes"}),
        ("Access", "Step-free (Exit B)", {"B yes"}),
        ("Landmarks", "Golden Mall (A)", {"A Golden Mall"}),
        ("Bus stops", "59049 (A)", {"A 59049"}),
        ("Access", "Lift (C)", set()),
        ("Access", "Lift", {"A lift", "B lift"}),
        ("Landmarks", "Golden Mall (L5)", {"A Golden Mall", "B Golden Mall"}),
    ],
)
def test_brackets_with_a_label_of_its_row_give_a_value_to_that_exit_alone(
    head: str, cell: str, found: set[str]
) -> None:
    assert published(table(f"Exit | {head}", f"A & B | {cell}")) == found
    if head == "Access":
        assert published(f"<ul><li>Exits A & B: {cell}</li></ul>") <= found


@pytest.mark.parametrize(
    "words",
    [
        "Platform B – trains to Jurong East depart from the other platform",
        "Platform B: towards Jurong East, opposite platform",
        "Platform B: trains to Jurong East leave from another platform",
        "Platform A: no trains to Jurong East",
        "Platform B: trains to Jurong East (from 2030)",
        "Platform B: trains to Jurong East do not stop here",
    ],
)
def test_trains_of_another_platform_or_time_are_not_of_the_platform_named(words: str) -> None:
    sign, _, goal = words.replace(" – ", ": ").partition(": ")
    assert published(f"<p>{words}</p>") == set()
    assert published(f"<h2>Platforms</h2><ul><li>{words}</li></ul>") == set()
    for head in ("Towards", "Service"):
        assert published(table(f"Platform | {head}", f"{sign} | {goal}")) == set()


def test_trains_that_use_another_platform_are_not_of_the_row_of_the_first() -> None:
    words = "Platform A | trains to Jurong East use Platform B"
    assert published(table("Platform | Towards", words)) == set()
    assert published(table("Platform | Towards", "Platform B | trains to Jurong East")) == {"* B>NS1"}


@pytest.mark.parametrize(
    ("link", "is_read"),
    [
        ("Design Serangoon", True),
        ("Serangoon Arts and Crafts Centre", True),
        ("Grand Hotel Serangoon", True),
        ("Serangoon", False),
        ("Serangoon MRT station", False),
        ("Old Serangoon Stn", False),
        ("To Serangoon", False),
        ("Map of Serangoon", False),
        ("Serangoon and Khatib", False),
        ("Former Design Serangoon", False),
    ],
)
def test_a_link_to_a_place_named_after_another_station_is_an_item_of_its_exit(
    link: str, is_read: bool
) -> None:
    expected = {f"A {link}", "A Golden Mall"} if is_read else {"A Golden Mall"}
    items = f"<ul><li><a>{link}</a></li><li>Golden Mall</li></ul>"
    assert published(f"{EXITS}<h3>Exit A</h3>{items}") == expected


@pytest.mark.parametrize(
    ("head", "cell"),
    [
        ("Bus stops", "59049 and 59041 respectively"),
        ("Landmarks", "Golden Mall, Silver Hall (respectively)"),
        ("Landmarks", "Golden Mall and Silver Hall respectively"),
    ],
)
def test_what_several_exits_have_respectively_is_given_to_none_of_them(head: str, cell: str) -> None:
    assert published(table(f"Exit | {head}", f"A, B | {cell}")) == set()


@pytest.mark.parametrize(
    "words", ["Lifts are available.", "There is a lift.", "Lift to platform.", "Bus stop 59049 is nearby."]
)
def test_a_paragraph_behind_a_list_is_not_of_its_last_exit(words: str) -> None:
    exits = "<ul><li>Exit A: Golden Mall</li><li>Exit B: escalator</li></ul>"
    assert published(f"{exits}<p>{words}</p>") == {"A Golden Mall", "B escalator"}


@pytest.mark.parametrize(
    ("item", "below"),
    [
        ("Lift", "closed since 2024"),
        ("Lift", "platform to concourse only"),
        ("Lift", "belongs to Northpoint"),
        ("Lift", "6am to 11pm"),
        ("59049", "removed in 2024"),
        ("Golden Mall", "closed in 2024"),
    ],
)
def test_an_item_below_another_may_take_it_back(item: str, below: str) -> None:
    html = f"<h3>Exit A</h3><ul><li>{item}<ul><li>{{}}</li></ul></li><li>Escalator</li></ul>"
    assert published(html.format(below)) == {"A escalator"}


def test_an_item_below_another_that_is_understood_takes_nothing_back() -> None:
    html = "<h3>Exit A</h3><ul><li>Lift<ul><li>to street level</li></ul></li></ul>"
    assert published(html) == {"A lift"}


@pytest.mark.parametrize("head", ["Lift in the mall", "Lift to platform", "Lift from concourse to platform"])
def test_a_column_of_lifts_that_do_not_lead_to_the_street_gives_no_exit_a_lift(head: str) -> None:
    assert published(table(f"Exit | {head}", "A | Yes")) == set()
    assert published(table("Exit | Lift to street", "A | Yes")) == {"A lift"}


@pytest.mark.parametrize(
    "heading",
    [
        *(
            "Coming",
            "Coming soon",
            "Phase 2",
            "Next phase",
            "Under review",
            "Promised",
            "On hold",
            "Requested",
        ),
        *("Fire exits", "Emergency exits", "Exits (fire)", "Car park exits", "Staff entrances"),
        *("Exits in the 1980s", "Exits in 1988", "Exits (old layout)", "Requested exits"),
    ],
)
def test_what_stands_below_a_heading_of_other_times_or_other_exits_is_not_read(heading: str) -> None:
    items = "<ul><li>Exit A: step-free</li><li>Exit B: lift</li></ul>"
    assert published(f"<h2>Exits</h2><h3>{heading}</h3>{items}") == set()
    assert published(f"<h2>{heading}</h2>{items}") == set()


@pytest.mark.parametrize("heading", ["Exits (since 2013)", "Exits and entrances", "Exits opened in 1988"])
def test_what_stands_below_a_heading_of_the_present_is_read(heading: str) -> None:
    assert published(f"<h2>Exits</h2><h3>{heading}</h3><ul><li>Exit B: lift</li></ul>") == {"B lift"}
