"""Query live services over HTTP: rate-limited, bounded in time and size, retried if that may help.

In every case the caller gets an ``Answer`` or a ``FetchError`` (``BlockedError`` for status 403). Headers
given by a caller may hold secrets: they go to the requested host and nowhere else, and into no message, log
or file. Nothing is kept on disk here; ``checked_answers`` does that once an answer has passed its reader's
checks.
"""

from __future__ import annotations

import json
import math
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from random import uniform
from typing import Any
from urllib.parse import urlencode, urlsplit

import mrt_pipeline
from mrt_pipeline.errors import FetchError, ModelCallError
from mrt_pipeline.runtime.http_errors import (
    Request,
    has_secret,
    learn_secrets,
    refuse_unfit,
    show_url,
    status_failure,
)
from mrt_pipeline.runtime.http_exchange import Exchange, Received
from mrt_pipeline.runtime.rate_limits import Allowance, RateLimiter, TimeLimit
from mrt_pipeline.runtime.retrying import MAX_RETRY_WAIT_S, FailedTry, ask_again, doubling

MAX_ANSWER_BYTES = 64 * 2**20
"""after decompression"""
MAX_BACKOFF_S = 30.0
TRIES = 4
FIRST_WAIT_S = 0.5
STEPS_PER_ANSWER = 4
"""a whole answer may take this many times as long as one step of it"""


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer of a service with status 2xx, or 304 if the request asked whether a copy is still valid."""

    url: str
    """as requested, ignoring redirects"""
    status: int
    content: bytes = field(repr=False)
    """decompressed"""
    content_type: str
    """as sent; empty if absent"""
    retrieved_at: datetime
    """when the service last gave this answer, or confirmed it"""
    headers: Mapping[str, str]
    """with lower-case names; for an answer from disk, only the headers kept"""
    shown_url: str = ""
    """the URL in a form that may be shown"""
    may_be_kept: bool = False
    """whether it is a plain 200 that does not repeat a secret of its request"""


@dataclass(frozen=True, slots=True)
class HttpOptions:
    """How one service is queried."""

    timeout_s: float = 30
    """for connecting, and for each single read"""
    deadline_s: float | None = None
    """for one whole answer, including redirects and retries [default: four times the timeout]"""
    base_urls: tuple[str, ...] = ()
    """the service's configured URLs, whose hosts may have any address"""
    contact: str = ""
    """contact address of the operator, for the service"""
    tries: int = TRIES
    first_wait_s: float = FIRST_WAIT_S
    """before the second attempt; doubled before each further one"""
    patience_s: float = math.inf
    """no further attempt starts later than this after the first"""

    @property
    def answer_s(self) -> float:
        """Return how long one whole exchange may take."""
        return self.deadline_s or STEPS_PER_ANSWER * self.timeout_s

    @property
    def longest_wait_s(self) -> float:
        """Return how long a pause requested by the service may be."""
        return min(MAX_RETRY_WAIT_S, self.patience_s)


