"""The position of each station's building, according to OneMap.

Publisher: Singapore Land Authority. Page: https://www.onemap.gov.sg/apidocs/search. Licence: Singapore Open
Data Licence 1.0. Updated continuously. Last looked at on 2026-11-23.

Quirks: the search is fuzzy and always ranks something first, so every hit is verified; since about 2024 a
building's name gives its codes in parentheses (``JURONG EAST MRT STATION (NS1 / EW24)``), before that an
interchange's buildings shared one name; empty fields are ``NIL``; a token is required since October 2025; an
answer may have both results and an ``error``.
"""

from pydantic import HttpUrl

from mrt_pipeline.contracts.documents import Document
from mrt_pipeline.contracts.names import STAGE1_INGESTION
from mrt_pipeline.contracts.sections import ApiSection, BaseUrl
from mrt_pipeline.contracts.source import StationLocation
from mrt_pipeline.contracts.source_spec import Credentials, Rate, RateLimit, SourceSpec


class OnemapSection(ApiSection):
    """OneMap search."""

    base_url: BaseUrl = HttpUrl("https://www.onemap.gov.sg/api")


STATIONS = Document(
    document_id="onemap-stations",
    title="OneMap search for MRT and LRT stations",
    publisher="Singapore Land Authority",
    url="https://www.onemap.gov.sg/apidocs/search",
    dataset="OneMap search",
    source="the Singapore Land Authority",
    record_type=StationLocation,
)

SPEC = SourceSpec(
    name="onemap",
    package=__name__,
    stage=STAGE1_INGESTION,
    place=2,
    max_age_days=365,
    api="onemap",
    section=OnemapSection,
    documents=(STATIONS,),
    credentials=Credentials((("ONEMAP_API_KEY",), ("ONEMAP_EMAIL", "ONEMAP_PASSWORD")), service="OneMap"),
    rates={"onemap.gov.sg": RateLimit((Rate(250, 60),))},
    asker="reading:ask_again",
    reader="reading:read_files",
    recorder="reading:record",
)
