"""Both of DataMall's tables together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mrt_pipeline.contracts.findings import Finding
from mrt_pipeline.contracts.sections import Mode
from mrt_pipeline.contracts.source import BusService, BusStop, SourceTable
from mrt_pipeline.errors import SourceFormatError
from mrt_pipeline.extraction.bus_tables import BusTables, find_unknown_stops
from mrt_pipeline.sources.datamall.plausibility import refuse_unlisted_calls
from mrt_pipeline.sources.datamall.reading import read_bus_services, read_bus_stops

if TYPE_CHECKING:
    from mrt_pipeline.runtime.context import RunContext


def read_bus_tables(context: RunContext) -> BusTables:
    """Return LTA's bus stops and services, recorded or live as the configuration says.

    Raises:
        SourceError: if a table cannot be had, is not what LTA documents, holds too little, or they do not
            fit together.
    """
    tables = _read(context)
    if context.access.mode_of("datamall") is not Mode.LIVE:
        return tables
    try:
        refuse_unlisted_calls(tables.stops.records, tables.services.records)
    except SourceFormatError:  # which of them is wrong is not known, nor since when
        context.access.forget_answers()
        tables = _read(context)
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


def _read(context: RunContext) -> BusTables:
    ttl_days = context.settings.stages.stage1_ingestion.cache_ttl_days
    return BusTables(
        stops=read_bus_stops(context.access, ttl_days),
        services=read_bus_services(context.access, ttl_days),
    )
