"""``sbs_transit``: what the operator lists under each exit of its stations: lifts, toilets, landmarks.

A listed lift is a fact about its exit, and serves the street there. An exit that is not listed is unknown: a
page may cover only the operator's half of an interchange.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mrt_pipeline.contracts.checks import finding_of
from mrt_pipeline.contracts.claims import EnrichmentSource, StationClaims
from mrt_pipeline.contracts.evidence import WHOLE_RECORD, Confidence, Evidence
from mrt_pipeline.contracts.findings import Finding
from mrt_pipeline.contracts.network import AccessFeature, ExitAccess, Landmark, Station, StepFree
from mrt_pipeline.contracts.outputs import ExitEnrichment
from mrt_pipeline.contracts.source import StationPageFact
from mrt_pipeline.errors import SourceError
from mrt_pipeline.extraction.exit_matching import Naming, match_exit
from mrt_pipeline.extraction.facts import plain_name
from mrt_pipeline.network import load_network
from mrt_pipeline.runtime.records import show
from mrt_pipeline.sources.sbs_transit.fetching import LINES
from mrt_pipeline.sources.sbs_transit.parsing import LANDMARK, LIFT, PAGES_ID, TOILET, PageKey
from mrt_pipeline.sources.sbs_transit.reading import Page, Pages, read_pages, version_of

if TYPE_CHECKING:
    from mrt_pipeline.extraction.bus_tables import BusTables
    from mrt_pipeline.runtime.context import RunContext

SOURCE = "sbs_transit"
FEATURES = {LIFT: AccessFeature.LIFT, TOILET: AccessFeature.TOILET}
_STATION_CODE = re.compile(r"\b(?:NE|DT)\d{1,2}\b")

Cited = tuple[StationPageFact, Evidence]
"""a fact, and where it stands"""


@dataclass
class SbsSource:
    """Claims what the pages list; read by each run before its first station."""

    read: Callable[[], Pages]
    slugs: dict[str, str]
    """slug of each station by its name with letters and digits only"""
    _pages: dict[str, list[Page]] = field(default_factory=dict)
    _failures: dict[str, SourceError] = field(default_factory=dict)
    _findings: tuple[Finding, ...] = ()
    _is_read: bool = False

    @property
    def name(self) -> str:
        """Return ``sbs_transit``."""
        return SOURCE

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Return the pages of stations that nobody knows."""
        return self._findings

    def prepare(self, stations: Sequence[Station]) -> None:
        """Read the pages, in live mode from the site.

        Raises:
            SourceError: if it cannot be asked.
        """
        pages = self.read()
        self._pages, self._failures, remarks = {}, {}, []
        for page in pages.read:
            slug = self._find_slug(page.key)
            if slug is None:
                remarks.append(_unplaced(page.key))
            else:
                self._pages.setdefault(slug, []).append(page)
        for key, error in pages.failures:
            self._failures.setdefault(self._find_slug(key) or "", error)
        self._findings = tuple(remarks)
        self._is_read = True

    def covers(self, station: Station) -> bool:
        """Return whether a station is on a line of the operator's that has pages."""
        return not set(LINES).isdisjoint(station.lines)

    def version_for(self, station: Station) -> str | None:
        """Return which content of the station's pages was read; none if one could not be."""
        if not self._is_read or station.slug in self._failures:
            return None
        return version_of(self._pages.get(station.slug, ()))

    def claims_for(self, station: Station, earlier: tuple[StationClaims, ...]) -> StationClaims:
        """Return what the pages list under the exits of a station.

        Raises:
            SourceError: if a page of it could not be had.
        """
        if (failure := self._failures.get(station.slug)) is not None:
            raise failure
        pages = self._pages.get(station.slug, [])
        findings = [_unread(station, page, line) for page in pages for line in page.facts.unread]
        at: dict[str, list[Cited]] = {}
        for page in pages:
            for fact in page.facts.facts:
                naming = _naming(page, fact)
                found = match_exit(station, naming)
                if isinstance(found, Finding):
                    findings.append(found)
                else:
                    cited = page.provenance.cite(_record_id(fact))
                    at.setdefault(found.exit_id, []).append((fact, cited))
        return StationClaims(
            source=SOURCE,
            exits=tuple(_enrich(exit_id, facts) for exit_id, facts in sorted(at.items())),
            findings=tuple(dict.fromkeys(findings)),
            provenance={page.provenance.document_id: page.provenance for page in pages},
        )

    def _find_slug(self, key: PageKey) -> str | None:
        return self.slugs.get(plain_name(_STATION_CODE.sub(" ", key.station_name)))


def open_source(context: RunContext, tables: BusTables) -> EnrichmentSource:
    """Return the source; it reads the pages when it is prepared."""
    ttl_days = context.settings.stages.stage1_ingestion.cache_ttl_days
    slugs = {plain_name(name): slug for slug, name in load_network().names.items()}
    return SbsSource(lambda: read_pages(context.access, ttl_days), slugs)


def _record_id(fact: StationPageFact) -> str:
    named = (fact.line_code, fact.operator_code, fact.exit_code, fact.kind, fact.name)
    return "/".join(part for part in named if part)


def _naming(page: Page, fact: StationPageFact) -> Naming:
    return Naming(
        label=fact.exit_code,
        line_code=fact.line_code,
        record_id=f"{page.provenance.document_id}:{_record_id(fact)}",
        words=f"SBS Transit's {fact.line_code} page lists a {fact.kind} and",
    )


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


def _unplaced(key: PageKey) -> Finding:
    return finding_of(
        "access-station-unknown",
        f"SBS Transit has a {key.line_code} page of {show(key.station_name)} ({key.operator_code}), a "
        "station that the network table lacks; nothing of it is claimed. See whether the station is new.",
        record_id=f"{PAGES_ID}:{key.line_code}/{key.operator_code}",
    )


def _unread(station: Station, page: Page, line: str) -> Finding:
    return finding_of(
        "access-words-unread",
        f"SBS Transit's {page.key.line_code} page of {station.name} has {show(line)}; expected Lifts or "
        "Toilets, and exits such as A, B. Nothing is claimed. Read the words, and see which exit is meant.",
        slug=station.slug,
        record_id=f"{page.provenance.document_id}:{page.key.operator_code}",
    )
