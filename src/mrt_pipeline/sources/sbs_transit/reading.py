"""SBS Transit's station pages, each with its provenance: recorded in the package, or read live."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from typing import TYPE_CHECKING

from mrt_pipeline.contracts.sections import Mode
from mrt_pipeline.contracts.source import SourceTable, StationPageFact
from mrt_pipeline.extraction.station_pages import Page, PageFacts, PageKey, Pages, read_each
from mrt_pipeline.runtime.documents import Parsed, Payload, provenance_of, table_of
from mrt_pipeline.sources.sbs_transit import STATION_PAGES
from mrt_pipeline.sources.sbs_transit.fetching import API, LINES, fetch_page, fetch_stations, page_url
from mrt_pipeline.sources.sbs_transit.parsing import PAGES_ID, parse_facts

if TYPE_CHECKING:
    from mrt_pipeline.config import Settings
    from mrt_pipeline.contracts.documents import Document
    from mrt_pipeline.runtime.source_access import SourceAccess

READ_BY_OTHERS = replace(
    STATION_PAGES,
    title="Train information, station pages (lifts only, as read by others)",
    source="SBS Transit (through a list that others made of its pages)",
)
"""what the pages are called where only a list made of them is at hand"""


def read_pages(access: SourceAccess, ttl_days: float) -> Pages:
    """Return every page, recorded or live as configured; in live mode those that failed, with the reason.

    Raises:
        SourceError: if the site cannot be asked, or fails page after page.
    """
    if access.mode_of(API) is not Mode.LIVE:
        return Pages(tuple(_split(access.recorded_table(STATION_PAGES))))
    keys = [key for line in LINES for key in fetch_stations(access, ttl_days, line)]
    return read_each(keys, lambda key: _read_page(access, ttl_days, key))


def record(access: SourceAccess) -> Iterator[SourceTable[StationPageFact]]:
    """Yield what all pages list, asked of the site now.

    Raises:
        SourceError: if one of them cannot be had.
    """
    pages = read_pages(access, ttl_days=0)
    for _, error in pages.failures:
        raise error
    facts = tuple(fact for page in pages.read for fact in page.facts.facts)
    digests = "".join(page.provenance.sha256 for page in pages.read).encode()
    oldest = min(page.provenance.retrieved_at for page in pages.read)
    yield table_of(STATION_PAGES, Payload(digests, oldest), Parsed(facts))


def read_files(_: Document, payloads: Sequence[Payload], _settings: Settings) -> SourceTable[StationPageFact]:
    """Return the lifts of a list that others made of the pages; of several, the last."""
    payload = payloads[-1]
    return table_of(READ_BY_OTHERS, payload, Parsed(parse_facts(payload.content)))


def _read_page(access: SourceAccess, ttl_days: float, key: PageKey) -> Page:
    payload, facts = fetch_page(access, ttl_days, key)
    provenance = provenance_of(STATION_PAGES, payload, len(facts.facts))
    update = {
        "document_id": f"{PAGES_ID}:{key.line_code}-{key.operator_code}",
        "title": f"{key.station_name}, {STATION_PAGES.title}",
        "url": page_url(access, key),
    }
    return Page(key, facts, provenance.model_copy(update=update))


def _split(table: SourceTable[StationPageFact]) -> Iterator[Page]:
    for key, facts in groupby(sorted(table.records, key=_order_of), key=_key_of):
        yield Page(key, PageFacts(tuple(facts)), table.provenance)


def _key_of(fact: StationPageFact) -> PageKey:
    return PageKey(fact.line_code, fact.operator_code, fact.station_name)


def _order_of(fact: StationPageFact) -> tuple[str, ...]:
    return fact.line_code, fact.operator_code, fact.station_name, fact.exit_code, fact.kind, fact.name
