"""Bus stops and bus services as tables, recorded in the package or fetched live."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from mrt_pipeline.contracts.sections import Mode
from mrt_pipeline.contracts.source import BusService, BusStop, SourceTable
from mrt_pipeline.runtime.documents import Count, Payload, check_number, refuse_losses, table_of
from mrt_pipeline.sources.datamall import BUS_SERVICES, BUS_STOPS
from mrt_pipeline.sources.datamall.parsing import (
    SERVICES_ID,
    SIGNS_OF_LOSS,
    STOPS_ID,
    Rows,
    find_standing,
    parse_bus_stops,
    parse_routes_file,
    read_routes,
    read_stops,
)
from mrt_pipeline.sources.datamall.plausibility import refuse_odd_services, refuse_odd_stops

if TYPE_CHECKING:
    from mrt_pipeline.config import Settings
    from mrt_pipeline.runtime.checked_answers import Answers
    from mrt_pipeline.runtime.source_access import SourceAccess

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
        return check_number(access.recorded_table(BUS_STOPS), expected, STOPS_COUNT)

    from mrt_pipeline.sources.datamall.fetching import fetch_rows

    def read(answers: Answers) -> SourceTable[BusStop]:
        table = bus_stops_table(fetch_rows(access, answers, STOPS_ID, "BusStops"))
        return refuse_losses(check_number(table, expected, STOPS_COUNT))

    return access.read_checked(STOPS_ID, ttl_days, read, is_sound=_seems_whole)


def read_bus_services(access: SourceAccess, ttl_days: float) -> SourceTable[BusService]:
    """Return every direction of every bus service, recorded or live as configured, in natural order.

    Raises:
        SourceError: if the answers cannot be had, have the wrong structure, lost a record or hold too few.
    """
    expected = access.settings.stages.stage2_enrichment.expected_bus_services
    if access.mode_of("datamall") is not Mode.LIVE:
        return check_number(access.recorded_table(BUS_SERVICES), expected, SERVICES_COUNT)

    from mrt_pipeline.sources.datamall.fetching import fetch_rows

    def read(answers: Answers) -> SourceTable[BusService]:
        table = bus_services_table(fetch_rows(access, answers, SERVICES_ID, "BusRoutes"))
        return refuse_losses(check_number(table, expected, SERVICES_COUNT))

    return access.read_checked(SERVICES_ID, ttl_days, read, is_sound=_seems_whole)


def record(access: SourceAccess) -> Iterator[SourceTable[Any]]:
    """Yield both tables, asked of the service now."""
    yield read_bus_stops(access, ttl_days=0)
    yield read_bus_services(access, ttl_days=0)


def read_stop_files(payloads: Sequence[Payload], _settings: Settings) -> SourceTable[BusStop]:
    """Return the bus stops of a downloaded file; of several, the last."""
    return bus_stops_table(payloads[-1])


def read_service_files(payloads: Sequence[Payload], _settings: Settings) -> SourceTable[BusService]:
    """Return the bus services of a downloaded file; of several, the last."""
    return bus_services_table(payloads[-1])


def bus_stops_table(payload: Payload) -> SourceTable[BusStop]:
    """Return the bus stops of a payload with the findings about its rows.

    Raises:
        SourceFormatError: if there are no rows, or as a whole they cannot be right.
    """
    parsed = read_stops(payload.rows) if isinstance(payload, Rows) else parse_bus_stops(payload.content)
    refuse_odd_stops(parsed.records)
    return table_of(BUS_STOPS, payload, parsed)


def bus_services_table(payload: Payload) -> SourceTable[BusService]:
    """Return the bus services of a payload with the findings about its rows.

    Raises:
        SourceFormatError: if there are no rows, or as a whole they cannot be right.
    """
    if isinstance(payload, Rows):
        parsed, is_derived = read_routes(payload.rows), False
    else:
        parsed, is_derived = parse_routes_file(payload.content)
    refuse_odd_services(parsed.records)
    document = DERIVED_BUS_SERVICES if is_derived else BUS_SERVICES
    return table_of(document, payload, parsed, find_standing(parsed.records))


def _seems_whole(table: SourceTable[Any]) -> bool:
    """Return whether nothing hints at missing rows; if something does, the next run asks again."""
    return not any(finding.check in SIGNS_OF_LOSS for finding in table.findings)
