"""Ask DataMall for all rows of a document, page by page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import orjson

from mrt_pipeline.errors import CredentialError, FetchError, SourceFormatError
from mrt_pipeline.runtime.documents import Payload, get_readable
from mrt_pipeline.runtime.records import is_list, is_object, parse_json, show

if TYPE_CHECKING:
    from mrt_pipeline.runtime.http import Answer
    from mrt_pipeline.runtime.source_access import SourceAccess

PAGE_ROWS = 500
MAX_PAGES = 400
"""200,000 rows; BusRoutes has about 26,000"""
KEY_STATUSES = (401, 403, 404)
"""a key that DataMall does not know is answered 404"""


def fetch_rows(access: SourceAccess, document_id: str, service: str, ttl_days: float) -> Payload:
    """Return all rows of a service as one JSON list.

    Args:
        access: settings, the AccountKey and the HTTP client.
        document_id: the document that the rows are of.
        service: ``BusStops`` or ``BusRoutes``.
        ttl_days: how long a page on disk may be used again.

    Raises:
        CredentialError: if there is no AccountKey.
        SourceError: if a page cannot be had or is none.
    """
    rows: list[object] = []
    answers: list[Answer] = []
    for number in range(MAX_PAGES):
        page, answer = _ask(access, document_id, f"{service}?$skip={number * PAGE_ROWS}", ttl_days)
        if answers and page and answer.content == answers[-1].content:
            break
        answers.append(answer)
        rows.extend(page)
        if len(page) < PAGE_ROWS:
            return Payload(orjson.dumps(rows), min(answer.retrieved_at for answer in answers))
    raise SourceFormatError(
        document_id,
        f"{service} has no last page: page {number + 1} is as full as those before. Try again later.",
    )


def _ask(
    access: SourceAccess, document_id: str, query: str, ttl_days: float
) -> tuple[Sequence[object], Answer]:
    """Return one page of rows."""
    base = str(access.settings.apis.datamall.base_url).rstrip("/")
    headers = {"AccountKey": _account_key(access), "accept": "application/json"}
    try:
        return get_readable(
            access.http("datamall"),
            document_id,
            f"{base}/{query}",
            lambda content: _read_page(content, document_id),
            headers=headers,
            ttl_days=ttl_days,
        )
    except FetchError as error:
        if error.status not in KEY_STATUSES:
            raise
        raise FetchError(
            document_id,
            f"LTA DataMall answered {error.status}, as it does to an AccountKey that it does not know; check "
            "LTA_ACCOUNT_KEY, or set apis.datamall.mode to snapshot.",
            status=error.status,
        ) from error


def _account_key(access: SourceAccess) -> str:
    from mrt_pipeline.runtime.source_access import missing_credentials

    if missing := missing_credentials(access.settings, access.secrets, ["datamall"]):
        raise CredentialError(missing[0])
    key = access.secrets.lta_account_key
    return key.get_secret_value().strip() if key else ""


def _read_page(content: bytes, document_id: str) -> Sequence[object]:
    answer = parse_json(content, document_id, "rows")
    rows = answer.get("value") if is_object(answer) else None
    if not is_list(rows):
        raise SourceFormatError(document_id, f"a page has {show(rows)} as value; expected a list of rows.")
    return rows
