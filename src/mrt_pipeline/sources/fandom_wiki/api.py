"""Query a MediaWiki API: one request at a time, respecting lag and limits, and resuming cut answers."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import urlsplit, urlunsplit

from mrt_pipeline.errors import FetchError, SourceError, SourceFormatError
from mrt_pipeline.runtime.records import show
from mrt_pipeline.runtime.retrying import MAX_RETRY_WAIT_S, parse_retry_after
from mrt_pipeline.secrecy import SECRETS

if TYPE_CHECKING:
    from mrt_pipeline.runtime.http import Answer

SOURCE_ID = "fandom-wiki"
MAX_LAG_S = "5"
"""Wait before further requests while the wiki's replicas lag by more than this."""
MAX_ANSWER_BYTES = 8 * 2**20
MAX_CONTINUATIONS = 200
TRIES = 5

_PASSING = re.compile(
    r"internal(?:api|server)?error|unexpectederror|servererror|serviceerror|fatalexception"
    r"|maxlag|readonly|maintenance|tryagain|temporar|slowdown"
    r"|ratelimit|throttl|toomanyrequests|concurrencylimit|requestlimit"
    r"|timeout|timedout|busy|overload|unavailable|gateway|deadlock"
    r"|pool(?:counter|queue|error|server|timeout|full)"
    r"|lockmanager|dberr|db(?:connection|query|transaction|unexpected)|connection(?:error|failed|refused)"
    r"|backend(?:error|fetchfailed|fail(?:internal|connect|synced|stream|read|stat|usable))"
    r"|http(?:curlerror|requesterror|badstatus|internalerror)"
)
"""Families of error codes after which the same request may succeed later; lower-case letters and digits only.

MediaWiki has several codes for one cause: ``ratelimited`` and ``actionthrottledtext`` of the action API,
``rest-rate-limit-exceeded`` of REST, ``cirrussearch-too-busy-error`` of search, ``pool-queuefull`` and
``poolcounter-error`` of its queues, ``lockmanager-fail-…`` and ``backend-fail-internal`` of its stores,
``dberr-problems`` of its database, ``http-curl-error`` of requests it makes. ``internal_api_error_`` followed
by an exception's name is what other servers answer with status 500.
"""
_PASSING_STATUSES = frozenset({408, 425, 429, 500, 502, 503, 504, *range(520, 531)})
"""HTTP status codes with the same meaning, and those added by proxies"""
_ANSWERS = frozenset({"query", "parse", "batchcomplete", "continue"})
"""keys of which any answer to our requests has at least one"""
_CODES = ("code", "errorKey", "key", "httpCode", "statusCode", "status", "message", "title", "info", "text")
"""keys that may hold an error's code; a server without codes gives words instead"""
_STATUSES = ("httpCode", "statusCode", "status", "code")
_WORDS = ("info", "text", "message", "detail", "title", "httpReason")


class Http(Protocol):
    """The part of the HTTP client that is used here."""

    def get(
        self, source_id: str, url: str, *, params: Mapping[str, str] | None = None, max_bytes: int = ...
    ) -> Answer:
        """Return the answer to a GET, or raise ``FetchError``."""


class ApiError(SourceError):
    """The API answered with an error of its own; ``code`` is MediaWiki's."""

    def __init__(
        self, code: str, info: str, limit: int | None = None, statuses: frozenset[int] = frozenset()
    ) -> None:
        more = "" if info in ("", code) else f": {info}"
        super().__init__(SOURCE_ID, f"the API responded with error {code}{more}")
        self.code = code
        self.limit = limit
        self.statuses = statuses
        """HTTP status codes that the answer itself names"""

    @property
    def is_passing(self) -> bool:
        """Return whether the same request may succeed later."""
        if self.statuses & _PASSING_STATUSES:
            return True
        return _PASSING.search(re.sub(r"[\W_]", "", self.code).casefold()) is not None


@dataclass(frozen=True, slots=True)
class ApiAnswer:
    """An answer of the API, and when it came."""

    body: Mapping[str, Any]
    retrieved_at: datetime


def api_url(base_url: str) -> str:
    """Return the address of the API for a wiki's article path: ``…/wiki`` gives ``…/api.php``."""
    parts = urlsplit(base_url)
    folder = parts.path.rstrip("/").rpartition("/")[0]
    return urlunsplit((parts.scheme, parts.netloc, f"{folder}/api.php", "", ""))