class HttpClient:
    """Queries one service; may be shared by threads."""

    def __init__(
        self,
        options: HttpOptions,
        *,
        now: Callable[[], datetime],
        limiter: RateLimiter | None = None,
        sleep: Callable[[float], None] = time.sleep,
        notify: Callable[[str], None] = lambda _: None,
        limit: Callable[[], TimeLimit | None] = lambda: None,
    ) -> None:
        """Take the options and what all clients of a run share; nothing is loaded or opened yet.

        Args:
            options: how this service is queried.
            now: the wall clock.
            limiter: rate limiter shared by all clients.
            sleep: waits for a number of seconds.
            notify: receives a sentence whenever a failed request will be retried.
            limit: returns the current time limit for all requests, if any.
        """
        self._options = options
        self._now = now
        self._limiter = limiter or RateLimiter(sleep=sleep)
        self._sleep = sleep
        self._notify = notify
        self._limit = limit
        self._exchange: Exchange | None = None
        self._lock = threading.Lock()

    def get(
        self,
        source_id: str,
        url: str,
        *,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        conditions: Mapping[str, str] | None = None,
        max_bytes: int = MAX_ANSWER_BYTES,
    ) -> Answer:
        """Return the answer to a GET.

        Args:
            source_id: source named in errors.
            url: address to request; any query in it is treated as a secret and never shown.
            params: added to the query; not secret.
            headers: sent with the request; may hold secrets.
            conditions: headers that ask whether a copy is still valid; if it is, the answer has status 304.
            max_bytes: a longer answer is a failure.

        Raises:
            FetchError: if there is no answer with status 2xx.
        """
        learn_secrets(url, headers or {}, {})
        request = Request(
            source_id=source_id,
            method="GET",
            url=f"{url}{'&' if '?' in url else '?'}{urlencode(params)}" if params else url,
            shown_url=show_url(url, params),
            headers={**(headers or {}), **(conditions or {})},
            max_bytes=max_bytes,
            carries_secret=has_secret(url, headers or {}),
        )
        return _new_answer(request, self._ask(request, bool(conditions)), self._now())

    def post_json(
        self,
        source_id: str,
        url: str,
        body: Mapping[str, Any],
        *,
        headers: Mapping[str, str] | None = None,
        max_bytes: int = MAX_ANSWER_BYTES,
        is_secret: bool = True,
    ) -> Answer:
        """Return the answer to a POST of a JSON object, whose values may be secret; it is never kept on disk.

        Raises:
            FetchError: if there is no answer with status 2xx.
        """
        learn_secrets(url, headers or {}, body if is_secret else {})
        request = _post_of(source_id, url, body, headers or {}, max_bytes, is_secret=is_secret)
        return _new_answer(request, self._ask(request), self._now())

    def post_form(
        self, source_id: str, url: str, fields: Mapping[str, str], *, max_bytes: int = MAX_ANSWER_BYTES
    ) -> Answer:
        """Return the answer to a POST of form fields, none of them secret.

        Raises:
            FetchError: if there is no answer with status 2xx.
        """
        learn_secrets(url, {}, {})
        request = Request(
            source_id=source_id,
            method="POST",
            url=url,
            shown_url=show_url(url),
            headers={"content-type": "application/x-www-form-urlencoded"},
            body=urlencode(fields).encode(),
            max_bytes=max_bytes,
        )
        return _new_answer(request, self._ask(request), self._now())

    def post_json_once(
        self,
        source_id: str,
        url: str,
        body: Mapping[str, Any],
        *,
        headers: Mapping[str, str] | None = None,
        max_bytes: int = MAX_ANSWER_BYTES,
    ) -> Received:
        """Return the response to a POST that is sent once, whatever its status; the caller evaluates it.

        Raises:
            FetchError: if no complete response arrives.
        """
        learn_secrets(url, headers or {}, {})  # a question is no secret
        request = _post_of(source_id, url, body, headers or {}, max_bytes)
        refuse_unfit(request)
        return self._open(request).send(request, self._allow(request))

    def close(self) -> None:
        """Close all connections; a later request opens new ones."""
        with self._lock:
            if self._exchange is not None:
                self._exchange.close()
                self._exchange = None

    def _ask(self, request: Request, is_conditional: bool = False) -> Received:
        """Send a request until there is an answer, as long as retrying may help."""
        refuse_unfit(request)
        first_s = self._options.first_wait_s
        allowance = self._allow(request)
        began = time.monotonic()
        pauses = [
            pause_s + uniform(0, first_s)  # noqa: S311 # spread the clients; no secret depends on it
            for pause_s in doubling(first_s, self._options.tries - 1, MAX_BACKOFF_S)
        ]
        return ask_again(
            lambda: self._try_once(request, is_conditional, allowance),
            pauses,
            lambda failed: self._wait_to_retry(request, failed, began, allowance),
        )

    def _allow(self, request: Request) -> Allowance:
        """Return the time allowance for one answer."""
        return Allowance(min(self._options.answer_s, self._left_s(request)))

    def _left_s(self, request: Request, pause_s: float = 0, cause: Exception | None = None) -> float:
        """Return the time that the limit for all requests leaves for a request after a pause.

        Raises:
            FetchError: if no time is left.
        """
        if (limit := self._limit()) is None:
            return math.inf
        left_s = limit.left_s(self._now()) - pause_s
        if left_s <= 0:
            raise request.failure(limit.is_over, timed_out=True) from cause
        return left_s

    def _wait_to_retry(self, request: Request, failed: FailedTry, began: float, allowance: Allowance) -> None:
        """Report why and when a request is retried and how often it was tried, and wait."""
        left_s = self._left_s(request, failed.pause_s or 0, failed.error)
        allowance.left_s = min(allowance.left_s, left_s)
        if failed.pause_s is None or time.monotonic() - began + failed.pause_s > self._options.patience_s:
            raise failed.error
        if allowance.left_s <= 0:
            raise failed.error
        attempts = f"attempt {failed.number} of {self._options.tries} failed"
        self._notify(f"{failed.error}; {attempts}. Retrying in {failed.pause_s:.1f} s.")
        if _asked_wait_s(failed.error) < failed.pause_s:
            self._sleep(failed.pause_s)  # a pause requested by the service is kept by the limiter

    def _try_once(self, request: Request, is_conditional: bool, allowance: Allowance) -> Received:
        received = self._open(request).send(request, allowance)
        if received.is_good or (received.status == 304 and is_conditional):
            return received
        failure = status_failure(request, received.status, received.headers, received.content, self._now())
        wait_s = _asked_wait_s(failure)
        if wait_s > self._options.longest_wait_s:
            raise _too_long_a_wait(request, failure, self._options.longest_wait_s)
        self._limiter.hold(_host(request.url), wait_s)
        raise failure

    def _open(self, request: Request) -> Exchange:
        options = self._options
        with self._lock:
            if self._exchange is None:
                try:
                    self._exchange = Exchange(
                        timeout_s=options.timeout_s,
                        user_agent=user_agent(options.contact),
                        trusted_hosts=frozenset(_host(url) for url in options.base_urls),
                        limiter=self._limiter,
                    )
                except OSError as error:  # from the file that SSL_CERT_FILE names
                    raise request.failure(
                        f"was not requested: trusted certificates: {error.strerror}"
                    ) from error
            return self._exchange


