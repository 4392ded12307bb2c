"""``fandom_wiki``: statements from station pages of the Singapore MRT Lines wiki, read by rules and grounded.

Revisions are requested first, fifty titles per request; a page whose revision was read before, in this run or
an earlier one, is neither fetched nor read again. A page that was touched since, for example because a
template was edited, is fetched at once to see whether its content changed. What the rules could not read is
passed to the language model.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar

from pydantic import ValidationError

from mrt_pipeline.config.paths import read_path
from mrt_pipeline.contracts.checks import finding_of
from mrt_pipeline.contracts.claims import EnrichmentSource, Passage, StationClaims
from mrt_pipeline.contracts.counting import counted
from mrt_pipeline.contracts.documents import CC_BY_SA_3
from mrt_pipeline.contracts.evidence import Provenance
from mrt_pipeline.contracts.findings import Finding
from mrt_pipeline.contracts.network import Station
from mrt_pipeline.errors import BlockedError, SourceError, SourceFormatError
from mrt_pipeline.extraction.facts import BusTables, GroundingFacts
from mrt_pipeline.extraction.grounding import ground
from mrt_pipeline.extraction.page_reading import PageReading, ReadPage, open_reading
from mrt_pipeline.extraction.place_names import PlaceNames
from mrt_pipeline.extraction.rules.headers import load_vocabulary
from mrt_pipeline.network import load_network
from mrt_pipeline.runtime.context import RunContext
from mrt_pipeline.runtime.files import sha256_of
from mrt_pipeline.runtime.fingerprints import code_version
from mrt_pipeline.sources.fandom_wiki import SPEC
from mrt_pipeline.sources.fandom_wiki.api import SOURCE_ID, WikiApi, api_url
from mrt_pipeline.sources.fandom_wiki.kept import FOLDER
from mrt_pipeline.sources.fandom_wiki.pages import WikiPage, fetch_page, page_url
from mrt_pipeline.sources.fandom_wiki.store import PageStore
from mrt_pipeline.sources.fandom_wiki.titles import PageHead, Resolved, resolve_titles

LICENCE = CC_BY_SA_3
PUBLISHER = "Contributors of the Singapore MRT Lines Wiki (Fandom)"
READER_PARTS = ("extraction", "network")
"""code and tables that determine how a page is read"""
MAX_SHOWN_CUT = 3
"""how many truncated parts of a page a finding names"""
MIN_ASKED = 10
"""a wiki without pages for this many stations is the wrong one, or has lost them"""


@dataclass
class WikiSource:
    """Reads claims from a station's page; safe to use from several threads once prepared."""

    name: ClassVar[str] = SPEC.name
    api: WikiApi
    store: PageStore
    facts: GroundingFacts
    names: PlaceNames
    base_url: str
    now: Callable[[], datetime]
    reader: str
    """version of the code and word lists that read pages"""
    read_page: ReadPage
    own_words: str = ""
    """fingerprint of the operator's own vocabulary, empty if there is none"""
    _resolved: dict[str, Resolved] = field(default_factory=dict)
    _blocked: BlockedError | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def prepare(self, stations: Sequence[Station]) -> None:
        """Find the pages of the given stations and their newest revisions.

        Raises:
            SourceError: if the wiki is unavailable; ``BlockedError`` if it refuses us,
                ``SourceFormatError`` if it has none of the pages and so cannot be the right wiki.
        """
        by_title = {station.wiki_title: station for station in stations}
        if not by_title:
            return

        def accepts(wanted: str, title: str) -> bool:
            return self.names.slug_of_title(title) == by_title[wanted].slug

        try:
            found = resolve_titles(self.api, by_title, self.store, self.now(), accepts)
        except BlockedError as error:
            self._blocked = error
            raise
        _refuse_empty(found.values())
        for resolved in found.values():
            if resolved.head is not None and self.store.find_since(resolved.head) is None:
                self._look_again(resolved.head)
        self._resolved.update({station.slug: found[title] for title, station in by_title.items()})

    def _look_again(self, head: PageHead) -> None:
        """Fetch a page that was touched; a failure is reported when the station's claims are read."""
        try:
            self._fetch(head)
        except BlockedError:
            raise
        except SourceError:
            return

    def version_for(self, station: Station) -> str | None:
        """Return the page's revision and the touch that produced its content, ``missing``, or None."""
        resolved = self._resolved.get(station.slug)
        if resolved is not None and resolved.head is not None:
            since = self.store.find_since(resolved.head)
            shown = f"{resolved.head.page_id}@{resolved.head.revision}{since and f'+{since}'}"
            return None if since is None else f"{shown}{self.own_words}"
        if self._blocked is not None or resolved is None or resolved.failure is not None:
            return None
        return "missing"

    def keeps(self, station: Station) -> bool:
        """Return whether the station's page is kept in its current state, or does not exist."""
        head = self._outcome_for(station).head
        return head is None or self.store.has_page(head)

    def claims_for(self, station: Station, earlier: tuple[StationClaims, ...]) -> StationClaims:
        """Return what the station's page says about its exits, and the parts that the rules could not read.

        Raises:
            SourceError: if the page is unavailable; ``BlockedError`` if the wiki refuses us.
        """
        resolved = self._outcome_for(station)
        page = self._page(resolved.head) if resolved.head else None
        if page is None:
            return StationClaims(source=SPEC.name, findings=(_missing(station, resolved),))
        reading = self._read(page)
        provenance = self._provenance(page, reading.text)
        whole = Passage(
            document_id=provenance.document_id, licence=LICENCE.licence_id, text=reading.text, char_start=0
        )
        exits, rejected, findings = ground(
            [(whole, reading.candidates)], station, self.facts, source=SPEC.name
        )
        if reading.unknown_heads:
            findings = (*findings, _unknown_heads(station, reading))
        if reading.cut:
            findings = (*findings, _cut(station, reading))
        if page.is_blank:
            findings = (*findings, _blank(station, page.head))
        if page.is_redirect:
            findings = (*findings, _missing(station, Resolved(leads_to=page.head.title, is_list=True)))
        return StationClaims(
            source=SPEC.name,
            exits=exits,
            passages=tuple(
                whole.model_copy(update={"text": whole.text[start:end], "char_start": start})
                for start, end in reading.passages
            ),
            page=whole if reading.headed else None,
            headed=reading.headed,
            rejected=rejected,
            findings=findings,
            provenance={provenance.document_id: provenance, **self.facts.documents},
        )

    def _outcome_for(self, station: Station) -> Resolved:
        resolved = self._resolved.get(station.slug)
        if resolved is None:
            raise self._blocked or SourceError(SPEC.name, f"{station.name} was not looked up", retryable=True)
        if resolved.failure is not None:
            raise resolved.failure
        return resolved

    def _page(self, head: PageHead) -> WikiPage | None:
        """Return a page, kept or fetched; once the wiki has refused us, nothing more is requested."""
        if kept := self.store.find_page(head):
            return kept
        with self._lock:
            if self._blocked is not None:
                raise self._blocked
        return self._fetch(head)

    def _fetch(self, head: PageHead) -> WikiPage | None:
        """Fetch a page as the wiki shows it now and keep it; return None if it was deleted meanwhile."""
        try:
            page = fetch_page(self.api, head)
        except BlockedError as error:
            with self._lock:
                self._blocked = error
            raise
        if page is not None:
            self.store.keep_page(page)
        return page

    def _read(self, page: WikiPage) -> PageReading:
        """Return the reading of a page, kept or made now."""
        kept = self.store.find_reading(page.head, self.reader)
        if kept is not None:
            try:
                return PageReading.model_validate_json(kept)
            except ValidationError:  # a store written by another program
                pass
        reading = self.read_page(page.html, page.head.title)
        self.store.keep_reading(page.head, self.reader, reading.model_dump_json().encode())
        return reading

    def _provenance(self, page: WikiPage, text: str) -> Provenance:
        head = page.head
        url = page_url(self.base_url, head)
        return Provenance(
            document_id=f"wiki:{head.title}@{head.revision}",
            source_id=SPEC.name,
            title=head.title,
            publisher=PUBLISHER,
            url=url,
            revision=str(head.revision),
            retrieved_at=page.retrieved_at,
            licence=LICENCE.licence_id,
            licence_url=LICENCE.url,
            attribution=LICENCE.attribution.format(dataset=head.title, source=url, url=LICENCE.url),
            sha256=sha256_of(text.encode()),
            records=1,
        )