@dataclass
class WikiApi:
    """One wiki's API; threads that share it take turns."""

    http: Http
    url: str
    first_wait_s: float = 5.0
    """wait before the second attempt of a retryable request; doubled before each further one"""
    sleep: Callable[[float], None] = time.sleep
    notify: Callable[[str], None] = lambda _: None
    """receives a sentence whenever the wiki asks us to wait"""
    on_answer: Callable[[Answer], None] = lambda _: None
    """receives each answer about which pages exist; pages themselves are of a fixed revision, and kept"""
    requests: int = 0
    """number of requests made"""
    _turn: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def ask(self, params: Mapping[str, str]) -> ApiAnswer:
        """Return the answer to one request.

        Raises:
            FetchError: if no answer comes (``BlockedError`` for status 403).
            ApiError: if the API refuses the request.
            SourceFormatError: if the server is not a MediaWiki.
        """
        for attempt in range(TRIES):
            with self._turn:
                answer = self._ask_once(params)
            body = _parse(answer)  # while the next thread requests
            fault = _fault_of(body)
            if fault is None:
                if params["action"] == "query":
                    self.on_answer(answer)
                return ApiAnswer(body, answer.retrieved_at)
            if not fault.is_passing:
                raise fault
            with self._turn:
                self._wait(fault, answer, attempt)
        raise AssertionError("the last try either answers or raises")

    def query(self, params: Mapping[str, str]) -> Iterator[ApiAnswer]:
        """Yield the answers to a query until the API reports that it is complete."""
        going_on: Mapping[str, str] = {}
        for _ in range(MAX_CONTINUATIONS):
            answer = self.ask({"action": "query", **params, **going_on})
            yield answer
            following = _continuation(answer.body)
            if following is None:
                return
            if following == going_on:
                raise SourceFormatError(SOURCE_ID, f"the API repeats the continuation {show(str(following))}")
            going_on = following
        raise SourceFormatError(SOURCE_ID, f"a response continued for more than {MAX_CONTINUATIONS} requests")

    def _ask_once(self, params: Mapping[str, str]) -> Answer:
        self.requests += 1
        always = {"format": "json", "formatversion": "2", "maxlag": MAX_LAG_S}
        return self.http.get(SOURCE_ID, self.url, params={**params, **always}, max_bytes=MAX_ANSWER_BYTES)

    def _wait(self, fault: ApiError, answer: Answer, attempt: int) -> None:
        """Wait before the next attempt as long as the wiki asks, up to our own limit."""
        asked_s = parse_retry_after(answer.headers, answer.retrieved_at) or 0.0
        wait_s = max(self.first_wait_s * 2**attempt, asked_s)
        if attempt == TRIES - 1 or wait_s > MAX_RETRY_WAIT_S:
            raise FetchError(
                SOURCE_ID,
                f"{self.url} responded {attempt + 1} times with error {fault.code}; run again later",
                retryable=True,
                retry_after_s=wait_s,
            ) from fault
        self.notify(f"{SOURCE_ID}: {self.url} responded with error {fault.code}; retrying in {wait_s:g} s.")
        self.sleep(wait_s)


def _parse(answer: Answer) -> Mapping[str, Any]:
    import orjson

    if (secret := SECRETS.find(answer.content)) is not None:
        raise SourceFormatError(SOURCE_ID, f"the response repeats the value of {secret}, so it is not used")
    try:
        body = orjson.loads(answer.content)
    except orjson.JSONDecodeError as error:
        is_web_page = _is_web_page(answer)
        found = "a web page" if is_web_page else answer.content_type or "something"
        blocked = ", and whether the wiki blocks this client (a browser check?)" if is_web_page else ""
        raise SourceFormatError(
            SOURCE_ID,
            f"{answer.url} responded with {found}, expected JSON; check apis.fandom.base_url{blocked}",
            retryable=is_web_page,
        ) from error
    if not isinstance(body, dict):
        raise SourceFormatError(
            SOURCE_ID, f"the API responded with a {type(body).__name__}; expected an object"
        )
    return body


def _is_web_page(answer: Answer) -> bool:
    return answer.content.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"<" or "html" in answer.content_type


def _fault_of(body: Mapping[str, Any]) -> ApiError | None:
    """Return the error that an answer represents, or None.

    The error is under ``error`` or first under ``errors``, as an object, a code or words. An answer without
    anything that was requested is an error too, as from REST or from a proxy before the wiki. An empty object
    is not an error: the caller notices what is missing from it.
    """
    for key in ("error", "errors"):
        if body.get(key) not in (None, []):
            return _read_fault(body[key], body)
    if "errorKey" in body or (body and not _ANSWERS & body.keys()):
        return _read_fault(body, {})
    return None


def _read_fault(error: Any, around: Mapping[str, Any]) -> ApiError:
    """Return an error in any of the forms that servers use; missing parts may be beside it."""
    if isinstance(error, list):
        error = error[0]
    own = error if isinstance(error, dict) else {"code": error}
    forms = (own, around)
    limit = own.get("limit")
    return ApiError(
        SECRETS.redact(_first(forms, _CODES) or "unknown")[:100],
        SECRETS.redact(_first(forms, _WORDS) or "")[:200],
        limit if isinstance(limit, int) and limit > 0 else None,
        frozenset(status for form in forms for key in _STATUSES if (status := _status(form.get(key)))),
    )


def _first(forms: Sequence[Mapping[str, Any]], keys: Sequence[str]) -> str | None:
    """Return the first word or number found under one of the keys."""
    found = (form.get(key) for form in forms for key in keys)
    return next((str(it) for it in found if it and isinstance(it, str | int) and it is not True), None)


def _status(value: object) -> int | None:
    """Return an HTTP status given as a number or as digits."""
    digits = str(value)
    return int(digits) if re.fullmatch(r"[1-5][0-9][0-9]", digits) else None


def _continuation(body: Mapping[str, Any]) -> Mapping[str, str] | None:
    following = body.get("continue")
    if not following:
        return None
    if not isinstance(following, dict):
        raise SourceFormatError(SOURCE_ID, "the API's continue is not an object")
    return {str(key): str(value) for key, value in following.items()}
