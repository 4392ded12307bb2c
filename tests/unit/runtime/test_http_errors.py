from __future__ import annotations

import inspect
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
    transfer_failure,
)
from mrt_pipeline.runtime.safe_text import cut
from mrt_pipeline.secrecy import SECRETS

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


@given(st.binary(), st.lists(st.text(min_size=4), max_size=3))
def test_an_excerpt_is_one_short_printable_line(body: bytes, secrets: list[str]) -> None:
    SECRETS.forget()
    SECRETS.learn("KEY", *secrets)
    shown = excerpt_of(body)
    assert len(shown) <= EXCERPT_CHARS
    assert shown.isprintable()


@given(st.text(), st.integers(min_value=1, max_value=50))
def test_a_text_that_fits_is_shown_whole(text: str, length: int) -> None:
    shown = cut(text, length)
    assert len(shown) == min(len(text), length)
    assert shown.endswith("…") or len(text) <= length
