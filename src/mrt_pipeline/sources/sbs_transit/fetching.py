"""Ask SBS Transit for its station pages: the stations of a line first, then a page for each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from mrt_pipeline.extraction.station_pages import PageFacts, PageKey
from mrt_pipeline.runtime.documents import Payload
from mrt_pipeline.sources.sbs_transit.parsing import PAGES_ID, parse_page, parse_stations

if TYPE_CHECKING:
    from mrt_pipeline.runtime.checked_answers import Answers
    from mrt_pipeline.runtime.http import Answer
    from mrt_pipeline.runtime.source_access import SourceAccess

API = "sbs_transit"
LINES = ("NEL", "DTL")
MAX_BYTES = 2 * 2**20


def fetch_stations(access: SourceAccess, ttl_days: float, line_code: str) -> tuple[PageKey, ...]:
    """Return the stations of a line that have a page.

    Raises:
        SourceError: if the list cannot be had, or is none.
    """
    url = _url(access, "/Ajax/StationDropdown")
    fields = {"TrainLine": line_code}

    def ask(_conditions: Mapping[str, str]) -> Answer:
        return access.http(API).post_form(PAGES_ID, url, fields, max_bytes=MAX_BYTES)

    def read(answers: Answers) -> tuple[PageKey, ...]:
        answer = answers.get(f"{url}?{urlencode(fields)}", ask, max_bytes=MAX_BYTES)
        return parse_stations(answer.content, line_code)

    return access.read_checked(PAGES_ID, ttl_days, read)


def fetch_page(access: SourceAccess, ttl_days: float, key: PageKey) -> tuple[Payload, PageFacts]:
    """Return a station's page, and what it lists.

    Raises:
        SourceError: if it cannot be had, or is no station page.
    """
    url = _url(access, "/Service/TrainInformation")
    query = {"TrainLine": key.line_code, "Station": key.operator_code}

    def ask(conditions: Mapping[str, str]) -> Answer:
        return access.http(API).get(PAGES_ID, url, params=query, conditions=conditions, max_bytes=MAX_BYTES)

    def read(answers: Answers) -> tuple[Payload, PageFacts]:
        answer = answers.get(f"{url}?{urlencode(query)}", ask, max_bytes=MAX_BYTES)
        return Payload(answer.content, answer.retrieved_at), parse_page(answer.content, key)

    return access.read_checked(PAGES_ID, ttl_days, read)


def page_url(access: SourceAccess, key: PageKey) -> str:
    """Return where a person can look at a station's page."""
    query = urlencode({"TrainLine": key.line_code, "Station": key.operator_code})
    return f"{_url(access, '/Service/TrainInformation')}?{query}"


def _url(access: SourceAccess, path: str) -> str:
    return f"{str(access.settings.apis.sbs_transit.base_url).rstrip('/')}{path}"
