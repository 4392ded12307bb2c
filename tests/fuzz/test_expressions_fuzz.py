"""No regular expression takes more than its share of time, whatever is repeated in a text from outside."""

from __future__ import annotations

import re

import pytest

from tests.fuzz.expressions import READ_ATTRIBUTES, find_expressions, make_repetitions
from tests.fuzz.parsers import TARGETS, HangError, in_time

EXPRESSIONS = find_expressions()


SHORT, LONG = 120, 1000
"""characters: enough for one expression to try 2 to the power of 40 ways, and for another a billion"""


def _try(name: str, expression: re.Pattern[str], length: int, number: int) -> None:
    is_attribute = name.startswith(READ_ATTRIBUTES)
    for text in make_repetitions(expression, length, number, is_attribute=is_attribute):
        try:
            with in_time():
                expression.search(text)
                expression.fullmatch(text)
        except HangError as error:
            error.add_note(f"{name} on {text[:80]!r}, {len(text)} characters")
            raise


def test_the_expressions_of_the_program_are_found() -> None:
    named = [name for name in EXPRESSIONS if name.startswith("mrt_pipeline.")]
    wordings = [name for name in EXPRESSIONS if name.startswith("wordings.toml ")]
    assert len(named) > 200
    assert len(wordings) > 50


@pytest.mark.parametrize(
    "place",
    [
        "mrt_pipeline.extraction.styles._HARMLESS_VALUES",  # strings of a dict
        "mrt_pipeline.extraction.rules.labels._FORMS",  # made by a function
        "mrt_pipeline.extraction.mentions.EXIT",  # a property of a record
        "mrt_pipeline.extraction.sheets:",  # put together where it is used
    ],
)
def test_an_expression_is_found_wherever_it_stands(place: str) -> None:
    assert [name for name in EXPRESSIONS if name.startswith(place)]


@pytest.mark.parametrize(
    "careless", [r"(?:(?:from|\d{1,2})[ ,-]*)*2\d", r"(?:\w|[^\x00-\x7f])+;", r"(?:\w,\s*(?:and)?\s*)+;"]
)
def test_an_expression_that_tries_every_way_is_noticed(careless: str) -> None:
    with pytest.raises(HangError):
        _try("careless", re.compile(careless), SHORT, number=100)


def test_no_expression_tries_every_way_to_divide_a_text() -> None:
    for name, expression in EXPRESSIONS.items():
        _try(name, expression, SHORT, number=100)


@pytest.mark.slow
def test_no_expression_takes_the_cube_of_a_text_s_length() -> None:
    for name, expression in EXPRESSIONS.items():
        _try(name, expression, LONG, number=60)


@pytest.mark.parametrize("item", ["z, " * 60 + "zoo", "9" * 60 + " of May"])
def test_a_list_s_item_of_a_few_hundred_characters_is_read_at_once(item: str) -> None:
    html = f"<h2>Exits</h2><ul><li>{item}</li><li>Exit A: {item}</li></ul>"
    TARGETS["wiki page"].check(html.encode())


@pytest.mark.parametrize(
    "element",
    ["<img alt='a{}b'>", "<p style='color:x{}! x'>x</p>", "<p class='a{}b'>x</p>", "<td width='{}x'>x</td>"],
)
def test_an_attribute_of_a_hundred_thousand_blanks_is_read_at_once(element: str) -> None:
    TARGETS["wiki page"].check(element.format(" " * 100_000).encode())
