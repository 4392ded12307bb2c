"""LTA's descriptions of lifts, each way in which they are written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mrt_pipeline.sources.lta_lifts.parsing import LiftWords, read_description


@pytest.mark.parametrize(
    ("description", "labels", "street_labels", "line_code"),
    [
        ("Exit A Street level - Concourse", "A", "A", None),
        ("EXIT A STREET LEVEL - CONCOURSE", "A", "A", None),
        ("exit a street level - concourse", "A", "A", None),
        ("(TEL) EXIT A STREET LEVEL - PLATFORM B - PLATFORM A", "A", "A", "TEL"),
        ("(BPLRT) Exit B Street Level - Platform 1", "B", "B", "BPL"),
        ("Exit A / B Street level - Concourse", "A B", "A B", None),
        ("Exits A, B and C Street level - Concourse", "A B C", "A B C", None),
        ("Exit 1 & Exit 2 Street level - Concourse", "1 2", "1 2", None),
        ("Concourse - Exit A Street level", "A", "A", None),
        ("Concourse level - Street level Exit 11", "11", "11", None),
        ("Exit A Street level-Concourse", "A", "A", None),
        ("Exit A Street level – Concourse", "A", "A", None),
        ("Exit A Street level to Concourse", "A", "A", None),
        ("Exit A Street level - Exit B Street level - Concourse", "A B", "A B", None),
        ("Exit A Street level - Linkway - B1 Concourse", "A", "A", None),
        ("Exit A Street level 1 - Concourse", "A", "A", None),
        ("Exit A Street level", "A", "", None),
        ("Lift 2 Exit A Street level - Concourse", "A", "A", None),
    ],
)
def test_exits_and_levels_are_read(
    description: str, labels: str, street_labels: str, line_code: str | None
) -> None:
    assert read_description(description) == LiftWords(
        tuple(labels.split()), tuple(street_labels.split()), line_code
    )


@pytest.mark.parametrize(
    "description",
    [
        "Lift 1 (connecting concourse to Platform 1)",
        "CONCOURSE - PLATFORM A/B",
        "",
        "Platform A - Platform B",
    ],
)
def test_a_text_without_an_exit_says_nothing(description: str) -> None:
    assert read_description(description) == LiftWords()


@pytest.mark.parametrize(
    "description",
    [
        "Lift opposite Exit A Street level - Concourse",
        "Exit A Street level - Concourse (not in use)",
        "Exit A Overhead Bridge - Street level",
        "Exit to Street level - Concourse",
        "Exit a Street level - Concourse",
        "Exit A Street level - Concourse; use Exit B instead",
        "Near Exit C",
        "No Exit A Street level - Concourse",
        "Exit A Street level - Concourse - Carpark",
    ],
)
def test_an_exit_among_words_that_are_not_known_is_not_claimed(description: str) -> None:
    assert read_description(description) == LiftWords(is_understood=False)


@pytest.mark.parametrize(
    "description",
    [
        "EXIT A TO EXIT C STREET LEVEL - CONCOURSE",
        "EXIT 1 TO 3 STREET LEVEL - CONCOURSE",
        "EXITS 1 - 3 STREET LEVEL - CONCOURSE",
        "Exit A Exit C Street level - Concourse",
    ],
)
def test_exits_with_what_may_be_others_between_them_are_not_claimed(description: str) -> None:
    assert read_description(description) == LiftWords(is_understood=False)


@pytest.mark.parametrize(
    "description",
    [
        "Exit A 2 STREET LEVEL - CONCOURSE",
        "Exit A / B 2 Street level - Concourse",
        "Exit 1 1 Street level - Concourse",
        "Exit A B1 Street level - Concourse",
        "Exit A (B1) Street level - Concourse",
        "Exit A Street 2 level - Concourse",
    ],
)
def test_a_label_with_what_may_be_a_part_of_it_behind_a_space_is_not_claimed(description: str) -> None:
    assert read_description(description) == LiftWords(is_understood=False)


@pytest.mark.parametrize(
    "description",
    [
        "Street level - Exit A Linkway - Concourse",
        "Exit A Linkway Street level - Concourse",
        "Exit A Linkway to Street level - Concourse",
        "Exit A Street level - Exit B Concourse",
        "Exit A Street level to Exit B Concourse",
        "Exit A Concourse - Platform",
        "Exit A - Street level - Concourse",
    ],
)
def test_an_exit_that_is_named_with_another_level_than_the_street_is_not_claimed(description: str) -> None:
    assert read_description(description) == LiftWords(is_understood=False)


WORDS = (
    "exit",
    "A",
    "B",
    "2",
    "to",
    "-",
    "street",
    "level",
    "concourse",
    "linkway",
    "lift",
    "B1",
    "/",
    "and",
)


@given(st.lists(st.sampled_from(WORDS)))
def test_only_an_exit_on_the_street_is_ever_read(words: list[str]) -> None:
    read = read_description(" ".join(words).replace("exit", "Exit"))
    parts = " ".join(words).replace("to", "-").split("-")
    for label in read.labels:
        assert any({"exit", "street", label} <= set(part.split()) for part in parts)


@given(st.text(max_size=80))
def test_any_text_is_read_without_a_fault_and_street_exits_are_among_the_named(text: str) -> None:
    words = read_description(text)
    assert set(words.street_labels) <= set(words.labels)
    assert words.is_understood or not words.labels
