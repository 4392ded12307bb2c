"""Asking a server again: how often, after what pause, and for what it is not done."""

from __future__ import annotations

from datetime import UTC, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mrt_pipeline.errors import FetchError, ModelCallError
from mrt_pipeline.runtime.retrying import MAX_RETRY_WAIT_S, FailedTry, ask_again, doubling, parse_retry_after
from tests.fakes.fake_time import START

PASSING = FetchError("s", "busy", retryable=True)


def _ask(*answers: Exception | str, pauses_s: tuple[float, ...] = (1, 2)) -> tuple[str, list[float | None]]:
    """Return what comes of some answers in turn, and the pause after each failed try."""
    waited: list[float | None] = []
    left = iter(answers)

    def ask() -> str:
        answer = next(left)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def on_failure(failed: FailedTry) -> None:
        waited.append(failed.pause_s)
        assert failed.number == len(waited)
        if failed.pause_s is None:
            raise failed.error

    return ask_again(ask, pauses_s, on_failure), waited


def test_pauses_double_up_to_a_limit() -> None:
    assert doubling(0.5, 4, 3.0) == [0.5, 1.0, 2.0, 3.0]
    assert doubling(100, 2) == [100, MAX_RETRY_WAIT_S]
    assert doubling(1, 0) == []


def test_what_passes_is_asked_again_after_each_pause() -> None:
    busy = ModelCallError("busy", retryable=True)
    assert _ask(PASSING, busy, "answer") == ("answer", [1, 2])


def test_the_last_try_gives_its_error() -> None:
    with pytest.raises(FetchError, match="last"):
        _ask(PASSING, PASSING, FetchError("s", "last", retryable=True))


def test_a_longer_pause_that_the_server_asks_for_is_kept() -> None:
    assert _ask(FetchError("s", "busy", retryable=True, retry_after_s=7), "answer") == ("answer", [7])


@pytest.mark.parametrize(
    "error",
    [
        FetchError("s", "gone"),
        FetchError("s", "busy", retryable=True, retry_after_s=MAX_RETRY_WAIT_S + 1),
        ModelCallError("no key", fatal=True),
        ZeroDivisionError("a bug"),
    ],
)
def test_what_does_not_pass_is_not_asked_again(error: Exception) -> None:
    with pytest.raises(type(error), match=str(error)):
        _ask(error, "never asked for")


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
