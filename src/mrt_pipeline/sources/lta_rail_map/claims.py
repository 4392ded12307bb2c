"""``lta_rail_map``: the places that LTA's rail map lists under each exit.

A page may be of all buildings of an interchange, so of two exits that share a label it tells neither.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from mrt_pipeline.contracts.claims import EnrichmentSource
from mrt_pipeline.extraction.place_names import plain_name
from mrt_pipeline.extraction.station_pages import (
    Page,
    PageFacts,
    PageKey,
    Pages,
    StationPageSource,
    read_each,
)
from mrt_pipeline.network import Network, load_network
from mrt_pipeline.runtime.documents import Payload, provenance_of
from mrt_pipeline.sources.lta_rail_map import RAIL_MAP, SPEC
from mrt_pipeline.sources.lta_rail_map.parsing import RAIL_MAP_ID, parse_index, parse_page

if TYPE_CHECKING:
    from mrt_pipeline.extraction.facts import BusTables
    from mrt_pipeline.runtime.checked_answers import Answers
    from mrt_pipeline.runtime.context import RunContext
    from mrt_pipeline.runtime.http import Answer
    from mrt_pipeline.runtime.source_access import SourceAccess

INDEX = "mrt/index.xml"
MAX_BYTES = 2 * 2**20


def open_source(context: RunContext, tables: BusTables) -> EnrichmentSource:
    """Return the source; it reads the pages when it is prepared."""
    ttl_days = context.settings.stages.stage1_ingestion.cache_ttl_days
    network = load_network()
    return StationPageSource(
        name=SPEC.name,
        document_id=RAIL_MAP_ID,
        read=lambda: read_pages(context.access, ttl_days),
        find_slug=lambda key: find_slug(key, network),
        describe=lambda key: f"LTA's rail map page {key.operator_code}",
    )


def read_pages(access: SourceAccess, ttl_days: float) -> Pages:
    """Return every page, and why others could not be read.

    Raises:
        SourceError: if the index cannot be had, or page after page fails.
    """

    def read_index(answers: Answers) -> tuple[PageKey, ...]:
        return parse_index(_get(access, answers, INDEX).content)

    keys = access.read_checked(RAIL_MAP_ID, ttl_days, read_index)
    return read_each(keys, lambda key: _read_page(access, ttl_days, key))


def find_slug(key: PageKey, network: Network) -> str | None:
    """Return the station that both name and file of a page (``NSL/NS24-NE6-CC1``) mean, as far as known."""
    codes = (network.find_current(code) for code in re.split("[/-]", key.operator_code))
    wanted = plain_name(key.station_name)
    by_name = {slug for slug, name in network.names.items() if plain_name(name) == wanted}
    found = {entry.slug for entry in codes if entry is not None} | by_name
    return found.pop() if len(found) == 1 else None


def _read_page(access: SourceAccess, ttl_days: float, key: PageKey) -> Page:
    path = f"mrt/{key.operator_code}.html"

    def read(answers: Answers) -> tuple[Payload, PageFacts]:
        answer = _get(access, answers, path)
        return Payload(answer.content, answer.retrieved_at), parse_page(answer.content, key)

    payload, facts = access.read_checked(RAIL_MAP_ID, ttl_days, read)
    provenance = provenance_of(RAIL_MAP, payload, len(facts.facts))
    update = {
        "document_id": f"{RAIL_MAP_ID}:{key.operator_code}",
        "title": f"{key.station_name}, {RAIL_MAP.title}",
        "url": _url(access, path),
    }
    return Page(key, facts, provenance.model_copy(update=update))


def _get(access: SourceAccess, answers: Answers, path: str) -> Answer:
    url = _url(access, path)
    client = access.http(SPEC.api)
    return answers.get(
        url,
        lambda conditions: client.get(RAIL_MAP_ID, url, conditions=conditions, max_bytes=MAX_BYTES),
        max_bytes=MAX_BYTES,
    )


def _url(access: SourceAccess, path: str) -> str:
    return f"{str(access.settings.apis.lta_rail_map.base_url).rstrip('/')}/{path}"
