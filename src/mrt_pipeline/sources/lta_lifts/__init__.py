"""Lifts by exit, according to LTA: LTA DataMall's v2/FacilitiesMaintenance.

Publisher: Land Transport Authority. Page:
https://datamall.lta.gov.sg/content/datamall/en/dynamic-data.html. Licence: Singapore Open Data Licence 1.0.
Updated at any time: it lists the lifts that are out of service now, so each answer names a few, and an empty
answer is normal. Last looked at on 2026-11-30.

Quirks: no dates; a wrong AccountKey is answered with 404; descriptions in any case, some with a line in front
(``(TEL) EXIT A STREET LEVEL - PLATFORM B``), some that name no exit; an empty ``LiftID``, or one with a
space; other names of lines (``BPLRT``). Lifts listed once are kept (``reading.py``).
"""

from mrt_pipeline.contracts.network import ExitAccess
from mrt_pipeline.contracts.sections import DatamallSection
from mrt_pipeline.contracts.source import LiftRecord
from mrt_pipeline.contracts.source_spec import DATAMALL_KEY, SourceSpec, datamall_document

LIFTS = datamall_document(
    "lta-lifts",
    "Lifts listed in Facilities Maintenance",
    LiftRecord,
    dataset="Facilities Maintenance",
)

SPEC = SourceSpec(
    name="lta_lifts",
    package=__name__,
    place=2,
    max_age_days=90,
    api="datamall",
    section=DatamallSection,
    documents=(LIFTS,),
    fills=(ExitAccess,),
    credentials=DATAMALL_KEY,
    asker="kept:ask_again",
    kept_state="kept:describe_kept",
    reader="reading:read_files",
    recorder="reading:record",
)
