"""Turn a publisher's station pages into claims: the lifts, toilets and landmarks listed under each exit.

A listed lift is one at its exit, and serves the street there. Nothing follows for an exit that is not listed:
a page may cover only one publisher's part of an interchange. If a page cannot be obtained, only its own
station has no result.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import urlencode

from mrt_pipeline.contracts.checks import finding_of
from mrt_pipeline.contracts.claims import StationClaims
from mrt_pipeline.contracts.documents import Document
from mrt_pipeline.contracts.evidence import WHOLE_RECORD, Confidence, Evidence, Provenance
from mrt_pipeline.contracts.findings import Finding
from mrt_pipeline.contracts.network import AccessFeature, ExitAccess, Landmark, Station, StepFree
from mrt_pipeline.contracts.outputs import ExitEnrichment
from mrt_pipeline.contracts.source import StationPageFact
from mrt_pipeline.errors import SourceError
from mrt_pipeline.extraction.exit_matching import Naming, match_exit
from mrt_pipeline.runtime.documents import Payload, provenance_of
from mrt_pipeline.runtime.records import show

if TYPE_CHECKING:
    from mrt_pipeline.runtime.checked_answers import Answers
    from mrt_pipeline.runtime.http import Answer
    from mrt_pipeline.runtime.source_access import SourceAccess

ReadT = TypeVar("ReadT")

LIFT, TOILET, LANDMARK = "lift", "toilet", "landmark"
FEATURES = {LIFT: AccessFeature.LIFT, TOILET: AccessFeature.TOILET}
FAILURES_IN_A_ROW = 5
"""after so many consecutive failures, no more pages are requested"""
MAX_BYTES = 2 * 2**20
"""size limit of one page"""

Cited = tuple[StationPageFact, Evidence]
"""a fact, and the evidence for it"""


@dataclass(frozen=True, slots=True)
class PageKey:
    """The key of a page: the publisher's station code, and the line if the page is about one."""

    line_code: str
    operator_code: str
    station_name: str


@dataclass(frozen=True, slots=True)
class PageFacts:
    """The facts that a page lists by exit."""

    facts: tuple[StationPageFact, ...]
    unread: tuple[str, ...] = ()
    """lines or headings that seem to be about exits but could not be read"""


@dataclass(frozen=True, slots=True)
class Page:
    """One page, with its provenance."""

    key: PageKey
    facts: PageFacts
    provenance: Provenance


@dataclass(frozen=True, slots=True)
class Pages:
    """All pages that were read, and the errors of those that were not."""

    read: tuple[Page, ...]
    failures: tuple[tuple[PageKey, SourceError], ...] = ()


def read_each(keys: Iterable[PageKey], read_page: Callable[[PageKey], Page]) -> Pages:
    """Read pages one by one, and return them and the failures.

    Raises:
        SourceError: if ``FAILURES_IN_A_ROW`` consecutive pages fail.
    """
    read: list[Page] = []
    failures: list[tuple[PageKey, SourceError]] = []
    in_a_row = 0
    for key in keys:
        try:
            read.append(read_page(key))
            in_a_row = 0
        except SourceError as error:
            failures.append((key, error))
            in_a_row += 1
            if in_a_row == FAILURES_IN_A_ROW:
                raise
    return Pages(tuple(read), tuple(failures))


