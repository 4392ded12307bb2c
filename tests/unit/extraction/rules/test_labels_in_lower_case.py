"""Labels of exits are read in lower case too, and `a` stays a word where it is one."""

from __future__ import annotations

import pytest

from mrt_pipeline.extraction.mentions import labels_named
from tests.unit.extraction.rules.rule_scene import published, said, table

LIST = "<h2>Exits</h2><ul><li>{}</li></ul>"


@pytest.mark.parametrize(
    "html",
    [
        table("Exit | Lift", "a | Yes"),
        table("Exit | Lift", "exit a | Yes"),
        table("Exit | Lift", "a (north) | Yes"),
        LIST.format("exit a: lift"),
        LIST.format("Exit a - lift"),
        LIST.format("EXIT a: lift"),
        LIST.format("a: lift"),
        LIST.format("出口a: lift"),
        "<dl><dt>exit a</dt><dd>Lift</dd></dl>",
        "<h2>Exits</h2><p>There is a lift at exit a.</p>",
    ],
)
def test_a_label_in_lower_case_is_the_exit_that_is_signed_in_capitals(html: str) -> None:
    assert published(html) == {"A lift"}


@pytest.mark.parametrize(
    "words", ["exits a and b", "exit a & b", "exit A/b", "exits a to b", "exit a, exit b"]
)
def test_several_labels_in_lower_case_are_several_exits(words: str) -> None:
    assert published(LIST.format(f"{words}: lift")) == {"A lift", "B lift"}


def test_a_label_in_lower_case_that_is_no_exit_is_counted_as_rejected() -> None:
    html = LIST.format("exit z: lift")
    assert said(html) == {"Z lift"}
    assert not published(html)


@pytest.mark.parametrize(
    "words",
    [
        "Leave the exit a short walk away: lift",
        "Beside the exit a lift was built",
        "a lift: by the exit",
        "Exit as signed: lift",
    ],
)
def test_a_word_is_no_label(words: str) -> None:
    assert not said(LIST.format(words))


def test_a_word_behind_a_label_does_not_join_it() -> None:
    assert published(LIST.format("Exit A, a 24-hour shop: lift")) == {"A lift"}
    assert labels_named("Exit A and a lift") == {"A"}


def test_what_a_row_says_of_another_exit_in_lower_case_is_not_said_of_its_own() -> None:
    assert not published(table("Exit | Lift", "A | Yes, at exit b"))


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ("Take exit b to the bus stop.", {"B"}),
        ("Take exit a.", {"A"}),
        ("exits a, b and c", {"A", "B", "C"}),
        ("Take the exit a little further on.", set()),
        ("exits and entrances", set()),
        ("exit 1a", {"1A"}),
    ],
)
def test_a_sentence_names_exits_in_either_case(text: str, labels: set[str]) -> None:
    assert labels_named(text) == labels
