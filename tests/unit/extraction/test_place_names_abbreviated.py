"""Words of names written out, where there is no doubt what they stand for."""

from __future__ import annotations

import pytest

from mrt_pipeline.extraction.place_names import write_out


@pytest.mark.parametrize(
    ("word", "words"), [("PK", "park"), ("Jln", "jalan"), ("Rd.", "road"), ("W’lands", "woodlands")]
)
def test_an_abbreviation_of_one_meaning_is_written_out(word: str, words: str) -> None:
    assert write_out(word) == words


@pytest.mark.parametrize("word", ["Gdn", "St", "Ter", "Park", ""])
def test_a_word_that_is_none_or_may_mean_several_is_not(word: str) -> None:
    assert write_out(word) is None
