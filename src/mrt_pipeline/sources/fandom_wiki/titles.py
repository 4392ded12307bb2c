"""Find stations' pages and newest revisions: in batches, by how the wiki resolves each title.

A title that the wiki does not have is tried in the other forms that station pages use, and finally searched
for. A title that was found is remembered, so that later runs request the right one at once; a search without
result is not repeated for some days.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Protocol

from mrt_pipeline.errors import BlockedError, SourceError, SourceFormatError
from mrt_pipeline.runtime.records import show
from mrt_pipeline.sources.fandom_wiki.api import SOURCE_ID, ApiError, WikiApi

BATCH = 50
"""titles per request, the most that a wiki allows every client"""
SEARCH_AGAIN = timedelta(days=7)
MAX_SEARCH_HITS = "10"
MAX_REDIRECTS = 10
MAX_MOMENT_CHARS = 40

_KINDS = ("MRT Station", "MRT/LRT Station", "LRT Station", "MRT station", "MRT/LRT station", "LRT station")
_KIND = re.compile(r"\s+(?:MRT/LRT|MRT|LRT)\s+station$", re.IGNORECASE)

_DISAMBIGUATION = "disambiguation"
"""page property of a page that lists pages with similar names (extension Disambiguator)"""

Accepts = Callable[[str, str], bool]
"""whether the title of a page found is the title wanted"""


@dataclass(frozen=True, slots=True)
class PageHead:
    """A page in its current state on the wiki, without its text."""

    title: str
    page_id: int
    revision: int
    size: int | None = field(default=None, compare=False)
    """bytes of its source, if the wiki gives it"""
    touched: str | None = field(default=None, compare=False)
    """when its content may last have changed, if the wiki says so; editing a template moves it"""
    is_list: bool = field(default=False, compare=False)
    """whether it is a list of pages, such as a disambiguation or a category, and no article"""


@dataclass(frozen=True, slots=True)
class Resolved:
    """The result for one title."""

    head: PageHead | None = None
    """None: the wiki has no such page"""
    leads_to: str | None = None
    """title of the page about something else that the wiki redirects to"""
    failure: SourceError | None = None
    """why the result is unknown"""
    is_list: bool = False
    """whether ``leads_to`` only lists pages of that name, such as a disambiguation or a category"""


class OmissionError(SourceFormatError):
    """The wiki's answer omits some requested titles: it does not even say that they are missing."""


class TitleMemory(Protocol):
    """Remembers titles between runs."""

    def find_title(self, wanted: str) -> str | None:
        """Return the title under which a wanted title was found before."""

    def keep_title(self, wanted: str, title: str) -> None:
        """Remember under which title a wanted title was found."""

    def find_search(self, wanted: str) -> datetime | None:
        """Return when a wanted title was last searched for without result."""

    def keep_search(self, wanted: str, at: datetime) -> None:
        """Remember that a search for a wanted title had no result."""


def resolve_titles(
    api: WikiApi, wanted: Iterable[str], memory: TitleMemory, now: datetime, accepts: Accepts
) -> dict[str, Resolved]:
    """Return what the wiki has for each wanted title.

    Raises:
        SourceError: if nothing can be found out; ``BlockedError`` if the wiki refuses us.
    """
    search = _Resolution(api, accepts)
    titles = list(dict.fromkeys(wanted))
    search.look_up({title: [memory.find_title(title) or title] for title in titles})
    due = [title for title in search.missing(titles) if _is_due(memory.find_search(title), now)]
    search.look_up({title: alternatives(title) for title in due})
    for title in search.missing(due):
        search.search_for(title)
        if not search.has(title) and title not in search.failures and memory.find_title(title) is None:
            memory.keep_search(title, now)  # a page that was there before may only be hidden for the moment
    for title, head in search.found.items():
        memory.keep_title(title, head.title)
    failures = list(search.failures.values())
    if failures and not search.found and len(failures) == len(titles):
        raise failures[0]
    return {title: search.outcome(title) for title in titles}


