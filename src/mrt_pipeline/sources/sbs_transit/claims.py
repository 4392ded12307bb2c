"""``sbs_transit``: what the operator lists under each exit of its stations: lifts, toilets, places."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from mrt_pipeline.contracts.claims import EnrichmentSource
from mrt_pipeline.extraction.place_names import plain_name
from mrt_pipeline.extraction.station_pages import Pages, StationPageSource
from mrt_pipeline.network import load_network
from mrt_pipeline.sources.sbs_transit import SPEC
from mrt_pipeline.sources.sbs_transit.fetching import LINES
from mrt_pipeline.sources.sbs_transit.parsing import PAGES_ID
from mrt_pipeline.sources.sbs_transit.reading import read_pages

if TYPE_CHECKING:
    from mrt_pipeline.extraction.facts import BusTables
    from mrt_pipeline.runtime.context import RunContext

_STATION_CODE = re.compile(r"\b(?:NE|DT)\d{1,2}\b")


def open_source(context: RunContext, tables: BusTables) -> EnrichmentSource:
    """Return the source; it reads the pages when it is prepared."""
    ttl_days = context.settings.stages.stage1_ingestion.cache_ttl_days
    return source_of(lambda: read_pages(context.access, ttl_days))


def source_of(read: Callable[[], Pages]) -> StationPageSource:
    """Return the source over what reads the pages."""
    slugs = {plain_name(name): slug for slug, name in load_network().names.items()}
    return StationPageSource(
        name=SPEC.name,
        document_id=PAGES_ID,
        read=read,
        find_slug=lambda key: slugs.get(plain_name(_STATION_CODE.sub(" ", key.station_name))),
        describe=lambda key: f"SBS Transit's {key.line_code} page",
        lines=frozenset(LINES),
    )
