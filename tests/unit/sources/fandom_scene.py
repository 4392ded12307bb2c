"""A wiki that answers from a list, and a memory that forgets with the test."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from mrt_pipeline.errors import FetchError
from mrt_pipeline.runtime.http import Answer
from mrt_pipeline.sources.fandom_wiki.api import WikiApi

NOW = datetime(2026, 11, 23, 4, tzinfo=UTC)
URL = "https://wiki.example/api.php"

Respond = Callable[[Mapping[str, str]], Any]


@dataclass
class FakeWiki:
    """Stands in for the HTTP client: gives to each request what a function makes of its parameters."""

    respond: Respond
    asked: list[Mapping[str, str]] = field(default_factory=list)
    naps: list[float] = field(default_factory=list)
    told: list[str] = field(default_factory=list)

    def get(
        self, source_id: str, url: str, *, params: Mapping[str, str] | None = None, max_bytes: int = 0
    ) -> Answer:
        """Answer one request; an exception in the list is raised."""
        assert (url, max_bytes > 0) == (URL, True)
        self.asked.append(dict(params or {}))
        body = self.respond(params or {})
        if isinstance(body, Exception):
            raise body
        headers = {"retry-after": "9"} if isinstance(body, dict) and "error" in body else {}
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        return Answer(url, 200, content, "application/json", NOW, headers)

    def api(self) -> WikiApi:
        """Return an API client that asks this wiki and sleeps without waiting."""
        return WikiApi(self, URL, first_wait_s=1, sleep=self.naps.append, notify=self.told.append)


def in_turn(*answers: Any) -> FakeWiki:
    """Return a wiki that gives its answers one after the other, the last one for ever."""
    left = list(answers)
    return FakeWiki(lambda _: left.pop(0) if len(left) > 1 else left[0])


@dataclass
class Memory:
    """Remembers titles as the store does."""

    titles: dict[str, str] = field(default_factory=dict)
    searches: dict[str, datetime] = field(default_factory=dict)

    def find_title(self, wanted: str) -> str | None:
        return self.titles.get(wanted)

    def keep_title(self, wanted: str, title: str) -> None:
        self.titles[wanted] = title

    def find_search(self, wanted: str) -> datetime | None:
        return self.searches.get(wanted)

    def keep_search(self, wanted: str, at: datetime) -> None:
        self.searches[wanted] = at


def page(title: str, page_id: int = 1, revision: int = 10) -> dict[str, Any]:
    """Return a page as the API lists it."""
    return {"pageid": page_id, "ns": 0, "title": title, "revisions": [{"revid": revision, "parentid": 0}]}


def small_wiki(pages: Mapping[str, int], redirects: Mapping[str, str] | None = None) -> FakeWiki:
    """Return a wiki that holds some pages, by title and revision, and looks titles up as MediaWiki does."""
    links = dict(redirects or {})

    def respond(params: Mapping[str, str]) -> Any:
        if params.get("list") == "search":
            words = params["srsearch"].removesuffix(" station").casefold()
            return {"query": {"search": [{"title": it} for it in pages if words in it.casefold()]}}
        asked = params["titles"].split("|")
        if len(asked) > 50:
            return FetchError("x", "too many titles")
        used = [{"from": title, "to": links[title]} for title in asked if title in links]
        ends = dict.fromkeys(links.get(title, title) for title in asked)
        listed = [
            page(title, number, pages[title]) if title in pages else {"title": title, "missing": True}
            for number, title in enumerate(ends, 1)
        ]
        return {"batchcomplete": True, "query": {"redirects": used, "pages": listed[::-1]}}

    return FakeWiki(respond)
