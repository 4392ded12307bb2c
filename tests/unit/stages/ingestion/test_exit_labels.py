from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mrt_pipeline.stages.ingestion.station_assignment import parse_label


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("Exit A", "A"),
        ("A", "A"),
        ("1", "1"),
        ("Exit 13", "13"),
        ("EXIT  b", "B"),
        (" exit 2 ", "2"),
        ("A1", "A1"),
    ],
)
def test_a_label_is_read_with_or_without_the_word_exit(text: str, label: str) -> None:
    assert parse_label(text) == label


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Exit",
        "Exit A/B",
        "ExitA",
        "Exit AA",
        "Exit 0",
        "Exit 01",
        "Exit 100",
        "Gate A",
        "Exit É",
        "Exit ١",
        "A\nB",
    ],
)
def test_any_other_form_is_no_label(text: str) -> None:
    assert parse_label(text) is None


@given(st.text())
def test_a_label_holds_nothing_but_capitals_and_digits(text: str) -> None:
    label = parse_label(text)
    assert label is None or re.fullmatch(r"[A-Z0-9]{1,2}", label)
