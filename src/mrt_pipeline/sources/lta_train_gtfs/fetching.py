"""Ask DataMall for the link to the timetable, and download what it leads to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from mrt_pipeline.errors import SourceFormatError
from mrt_pipeline.runtime.datamall_requests import ask_datamall, datamall_url, read_rows
from mrt_pipeline.runtime.documents import Payload
from mrt_pipeline.runtime.records import is_object, show
from mrt_pipeline.runtime.signed_links import download, is_link
from mrt_pipeline.sources.lta_train_gtfs import SCHEDULE

if TYPE_CHECKING:
    from mrt_pipeline.runtime.checked_answers import Answers
    from mrt_pipeline.runtime.http import Answer
    from mrt_pipeline.runtime.source_access import SourceAccess

SERVICE = "GTFSScheduleTrain"
SCHEDULE_ID = SCHEDULE.document_id
MAX_ZIP_BYTES = 32 * 2**20
"""2.3 MB in September 2026"""
MAX_TIME_CHARS = 40
NOT_MODIFIED = 304


def fetch_schedule(access: SourceAccess, answers: Answers) -> Payload:
    """Return the zip file of the timetable; its revision is the time that DataMall gives.

    A copy on the disk of the same time is used again without a download.

    Raises:
        SourceError: if it cannot be had.
    """
    url = datamall_url(access, SERVICE)

    def ask(conditions: Mapping[str, str]) -> Answer:
        envelope = ask_datamall(access, SCHEDULE_ID, url, {})
        made_at, link = _read_envelope(envelope, url)
        if made_at and conditions.get("if-modified-since") == made_at:
            return replace(envelope, status=NOT_MODIFIED)
        links = iter((link,))
        answer = download(
            SCHEDULE_ID,
            lambda: next(links, None) or _read_envelope(ask_datamall(access, SCHEDULE_ID, url, {}), url)[1],
            lambda link: access.http("datamall").get(SCHEDULE_ID, link, max_bytes=MAX_ZIP_BYTES),
            publisher="LTA DataMall",
            way_out="set apis.datamall.mode to snapshot",
        )
        return replace(answer, headers={"last-modified": made_at} if made_at else {}, shown_url=url)

    answer = answers.get(url, ask, max_bytes=MAX_ZIP_BYTES)
    return Payload(answer.content, answer.retrieved_at, answer.headers.get("last-modified"))


def _read_envelope(answer: Answer, url: str) -> tuple[str, str]:
    """Return when the timetable was made, empty if that is not said, and the link, which is never shown."""
    rows = read_rows(answer.content, SCHEDULE_ID, may_hold_secrets=True)  # such as its own link
    fields = rows[0] if len(rows) == 1 and is_object(rows[0]) else {}
    link = fields.get("link", fields.get("Link"))
    if not is_link(link, url):
        raise SourceFormatError(
            SCHEDULE_ID,
            f"{SERVICE} lists {len(rows)} rows, and no single one with an https link; expected one. "
            "Run again later.",
        )
    made_at = fields.get("timestamp")
    if made_at is not None and not (
        isinstance(made_at, str) and made_at.isprintable() and len(made_at) <= 40
    ):
        raise SourceFormatError(SCHEDULE_ID, f"{SERVICE} has {show(made_at)} as timestamp; expected a time.")
    return made_at or "", str(link)
