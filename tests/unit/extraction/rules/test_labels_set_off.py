"""Labels of exits are read in brackets, with a full stop, behind a hyphen, and as wide as Chinese letters."""

from __future__ import annotations

import pytest

from mrt_pipeline.extraction.mentions import labels_named
from tests.unit.extraction.rules.rule_scene import published, said, table

LIST = "<h2>Exits</h2><ul><li>{}</li></ul>"


@pytest.mark.parametrize(
    "label",
    [
        *(
            "a.",
            "A.",
            "(a)",
            "(A)",
            "[A]",
            "&#xFF08;A&#xFF09;",
            "Exit-A",
            "exit-a",
            "Exit&ndash;A",
            "Exit (A)",
        ),
        *("&#xFF21;", "&#xFF41;", "Exit &#xFF21;", "出口&#xFF21;", "出口(A)"),
        *("Exit “A”", 'Exit "A"', "Exit 'A'", "Exit ‘A’", "Exit<br>A", "EXIT<br><b>A</b>"),
    ],
)
def test_a_label_that_is_set_off_in_a_cell_is_the_exit(label: str) -> None:
    assert published(table("Exit | Lift", f"{label} | Yes")) == {"A lift"}


@pytest.mark.parametrize("label", ["(A), (B)", "(A &amp; B)", "Exits (A, B)"])
def test_several_labels_that_are_set_off_are_several_exits(label: str) -> None:
    assert published(table("Exit | Lift", f"{label} | Yes")) == {"A lift", "B lift"}


@pytest.mark.parametrize(
    "entry",
    [
        *("a. Lift", "A. Lift", "(a) lift", "(A): lift", "Exit-A: lift", "exit-a: lift", "Exit (A): lift"),
        *("&#xFF21;: lift", "Exit &#xFF21; - lift"),
    ],
)
def test_an_entry_below_a_heading_about_exits_may_begin_with_such_a_label(entry: str) -> None:
    assert published(LIST.format(entry)) == {"A lift"}


@pytest.mark.parametrize(
    "html",
    [
        LIST.format("1. Lift"),
        LIST.format("(1) lift"),
        LIST.format("A.M. peak: lift"),
        LIST.format("Exit (a short walk): lift"),
        "<h2>Exits</h2><p>(a) The station has a lift.</p>",
        "<h2>History</h2><ul><li>A. Lift</li></ul>",
        table("Exit(s) | Lift", "Exit(s) | Yes"),
        table("Exit (s) | Lift", "Exit (s) | Yes"),
    ],
)
def test_numbers_of_entries_and_plurals_are_no_labels(html: str) -> None:
    assert not said(html)


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ("There is a lift at Exit-A.", {"A"}),
        ("Use exit-b, not the stairs.", {"B"}),
        ("an exit-only gate", set()),
        ("the exit - 2 lifts", set()),
    ],
)
def test_a_sentence_names_exits_behind_a_hyphen(text: str, labels: set[str]) -> None:
    assert labels_named(text) == labels


def test_bare_labels_before_dots_are_exits_below_a_heading_on_exits() -> None:
    lines = "<p>A · Golden Mall · lift<br>B · Silver Plaza · bus stop 59041<br>C · stairs only</p>"
    found = {"A Golden Mall", "A lift", "B Silver Plaza", "B 59041", "C stairs_only", "C no"}
    assert published(f"<h2>Exits</h2>{lines}") == found
    assert published(f"<h2>Layout</h2>{lines}") == set()
    assert published(f"<h2>Future exits</h2>{lines}") == set()


@pytest.mark.parametrize("heading", ["Exits (A–C)", "Entrances (A, B and C)", "Exits [A to C]"])
def test_labels_in_brackets_behind_a_heading_on_exits_own_nothing_below_it(heading: str) -> None:
    lines = "<p>A: Golden Mall, lift<br>B: Silver Plaza</p><p>Escalator</p>"
    assert said(f"<h2>{heading}</h2>{lines}") == {"A Golden Mall", "A lift", "B Silver Plaza"}


def test_a_line_that_begins_with_an_exit_is_about_no_other_exit_of_its_heading() -> None:
    assert said("<h2>Exits A–C</h2><p>A: Golden Mall, lift</p>") == {"A Golden Mall", "A lift"}
    assert said("<h2>Exits A and B</h2><ul><li>Lift</li></ul>") == {"A lift", "B lift"}


@pytest.mark.parametrize("label", ["出口 A Exit B", "出口A Exit B", "Exit A / Pintu B", "Pintu A Exit B"])
@pytest.mark.parametrize(
    "html",
    [
        table("Exit | Lift", "{} | Yes", "Exit C | Yes"),
        "<ul><li>{}: lift</li><li>Exit C: lift</li></ul>",
        "<ul><li>{}<ul><li>Lift</li></ul></li></ul><p>Exit C: lift</p>",
        "<h3>{}</h3><ul><li>Lift</li></ul><h3>Exit C</h3><ul><li>Lift</li></ul>",
        "<table><tr><td>{}</td><td>Lift</td></tr><tr><td>Exit C</td><td>Lift</td></tr></table>",
    ],
    ids=["a row", "an item", "nested items", "a heading", "a table without heads"],
)
def test_a_label_of_two_different_exits_is_of_neither(html: str, label: str) -> None:
    assert said(html.replace("{}", label)) == {"C lift"}


@pytest.mark.parametrize("sign", ["=", "/", "·", "•", "→"])
def test_signs_between_a_bare_label_and_its_places_need_a_heading_on_exits(sign: str) -> None:
    lines = f"<p>A {sign} Golden Mall<br>B {sign} Silver Plaza</p>"
    assert published(f"<h2>Exits</h2>{lines}") == {"A Golden Mall", "B Silver Plaza"}
    assert published(f"<h2>Layout</h2>{lines}") == set()
    assert published(f"<h2>Exits</h2><p>A {sign} closed<br>B {sign} lift (planned)</p>") == set()
