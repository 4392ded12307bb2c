"""Platforms, directions and entrances of every station, from LTA's train timetable.

Publisher: Land Transport Authority. Page:
https://datamall.lta.gov.sg/content/datamall/en/dynamic-data.html. Licence: Singapore Open Data Licence 1.0.
Updated when the timetable changes. Last looked at on 2026-11-30, in descriptions of the service.

Quirks: DataMall gives a signed link (``link``, in its guide ``Link``) that is valid for 15 minutes; a wrong
AccountKey is answered with 404 or 401. ``EW13_A`` is a platform's id, not a letter; letters are in
``platform_code``, which may hold several (``A / D / E``). An entrance (``EW16_E6``) has its label in
``stop_name``, and belongs to one station of all lines. Whether entrances have ``wheelchair_boarding`` is
unknown: it is read if they do.
"""

from mrt_pipeline.contracts.network import ExitAccess, Platform
from mrt_pipeline.contracts.sections import DatamallSection
from mrt_pipeline.contracts.source_spec import DATAMALL_KEY, SourceSpec, datamall_document

SCHEDULE = datamall_document("lta-train-gtfs", "Train schedule (GTFS)", dataset="GTFS Schedule Train")

SPEC = SourceSpec(
    name="lta_train_gtfs",
    package=__name__,
    place=4,
    api="datamall",
    section=DatamallSection,
    documents=(SCHEDULE,),
    is_recorded=False,
    fills=(Platform, ExitAccess),
    credentials=DATAMALL_KEY,
)