def open_source(context: RunContext, tables: BusTables) -> EnrichmentSource:
    """Return the source for the configured wiki."""
    network = load_network()
    section = context.settings.apis.fandom
    url = api_url(str(section.base_url))
    pace = context.settings.stages.stage2_enrichment
    own = read_path(section.vocabulary) if section.vocabulary else None
    names = PlaceNames.of(network)
    own_words = f"+{sha256_of(own.read_bytes())[:16]}" if own else ""
    return WikiSource(
        api=WikiApi(
            context.access.http(SPEC.api),
            url,
            first_wait_s=pace.retry_delay_seconds,
            notify=context.access.notify,
            on_answer=lambda answer: context.access.tracer.note(SOURCE_ID, answer.url, answer.content),
        ),
        store=PageStore(context.access.cache_dir / FOLDER, url, context.reporter.warn),
        facts=GroundingFacts(network, context.as_of, tables),
        names=names,
        base_url=str(section.base_url),
        now=context.now,
        reader=code_version(READER_PARTS) + own_words,
        read_page=open_reading(
            context.settings.execution, names, load_vocabulary(own), context.access.close_with
        ),
        own_words=own_words,
    )


def _refuse_empty(found: Iterable[Resolved]) -> None:
    """Refuse a wiki that has no page at all: that says something about the wiki, not about the stations.

    A lower number of pages is left to the gates, which know the previous number.
    """
    answered = [resolved for resolved in found if resolved.failure is None]
    if len(answered) >= MIN_ASKED and not any(resolved.head for resolved in answered):
        raise SourceFormatError(
            SPEC.name,
            f"the wiki has pages for 0 of {counted(len(answered), 'station')}; expected most of them; look "
            f"at apis.{SPEC.api}.base_url.",
        )


