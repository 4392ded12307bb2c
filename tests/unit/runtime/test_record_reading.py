"""Fields that anyone may have damaged: read, or a finding that names the record."""

from __future__ import annotations

import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mrt_pipeline.contracts.findings import Severity
from mrt_pipeline.errors import SourceFormatError
from mrt_pipeline.runtime.records import (
    SINGAPORE,
    SINGAPORE_AND_JOHOR,
    RecordReader,
    natural_key,
    parse_json,
    read_number,
    show,
)


def reader(severity: Severity = Severity.ERROR, **fields: object) -> RecordReader:
    return RecordReader("document:1", fields, "thing", severity)


def test_a_text_is_stripped_and_its_white_space_folded() -> None:
    assert reader(name=" Buona\u00a0 Vista\n").text("name", max_chars=20) == "Buona Vista"


def test_a_fault_says_what_was_found_expected_and_done() -> None:
    read = reader(code="12")
    assert read.text("code", max_chars=5, pattern=re.compile("[0-9]{5}")) == ""
    (finding,) = read.findings
    assert not read.is_sound
    assert finding.message == (
        "document:1 has '12' as code; expected a text of 1 to 5 characters like [0-9]{5}. "
        "The thing was skipped."
    )


def test_the_severity_of_a_lost_record_is_the_sources_choice() -> None:
    read = reader(Severity.WARNING)
    read.text("name", max_chars=5)
    assert not read.is_sound
    assert [finding.severity for finding in read.findings] == [Severity.WARNING]


def test_a_remark_does_not_lose_the_record() -> None:
    read = reader(name="a\u200bb")
    assert read.text("name", max_chars=5) == "ab"
    assert read.is_sound
    assert [finding.check for finding in read.findings] == ["text-cleaned"]


@given(st.floats(*SINGAPORE[0]), st.floats(*SINGAPORE[1]))
def test_a_position_is_kept_to_a_centimetre_and_told_when_it_is_swapped(lat: float, lng: float) -> None:
    read = reader()
    kept = read.position(lat, lng)
    assert math.dist(kept, (lat, lng)) < 1e-7
    assert read.position(str(round(lat, 9)), str(round(lng, 9))) == pytest.approx(kept, abs=2e-7)
    assert read.findings == []
    read.position(lng, lat)
    assert [finding.check for finding in read.findings] == ["position-swapped"]


@given(st.text(max_size=200))
def test_a_text_that_is_read_holds_nothing_that_cannot_be_printed(text: str) -> None:
    read = reader(name=text)
    assert read.text("name", max_chars=50).isprintable()
    assert all(finding.message.isprintable() for finding in read.findings)


@given(st.text(alphabet="AB \t\n\u00a0\x07\u200b5", max_size=8), st.integers(1, 4))
def test_a_text_is_read_the_same_however_often_it_occurs(text: str, max_chars: int) -> None:
    once, again = (reader(name=text) for _ in range(2))
    meant = " ".join("".join(char for char in " ".join(text.split()) if char.isprintable()).split())
    is_sound = len(meant) <= max_chars and re.fullmatch("A[AB ]*", meant) is not None
    for read in (once, again):
        found = read.text("name", max_chars=max_chars, pattern=re.compile("A[AB ]*"))
        assert (read.is_sound, found) == (is_sound, meant if is_sound else "")
    assert again.findings == once.findings


@pytest.mark.parametrize(
    ("value", "number"),
    [
        (1, 1.0),
        (1.5, 1.5),
        (" 1.5 ", 1.5),
        ("1.5\x1f", 1.5),
        ("-1e3", -1000.0),
        ("1_0", None),
        ("nan", None),
        ("inf", None),
        ("", None),
        ("١", None),
        (True, None),
        (None, None),
        ([1], None),
        (math.inf, None),
        ("9" * 5000, None),
    ],
)
def test_a_number_is_one_that_anyone_would_call_so(value: object, number: float | None) -> None:
    assert read_number(value) == number


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, "None"),
        (1.5, "1.5"),
        ("a\x1b[2J", r"'a\x1b[2J'"),
        ([1, 2], "a list"),
        ({}, "a dict"),
        ("x" * 500, "'" + "x" * 59 + "…'"),
    ],
)
def test_a_value_is_shown_on_one_short_line(value: object, shown: str) -> None:
    assert show(value) == shown


def test_numbers_in_names_are_sorted_as_numbers() -> None:
    names = ["NR1", "10e", "10", "2A", "2", "", "NS13", "NS4"]
    assert sorted(names, key=natural_key) == ["", "2", "2A", "10", "10e", "NR1", "NS4", "NS13"]


@given(st.lists(st.text(max_size=8)))
def test_any_texts_can_be_sorted_and_different_ones_have_different_keys(texts: list[str]) -> None:
    assert sorted(sorted(texts, reverse=True), key=natural_key) == sorted(sorted(texts), key=natural_key)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b" \n", "the content is empty; expected rows as JSON"),
        (b"<?xml version='1.0'?>", "is HTML or XML"),
        (b'{"a": ', "is cut off after 5 bytes"),
        (b"{'a': 1}", "is not JSON"),
    ],
)
def test_what_is_no_json_is_described(content: bytes, words: str) -> None:
    with pytest.raises(SourceFormatError, match=words):
        parse_json(content, "document", "rows")


@pytest.mark.parametrize(("lat", "lng"), [(1.12, 103.75), (1.55, 103.75), (0, 0), (1.3, 104.2)])
def test_johor_is_a_place_for_bus_stops_alone_and_nought_for_nothing(lat: float, lng: float) -> None:
    strict, lenient = reader(), reader()
    assert strict.position(lat, lng) == (0.0, 0.0)
    assert not strict.is_sound
    assert lenient.position(lat, lng, SINGAPORE_AND_JOHOR) == (lat, lng)
    assert lenient.is_sound == bool(lat)
