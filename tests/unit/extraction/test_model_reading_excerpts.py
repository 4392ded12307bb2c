"""Texts are cut where a reader would pause, and no word of them is lost or torn."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from mrt_pipeline.extraction.model_reading import halve, pack

PROSE = st.lists(
    st.lists(st.text("abcä.", min_size=1, max_size=12), min_size=1, max_size=20).map(" ".join), max_size=12
).map("\n".join)


def words(*texts: str) -> list[str]:
    return " ".join(texts).split()


def test_short_texts_are_put_together_as_far_as_they_fit() -> None:
    assert pack(["one", "two", "three"], 9) == ["one\n\ntwo", "three"]


def test_empty_texts_are_left_out() -> None:
    assert pack(["", " \n", "one", ""], 50) == ["one"]


def test_a_long_text_is_cut_at_the_end_of_a_paragraph_rather_than_of_a_line() -> None:
    assert pack(["a" * 30 + "\n\n" + "b" * 10 + "\n" + "c" * 30], 50) == [
        "a" * 30,
        "b" * 10 + "\n" + "c" * 30,
    ]


def test_a_text_without_a_place_to_cut_is_cut_all_the_same() -> None:
    assert pack(["x" * 25], 10) == ["x" * 10, "x" * 10, "x" * 5]


def test_a_half_is_cut_at_the_end_of_the_line_nearest_to_the_middle() -> None:
    assert halve("one\ntwo\nthree\nfour") == ("one\ntwo", "three\nfour")


def test_what_cannot_be_halved_stays_whole() -> None:
    assert halve("x") == ("x",)
    assert halve("") == ()


@given(st.lists(PROSE, max_size=4), st.integers(30, 200))
def test_no_word_is_lost_and_no_piece_is_too_long(texts: list[str], max_chars: int) -> None:
    packed = pack(texts, max_chars)
    assert words(*packed) == words(*texts)
    assert all(0 < len(piece) <= max_chars for piece in packed)


@given(PROSE)
def test_halves_are_shorter_than_the_whole_and_together_say_the_same(text: str) -> None:
    halves = halve(text)
    assert "".join(words(*halves)) == "".join(words(text))
    assert len(halves) < 2 or all(len(half) < len(text) for half in halves)
