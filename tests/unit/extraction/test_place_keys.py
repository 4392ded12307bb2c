"""Which spellings are names of one place."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mrt_pipeline.extraction.place_names import place_key


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Bishan CC", "Bishan Community Club"),
        ("Bishan Community Centre", "Bishan CC"),
        ("Albert Center", "ALBERT CENTRE"),
        ("Fernvale Hawker Centre & Market", "Fernvale Hawker Centre and Market"),
        ("The Fullerton Hotel", "Fullerton Hotel"),
        ("People’s Park Centre", "People's Park Centre"),
        ("library@orchard", "Library @ Orchard"),
    ],
)
def test_two_spellings_of_one_name_have_one_key(one: str, other: str) -> None:
    assert place_key(one) == place_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("Bishan CC", "Bishan"), ("Blk 1", "Blk 11"), ("Bedok Park", "Bedok Town Park"), ("Kings", "King's")],
)
def test_other_names_have_other_keys(one: str, other: str) -> None:
    assert place_key(one) != place_key(other)


@given(st.text(min_size=1, max_size=30))
def test_every_name_has_a_key(name: str) -> None:
    assert place_key(name)
