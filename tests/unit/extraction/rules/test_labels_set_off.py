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
