"""Positions of stations as a table: recorded in the package, or searched for live.

Stations are searched for one by one, with a token that is renewed once when it has expired.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlencode, urlsplit

import orjson

from mrt_pipeline.contracts.counting import counted
from mrt_pipeline.contracts.sections import Mode
from mrt_pipeline.contracts.source import SourceTable, StationLocation
from mrt_pipeline.errors import CredentialError, FetchError, SourceError, SourceFormatError
from mrt_pipeline.network import load_network
from mrt_pipeline.runtime.clock import singapore_date
from mrt_pipeline.runtime.documents import Payload, table_of
from mrt_pipeline.runtime.records import is_list, is_object, parse_json, read_number, show
from mrt_pipeline.runtime.threads import ask_at_once
from mrt_pipeline.secrecy import SECRETS
from mrt_pipeline.secrecy.urls import is_random
from mrt_pipeline.sources.onemap import STATIONS
from mrt_pipeline.sources.onemap.matching import agrees, modes_of
from mrt_pipeline.sources.onemap.parsing import STATIONS_ID, locate_stations, parse_stations

if TYPE_CHECKING:
    from mrt_pipeline.config import Settings
    from mrt_pipeline.contracts.documents import Document
    from mrt_pipeline.runtime.checked_answers import Answers
    from mrt_pipeline.runtime.http import Answer
    from mrt_pipeline.runtime.source_access import SourceAccess


def read_stations(access: SourceAccess, wanted: Sequence[tuple[str, str]]) -> SourceTable[StationLocation]:
    """Return OneMap's positions of stations, sorted by code.

    Args:
        access: recorded or live as configured.
        wanted: station codes with names, to search for live; the recorded table holds everything that was
            found.

    Raises:
        SourceError: if the answers are unavailable or have the wrong structure.
    """
    if access.mode_of("onemap") is Mode.LIVE:
        return read_files(STATIONS, [fetch_stations(access, wanted)], access.settings)
    return access.recorded_table(STATIONS)


def record(access: SourceAccess) -> Iterator[SourceTable[StationLocation]]:
    """Yield the positions of every present or future code, searched for now."""
    network, today = load_network(), singapore_date(access.now())
    wanted = [
        (entry.station_code, network.names[entry.slug])
        for entry in network.codes
        if entry.is_open(today) or entry.is_future(today)
    ]
    yield read_stations(access, wanted)


def read_files(
    document: Document, payloads: Sequence[Payload], _settings: Settings
) -> SourceTable[StationLocation]:
    """Return the positions in payloads, with findings about them; a code's first position counts."""
    content = b"".join(payload.content for payload in payloads)
    findings = [finding for payload in payloads for finding in payload.findings]
    parsed = parse_stations(*(payload.content for payload in payloads))
    oldest = min(payload.retrieved_at for payload in payloads)
    return table_of(document, Payload(content, oldest, findings=tuple(findings)), parsed)


PAGE_HITS = 10
MAX_PAGES = 5
"""50 hits: a station and all its exits"""
EARLY = timedelta(minutes=5)
"""how long before its expiry a token is renewed"""
REFUSALS = {
    400: "the request has no token",
    401: "the token is invalid or has expired",
    403: "the account may not use the search",
}
LOGIN_REFUSALS = {
    400: "e-mail or password is malformed; check ONEMAP_EMAIL and ONEMAP_PASSWORD",
    401: "it does not know this password; check ONEMAP_EMAIL and ONEMAP_PASSWORD",
    404: "no account has this e-mail address; check ONEMAP_EMAIL",
}
_ADVICE = "check ONEMAP_API_KEY, or ONEMAP_EMAIL and ONEMAP_PASSWORD, or set apis.onemap.mode to snapshot"


def fetch_stations(access: SourceAccess, wanted: Sequence[tuple[str, str]]) -> Payload:
    """Return the hits for each wanted station, in the layout that ``parse_stations`` reads.

    Raises:
        CredentialError: if there is neither a token nor the credentials to get one.
        SourceError: if an answer is unavailable or has the wrong structure.
    """
    search = _Search(access)
    stations: dict[str, list[tuple[str, str]]] = {}
    for code, name in wanted:
        stations.setdefault(_words_for(code, name), []).append((code, name))
    asked = ask_at_once(list(stations.items()), lambda item: search.ask(*item))
    found = dict(zip(stations, asked, strict=True))
    results = [_result(code, name, found[_words_for(code, name)]) for code, name in wanted]
    return Payload(orjson.dumps(results), min(search.times, default=access.now()))


def ask_again(access: SourceAccess, _: str, url: str) -> Answer:
    """Return the current result of a search."""
    return _Search(access).ask_again(url)


