"""LTA MRT Station Exit, the dataset of all exits, from data.gov.sg.

Publisher: Land Transport Authority. Page:
https://data.gov.sg/datasets/d_b39d3a0871985372d7e1637193335da5/view. Licence: Singapore Open Data Licence
1.0. Updated irregularly, about twice a year. Last looked at on 2026-11-23.

Quirks: two shapes are in circulation (``properties`` with STATION_NA, EXIT_CODE and OBJECTID; before 2024
``Name`` and a ``Description`` that is an HTML table); STATION_NA and EXIT_CODE together are not unique,
OBJECTID is; no field says whether a station is open. A download must be requested, may be queued, and is
then served from a short-lived signed link. The link is a secret of this run: it is neither stored nor shown.
"""

from pydantic import Field

from mrt_pipeline.contracts.names import STAGE1_INGESTION
from mrt_pipeline.contracts.sections import DatagovApiSection
from mrt_pipeline.contracts.source import ExitFeature
from mrt_pipeline.contracts.source_spec import DATAGOV_RATES, SourceSpec, datagov_document

DATASET_ID = "d_b39d3a0871985372d7e1637193335da5"


class DatagovSection(DatagovApiSection):
    """data.gov.sg: LTA MRT Station Exit."""

    dataset_id: str = Field(default=DATASET_ID, pattern=r"^d_[0-9a-f]+$")


EXITS = datagov_document(
    "lta-station-exits", "LTA MRT Station Exit", "Land Transport Authority", ExitFeature, DATASET_ID
)

SPEC = SourceSpec(
    name="datagov",
    package=__name__,
    stage=STAGE1_INGESTION,
    place=1,
    api="datagov",
    section=DatagovSection,
    documents=(EXITS,),
    is_required=True,
    rates=DATAGOV_RATES,
    unrated_with="DATAGOV_API_KEY",
    reader="reading:read_files",
    recorder="reading:record",
)
