"""Lifts, toilets and places by exit, as SBS Transit lists them for North East and Downtown Line stations.

Publisher: SBS Transit. Page: https://www.sbstransit.com.sg/Service/TrainInformation. The text is the
operator's; facts from it are published under a label of their own. Updated at any time. Last looked at on
2026-11-30, in a description of the pages: third parties read the recorded lifts from them on 2026-09-19.

Quirks: one page per station and line, under the operator's own codes; the page of an interchange covers only
one line's half, so an exit that it does not list is unknown, not without a lift; headings vary.
"""

from pydantic import HttpUrl

from mrt_pipeline.contracts.documents import SBS_TRANSIT_FACTS, Document
from mrt_pipeline.contracts.network import ExitAccess, Landmark
from mrt_pipeline.contracts.sections import ApiSection, BaseUrl
from mrt_pipeline.contracts.source import StationPageFact
from mrt_pipeline.contracts.source_spec import Rate, RateLimit, SourceSpec


class SbsTransitSection(ApiSection):
    """SBS Transit's station pages."""

    base_url: BaseUrl = HttpUrl("https://www.sbstransit.com.sg")


STATION_PAGES = Document(
    document_id="sbs-station-pages",
    title="Train information, station pages",
    publisher="SBS Transit",
    url="https://www.sbstransit.com.sg/Service/TrainInformation",
    dataset="station pages",
    licence=SBS_TRANSIT_FACTS,
    record_type=StationPageFact,
)

SPEC = SourceSpec(
    name="sbs_transit",
    package=__name__,
    place=5,
    api="sbs_transit",
    section=SbsTransitSection,
    documents=(STATION_PAGES,),
    fills=(ExitAccess, Landmark),
    rates={"sbstransit.com.sg": RateLimit((Rate(2, 1),), is_serial=True)},
    reader="claims:read_files",
    recorder="claims:record",
)
