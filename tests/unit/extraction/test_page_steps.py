"""Reading a page takes steps in proportion to its length, whatever it repeats.

A step is a call of a function, so that the outcome does not depend on the machine.
"""

from __future__ import annotations

import sys
from collections import Counter
from types import FrameType
from typing import Any

import pytest

from mrt_pipeline.extraction.page_reading import read_html
from mrt_pipeline.extraction.place_names import PlaceNames
from mrt_pipeline.network import load_network

NAMES = PlaceNames.of(load_network())
FEW = 40


def steps_to_read(html: str) -> int:
    counts: Counter[str] = Counter()

    def count(_frame: FrameType, event: str, _about: Any) -> None:
        counts[event] += 1

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        read_html(html, "Yishun MRT Station", NAMES)
    finally:
        sys.setprofile(before)
    return counts["call"] + counts["c_call"]


def assert_in_proportion(form: str, repeated: str, number: int) -> None:
    read_html(form.format(repeated), "Yishun MRT Station", NAMES)  # what is loaded once is loaded
    once, twice = (steps_to_read(form.format(repeated * times)) for times in (number, 2 * number))
    assert twice < 2.5 * once


@pytest.mark.parametrize(
    "phrase",
    [
        "Exit A ",
        "Exit A is ",
        "at Exit A ",
        "from Exit A to ",
        "no lift at Exit A ",
        "lift ",
    ],
)
def test_a_phrase_repeated_in_a_line(phrase: str) -> None:
    assert_in_proportion("<h2>Exits</h2><ul><li>{}</li></ul>", phrase, FEW)


@pytest.mark.parametrize(
    ("form", "element"),
    [
        ("<table>{}</table>", "<tr><td><s>a</s></td><td><s>b</s></td></tr>"),
        ("<table><tr><td>{}</td></tr></table>", "<img alt='Exit A'>"),
        ("<ul><li>{}</li></ul>", "<img alt='x y'>"),
    ],
)
def test_an_element_repeated_in_a_block(form: str, element: str) -> None:
    assert_in_proportion(form, element, 5 * FEW)


def test_a_term_repeated_without_an_explanation() -> None:
    assert_in_proportion("<dl>{}</dl>", "<dt>Exit A</dt>", 20 * FEW)
