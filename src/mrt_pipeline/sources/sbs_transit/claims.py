"""``sbs_transit``: the lifts, toilets and places that the operator lists for each exit of its stations.

Its pages are recorded in the package, or read live: first the stations of each line, then each station's
page.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby

from mrt_pipeline.config import Settings
from mrt_pipeline.contracts.claims import EnrichmentSource
from mrt_pipeline.contracts.documents import Document
from mrt_pipeline.contracts.sections import Mode
from mrt_pipeline.contracts.source import SourceTable, StationPageFact
from mrt_pipeline.extraction.facts import BusTables
from mrt_pipeline.extraction.place_names import plain_name
from mrt_pipeline.extraction.station_pages import (
    Page,
    PageFacts,
    PageKey,
    Pages,
    PageSite,
    StationPageSource,
    read_each,
)
from mrt_pipeline.network import load_network
from mrt_pipeline.runtime.context import RunContext
from mrt_pipeline.runtime.documents import Parsed, Payload, table_of
from mrt_pipeline.runtime.source_access import SourceAccess
from mrt_pipeline.sources.sbs_transit import SPEC, STATION_PAGES

API = "sbs_transit"
LINES = ("NEL", "DTL")
READ_BY_OTHERS = replace(
    STATION_PAGES,
    title="Train information, station pages (lifts only, as compiled by third parties)",
    source="SBS Transit (via a third-party list compiled from its pages)",
)
"""the document when only a list that others made from the pages is available"""
_STATION_CODE = re.compile(r"\b(?:NE|DT)\d{1,2}\b")


def open_source(context: RunContext, tables: BusTables) -> EnrichmentSource:
    """Return the source; it reads the pages when it is prepared."""
    return source_of(lambda: read_pages(context.access))


def source_of(read: Callable[[], Pages]) -> StationPageSource:
    """Return the source over a function that reads the pages."""
    slugs = {plain_name(name): slug for slug, name in load_network().names.items()}
    return StationPageSource(
        name=SPEC.name,
        document_id=STATION_PAGES.document_id,
        read=read,
        find_slug=lambda key: slugs.get(plain_name(_STATION_CODE.sub(" ", key.station_name))),
        describe=lambda key: f"SBS Transit's {key.line_code} page",
        lines=frozenset(LINES),
    )


def read_pages(access: SourceAccess) -> Pages:
    """Return every page, recorded or live as configured; in live mode also the failed ones, with the reason.

    Raises:
        SourceError: if the site is unavailable, or fails page after page.
    """
    if access.mode_of(API) is not Mode.LIVE:
        return Pages(tuple(_split(access.recorded_table(STATION_PAGES))))
    site = PageSite(access, API, STATION_PAGES)
    keys = [key for line in LINES for key in _ask_stations(site, line)]
    return read_each(keys, lambda key: _read_page(site, key))


def record(access: SourceAccess) -> Iterator[SourceTable[StationPageFact]]:
    """Yield everything that the pages list, fetched from the site now.

    Raises:
        SourceError: if one of the pages is unavailable.
    """
    pages = read_pages(access)
    for _, error in pages.failures:
        raise error
    facts = tuple(fact for page in pages.read for fact in page.facts.facts)
    digests = "".join(page.provenance.sha256 for page in pages.read).encode()
    oldest = min(page.provenance.retrieved_at for page in pages.read)
    yield table_of(STATION_PAGES, Payload(digests, oldest), Parsed(facts))


def read_files(_: Document, payloads: Sequence[Payload], _settings: Settings) -> SourceTable[StationPageFact]:
    """Return the lifts in a list that others made from the pages; of several files, the last."""
    from mrt_pipeline.sources.sbs_transit.parsing import parse_facts

    payload = payloads[-1]
    return table_of(READ_BY_OTHERS, payload, Parsed(parse_facts(payload.content)))


def _ask_stations(site: PageSite, line_code: str) -> tuple[PageKey, ...]:
    """Return the stations of a line that have a page."""
    from mrt_pipeline.sources.sbs_transit.parsing import parse_stations

    return site.read(
        lambda answer: parse_stations(answer.content, line_code),
        "Ajax/StationDropdown",
        form={"TrainLine": line_code},
    )


def _read_page(site: PageSite, key: PageKey) -> Page:
    from mrt_pipeline.sources.sbs_transit.parsing import parse_page

    query = {"TrainLine": key.line_code, "Station": key.operator_code}
    name = f"{key.line_code}-{key.operator_code}"
    return site.read_page(key, name, parse_page, "Service/TrainInformation", query)


def _split(table: SourceTable[StationPageFact]) -> Iterator[Page]:
    for key, facts in groupby(sorted(table.records, key=_order_of), key=_key_of):
        yield Page(key, PageFacts(tuple(facts)), table.provenance)


def _key_of(fact: StationPageFact) -> PageKey:
    return PageKey(fact.line_code, fact.operator_code, fact.station_name)


def _order_of(fact: StationPageFact) -> tuple[str, ...]:
    return fact.line_code, fact.operator_code, fact.station_name, fact.exit_code, fact.kind, fact.name
