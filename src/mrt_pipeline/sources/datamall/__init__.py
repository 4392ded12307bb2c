"""Bus stops and bus services from LTA DataMall.

Publisher: Land Transport Authority. Page:
https://datamall.lta.gov.sg/content/datamall/en/dynamic-data.html. Licence: Singapore Open Data Licence 1.0.
Updated whenever a stop or a route changes. Last looked at on 2026-11-23.

Quirks: pages of 500 rows by ``$skip``, the last one shorter; a wrong AccountKey is answered with 404; a route
has one row per stop and direction. ``Description`` names the exit that a stop is at (``Bugis Stn Exit B``).
The recorded services are those of April 2026, from a file derived from BusRoutes in the format of
data.busrouter.sg/v1/services.min.json: title and attribution of their document say so.
"""

from mrt_pipeline.contracts.network import ExitBusStop
from mrt_pipeline.contracts.sections import DatamallSection
from mrt_pipeline.contracts.source import BusService, BusStop
from mrt_pipeline.contracts.source_spec import DATAMALL_KEY, SourceSpec, datamall_document

BUS_STOPS = datamall_document("lta-bus-stops", "Bus Stops", BusStop)
BUS_SERVICES = datamall_document("lta-bus-services", "Bus Routes", BusService)

SPEC = SourceSpec(
    name="lta_datamall",
    package=__name__,
    place=1,
    max_age_days=90,
    api="datamall",
    section=DatamallSection,
    documents=(BUS_STOPS, BUS_SERVICES),
    is_always_read=True,
    fills=(ExitBusStop,),
    credentials=DATAMALL_KEY,
    cross_check="reading:check_calls",
    reader="reading:read_files",
    recorder="reading:record",
)
