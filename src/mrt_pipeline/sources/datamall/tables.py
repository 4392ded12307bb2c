"""Both of DataMall's tables together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mrt_pipeline.extraction.bus_tables import BusTables, find_unknown_stops
from mrt_pipeline.sources.datamall.reading import read_bus_services, read_bus_stops

if TYPE_CHECKING:
    from mrt_pipeline.runtime.context import RunContext

__all__ = ["find_unknown_stops", "read_bus_tables"]


def read_bus_tables(context: RunContext) -> BusTables:
    """Return LTA's bus stops and services, recorded or live as the configuration says.

    Raises:
        SourceError: if a table cannot be had, is not what LTA documents, or holds too little.
    """
    ttl_days = context.settings.stages.stage1_ingestion.cache_ttl_days
    return BusTables(
        stops=read_bus_stops(context.access, ttl_days),
        services=read_bus_services(context.access, ttl_days),
    )