def _is_due(last: datetime | None, now: datetime) -> bool:
    """Return whether a title is searched for again; a time in the future means that a clock was wrong."""
    return last is None or not timedelta(0) <= now - last < SEARCH_AGAIN


def alternatives(title: str) -> list[str]:
    """Return the forms that a station's title may take, the given one first."""
    name = _KIND.sub("", title)
    return list(dict.fromkeys((title, *(f"{name} {kind}" for kind in _KINDS))))


def fold_title(title: str) -> str:
    """Return a title in comparable form: letters and digits only, lower case."""
    return "".join(char for char in unicodedata.normalize("NFKC", title).casefold() if char.isalnum())


@dataclass
class _Resolution:
    """What is known so far about the titles wanted."""

    api: WikiApi
    accepts: Accepts
    found: dict[str, PageHead] = field(default_factory=dict)
    elsewhere: dict[str, PageHead] = field(default_factory=dict)
    failures: dict[str, SourceError] = field(default_factory=dict)
    _asked: dict[str, PageHead | None] = field(default_factory=dict)

    def has(self, title: str) -> bool:
        return title in self.found

    def missing(self, titles: Iterable[str]) -> list[str]:
        return [title for title in titles if title not in self.found and title not in self.failures]

    def outcome(self, title: str) -> Resolved:
        found, failure = self.found.get(title), self.failures.get(title)
        if (other := self.elsewhere.get(title)) is None:
            return Resolved(found, failure=failure)
        return Resolved(found, other.title, failure, is_list=other.is_list)

    def look_up(self, forms: Mapping[str, Sequence[str]]) -> None:
        """Request all forms of some titles, and keep the first page that belongs to each title."""
        unasked = dict.fromkeys(
            form for listed in forms.values() for form in listed if form not in self._asked
        )
        broken: dict[str, SourceError] = {}
        for batch in _batches(list(unasked)):
            try:
                self._asked.update(find_heads(self.api, batch))
            except BlockedError:
                raise
            except SourceError as error:
                broken.update(dict.fromkeys(batch, error))
        if all(isinstance(error, OmissionError) for error in broken.values()) and not any(
            self._asked.values()
        ):
            self._asked.update(dict.fromkeys(broken))  # no page at all: the caller that counts them decides
            broken.clear()
        for title, listed in forms.items():
            self._choose(title, listed)
            if title not in self.found and (errors := [broken[form] for form in listed if form in broken]):
                self.failures[title] = errors[0]

    def search_for(self, title: str) -> None:
        """Search for a title that the wiki spells in another casing."""
        forms = {fold_title(form) for form in alternatives(title)}
        try:
            hits = [hit for hit in search_titles(self.api, _KIND.sub("", title)) if fold_title(hit) in forms]
        except BlockedError:
            raise
        except SourceError as error:
            self.failures[title] = error
            return
        if hits:
            self.look_up({title: hits})

    def _choose(self, title: str, forms: Sequence[str]) -> None:
        for form in forms:
            head = self._asked.get(form)
            if head is None:
                continue
            if not head.is_list and self.accepts(title, head.title):
                self.found[title] = head
                self.elsewhere.pop(title, None)
                return
            self.elsewhere[title] = head


