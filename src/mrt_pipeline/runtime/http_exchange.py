"""One attempt at one request: send it, follow redirects, receive an answer of bounded size.

Any status is returned as a ``Received``; every other outcome is a ``FetchError``. A redirect leads to http
or https only, from https to https only, at most five times, and a POST is never redirected. Another
origin gets none of the caller's headers.
"""

from __future__ import annotations

import contextlib
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import httpx2

from mrt_pipeline.runtime.http_errors import (
    Request,
    learn_secrets,
    library_errors,
    transfer_failure,
)
from mrt_pipeline.runtime.rate_limits import Allowance, RateLimiter
from mrt_pipeline.runtime.safe_text import QUOTABLE_CHARS

MAX_REDIRECTS = 5
GZIP = "gzip"
"""the only Content-Encoding that we ask for, and take"""
MAX_ERROR_BYTES = 4 * QUOTABLE_CHARS


@dataclass(frozen=True, slots=True)
class Received:
    """A response with any status; header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    content: bytes = field(repr=False)

    @property
    def is_good(self) -> bool:
        """Return whether the status is 2xx, and not that of a part (206), which we never ask for."""
        return 200 <= self.status < 300 and self.status != 206


class Exchange:
    """Connections to one service; may be shared by threads."""

    def __init__(
        self,
        *,
        timeout_s: float,
        user_agent: str,
        trusted_hosts: frozenset[str],
        limiter: RateLimiter,
    ) -> None:
        """Load the HTTP library; nothing is connected yet."""
        from http.cookiejar import CookieJar, DefaultCookiePolicy

        import httpx2

        from mrt_pipeline.runtime.http_transport import BoundedTransport

        self._timeout_s = timeout_s
        self._limiter = limiter
        self._transport = BoundedTransport(trusted_hosts)
        self._client = httpx2.Client(
            transport=self._transport,
            timeout=httpx2.Timeout(timeout_s, pool=None),
            headers={"User-Agent": user_agent, "Accept-Encoding": GZIP},
            # An answer must depend on its request alone, so cookies are never accepted.
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=())),
            trust_env=False,
        )

    def send(self, request: Request, allowance: Allowance) -> Received:
        """Send a request once and return the response, within the time left for it.

        Raises:
            FetchError: if no complete response arrives in time.
        """
        try:
            return self._follow(request, allowance)
        except library_errors() as error:
            raise transfer_failure(request, error, self._timeout_s, allowance.seconds) from error

    def close(self) -> None:
        """Close all connections."""
        self._client.close()

    def _follow(self, request: Request, allowance: Allowance) -> Received:
        import httpx2

        url, headers = httpx2.URL(request.url), request.headers
        for _ in range(MAX_REDIRECTS + 1):
            with (
                self._limiter.turn(url.host),
                allowance.spending() as left_s,
                self._transport.deadline(left_s),
                self._response(request, url, headers) as response,
            ):
                if not response.has_redirect_location:
                    return _receive(request, response)
                target = _redirect_target(request, response, url.scheme)
            headers = headers if target.origin == url.origin else {}
            url = target
            learn_secrets(str(url), {}, {})
        raise request.failure(f"was redirected more than {MAX_REDIRECTS} times")

    @contextlib.contextmanager
    def _response(
        self, request: Request, url: httpx2.URL, headers: Mapping[str, str]
    ) -> Iterator[httpx2.Response]:
        made = self._client.build_request(request.method, url, headers=headers, content=request.body)
        with contextlib.closing(self._client.send(made, stream=True)) as response:
            yield response


def _redirect_target(request: Request, response: httpx2.Response, scheme: str) -> httpx2.URL:
    if request.method != "GET":
        raise request.failure(
            f"redirects a {request.method}; its body is not sent on. Correct the configured URL"
        )
    if response.next_request is None:
        raise request.failure("was redirected to something that is not a URL")
    target = response.next_request.url
    if target.scheme not in ("http", "https"):
        raise request.failure(f"was redirected to a URL of scheme {target.scheme}; expected http or https")
    if scheme == "https" != target.scheme:
        raise request.failure("was redirected from https to http, where anyone could change the response")
    return target


def _receive(request: Request, response: httpx2.Response) -> Received:
    """Read an answer up to its limit, counted after decompression; for an error, the beginning suffices."""
    received = Received(
        response.status_code, {name.lower(): value for name, value in response.headers.items()}, b""
    )
    limit = request.max_bytes if received.is_good else MAX_ERROR_BYTES
    content = bytearray()
    for chunk in iter_whole(response):
        content += chunk
        if len(content) > limit:
            if received.is_good:
                raise request.failure(f"sent more than {limit} bytes; expected at most that")
            break
    return Received(received.status, received.headers, bytes(content))


STEP_BYTES = 2**20
"""how much is decompressed at a time: a small body may expand to gigabytes"""


def iter_whole(response: httpx2.Response) -> Iterator[bytes]:
    """Yield a body's bytes in parts.

    If a gzip body is truncated, the HTTP library accepts the beginning, and of two in a row (from a cache
    that doubled one) the first. Either would be an answer with missing records.

    Raises:
        httpx2.DecodingError: if it has another Content-Encoding, or is not exactly one gzip body.
    """
    named = response.headers.get("content-encoding", "").lower().split(",")
    encodings = [name for part in named if (name := part.strip()) not in ("", "identity")]
    if not encodings:
        yield from response.iter_raw()
        return
    if encodings not in ([GZIP], ["x-gzip"]):
        raise httpx2.DecodingError("it has an encoding that was not asked for")
    unpacker = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
    is_empty = True
    for raw in response.iter_raw():
        is_empty = is_empty and not raw
        yield from _unpack(unpacker, raw)
        if unpacker.unused_data:
            raise httpx2.DecodingError("more data follows its end")
    if not (unpacker.eof or is_empty):
        raise httpx2.DecodingError("it ends too soon")


def _unpack(unpacker: zlib._Decompress, raw: bytes) -> Iterator[bytes]:
    part = b"?"
    while raw or len(part) == STEP_BYTES:  # some output may be pending although all input was consumed
        try:
            part = unpacker.decompress(raw, STEP_BYTES)
        except zlib.error as error:
            raise httpx2.DecodingError(str(error)) from error
        yield part
        raw = unpacker.unconsumed_tail
