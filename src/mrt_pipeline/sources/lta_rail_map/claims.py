"""``lta_rail_map``: the places that LTA's rail map lists for each exit.

A page may cover all buildings of an interchange, so it does not distinguish exits that share a label.
"""

from __future__ import annotations

import re

from mrt_pipeline.contracts.claims import EnrichmentSource
from mrt_pipeline.extraction.facts import BusTables
from mrt_pipeline.extraction.place_names import plain_name
from mrt_pipeline.extraction.station_pages import (
    Page,
    PageKey,
    Pages,
    PageSite,
    StationPageSource,
    read_each,
)
from mrt_pipeline.network import Network, load_network
from mrt_pipeline.runtime.context import RunContext
from mrt_pipeline.runtime.source_access import SourceAccess
from mrt_pipeline.sources.lta_rail_map import RAIL_MAP, SPEC
from mrt_pipeline.sources.lta_rail_map.parsing import RAIL_MAP_ID, parse_index, parse_page

INDEX = "mrt/index.xml"


def open_source(context: RunContext, tables: BusTables) -> EnrichmentSource:
    """Return the source; it reads the pages when it is prepared."""
    network = load_network()
    return StationPageSource(
        name=SPEC.name,
        document_id=RAIL_MAP_ID,
        read=lambda: read_pages(context.access),
        find_slug=lambda key: find_slug(key, network),
        describe=lambda key: f"LTA's rail map page {key.operator_code}",
    )


def read_pages(access: SourceAccess) -> Pages:
    """Return every page that could be read, and why the others could not.

    Raises:
        SourceError: if the index is unavailable, or page after page fails.
    """
    site = PageSite(access, SPEC.api, RAIL_MAP)

    def read_page(key: PageKey) -> Page:
        return site.read_page(key, key.operator_code, parse_page, f"mrt/{key.operator_code}.html")

    return read_each(site.read(lambda answer: parse_index(answer.content), INDEX), read_page)


def find_slug(key: PageKey, network: Network) -> str | None:
    """Return the station that both name and file of a page (``NSL/NS24-NE6-CC1``) denote; None if unknown."""
    codes = (network.find_current(code) for code in re.split("[/-]", key.operator_code))
    wanted = plain_name(key.station_name)
    by_name = {slug for slug, name in network.names.items() if plain_name(name) == wanted}
    found = {entry.slug for entry in codes if entry is not None} | by_name
    return found.pop() if len(found) == 1 else None
