"""Every wording is a whole pattern, and is used by the code or by another wording."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from mrt_pipeline.extraction import access_words
from mrt_pipeline.extraction.word_lists import WORDINGS, _wordings, wording

CODE = "\n".join(
    path.read_text(encoding="utf-8") for path in Path(access_words.__file__).parent.rglob("*.py")
)
NAMES = tuple(_wordings())


@pytest.mark.parametrize("name", NAMES)
def test_a_wording_compiles_with_all_others_in_it_written_out(name: str) -> None:
    assert not re.search(r"\{[a-z_]+\}", wording(name).pattern)
    assert "||" not in wording(name).pattern


@pytest.mark.parametrize("name", NAMES)
def test_a_wording_is_used(name: str) -> None:
    data = WORDINGS.read_text(encoding="utf-8")
    assert f'"{name}"' in CODE or f"{{{name}}}" in data or name in access_words.VOCABULARY


def test_lines_are_alternatives_and_a_wording_within_another_is_one_of_them() -> None:
    assert wording("accessible_toilet").search("The toilets for disabled")
    assert wording("accessible_toilet").search("a Barrier-free WC")
    assert not wording("accessible_toilet").search("restrooms")
