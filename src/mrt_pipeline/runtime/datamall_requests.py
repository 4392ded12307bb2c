"""Query LTA DataMall, which several sources read: one key, one answer format, one kind of refusal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from mrt_pipeline.errors import CredentialError, FetchError, SourceFormatError
from mrt_pipeline.runtime.records import is_list, is_object, parse_json, show
from mrt_pipeline.runtime.source_access import missing_credentials

if TYPE_CHECKING:
    from mrt_pipeline.runtime.http import Answer
    from mrt_pipeline.runtime.source_access import SourceAccess

KEY_STATUSES = (401, 403, 404)
"""DataMall answers an unknown key with 404"""


def datamall_url(access: SourceAccess, service: str) -> str:
    """Return the address of a service, such as ``BusStops?$skip=500``."""
    return f"{str(access.settings.apis.datamall.base_url).rstrip('/')}/{service}"


def ask_datamall(access: SourceAccess, document_id: str, url: str, conditions: Mapping[str, str]) -> Answer:
    """Return the answer to a GET with the AccountKey.

    Args:
        access: settings, the AccountKey and the HTTP client.
        document_id: document named in errors.
        url: address to request.
        conditions: headers that ask whether a copy is still valid.

    Raises:
        CredentialError: if there is no AccountKey.
        FetchError: if there is no answer; the message names the key if it may be the cause.
    """
    headers = {"AccountKey": _account_key(access), "accept": "application/json"}
    try:
        return access.http("datamall").get(document_id, url, headers=headers, conditions=conditions)
    except FetchError as error:
        if error.status not in KEY_STATUSES:
            raise
        raise FetchError(
            document_id,
            f"LTA DataMall responded with {error.status}, its reply to an unknown AccountKey; "
            "check LTA_ACCOUNT_KEY, or set apis.datamall.mode to snapshot.",
            names_way_out=True,
            status=error.status,
        ) from error


def read_rows(content: bytes, document_id: str, *, may_hold_secrets: bool = False) -> Sequence[object]:
    """Return the rows of an answer; with ``may_hold_secrets``, it may repeat a known secret.

    Raises:
        SourceFormatError: if it has no rows, not even an empty list.
    """
    answer = parse_json(content, document_id, "rows", may_hold_secrets=may_hold_secrets)
    rows = answer.get("value") if is_object(answer) else None
    if not is_list(rows):
        raise SourceFormatError(document_id, f"a page has {show(rows)} as value; expected a list of rows.")
    return rows


def _account_key(access: SourceAccess) -> str:
    if missing := missing_credentials(access.settings, access.secrets, ["datamall"]):
        raise CredentialError(missing[0])
    key = access.secrets.lta_account_key
    return key.get_secret_value().strip() if key else ""
