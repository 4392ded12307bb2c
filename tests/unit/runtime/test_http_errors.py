from __future__ import annotations

import inspect
from datetime import UTC, timedelta
from email.utils import format_datetime
from types import ModuleType
from typing import Any

import httpcore2
import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mrt_pipeline.errors import FetchError
from mrt_pipeline.runtime.http_errors import (
    EXCERPT_CHARS,
    Request,
    excerpt_of,
    library_errors,
    parse_retry_after,
    printable,
    transfer_failure,
)
from tests.fakes.fake_time import START

REQUEST = Request(
    source_id="onemap-stations",
    method="GET",
    shown_url="https://a/",
    max_bytes=1,
    url="https://a/",
    headers={},
)
FINAL = {
    "CookieConflict",
    "HTTPError",
    "HTTPStatusError",
    "InvalidURL",
    "LocalProtocolError",
    "ProtocolError",
    "RequestError",
    "RequestNotRead",
    "ResponseNotRead",
    "SSEError",
    "StreamClosed",
    "StreamConsumed",
    "StreamError",
    "TooManyRedirects",
    "TransportError",
    "UnsupportedProtocol",
}


def _exceptions_of(library: ModuleType) -> list[type[Exception]]:
    names = {name: getattr(library, name) for name in library.__all__}
    return [found for found in names.values() if inspect.isclass(found) and issubclass(found, Exception)]


def _raised(kind: type[Exception]) -> Exception:
    """Make an exception of a class, whatever it is made from."""
    parameters = inspect.signature(kind.__init__).parameters.values()
    wanted: dict[str, Any] = {
        "message": "words",
        "request": httpx2.Request("GET", "https://a/"),
        "response": httpx2.Response(500),
    }
    named = [item.name for item in parameters if item.name in wanted]
    return kind(**{name: wanted[name] for name in named})


@pytest.mark.parametrize("kind", _exceptions_of(httpx2) + _exceptions_of(httpcore2))
def test_every_exception_of_the_libraries_is_known(kind: type[Exception]) -> None:
    error = _raised(kind)
    assert isinstance(error, library_errors())
    failure = transfer_failure(REQUEST, error, 30, 120)
    assert type(failure) is FetchError
    assert str(failure).startswith("onemap-stations: https://a/ ")
    assert failure.retryable is (kind.__name__ not in FINAL)


def test_the_libraries_have_as_many_exceptions_as_we_think() -> None:
    """A test over none would pass too."""
    assert len(_exceptions_of(httpx2)) >= 25
    assert len(_exceptions_of(httpcore2)) >= 14


def test_words_that_may_quote_a_header_are_not_repeated() -> None:
    error = httpcore2.LocalProtocolError("Illegal header value b's3cret'")
    assert "s3cret" not in str(transfer_failure(REQUEST, error, 30, 120))


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        (None, None),
        ("0", 0),
        (" 17 ", 17),
        ("1.5", None),
        ("-1", None),
        ("1e3", None),
        ("٣", None),
        ("inf", None),
        ("nan", None),
        ("", None),
        ("tomorrow", None),
        ("9" * 400, float("inf")),
        ("Mon, 23 Nov 2026 08:13:03 GMT", 60),
        ("Mon, 23 Nov 2026 08:13:03 -0000", 60),
        ("Mon, 23 Nov 2026 16:13:03 +0800", 60),
        ("Mon, 23 Nov 2020 08:13:03 GMT", 0),
        ("Mon, 23 Nov 99999 08:13:03 GMT", None),
        ("Mon, 32 Nov 2026 08:13:03 GMT", None),
        ("Mon, 23 Nov 2026 08:13:03 +9999999", None),
    ],
)
def test_a_retry_after_is_seconds_or_a_date(text: str | None, seconds: float | None) -> None:
    assert parse_retry_after(text, START) == seconds


@given(st.text())
def test_no_retry_after_is_too_odd(text: str) -> None:
    seconds = parse_retry_after(text, START)
    assert seconds is None or seconds >= 0


@given(st.integers(min_value=0, max_value=10**8))
def test_a_moment_to_come_is_as_far_away_as_it_is(seconds: int) -> None:
    date = format_datetime((START + timedelta(seconds=seconds)).astimezone(UTC), usegmt=True)
    assert parse_retry_after(date, START) == seconds


@given(st.binary(), st.lists(st.text(min_size=4), max_size=3))
def test_an_excerpt_is_one_short_printable_line(body: bytes, secrets: list[str]) -> None:
    shown = excerpt_of(body, secrets)
    assert len(shown) <= EXCERPT_CHARS
    assert shown.isprintable()


@given(st.text(), st.integers(min_value=1, max_value=50))
def test_a_text_that_fits_is_shown_whole(text: str, length: int) -> None:
    shown = printable(text, length)
    assert len(shown) == min(len(text), length)
    assert shown.endswith("…") or len(text) <= length
