"""Singapore MRT Lines wiki: one page a station, written by volunteers.

Publisher: contributors of singapore-mrt-lines.fandom.com, a MediaWiki. Licence: CC BY-SA 3.0, so facts
taken from it name page and revision and stay recognisable. Updated at any time. Quirks: the API stands
beside ``/wiki/`` at ``/api.php``; errors, missing pages and a lagging server are all answered with status
200; large batches are cut and go on under ``continue``; titles are case sensitive, and casing is the wiki's
own; some clients get 403. Protocol: https://www.mediawiki.org/wiki/API:Main_page, API:Etiquette. Last
looked at on 2026-11-23.
"""

from mrt_pipeline.sources.fandom_wiki.api import ApiError, WikiApi, api_url
from mrt_pipeline.sources.fandom_wiki.pages import (
    PageTroubleError,
    WikiPage,
    WrongPageError,
    fetch_page,
    page_url,
)
from mrt_pipeline.sources.fandom_wiki.store import PageStore
from mrt_pipeline.sources.fandom_wiki.titles import PageHead, Resolved, TitleMemory, resolve_titles
from mrt_pipeline.sources.fandom_wiki.trouble import Trouble

__all__ = [
    "ApiError",
    "PageHead",
    "PageStore",
    "PageTroubleError",
    "Resolved",
    "TitleMemory",
    "Trouble",
    "WikiApi",
    "WikiPage",
    "WrongPageError",
    "api_url",
    "fetch_page",
    "page_url",
    "resolve_titles",
]
