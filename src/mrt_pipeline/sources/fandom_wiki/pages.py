"""Fetch one revision of a page, its templates expanded by the wiki."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from mrt_pipeline.errors import SourceFormatError
from mrt_pipeline.sources.fandom_wiki.api import SOURCE_ID, ApiError, WikiApi
from mrt_pipeline.sources.fandom_wiki.titles import PageHead

_GONE = frozenset({"nosuchrevid", "missingtitle", "nosuchpageid", "missingcontent-revid", "permissiondenied"})
"""the page was deleted, or this revision hidden, since we asked for its number"""


@dataclass(frozen=True, slots=True)
class WikiPage:
    """A revision of a page as the wiki shows it."""

    head: PageHead
    html: str
    retrieved_at: datetime


def fetch_page(api: WikiApi, head: PageHead) -> WikiPage | None:
    """Return a revision of a page; nothing if it was deleted meanwhile.

    Raises:
        SourceError: if it cannot be had.
    """
    params = {
        "action": "parse",
        "oldid": str(head.revision),
        "prop": "text|revid",
        "disablelimitreport": "1",
        "disableeditsection": "1",
        "disabletoc": "1",
    }
    try:
        answer = api.ask(params)
    except ApiError as fault:
        if fault.code in _GONE:
            return None
        raise
    parsed = answer.body.get("parse")
    html = parsed.get("text") if isinstance(parsed, dict) else None
    if not isinstance(html, str):
        raise SourceFormatError(
            SOURCE_ID, f"revision {head.revision} of {head.title!r} came without its text"
        )
    return WikiPage(head, html, answer.retrieved_at)


def page_url(base_url: str, head: PageHead) -> str:
    """Return where people read this revision."""
    title = quote(head.title.replace(" ", "_"), safe="/:,()'!*-._~")
    return f"{base_url.rstrip('/')}/{title}?oldid={head.revision}"