def find_heads(api: WikiApi, titles: Sequence[str]) -> dict[str, PageHead | None]:
    """Return the page and its newest revision for each title; None if the wiki has no such page.

    Raises:
        SourceError: if the wiki is unavailable.
    """
    params = {
        "prop": "info|revisions|pageprops",
        "rvprop": "ids|timestamp|size",
        "ppprop": _DISAMBIGUATION,
        "redirects": "1",
        "titles": "|".join(titles),
    }
    links: dict[str, str] = {}
    heads: dict[str, PageHead] = {}
    touched: dict[str, str] = {}
    lists: set[str] = set()
    told: set[str] = set()
    try:
        for answer in api.query(params):
            told |= _take_answer(answer.body, links, heads, touched, lists)
    except ApiError as fault:
        if fault.code != "toomanyvalues" or len(titles) < 2:
            raise
        size = min(fault.limit or len(titles), (len(titles) + 1) // 2)
        return {
            title: head for batch in _batches(titles, size) for title, head in find_heads(api, batch).items()
        }
    _refuse_omissions(titles, links, told)
    heads = {
        title: replace(head, touched=touched.get(title), is_list=title in lists)
        for title, head in heads.items()
    }
    return {title: heads.get(_follow(title, links)) for title in titles}


def search_titles(api: WikiApi, name: str) -> list[str]:
    """Return the titles that the wiki's search finds for a name, best first; the caller checks them."""
    answer = api.ask(
        {
            "action": "query",
            "list": "search",
            "srsearch": f"{name} station",
            "srnamespace": "0",
            "srlimit": MAX_SEARCH_HITS,
            "srprop": "",
        }
    )
    query = answer.body.get("query")
    hits = query.get("search") if isinstance(query, dict) else None
    return [str(hit["title"]) for hit in _objects(hits) if "title" in hit]


def _take_answer(
    body: Mapping[str, Any],
    links: dict[str, str],
    heads: dict[str, PageHead],
    touched: dict[str, str],
    lists: set[str],
) -> set[str]:
    """Add an answer's content, and return the titles that it mentions."""
    told: set[str] = set()
    query = body.get("query", {})
    if not isinstance(query, dict):
        raise SourceFormatError(SOURCE_ID, "the API's query is not an object")
    for kind in ("normalized", "converted", "redirects"):
        for link in _objects(query.get(kind)):
            links[str(link.get("from"))] = str(link.get("to"))
    for page in _objects(query.get("pages")):
        told.add(str(page.get("title")))
        if head := _head_of(page):
            heads[head.title] = head
        if isinstance(moment := page.get("touched"), str) and len(moment) <= MAX_MOMENT_CHARS:
            touched[str(page.get("title"))] = moment
        if _is_list(page):
            lists.add(str(page.get("title")))
    return told


def _refuse_omissions(titles: Sequence[str], links: Mapping[str, str], told: set[str]) -> None:
    """Refuse an answer that omits some titles: for a page that it lacks, MediaWiki says ``missing``.

    Only redirects that lead out of the wiki or in a circle are listed without pages.
    """
    omitted = [title for title in titles if title not in links and title not in told]
    if omitted:
        raise OmissionError(
            SOURCE_ID,
            f"the response omits {len(omitted)} of {len(titles)} titles, including {omitted[0]!r}",
        )


def _is_list(page: Mapping[str, Any]) -> bool:
    """Return whether a page is outside the article namespace, or is a disambiguation."""
    properties = page.get("pageprops")
    is_disambiguation = isinstance(properties, dict) and _DISAMBIGUATION in properties
    return bool(page.get("ns")) or is_disambiguation


def _head_of(page: Mapping[str, Any]) -> PageHead | None:
    """Return a page's head; None if it is missing, invalid, or its revision comes with a later answer."""
    revisions = list(_objects(page.get("revisions")))
    title, page_id = page.get("title"), page.get("pageid")
    if not revisions or not isinstance(title, str) or not isinstance(page_id, int):
        return None
    revision = revisions[0].get("revid")
    if not isinstance(revision, int):
        raise SourceFormatError(SOURCE_ID, f"the newest revision of {show(title)} has no revid")
    size = revisions[0].get("size")
    return PageHead(title, page_id, revision, size if isinstance(size, int) else None)


def _objects(value: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(value, list):
        yield from (item for item in value if isinstance(item, dict))


def _follow(title: str, links: Mapping[str, str]) -> str:
    """Return where a title leads through normalisation and redirects; a loop ends where it started."""
    for _ in range(MAX_REDIRECTS):
        if title not in links or links[title] == title:
            return title
        title = links[title]
    return title


def _batches(titles: Sequence[str], size: int = BATCH) -> Iterator[Sequence[str]]:
    for start in range(0, len(titles), size):
        yield titles[start : start + size]