def _words_for(station_code: str, name: str) -> str:
    modes = modes_of(station_code)
    return f"{name} {'MRT' if 'MRT' in modes else 'LRT'} STATION".upper()


def _result(code: str, name: str, found: Mapping[str, object]) -> dict[str, object]:
    return {"Station": code, "Station Name": name, **found}


def _finds_all(sought: Sequence[tuple[str, str]], found: Mapping[str, object]) -> bool:
    """Return whether a search finds a place for each station sought, where it is known to be."""
    located = locate_stations([_result(code, name, found) for code, name in sought]).records
    return len(located) == len(sought) and all(map(agrees, located))


class _Search:
    """Performs searches with one token."""

    def __init__(self, access: SourceAccess) -> None:
        self.times: list[datetime] = []
        """when the oldest answer of each search arrived"""
        self._access = access
        self._client = access.http("onemap")
        self._base = str(access.settings.apis.onemap.base_url).rstrip("/")
        self._token = _Token(access, self._base)

    def ask(self, words: str, sought: Sequence[tuple[str, str]]) -> Mapping[str, object]:
        """Return all hits for search words, and the error that came with them.

        Hits that lack a place for a station sought, or put it elsewhere than the network table does, are used
        as far as possible, and requested again by the next run.
        """
        found, time = self._access.read_checked(
            STATIONS_ID,
            lambda answers: self._ask_pages(answers, words),
            is_sound=lambda made: _finds_all(sought, made[0]),
        )
        self.times.append(time)
        return found

    def ask_again(self, url: str) -> Answer:
        """Return the answer to a search that is repeated."""
        return self._get(dict(parse_qsl(urlsplit(url).query)), {})

    def _ask_pages(self, answers: Answers, words: str) -> tuple[dict[str, object], datetime]:
        first = self._ask_page(answers, words, 1)
        pages = [first]
        for number in range(2, min(first.pages, MAX_PAGES) + 1):
            pages.append(self._ask_page(answers, words, number, pages))
        hits = [hit for page in pages for hit in page.hits]
        told = next((page.error for page in pages if page.error), None)
        found: dict[str, object] = {
            "Possible Locations": hits,
            **({"error": told} if told is not None else {}),
        }
        return found, min(page.retrieved_at for page in pages)

    def _ask_page(self, answers: Answers, words: str, number: int, earlier: Sequence[_Page] = ()) -> _Page:
        """Return a page with all hits that it and the pages before it announce; if incomplete, retry."""
        page = self._get_page(answers, words, number)
        if page.find_fault(number, earlier) is None:
            return page
        page = self._get_page(answers, words, number, again=True)
        if (fault := page.find_fault(number, earlier)) is not None:
            raise SourceFormatError(STATIONS_ID, f"page {number} of the search for {words} {fault}.")
        return page

    def _get_page(self, answers: Answers, words: str, number: int, *, again: bool = False) -> _Page:
        query = {"searchVal": words, "returnGeom": "Y", "getAddrDetails": "Y", "pageNum": str(number)}
        url = f"{self._base}/common/elastic/search?{urlencode(query)}"
        answer = answers.get(url, lambda conditions: self._get(query, conditions), again=again)
        return _read_page(answer)

    def _get(self, query: Mapping[str, str], conditions: Mapping[str, str]) -> Answer:
        """Request a page; if the token is refused, replace it once."""
        token = self._token.get()
        try:
            return self._get_with(token, query, conditions)
        except FetchError as error:
            if error.status != 401 or not self._token.renew(token):
                raise
        return self._get_with(self._token.get(), query, conditions)

    def _get_with(self, token: str, query: Mapping[str, str], conditions: Mapping[str, str]) -> Answer:
        url, headers = f"{self._base}/common/elastic/search", {"Authorization": f"Bearer {token}"}
        try:
            return self._client.get(STATIONS_ID, url, params=query, headers=headers, conditions=conditions)
        except FetchError as error:
            if (why := REFUSALS.get(error.status or 0)) is None:
                raise
            message = f"OneMap responded with {error.status}: {why}; {_ADVICE}."
            raise FetchError(STATIONS_ID, message, names_way_out=True, status=error.status) from error


