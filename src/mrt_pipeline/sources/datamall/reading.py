"""Bus stops and bus services as tables, recorded in the package or fetched live."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from mrt_pipeline.config.model import Mode
from mrt_pipeline.contracts.findings import Finding, Severity
from mrt_pipeline.contracts.source import BusService, BusStop, SourceTable
from mrt_pipeline.runtime.documents import Count, Document, Payload, check_number, refuse_losses
from mrt_pipeline.sources.datamall.fetching import fetch_rows
from mrt_pipeline.sources.datamall.parsing import SERVICES_ID, STOPS_ID, parse_bus_stops, parse_routes_file

if TYPE_CHECKING:
    from mrt_pipeline.runtime.checked_answers import Answers
    from mrt_pipeline.runtime.source_access import SourceAccess

PAGE = "https://datamall.lta.gov.sg/content/datamall/en/dynamic-data.html"

BUS_STOPS = Document(
    document_id=STOPS_ID,
    title="Bus Stops",
    publisher="Land Transport Authority",
    url=PAGE,
    dataset="Bus Stops",
    source="LTA DataMall",
)
BUS_SERVICES = Document(
    document_id=SERVICES_ID,
    title="Bus Routes",
    publisher="Land Transport Authority",
    url=PAGE,
    dataset="Bus Routes",
    source="LTA DataMall",
)
DERIVED_BUS_SERVICES = replace(
    BUS_SERVICES,
    title="Bus Routes, from a derived file (layout of data.busrouter.sg)",
    source=(
        "LTA DataMall (through a file derived from it, "
        "in the layout of data.busrouter.sg/v1/services.min.json)"
    ),
)
"""what the services are called that were not read from BusRoutes itself"""


STOPS_COUNT = Count("record", "stages.stage2_enrichment.expected_bus_stops")
SERVICES_COUNT = Count("record", "stages.stage2_enrichment.expected_bus_services")


def read_bus_stops(access: SourceAccess, ttl_days: float) -> SourceTable[BusStop]:
    """Return every bus stop, recorded or live as configured, sorted by code.

    Raises:
        SourceError: if the answers cannot be had, have the wrong structure, lost a record or hold too few.
    """
    expected = access.settings.stages.stage2_enrichment.expected_bus_stops
    if access.mode_of("datamall") is not Mode.LIVE:
        recording = access.recorded(STOPS_ID)
        recorded = SourceTable(tuple(map(_stop_from_row, recording.rows)), recording.provenance)
        return check_number(recorded, expected, STOPS_COUNT)

    def read(answers: Answers) -> SourceTable[BusStop]:
        table = bus_stops_table(fetch_rows(access, answers, STOPS_ID, "BusStops"))
        return refuse_losses(check_number(table, expected, STOPS_COUNT))

    return access.read_checked(STOPS_ID, ttl_days, read)


def read_bus_services(access: SourceAccess, ttl_days: float) -> SourceTable[BusService]:
    """Return every direction of every bus service, recorded or live as configured, in natural order.

    Raises:
        SourceError: if the answers cannot be had, have the wrong structure, lost a record or hold too few.
    """
    expected = access.settings.stages.stage2_enrichment.expected_bus_services
    if access.mode_of("datamall") is not Mode.LIVE:
        recording = access.recorded(SERVICES_ID)
        recorded = SourceTable(tuple(map(_service_from_row, recording.rows)), recording.provenance)
        return check_number(recorded, expected, SERVICES_COUNT)

    def read(answers: Answers) -> SourceTable[BusService]:
        table = bus_services_table(fetch_rows(access, answers, SERVICES_ID, "BusRoutes"))
        return refuse_losses(check_number(table, expected, SERVICES_COUNT))

    return access.read_checked(SERVICES_ID, ttl_days, read)


def bus_stops_table(payload: Payload) -> SourceTable[BusStop]:
    """Return the bus stops of a payload with the findings about its rows."""
    return BUS_STOPS.table(payload, parse_bus_stops(payload.content))


def bus_services_table(payload: Payload) -> SourceTable[BusService]:
    """Return the bus services of a payload with the findings about its rows."""
    parsed, is_derived = parse_routes_file(payload.content)
    return (DERIVED_BUS_SERVICES if is_derived else BUS_SERVICES).table(payload, parsed)


def find_unknown_stops(services: Iterable[BusService], stops: Iterable[BusStop]) -> tuple[Finding, ...]:
    """Return a finding for each direction of a service that calls at stops which LTA does not list."""
    known = {stop.bus_stop_code for stop in stops}
    return tuple(
        Finding(
            check="bus-stop-not-listed",
            severity=Severity.INFO,
            message=f"Service {service.service_no} direction {service.direction} calls at "
            f"{', '.join(unknown)}, which {STOPS_ID} does not list; nothing hangs on these stops.",
            record_id=f"{SERVICES_ID}:{service.service_no}:{service.direction}",
        )
        for service in services
        if (unknown := sorted(set(service.stop_codes) - known))
    )


def _stop_from_row(row: Mapping[str, str]) -> BusStop:
    return BusStop(
        row["bus_stop_code"], row["road_name"], row["description"], float(row["lat"]), float(row["lng"])
    )


def _service_from_row(row: Mapping[str, str]) -> BusService:
    return BusService(row["service_no"], int(row["direction"]), tuple(row["stop_codes"].split()))
