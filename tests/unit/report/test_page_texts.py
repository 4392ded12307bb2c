from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mrt_pipeline.report.texts import NAME_LENGTH, show


@given(st.text())
def test_nothing_that_is_shown_is_hidden(text: str) -> None:
    assert show(text).replace("\u200c", "").replace("\u200d", "").isprintable()


@given(
    st.text(st.characters(categories=["L", "M", "N", "P", "S"]), max_size=NAME_LENGTH).filter(str.isprintable)
)
def test_visible_text_is_left_unchanged(text: str) -> None:
    assert show(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\u202eEVIL", "⟨U+202E⟩EVIL"),
        ("zero\u200bwidth", "zero⟨U+200B⟩width"),
        ("\ud800", "⟨U+D800⟩"),
        ("two\nlines\tand\u00a0spaces", "two lines and spaces"),
        ("க\u200cஷ", "க\u200cஷ"),
        ("杜美歌 டோபி காட்", "杜美歌 டோபி காட்"),
    ],
)
def test_hidden_characters_are_shown_by_their_number(text: str, shown: str) -> None:
    assert show(text) == shown


def test_a_long_text_is_cut_and_says_how_long_it_was() -> None:
    assert show("x" * 100_000) == f"{'x' * NAME_LENGTH}… (100,000 characters)"
    assert show("x" * NAME_LENGTH) == "x" * NAME_LENGTH
