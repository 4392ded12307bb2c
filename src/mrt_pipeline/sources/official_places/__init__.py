"""Well-known places, from the open data of those who run or license them, through data.gov.sg.

Publishers: National Environment Agency (hawker centres), Sport Singapore, National Parks Board, People's
Association (community clubs), National Library Board, National Heritage Board (museums), Singapore Tourism
Board (hotels). Licence: Singapore Open Data Licence 1.0. Updated irregularly, some not for years. Last looked
at on 2026-11-29. Bus interchanges come from LTA's bus stops, which ``lta_datamall`` publishes.

Quirks: fields are in ``properties`` or in a ``Description`` that is an HTML table; no identifier survives an
update; names are in capitals, abbreviated, or addresses; planned and closed places are listed among the
others; a park is an area whose centre is far from its gates. The identifiers of museums and hotels on
data.gov.sg are unknown: their recorded copies are used, in live mode too.
"""

from dataclasses import dataclass

from mrt_pipeline.contracts.documents import Document
from mrt_pipeline.contracts.network import Landmark
from mrt_pipeline.contracts.sections import DatagovApiSection
from mrt_pipeline.contracts.source_spec import DATAGOV_RATES, SourceSpec, datagov_document


class OfficialPlacesSection(DatagovApiSection):
    """data.gov.sg: hawker centres, sports facilities, parks, community clubs, libraries."""


@dataclass(frozen=True, slots=True)
class PlacePoint:
    """A place at one position."""

    record_id: str
    name: str
    status: str | None
    """the publisher's statement of its use, e.g. ``Under Construction``"""
    lat: float
    lng: float


@dataclass(frozen=True, slots=True)
class PlaceArea:
    """A place with an edge that may be reached from any side."""

    record_id: str
    name: str
    outline: tuple[str, ...]
    """its rings, simplified as ``outlines`` describes"""


@dataclass(frozen=True, slots=True)
class Hotel:
    """A licensed hotel; hostels have the same licence."""

    record_id: str
    name: str
    rooms: int
    lat: float
    lng: float


AnyPlace = PlacePoint | PlaceArea | Hotel


DATASETS = {
    "nea-hawker-centres": "d_4a086da0a5553be1d89383cd90d07ecd",
    "sportsg-sport-facilities": "d_9b87bab59d036a60fad2a91530e10773",
    "nparks-parks": "d_77d7ec97be83d44f61b85454f844382f",
    "pa-community-clubs": "d_f706de1427279e61fe41e89e24d440fa",
    "nlb-libraries": "d_27b8dae65d9ca1539e14d09578b17cbf",
}
"""identifier of each document on data.gov.sg, where known"""


def _document(
    document_id: str, title: str, publisher: str, record_type: type, *, article: str = "the "
) -> Document:
    dataset_id = DATASETS.get(document_id)
    return datagov_document(document_id, title, publisher, record_type, dataset_id, article=article)


HAWKER_CENTRES = _document("nea-hawker-centres", "Hawker Centres", "National Environment Agency", PlacePoint)
SPORT_FACILITIES = _document(
    "sportsg-sport-facilities", "SportSG Sport Facilities", "Sport Singapore", PlacePoint, article=""
)
PARKS = _document("nparks-parks", "NParks Parks and Nature Reserves", "National Parks Board", PlaceArea)
COMMUNITY_CLUBS = _document("pa-community-clubs", "Community Clubs", "People's Association", PlacePoint)
LIBRARIES = _document("nlb-libraries", "Libraries", "National Library Board", PlacePoint)
MUSEUMS = _document("nhb-museums", "Museums", "National Heritage Board", PlacePoint)
HOTELS = _document("stb-hotels", "Hotels", "Singapore Tourism Board", Hotel)

SPEC = SourceSpec(
    name="official_places",
    package=__name__,
    place=6,
    max_age_days=365,
    api="official_places",
    section=OfficialPlacesSection,
    documents=(HAWKER_CENTRES, SPORT_FACILITIES, PARKS, COMMUNITY_CLUBS, LIBRARIES, MUSEUMS, HOTELS),
    fills=(Landmark,),
    rates=DATAGOV_RATES,
    unrated_with="DATAGOV_API_KEY",
    reader="reading:read_files",
    recorder="reading:record",
)
