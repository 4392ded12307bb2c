"""Landmarks by exit, according to LTA: the station pages behind its rail map.

Publisher: Land Transport Authority. Page: https://www.lta.gov.sg/content/ltagov/en/map/train.html. The site
has its own terms, so it is read live only, and facts from it are published under a label of their own.
Updated at any time. Last looked at on 2026-11-30, in descriptions of the pages.

Quirks: an index in XML names a page for each station; a page is an HTML fragment without head or end;
names are abbreviated (``Natl Design Ctr``), and some are outdated. A page may cover all lines of an
interchange.
"""

from pydantic import HttpUrl

from mrt_pipeline.contracts.documents import LTA_WEBSITE_FACTS, Document
from mrt_pipeline.contracts.network import Landmark
from mrt_pipeline.contracts.sections import ApiSection, BaseUrl
from mrt_pipeline.contracts.source_spec import Rate, RateLimit, SourceSpec


class LtaRailMapSection(ApiSection):
    """LTA's rail map: places by exit."""

    base_url: BaseUrl = HttpUrl("https://www.lta.gov.sg/map")
    """folder that holds mrt/index.xml"""


RAIL_MAP = Document(
    document_id="lta-rail-map",
    title="Rail map, station pages",
    publisher="Land Transport Authority",
    url="https://www.lta.gov.sg/content/ltagov/en/map/train.html",
    dataset="the rail map's station pages",
    source="the Land Transport Authority",
    licence=LTA_WEBSITE_FACTS,
)

SPEC = SourceSpec(
    name="lta_rail_map",
    package=__name__,
    place=5,
    api="lta_rail_map",
    section=LtaRailMapSection,
    documents=(RAIL_MAP,),
    is_recorded=False,
    fills=(Landmark,),
    rates={"lta.gov.sg": RateLimit((Rate(5, 1),), is_serial=True)},
)
