"""Failed requests as ``FetchError``: one sentence, no secrets, and whether retrying may help.

Exceptions of libraries are translated only here; a test covers all of httpx2 and httpcore2. Their own
messages are quoted only if they cannot contain a header or a URL.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urlencode, urlsplit

from mrt_pipeline.errors import BlockedError, FetchError
from mrt_pipeline.runtime.rate_limits import is_loopback
from mrt_pipeline.runtime.retrying import parse_retry_after
from mrt_pipeline.runtime.safe_text import cut, excerpt
from mrt_pipeline.secrecy import SECRETS
from mrt_pipeline.secrecy.urls import secrets_of_link, secrets_of_login

PASSING_STATUSES = frozenset({408, 429, 500, 502, 503, 504})
"""statuses after which the same request may succeed later"""

EXCERPT_CHARS = 120
"""how much of an error's text is shown; more is read, so that a secret is not cut and missed"""
SHOWN_URL_CHARS = 300

HARMLESS_HEADERS = frozenset({"accept", "accept-language", "content-type"})
"""every other header given by a caller is treated as a secret"""


_SCHEME = re.compile(r"(?:basic|bearer|token) +", re.IGNORECASE)


class PrivateAddressError(Exception):
    """A host that is not configured has an address inside the operator's network."""


@dataclass(frozen=True, slots=True)
class Request:
    """A request as sent, and as shown."""

    source_id: str
    method: str
    shown_url: str
    max_bytes: int
    url: str = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)
    body: bytes | None = field(default=None, repr=False)
    carries_secret: bool = False
    """whether reading it in transit would reveal a secret"""

    def failure(self, what: str, *, retryable: bool = False, timed_out: bool = False) -> FetchError:
        """Return the error that describes what went wrong with this request."""
        return FetchError(
            self.source_id, f"{self.shown_url} {what}", retryable=retryable, timed_out=timed_out
        )


def show_url(url: str, params: Mapping[str, str] | None = None) -> str:
    """Return a URL without user, password and its own query; ``params``, which are not secret, are shown."""
    try:
        parts = urlsplit(url)
        host = parts.netloc.rpartition("@")[2]
    except ValueError:
        return "a URL that cannot be read"
    query = f"?{urlencode(params)}" if params else ""
    return cut(f"{parts.scheme}://{host}{parts.path}{query}", SHOWN_URL_CHARS)


def learn_secrets(url: str, headers: Mapping[str, str], body: Mapping[str, str]) -> None:
    """Learn the secrets in a URL, in the values of a body, and in those of headers (without ``Bearer``)."""
    SECRETS.learn("a link", *secrets_of_link(url))
    for name, value in headers.items():
        if name.lower() not in HARMLESS_HEADERS:
            SECRETS.learn(f"the header {name}", _SCHEME.sub("", value))
    for name, value in body.items():
        SECRETS.learn(f"the field {name}", value)


def has_secret(url: str, headers: Mapping[str, str]) -> bool:
    """Return whether a request has a login in its URL, or a header that may be secret."""
    return any(secrets_of_login(url)) or any(name.lower() not in HARMLESS_HEADERS for name in headers)


def fits_a_header(value: str) -> bool:
    """Return whether a header can carry a text unchanged."""
    return value.isascii() and value.isprintable() and value == value.strip()


def refuse_unfit(request: Request) -> None:
    """Refuse a request that cannot be sent, before a library quotes a secret in its own error.

    Raises:
        FetchError: if the request cannot be sent.
    """
    if urlsplit(request.shown_url).scheme not in ("http", "https"):
        raise request.failure("was not requested: expected an http or https URL")
    parts = urlsplit(request.url)
    if request.carries_secret and parts.scheme == "http" and not is_loopback(parts.hostname or ""):
        raise request.failure(
            "was not requested: it would send a secret unencrypted; expected an https URL, or a server on "
            "this machine. Correct the configured URL"
        )
    for name, value in request.headers.items():
        if not fits_a_header(value):
            raise request.failure(
                f"was not requested: header {name} holds a line break, a space at an end or a character "
                "outside ASCII; check the secret it was made from"
            )


