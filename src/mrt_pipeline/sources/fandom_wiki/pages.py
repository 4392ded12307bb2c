"""Fetch one revision of a page, its templates expanded by the wiki."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote

from mrt_pipeline.errors import SourceFormatError
from mrt_pipeline.runtime.records import show
from mrt_pipeline.sources.fandom_wiki.api import SOURCE_ID, ApiError, WikiApi
from mrt_pipeline.sources.fandom_wiki.broken_pages import (
    PARTS,
    PageFault,
    find_page_fault,
    is_bare,
    is_blank,
    is_blank_source,
    is_short,
    shows_source,
)
from mrt_pipeline.sources.fandom_wiki.titles import PageHead

_GONE = frozenset({"nosuchrevid", "missingtitle", "nosuchpageid", "missingcontent-revid", "permissiondenied"})
"""the page was deleted, or this revision hidden, since its number was requested"""


@dataclass(frozen=True, slots=True)
class WikiPage:
    """A revision of a page as the wiki shows it."""

    head: PageHead
    html: str
    retrieved_at: datetime

    @property
    def is_blank(self) -> bool:
        """Return whether the page has no readable content except headings: someone has emptied it."""
        return is_blank(self.html)

    @property
    def is_redirect(self) -> bool:
        """Return whether the page only links to another one, in a way that the wiki does not follow."""
        return 'class="redirectMsg"' in self.html


class BrokenPageError(SourceFormatError):
    """The wiki could not show a page completely; ``fault`` says why. The next attempt may succeed."""

    def __init__(self, head: PageHead, fault: PageFault, words: str) -> None:
        super().__init__(
            SOURCE_ID,
            f"revision {head.revision} of {head.title!r} came {_TOLD[fault]}{words and f': {words}'}",
        )
        self.head = head
        self.fault = fault


class WrongPageError(SourceFormatError):
    """The wiki answered with another page or revision than the requested one."""

    def __init__(self, head: PageHead, title: object, page_id: object, revision: object) -> None:
        super().__init__(
            SOURCE_ID,
            f"asked for revision {head.revision} of {head.title!r} (page {head.page_id}), the wiki responded "
            f"with revision {_typed(revision)} of {show(title)} (page {_typed(page_id)}); the response is "
            "not used",
        )
        self.head = head


_TOLD = {
    PageFault.EMPTY: "without its text",
    PageFault.SHORT: "without most of its text",
    PageFault.CUT: "cut off, ending with",
    PageFault.ERROR: "with an error of the wiki",
    PageFault.LEFT_OUT: "without some of its templates",
    PageFault.LIMIT: "incomplete; the wiki reports",
}


def fetch_page(api: WikiApi, head: PageHead) -> WikiPage | None:
    """Return a revision of a page, or None if it was deleted meanwhile.

    Raises:
        SourceError: if it is unavailable (``BrokenPageError`` if the wiki could not show it completely,
            ``WrongPageError`` if it showed another one).
    """
    params = {
        "prop": f"text|revid|{PARTS}",
        "disablelimitreport": "1",
        "disableeditsection": "1",
        "disabletoc": "1",
    }
    try:
        parsed, retrieved_at = _parse(api, head, "text", params)
        page = WikiPage(head, parsed["text"], retrieved_at)
        if found := find_page_fault(page.html, parsed):
            raise BrokenPageError(head, *found)
        _check_whole(api, page)
    except ApiError as fault:
        if fault.code in _GONE:
            return None
        raise
    return page


def _parse(
    api: WikiApi, head: PageHead, part: str, params: Mapping[str, str]
) -> tuple[Mapping[str, Any], datetime]:
    """Return the wiki's rendering of a revision, after checking that it is this one and has the part."""
    answer = api.ask({"action": "parse", "oldid": str(head.revision), **params})
    parsed = answer.body.get("parse")
    if not isinstance(parsed, dict) or not isinstance(parsed.get(part), str):
        raise BrokenPageError(head, PageFault.EMPTY, "")
    named = parsed.get("title"), parsed.get("pageid", head.page_id), parsed.get("revid")
    if named != (head.title, head.page_id, head.revision):
        raise WrongPageError(head, *named)
    return parsed, answer.retrieved_at


def _check_whole(api: WikiApi, page: WikiPage) -> None:
    """Raise unless a page shows the content of its source.

    MediaWiki wraps every page, even an empty one, in an element, and knows the size of each revision. If that
    leaves a doubt, the page's source decides.
    """
    head, is_empty = page.head, page.is_blank
    if head.size is None:
        is_doubtful = is_empty and not is_bare(page.html)
    else:
        is_doubtful = head.size > 0 and (is_empty or is_short(page.html, head.size))
    if not is_doubtful:
        return
    parsed, _ = _parse(api, head, "wikitext", {"prop": "wikitext|revid"})
    source = parsed["wikitext"]
    if not (is_empty and is_blank_source(source)) and not shows_source(page.html, source):
        raise BrokenPageError(head, PageFault.EMPTY if is_empty else PageFault.SHORT, "")


def _typed(number: object) -> str:
    """Return a number with its type: a number sent as text is not equal to the number."""
    return f"{show(number)} (text, not a number)" if isinstance(number, str) else str(number)


def page_url(base_url: str, head: PageHead) -> str:
    """Return the address at which people read this revision."""
    title = quote(head.title.replace(" ", "_"), safe="/:,()'!*-._~")
    return f"{base_url.rstrip('/')}/{title}?oldid={head.revision}"