@dataclass(frozen=True, slots=True)
class _Page:
    """One page of hits, and its statements about all of them."""

    hits: Sequence[object]
    found: int
    """number of hits on all pages, from the number of hits or of pages that it gives, whichever implies
    more"""
    number: int | None
    """its own number, if given"""
    error: str | None
    retrieved_at: datetime

    @property
    def pages(self) -> int:
        """Return the number of pages."""
        return -(-self.found // PAGE_HITS)

    def find_fault(self, number: int, earlier: Sequence[_Page]) -> str | None:
        """Return how a page contradicts itself or earlier ones, or None; extra hits are allowed."""
        due = min(PAGE_HITS, self.found - PAGE_HITS * (number - 1))
        if self.number not in (None, number):
            return f"reports being page {self.number}"
        if earlier and self.found != earlier[0].found:
            return f"announces {counted(self.found, 'hit')}; expected {earlier[0].found}, as on page 1"
        if len(self.hits) < due:
            there = counted(len(self.hits), "hit")
            return f"has {there}; expected {due}, since it announces {self.found} on all pages"
        if self.hits and any(self.hits == page.hits for page in earlier):
            return "repeats the hits of an earlier page"
        return None


class _Token:
    """The access token: configured, or obtained with e-mail and password; may be shared by threads."""

    def __init__(self, access: SourceAccess, base: str) -> None:
        from mrt_pipeline.runtime.source_access import missing_credentials

        if missing := missing_credentials(access.settings, access.secrets, ["onemap"]):
            raise CredentialError(missing[0])
        self._access = access
        self._base = base
        ready = access.secrets.onemap_api_key
        self._value = ready.get_secret_value().strip() if ready else ""
        self._expires_at: datetime | None = None
        self._renewed = False
        self._failure: SourceError | None = None
        self._lock = threading.Lock()

    def get(self) -> str:
        """Return a token that has not expired as far as is known."""
        with self._lock:
            if not self._value or (self._expires_at and self._access.now() > self._expires_at - EARLY):
                self._request()
            return self._value

    def renew(self, refused: str) -> bool:
        """Replace a token that was refused, once per run; return whether there is another one."""
        with self._lock:
            if self._value != refused:
                return True
            if self._renewed or not self._credentials():
                return False
            self._renewed = True
            self._request()
            return True

    def _request(self) -> None:
        """Request a token; if the service gives none, other threads do not request it again.

        Raises:
            SourceError: if it gives none.
        """
        try:
            if self._failure is None:
                self._login()
        except SourceError as error:
            self._failure = error
        if self._failure is not None:
            raise self._failure.with_traceback(None)

    def _login(self) -> None:
        url = f"{self._base}/auth/post/getToken"
        try:
            answer = self._access.http("onemap").post_json(STATIONS_ID, url, self._credentials())
        except FetchError as error:
            if (why := LOGIN_REFUSALS.get(error.status or 0)) is None:
                raise
            message = f"OneMap gave no token ({error.status}): {why}."
            raise FetchError(STATIONS_ID, message, status=error.status) from error
        reply = parse_json(answer.content, STATIONS_ID, "a token", may_hold_secrets=True)
        token = reply.get("access_token") if is_object(reply) else None
        if not is_object(reply) or not isinstance(token, str) or not token.isascii() or not token:
            raise SourceFormatError(STATIONS_ID, "getToken responded without access_token; expected a token.")
        if not is_random(token):
            found = f"a token of {len(token)} characters that may be a word; expected a random one"
            raise SourceFormatError(STATIONS_ID, f"getToken responded with {found}.")
        SECRETS.learn("the token of OneMap", token)
        self._value = token
        self._expires_at = _moment(reply.get("expiry_timestamp"))

    def _credentials(self) -> dict[str, str]:
        email, password = self._access.secrets.onemap_email, self._access.secrets.onemap_password
        if not email or not password:
            return {}
        return {"email": email.get_secret_value(), "password": password.get_secret_value()}


def _read_page(answer: Answer) -> _Page:
    page = parse_json(answer.content, STATIONS_ID, "search results")
    if not is_object(page):
        raise SourceFormatError(STATIONS_ID, f"a search gave {show(page)}; expected an object with results.")
    told, hits = page.get("error"), page.get("results")
    if not is_list(hits):
        why = f"the error {show(told)}" if told else f"{show(hits)} as results"
        raise SourceFormatError(STATIONS_ID, f"a search gave {why}; expected a list of results.")
    found, pages, number = (_count(page.get(name)) for name in ("found", "totalNumPages", "pageNum"))
    error = told if isinstance(told, str) and told else None
    least = PAGE_HITS * (pages - 1) + 1 if pages else 0  # the last page has a hit, the others are full
    return _Page(hits, max(found or 0, least), number, error, answer.retrieved_at)


def _count(value: object) -> int | None:
    number = read_number(value)
    return int(number) if number is not None else None


def _moment(expiry: object) -> datetime | None:
    """Return the time for Unix seconds given as text."""
    seconds = read_number(expiry)
    return datetime.fromtimestamp(seconds, UTC) if seconds and 0 < seconds < 1e11 else None