def _missing(station: Station, resolved: Resolved) -> Finding:
    if resolved.is_list:
        found = f"the wiki's {resolved.leads_to!r} only lists or leads to other pages"
    elif resolved.leads_to:
        found = f"the wiki redirects {station.wiki_title!r} to {resolved.leads_to!r}, a different subject"
    else:
        found = f"the wiki has no page {station.wiki_title!r}, nor one with a similar title"
    return finding_of(
        "wiki-page-missing",
        f"{station.name}: {found}; the page is not used.",
        slug=station.slug,
    )


def _unknown_heads(station: Station, reading: PageReading) -> Finding:
    heads = ", ".join(f"{head!r} ({number})" for head, number in reading.unknown_heads)
    return finding_of(
        "head-unknown",
        f"{station.name}: the wiki's page has headings or keys that the vocabulary lacks, each with the "
        f"number of values not read because of it: {heads}. Add those that matter to "
        f"apis.{SPEC.api}.vocabulary.",
        slug=station.slug,
    )


def _cut(station: Station, reading: PageReading) -> Finding:
    begun = ", ".join(map(repr, reading.cut[:MAX_SHOWN_CUT]))
    return finding_of(
        "wiki-page-cut",
        f"{station.name}: the wiki's page has {counted(len(reading.cut), 'part')} too long to be read to the "
        f"end, beginning with {begun}. Check what is missing, and divide such cells and paragraphs.",
        slug=station.slug,
    )


def _blank(station: Station, head: PageHead) -> Finding:
    return finding_of(
        "wiki-page-blank",
        f"{station.name}: revision {head.revision} of the wiki's page {head.title!r} is blank; "
        "it is not used. Check the page's history.",
        slug=station.slug,
    )