def status_failure(
    request: Request, status: int, headers: Mapping[str, str], body: bytes, now: datetime
) -> FetchError:
    """Return the error for an answer whose status is not 2xx."""
    may_pass = status in PASSING_STATUSES
    excerpt = excerpt_of(body)
    kind = BlockedError if status == 403 else FetchError
    return kind(
        request.source_id,
        f"{request.shown_url} responded with status {status}" + (f": {excerpt}" if excerpt else ""),
        retryable=may_pass,
        status=status,
        retry_after_s=parse_retry_after(headers, now) if may_pass else None,
    )


def excerpt_of(body: bytes) -> str:
    """Return the beginning of an error's text on one line, without secrets."""
    return excerpt(body.decode("utf-8", errors="replace"), EXCERPT_CHARS)


def library_errors() -> tuple[type[Exception], ...]:
    """Return the exceptions that the HTTP libraries, and Python's sockets below them, raise."""
    import httpcore2
    import httpx2

    return (
        httpx2.HTTPError,
        httpx2.InvalidURL,
        httpx2.CookieConflict,
        httpx2.StreamError,
        httpcore2.NetworkError,
        httpcore2.ProtocolError,
        httpcore2.ProxyError,
        httpcore2.TimeoutException,
        httpcore2.UnsupportedProtocol,
        httpcore2.ConnectionNotAvailable,
        PrivateAddressError,
        OSError,
        ValueError,  # an invalid host name
        OverflowError,  # a port that is too large
    )


def transfer_failure(request: Request, error: Exception, timeout_s: float, deadline_s: float) -> FetchError:
    """Return the error that one of the ``library_errors`` means for a request."""
    import httpcore2
    import httpx2

    if isinstance(error, PrivateAddressError):
        return request.failure(f"leads to {error}, an address inside this network; only a base_url may")
    if isinstance(error, (httpx2.TimeoutException, httpcore2.TimeoutException)):
        limits = f"{timeout_s:g} s for each step, {deadline_s:g} s for all of it"
        return request.failure(
            f"did not respond completely in time ({limits})", retryable=True, timed_out=True
        )
    if _is_about_certificates(error):
        return request.failure(f"could not be trusted: {_words(error)}; check the host, the clock, the proxy")
    if isinstance(error, httpx2.DecodingError):
        return request.failure("sent a body that its Content-Encoding does not fit", retryable=True)
    if isinstance(error, (httpx2.RemoteProtocolError, httpcore2.RemoteProtocolError)):
        return request.failure(
            f"closed the connection early or violated HTTP: {_words(error)}", retryable=True
        )
    unreachable = (httpx2.NetworkError, httpx2.ProxyError, httpcore2.NetworkError, httpcore2.ProxyError)
    if isinstance(error, (*unreachable, httpcore2.ConnectionNotAvailable, OSError)):
        return request.failure(f"could not be reached: {_words(error)}", retryable=True)
    return request.failure(
        f"cannot be requested like this ({type(error).__name__}); check base_url, and the proxy if any"
    )


_ERRNO = re.compile(r"^\[Errno -?\d+\] ")


def _is_about_certificates(error: BaseException | None) -> bool:
    import ssl

    while error is not None and not isinstance(error, ssl.SSLCertVerificationError):
        error = error.__cause__ or error.__context__
    return error is not None


def _words(error: Exception) -> str:
    """Return an error's text without its number, such as ``connection refused``."""
    text = _ERRNO.sub("", str(error)) or type(error).__name__
    begins_sentence = text[:1].isupper() and text[1:2].islower()
    return cut(text[0].lower() + text[1:] if begins_sentence else text, EXCERPT_CHARS)
