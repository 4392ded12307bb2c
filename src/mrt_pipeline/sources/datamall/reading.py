"""Bus stops and bus services as tables, recorded in the package or fetched live."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from mrt_pipeline.contracts.findings import Finding
from mrt_pipeline.contracts.sections import Mode
from mrt_pipeline.contracts.source import BusService, BusStop, SourceTable
from mrt_pipeline.errors import SourceFormatError
from mrt_pipeline.extraction.facts import BusTables, find_unknown_stops
from mrt_pipeline.runtime.documents import Count, Payload, check_number, refuse_losses, table_of
from mrt_pipeline.sources.datamall import BUS_SERVICES, BUS_STOPS
from mrt_pipeline.sources.datamall.parsing import (
    SIGNS_OF_LOSS,
    Rows,
    find_standing,
    parse_bus_stops,
    parse_routes_file,
    read_routes,
    read_stops,
)
from mrt_pipeline.sources.datamall.plausibility import (
    refuse_odd_services,
    refuse_odd_stops,
    refuse_unlisted_calls,
)

if TYPE_CHECKING:
    from mrt_pipeline.config import Settings
    from mrt_pipeline.contracts.documents import Document
    from mrt_pipeline.runtime.checked_answers import Answers
    from mrt_pipeline.runtime.context import RunContext
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


def read_bus_stops(access: SourceAccess, ttl_days: float) -> SourceTable[BusStop]:
    """Return every bus stop, recorded or live as configured, sorted by code.

    Raises:
        SourceError: if the answers cannot be had, have the wrong structure, lost a record or hold too few.
    """
    return _read(access, ttl_days, BUS_STOPS, "BusStops", "expected_bus_stops")


def read_bus_services(access: SourceAccess, ttl_days: float) -> SourceTable[BusService]:
    """Return every direction of every bus service, recorded or live as configured, in natural order.

    Raises:
        SourceError: if the answers cannot be had, have the wrong structure, lost a record or hold too few.
    """
    return _read(access, ttl_days, BUS_SERVICES, "BusRoutes", "expected_bus_services")


def _read(
    access: SourceAccess, ttl_days: float, document: Document, service: str, key: str
) -> SourceTable[Any]:
    expected = getattr(access.settings.stages.stage2_enrichment, key)
    count = Count("record", f"stages.stage2_enrichment.{key}")
    if access.mode_of("datamall") is not Mode.LIVE:
        return check_number(access.recorded_table(document), expected, count)

    from mrt_pipeline.sources.datamall.fetching import fetch_rows

    def read(answers: Answers) -> SourceTable[Any]:
        rows = fetch_rows(access, answers, document.document_id, service)
        return refuse_losses(check_number(read_files(document, [rows], access.settings), expected, count))

    return access.read_checked(document.document_id, ttl_days, read, is_sound=_seems_whole)


def record(access: SourceAccess) -> Iterator[SourceTable[Any]]:
    """Yield both tables, asked of the service now."""
    yield read_bus_stops(access, ttl_days=0)
    yield read_bus_services(access, ttl_days=0)


def read_files(document: Document, payloads: Sequence[Payload], _settings: Settings) -> SourceTable[Any]:
    """Return the stops or services of a file, of several the last, with the findings about its rows.

    Raises:
        SourceFormatError: if there are no rows, or as a whole they cannot be right.
    """
    read = _read_stops if document is BUS_STOPS else _read_services
    return read(payloads[-1])


def _read_stops(payload: Payload) -> SourceTable[Any]:
    parsed = read_stops(payload.rows) if isinstance(payload, Rows) else parse_bus_stops(payload.content)
    refuse_odd_stops(parsed.records)
    return table_of(BUS_STOPS, payload, parsed)


def _read_services(payload: Payload) -> SourceTable[Any]:
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


def read_bus_tables(context: RunContext) -> BusTables:
    """Return LTA's bus stops and services, recorded or live as the configuration says.

    Raises:
        SourceError: if a table cannot be had, is not what LTA documents, holds too little, or they do not
            fit together.
    """
    tables = _read_both(context)
    if context.access.mode_of("datamall") is not Mode.LIVE:
        return tables
    try:
        refuse_unlisted_calls(tables.stops.records, tables.services.records)
    except SourceFormatError:  # which of them is wrong is not known, nor since when
        context.access.forget_answers()
        tables = _read_both(context)
        try:
            refuse_unlisted_calls(tables.stops.records, tables.services.records)
        except SourceFormatError:
            context.access.forget_answers()
            raise
    return tables


def check_calls(stops: SourceTable[BusStop], services: SourceTable[BusService]) -> tuple[Finding, ...]:
    """Return a finding for each direction of a service that calls at stops which LTA does not list.

    Raises:
        SourceFormatError: if many calls are at such stops.
    """
    refuse_unlisted_calls(stops.records, services.records)
    return find_unknown_stops(stops, services)


def _read_both(context: RunContext) -> BusTables:
    ttl_days = context.settings.stages.stage1_ingestion.cache_ttl_days
    return BusTables(
        stops=read_bus_stops(context.access, ttl_days),
        services=read_bus_services(context.access, ttl_days),
    )
