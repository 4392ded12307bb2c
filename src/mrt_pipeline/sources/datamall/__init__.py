"""Bus stops and bus services from LTA DataMall.

Publisher: Land Transport Authority. Page:
https://datamall.lta.gov.sg/content/datamall/en/dynamic-data.html. Licence: Singapore Open Data Licence 1.0.
Updated whenever a stop or a route changes. Last looked at on 2026-11-23.

Quirks: pages of 500 rows by ``$skip``, the last one shorter; a wrong AccountKey is answered 404; a route is
one row per stop of a direction. ``Description`` names the exit that a stop stands at (``Bugis Stn Exit
B``). Recorded are services of April 2026 from a file derived from BusRoutes, in the layout of
data.busrouter.sg/v1/services.min.json: their document says so in title and attribution.
"""

from mrt_pipeline.sources.datamall.parsing import parse_bus_services, parse_bus_stops
from mrt_pipeline.sources.datamall.reading import (
    BUS_SERVICES,
    BUS_STOPS,
    bus_services_table,
    bus_stops_table,
    find_unknown_stops,
    read_bus_services,
    read_bus_stops,
)

__all__ = [
    "BUS_SERVICES",
    "BUS_STOPS",
    "bus_services_table",
    "bus_stops_table",
    "find_unknown_stops",
    "parse_bus_services",
    "parse_bus_stops",
    "read_bus_services",
    "read_bus_stops",
]