@dataclass(frozen=True, slots=True)
class PageSite:
    """Requests pages from a publisher's site."""

    access: SourceAccess
    api: str
    """section of ``apis`` in the configuration, with ``base_url``"""
    document: Document
    """the site's pages as one document"""

    def url_of(self, path: str, query: Mapping[str, str] | None = None) -> str:
        """Return the URL of a path on the site."""
        base = str(getattr(self.access.settings.apis, self.api).base_url).rstrip("/")
        return f"{base}/{path}" + (f"?{urlencode(query)}" if query else "")

    def read(
        self,
        parse: Callable[[Answer], ReadT],
        path: str,
        query: Mapping[str, str] | None = None,
        *,
        form: Mapping[str, str] | None = None,
    ) -> ReadT:
        """Request a page, and return the parsed response.

        Args:
            parse: parses the response.
            path: path on the site.
            query: query of a GET request.
            form: if given, a POST request with this form is sent instead.

        Raises:
            SourceError: if there is no response, or ``parse`` rejects it.
        """
        document_id, client = self.document.document_id, self.access.http(self.api)

        def ask(conditions: Mapping[str, str]) -> Answer:
            if form is not None:
                return client.post_form(document_id, self.url_of(path), form, max_bytes=MAX_BYTES)
            url = self.url_of(path, query)
            return client.get(document_id, url, conditions=conditions, max_bytes=MAX_BYTES)

        def read(answers: Answers) -> ReadT:
            return parse(answers.get(self.url_of(path, form or query), ask, max_bytes=MAX_BYTES))

        return self.access.read_checked(document_id, read)

    def read_page(
        self,
        key: PageKey,
        name: str,
        parse: Callable[[bytes, PageKey], PageFacts],
        path: str,
        query: Mapping[str, str] | None = None,
    ) -> Page:
        """Request a page, and return it as a document of its own.

        Args:
            key: the page's key.
            name: suffix of its document id, unique on the site.
            parse: parses the response's body.
            path: path on the site.
            query: query of the request.

        Raises:
            SourceError: if there is no response, or ``parse`` rejects it.
        """

        def read(answer: Answer) -> tuple[Payload, PageFacts]:
            return Payload(answer.content, answer.retrieved_at), parse(answer.content, key)

        payload, facts = self.read(read, path, query)
        update = {
            "document_id": f"{self.document.document_id}:{name}",
            "title": f"{key.station_name}, {self.document.title}",
            "url": self.url_of(path, query),
        }
        provenance = provenance_of(self.document, payload, len(facts.facts))
        return Page(key, facts, provenance.model_copy(update=update))


def version_of(pages: Iterable[Page]) -> str:
    """Return a string that identifies the content of some pages."""
    return "+".join(sorted({page.provenance.sha256 for page in pages})) or "no page"