def user_agent(contact: str) -> str:
    """Return our User-Agent."""
    name = f"mrt-data-pipeline/{mrt_pipeline.__version__}"
    return f"{name} (+{contact})" if contact else name


def _post_of(
    source_id: str,
    url: str,
    body: Mapping[str, Any],
    headers: Mapping[str, str],
    max_bytes: int,
    *,
    is_secret: bool = False,
) -> Request:
    return Request(
        source_id=source_id,
        method="POST",
        url=url,
        shown_url=show_url(url),
        headers={**headers, "content-type": "application/json"},
        body=json.dumps(dict(body)).encode(),
        max_bytes=max_bytes,
        carries_secret=is_secret or has_secret(url, headers),
    )


def _too_long_a_wait(request: Request, failure: FetchError, longest_s: float) -> FetchError:
    asked = (
        f"asks to wait {failure.retry_after_s:.0f} s, longer than the {longest_s:.0f} s this program waits"
    )
    return FetchError(
        request.source_id,
        f"{request.shown_url} responded with status {failure.status} and {asked}; run again later",
        retryable=True,
        status=failure.status,
        retry_after_s=failure.retry_after_s,
    )


def _new_answer(request: Request, received: Received, now: datetime) -> Answer:
    return Answer(
        url=request.url,
        status=received.status,
        content=received.content,
        content_type=received.headers.get("content-type", ""),
        retrieved_at=now,
        headers=received.headers,
        shown_url=request.shown_url,
        may_be_kept=received.status == 200,
    )


def _host(url: str) -> str:
    return (urlsplit(url).hostname or "").lower()


def _asked_wait_s(error: FetchError | ModelCallError) -> float:
    return error.retry_after_s or 0.0
