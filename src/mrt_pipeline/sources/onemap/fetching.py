"""Ask OneMap's search for stations, one by one, with a token that is renewed once when it has run out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import orjson

from mrt_pipeline.errors import CredentialError, FetchError, SourceFormatError
from mrt_pipeline.runtime.documents import Payload, get_readable
from mrt_pipeline.runtime.records import is_list, is_object, parse_json, read_number, show
from mrt_pipeline.secrecy import SECRETS
from mrt_pipeline.sources.onemap.matching import modes_of
from mrt_pipeline.sources.onemap.parsing import STATIONS_ID

if TYPE_CHECKING:
    from mrt_pipeline.runtime.http import Answer
    from mrt_pipeline.runtime.source_access import SourceAccess

MAX_PAGES = 5
"""50 hits: a station and all its exits"""
EARLY = timedelta(minutes=5)
"""a token is renewed so long before it runs out"""
REFUSALS = {
    400: "the request has no token",
    401: "the token is not valid or has run out",
    403: "the account may not use the search",
}
LOGIN_REFUSALS = {
    400: "e-mail or password is no such thing; check ONEMAP_EMAIL and ONEMAP_PASSWORD",
    401: "it does not know this password; check ONEMAP_EMAIL and ONEMAP_PASSWORD",
    404: "no account has this e-mail address; check ONEMAP_EMAIL",
}
_ADVICE = "check ONEMAP_API_KEY, or ONEMAP_EMAIL and ONEMAP_PASSWORD, or set apis.onemap.mode to snapshot"


def fetch_stations(access: SourceAccess, ttl_days: float, wanted: Sequence[tuple[str, str]]) -> Payload:
    """Return the hits for each wanted station, in the layout that ``parse_stations`` reads.

    Raises:
        CredentialError: if there is neither a token nor what it takes to get one.
        SourceError: if an answer cannot be had or has the wrong structure.
    """
    search = _Search(access, ttl_days)
    results = [
        {"Station": code, "Station Name": name, **search.ask(_words_for(code, name))} for code, name in wanted
    ]
    return Payload(orjson.dumps(results), min(search.times, default=access.now()))


def _words_for(station_code: str, name: str) -> str:
    modes = modes_of(station_code)
    return f"{name} {'MRT' if 'MRT' in modes else 'LRT'} STATION".upper()


class _Search:
    """Searches with one token; equal searches are made once."""

    def __init__(self, access: SourceAccess, ttl_days: float) -> None:
        self.times: list[datetime] = []
        """when each answer came"""
        self._access = access
        self._client = access.http("onemap")
        self._base = str(access.settings.apis.onemap.base_url).rstrip("/")
        self._ttl_days = ttl_days
        self._token = _Token(access, self._base)
        self._found: dict[str, dict[str, object]] = {}

    def ask(self, words: str) -> Mapping[str, object]:
        """Return all hits for some words, and the error that came with them."""
        if words not in self._found:
            self._found[words] = self._ask_pages(words)
        return self._found[words]

    def _ask_pages(self, words: str) -> dict[str, object]:
        hits: list[object] = []
        told: object = None
        for number in range(1, MAX_PAGES + 1):
            page = self._ask_page(words, number)
            found = page.get("results")
            hits.extend(found if is_list(found) else ())
            told = told or page.get("error")
            if number >= (read_number(page.get("totalNumPages")) or 0):
                break
        return {"Possible Locations": hits, **({"error": told} if isinstance(told, str) else {})}

    def _ask_page(self, words: str, number: int) -> Mapping[str, object]:
        query = {"searchVal": words, "returnGeom": "Y", "getAddrDetails": "Y", "pageNum": str(number)}
        page, answer = self._get(query)
        self.times.append(answer.retrieved_at)
        return page

    def _get(self, query: Mapping[str, str]) -> tuple[Mapping[str, object], Answer]:
        """Return a page; a token that is refused is replaced once."""
        token = self._token.get()
        try:
            return self._get_with(token, query)
        except FetchError as error:
            if error.status != 401 or not self._token.renew():
                raise
        return self._get_with(self._token.get(), query)

    def _get_with(self, token: str, query: Mapping[str, str]) -> tuple[Mapping[str, object], Answer]:
        url, headers = f"{self._base}/common/elastic/search", {"Authorization": f"Bearer {token}"}
        try:
            return get_readable(
                self._client,
                STATIONS_ID,
                url,
                _read_page,
                params=query,
                headers=headers,
                ttl_days=self._ttl_days,
            )
        except FetchError as error:
            if (why := REFUSALS.get(error.status or 0)) is None:
                raise
            message = f"OneMap answered {error.status}: {why}; {_ADVICE}."
            raise FetchError(STATIONS_ID, message, status=error.status) from error


class _Token:
    """The access token: given ready, or got for e-mail and password."""

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

    def get(self) -> str:
        """Return a token that has not run out as far as is known."""
        if not self._value or (self._expires_at and self._access.now() > self._expires_at - EARLY):
            self._request()
        return self._value

    def renew(self) -> bool:
        """Get another token after a refusal, once in a run; tell whether there is one."""
        if self._renewed or not self._credentials():
            return False
        self._renewed = True
        self._request()
        return True

    def _request(self) -> None:
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
            raise SourceFormatError(STATIONS_ID, "getToken answered without access_token; expected a token.")
        SECRETS.learn("the token of OneMap", token)
        self._value = token
        self._expires_at = _moment(reply.get("expiry_timestamp"))

    def _credentials(self) -> dict[str, str]:
        email, password = self._access.secrets.onemap_email, self._access.secrets.onemap_password
        if not email or not password:
            return {}
        return {"email": email.get_secret_value(), "password": password.get_secret_value()}


def _read_page(content: bytes) -> Mapping[str, object]:
    page = parse_json(content, STATIONS_ID, "search results")
    if not is_object(page):
        raise SourceFormatError(STATIONS_ID, f"a search gave {show(page)}; expected an object with results.")
    if not is_list(page.get("results")):
        told = page.get("error")
        why = f"the error {show(told)}" if told else f"{show(page.get('results'))} as results"
        raise SourceFormatError(STATIONS_ID, f"a search gave {why}; expected a list of results.")
    return page


def _moment(expiry: object) -> datetime | None:
    """Return the moment that Unix seconds, given as a text, stand for."""
    seconds = read_number(expiry)
    return datetime.fromtimestamp(seconds, UTC) if seconds and 0 < seconds < 1e11 else None
