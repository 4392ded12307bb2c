"""A server's wish for a pause is read as seconds or as a date, and nothing that it writes is too odd."""

from __future__ import annotations

from datetime import UTC, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mrt_pipeline.runtime.retrying import parse_retry_after
from tests.fakes.fake_time import START

DATE = "Mon, 23 Nov 2026 08:00:00 GMT"
"""the server's clock is twelve minutes behind ours"""


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("0", 0),
        (" 17 ", 17),
        ("1.5", 1.5),
        ("-1", None),
        ("1e3", None),
        ("٣", None),
        ("inf", None),
        ("nan", None),
        ("", None),
        ("tomorrow", None),
        ("1795421523", 1795421523),
        ("9" * 400, None),
        ("Mon, 23 Nov 2026 08:13:03 GMT", 60),
        ("Mon, 23 Nov 2026 08:13:03 -0000", 60),
        ("Mon, 23 Nov 2026 16:13:03 +0800", 60),
        ("Mon, 23 Nov 2020 08:13:03 GMT", 0),
        ("Mon, 23 Nov 99999 08:13:03 GMT", None),
        ("Mon, 23 Nov 99999999999999999999 08:13:03 GMT", None),
        ("Mon, 32 Nov 2026 08:13:03 GMT", None),
        ("Mon, 23 Nov 2026 08:13:03 +9999999", None),
    ],
)
def test_a_retry_after_is_seconds_or_a_date(text: str, seconds: float | None) -> None:
    assert parse_retry_after({"retry-after": text}, START) == seconds


def test_an_answer_without_one_asks_for_no_pause() -> None:
    assert parse_retry_after({"date": DATE}, START) is None


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("Mon, 23 Nov 2026 08:01:00 GMT", 60),
        ("Mon, 23 Nov 2026 08:01:00 -0000", 60),
        ("Mon, 23 Nov 2026 07:00:00 GMT", 0),
        ("17", 17),
        ("soon", None),
    ],
)
def test_a_date_counts_from_the_servers_own_clock(text: str, seconds: float | None) -> None:
    assert parse_retry_after({"retry-after": text, "date": DATE}, START) == seconds


def test_a_date_counts_from_our_clock_if_the_servers_cannot_be_read() -> None:
    headers = {"retry-after": "Mon, 23 Nov 2026 08:13:03 GMT", "date": "today"}
    assert parse_retry_after(headers, START) == 60


@given(st.integers(min_value=0, max_value=10**8))
def test_a_moment_to_come_is_as_far_away_as_it_is(seconds: int) -> None:
    date = format_datetime((START + timedelta(seconds=seconds)).astimezone(UTC), usegmt=True)
    assert parse_retry_after({"retry-after": date}, START) == seconds


@given(st.text(), st.text())
def test_any_pause_is_none_or_a_finite_number(value: str, date: str) -> None:
    pause = parse_retry_after({"retry-after": value, "date": date}, START)
    assert pause is None or 0 <= pause < float("inf")