@dataclass
class StationPageSource:
    """An ``EnrichmentSource`` of station pages; each run reads all of them before its first station."""

    name: str
    """the source's name in the configuration"""
    document_id: str
    """id of the document that all pages form"""
    read: Callable[[], Pages]
    find_slug: Callable[[PageKey], str | None]
    """returns the slug of a page's station; None if the network table lacks it"""
    describe: Callable[[PageKey], str]
    """returns the name of a page in messages: ``SBS Transit's DTL page``"""
    lines: frozenset[str] | None = None
    """codes of the lines whose stations have pages; None means all"""
    _pages: dict[str, list[Page]] = field(default_factory=dict)
    _failures: dict[str, SourceError] = field(default_factory=dict)
    _findings: tuple[Finding, ...] = ()
    _is_read: bool = False

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Return a finding for each page of an unknown station."""
        return self._findings

    def prepare(self, stations: Sequence[Station]) -> None:
        """Read all pages; in live mode, from the site.

        Raises:
            SourceError: if the site is unavailable.
        """
        pages = self.read()
        self._pages, self._failures, remarks = {}, {}, []
        for page in pages.read:
            slug = self.find_slug(page.key)
            if slug is None:
                remarks.append(self._unplaced(page.key))
            else:
                self._pages.setdefault(slug, []).append(page)
        for key, error in pages.failures:
            self._failures.setdefault(self.find_slug(key) or "", error)
        self._findings = tuple(remarks)
        self._is_read = True

    def covers(self, station: Station) -> bool:
        """Return whether a station is on a line that has pages."""
        return self.lines is None or not self.lines.isdisjoint(station.lines)

    def version_for(self, station: Station) -> str | None:
        """Return a string that identifies the content of the station's pages; None if one was not read."""
        if not self._is_read or station.slug in self._failures:
            return None
        return version_of(self._pages.get(station.slug, ()))

    def claims_for(self, station: Station, earlier: tuple[StationClaims, ...]) -> StationClaims:
        """Return the claims of a station's pages.

        Raises:
            SourceError: if one of its pages could not be read.
        """
        if (failure := self._failures.get(station.slug)) is not None:
            raise failure
        pages = self._pages.get(station.slug, [])
        findings = [self._unread(station, page, line) for page in pages for line in page.facts.unread]
        at: dict[str, list[Cited]] = {}
        for page in pages:
            for fact in page.facts.facts:
                found = match_exit(station, self._naming(page, fact))
                if isinstance(found, Finding):
                    findings.append(found)
                else:
                    cited = page.provenance.cite(_record_id(fact))
                    at.setdefault(found.exit_id, []).append((fact, cited))
        return StationClaims(
            source=self.name,
            exits=tuple(_enrich(exit_id, facts) for exit_id, facts in sorted(at.items())),
            findings=tuple(dict.fromkeys(findings)),
            provenance={page.provenance.document_id: page.provenance for page in pages},
        )

    def _naming(self, page: Page, fact: StationPageFact) -> Naming:
        return Naming(
            label=fact.exit_code,
            line_code=fact.line_code,
            record_id=f"{page.provenance.document_id}:{_record_id(fact)}",
            words=f"{self.describe(page.key)} lists a {fact.kind} and",
        )

    def _unplaced(self, key: PageKey) -> Finding:
        named = "/".join(filter(None, (key.line_code, key.operator_code)))
        return finding_of(
            "access-station-unknown",
            f"{self.describe(key)} of {show(key.station_name)} ({key.operator_code}) is of a station that "
            "the network table lacks; the page is not used. Check whether the station is new.",
            record_id=f"{self.document_id}:{named}",
        )

    def _unread(self, station: Station, page: Page, line: str) -> Finding:
        return finding_of(
            "access-words-unread",
            f"{self.describe(page.key)} of {station.name} has {show(line)}, which could not be read; "
            "expected exits such as A, B. The line is not used. Read it, and find out which exit is meant.",
            slug=station.slug,
            record_id=f"{page.provenance.document_id}:{page.key.operator_code}",
        )


def _record_id(fact: StationPageFact) -> str:
    named = (fact.line_code, fact.operator_code, fact.exit_code, fact.kind, fact.name)
    return "/".join(part for part in named if part)


def _enrich(exit_id: str, facts: Iterable[Cited]) -> ExitEnrichment:
    listed = list(facts)
    return ExitEnrichment(
        exit_id=exit_id,
        access=_access_of([item for item in listed if item[0].kind in FEATURES]),
        landmarks=tuple(_landmarks_of(listed)),
        street_lifts=tuple(dict.fromkeys(cited for fact, cited in listed if fact.kind == LIFT)),
    )


def _access_of(listed: Sequence[Cited]) -> ExitAccess | None:
    if not listed:
        return None
    features = {FEATURES[fact.kind] for fact, _ in listed}
    return ExitAccess(
        step_free=StepFree.UNKNOWN,
        features=tuple(feature for feature in AccessFeature if feature in features),
        confidence=Confidence.MEDIUM,
        evidence={WHOLE_RECORD: tuple(dict.fromkeys(cited for _, cited in listed))},
    )


def _landmarks_of(listed: Iterable[Cited]) -> Iterator[Landmark]:
    by_name: dict[str, list[Evidence]] = {}
    for fact, cited in listed:
        if fact.kind == LANDMARK:
            by_name.setdefault(fact.name, []).append(cited)
    for name, reasons in by_name.items():
        yield Landmark(
            name=name,
            confidence=Confidence.MEDIUM,
            evidence={WHOLE_RECORD: tuple(dict.fromkeys(reasons))},
        )
