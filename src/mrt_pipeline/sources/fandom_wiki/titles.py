"""Find the pages of stations and their newest revisions: in batches, by what the wiki makes of each title.

A title that the wiki does not have is tried in the other forms that station pages have, and at last
searched for. A title found once is remembered, so that a later run asks for the right one at once; a search
that found nothing is not repeated for some days.
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
"""titles a request, the most that a wiki takes from anybody"""
SEARCH_AGAIN = timedelta(days=7)
MAX_SEARCH_HITS = "10"
MAX_REDIRECTS = 10
MAX_MOMENT_CHARS = 40

_KINDS = ("MRT Station", "MRT/LRT Station", "LRT Station", "MRT station", "MRT/LRT station", "LRT station")
_KIND = re.compile(r"\s+(?:MRT/LRT|MRT|LRT)\s+station$", re.IGNORECASE)

_DISAMBIGUATION = "disambiguation"
"""page property of a page that lists pages of like names (extension Disambiguator)"""

Accepts = Callable[[str, str], bool]
"""whether a page's title is that of the title wanted"""


@dataclass(frozen=True, slots=True)
class PageHead:
    """A page as the wiki has it now, without its text."""

    title: str
    page_id: int
    revision: int
    size: int | None = field(default=None, compare=False)
    """bytes of its source, as far as the wiki says"""
    touched: str | None = field(default=None, compare=False)
    """when what it shows may last have changed, as far as the wiki says; the edit of a template moves it"""
    is_list: bool = field(default=False, compare=False)
    """whether it is no article but a list of pages, as a disambiguation or a category"""


@dataclass(frozen=True, slots=True)
class Resolved:
    """What became of one title."""

    head: PageHead | None = None
    """none: the wiki has no such page"""
    leads_to: str | None = None
    """title of the page about something else that the wiki shows instead"""
    failure: SourceError | None = None
    """why it is not known"""
    is_list: bool = False
    """whether ``leads_to`` only lists pages of such a name, as a disambiguation or a category does"""


class OmissionError(SourceFormatError):
    """The wiki's answer says nothing of some titles that it was asked for, not even that they are missing."""


class TitleMemory(Protocol):
    """Remembers titles between runs."""

    def find_title(self, wanted: str) -> str | None:
        """Return the title under which a wanted one was found before."""

    def keep_title(self, wanted: str, title: str) -> None:
        """Remember under which title a wanted one was found."""

    def find_search(self, wanted: str) -> datetime | None:
        """Return when a wanted title was last searched for in vain."""

    def keep_search(self, wanted: str, at: datetime) -> None:
        """Remember that a wanted title was searched for in vain."""


def resolve_titles(
    api: WikiApi, wanted: Iterable[str], memory: TitleMemory, now: datetime, accepts: Accepts
) -> dict[str, Resolved]:
    """Return what the wiki has for each wanted title.

    Raises:
        SourceError: if nothing can be learnt, ``BlockedError`` if the wiki refuses us.
    """
    search = _Resolution(api, accepts)
    titles = list(dict.fromkeys(wanted))
    search.look_up({title: [memory.find_title(title) or title] for title in titles})
    due = [title for title in search.missing(titles) if _is_due(memory.find_search(title), now)]
    search.look_up({title: alternatives(title) for title in due})
    for title in search.missing(due):
        search.search_for(title)
        if not search.has(title) and title not in search.failures and memory.find_title(title) is None:
            memory.keep_search(title, now)  # one that was there before may only be hidden for the moment
    for title, head in search.found.items():
        memory.keep_title(title, head.title)
    failures = list(search.failures.values())
    if failures and not search.found and len(failures) == len(titles):
        raise failures[0]
    return {title: search.outcome(title) for title in titles}


def _is_due(last: datetime | None, now: datetime) -> bool:
    """Return whether a title is looked for again; a time in the future means that a clock was wrong."""
    return last is None or not timedelta(0) <= now - last < SEARCH_AGAIN


def alternatives(title: str) -> list[str]:
    """Return the forms that a station's title may have, the given one first."""
    name = _KIND.sub("", title)
    return list(dict.fromkeys((title, *(f"{name} {kind}" for kind in _KINDS))))


def fold_title(title: str) -> str:
    """Return a title for comparison: letters and digits only, small."""
    return "".join(char for char in unicodedata.normalize("NFKC", title).casefold() if char.isalnum())


@dataclass
class _Resolution:
    """What is known so far of the titles wanted."""

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
        """Ask for all forms of some titles, and keep of each title the first page that is its own."""
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
            self._asked.update(
                dict.fromkeys(broken)
            )  # no page at all: whoever counts them says what that means
            broken.clear()
        for title, listed in forms.items():
            self._choose(title, listed)
            if title not in self.found and (errors := [broken[form] for form in listed if form in broken]):
                self.failures[title] = errors[0]

    def search_for(self, title: str) -> None:
        """Search for a title whose casing the wiki has otherwise."""
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
    """Return the page and its newest revision for each title; none where the wiki has no such page.

    Raises:
        SourceError: if the wiki cannot be asked.
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
    """Take in what an answer says, and return the titles that it says anything of."""
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
    """Refuse an answer that passes over some titles: MediaWiki says ``missing`` of a page that it lacks.

    Only redirects are listed without their pages, where they lead out of the wiki or in a circle.
    """
    omitted = [title for title in titles if title not in links and title not in told]
    if omitted:
        raise OmissionError(
            SOURCE_ID,
            f"the answer omits {len(omitted)} of {len(titles)} titles, including {omitted[0]!r}",
        )


def _is_list(page: Mapping[str, Any]) -> bool:
    """Return whether a page is outside the articles' namespace, or one that tells like names apart."""
    properties = page.get("pageprops")
    is_disambiguation = isinstance(properties, dict) and _DISAMBIGUATION in properties
    return bool(page.get("ns")) or is_disambiguation


def _head_of(page: Mapping[str, Any]) -> PageHead | None:
    """Return a page's head; none if it is missing, invalid, or its revision comes with a later answer."""
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
    """Return where a title leads, through normalisation and redirects; a loop ends where it began."""
    for _ in range(MAX_REDIRECTS):
        if title not in links or links[title] == title:
            return title
        title = links[title]
    return title


def _batches(titles: Sequence[str], size: int = BATCH) -> Iterator[Sequence[str]]:
    for start in range(0, len(titles), size):
        yield titles[start : start + size]
