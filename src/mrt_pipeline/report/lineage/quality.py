"""How full a stage's output is: one row is one exit, and each field that is filled or not is a column."""

from __future__ import annotations

from collections.abc import Iterable

from mrt_pipeline.contracts.coverage import measure_coverage
from mrt_pipeline.contracts.network import Station
from mrt_pipeline.contracts.outputs import ExitEnrichment, Stage1Output, Stage2Output, StageOutput
from mrt_pipeline.report.lineage.facets import Json

COLUMNS = {
    "platforms": "stations.exits.platforms",
    "platform_codes": "stations.exits.platforms.platform_code",
    "bus_stops": "stations.exits.bus_stops",
    "access": "stations.exits.access",
    "step_free": "stations.exits.access.step_free",
    "landmarks": "stations.exits.landmarks",
}
"""each field whose coverage is measured, and its column in the dataset's schema"""


def count_rows(output: StageOutput) -> int:
    """Return how many exits an output holds."""
    if isinstance(output, Stage2Output):
        return sum(len(station.exits) for station in output.enrichments)
    return sum(len(station.exits) for station in output.stations)


def measure_columns(output: StageOutput) -> Json:
    """Return how many values each column has, and in how many exits it has none."""
    if isinstance(output, Stage2Output):
        exits = [found for station in output.enrichments for found in station.exits]
        return {"enrichments": {"count": len(output.enrichments)}, **_measure_enrichments(exits)}
    whole = {
        "stations": {"count": len(output.stations), "nullCount": 0},
        "stations.exits": {"count": count_rows(output), "nullCount": _without_exits(output.stations)},
    }
    if isinstance(output, Stage1Output):
        return whole
    coverage = measure_coverage(output.stations)
    return whole | {
        COLUMNS[field]: _column(measured.filled, measured.total) for field, measured in coverage.items()
    }


def _without_exits(stations: Iterable[Station]) -> int:
    return sum(not station.exits for station in stations)


def _measure_enrichments(exits: list[ExitEnrichment]) -> Json:
    filled = {
        "platforms": sum(bool(found.platforms) for found in exits),
        "bus_stops": sum(bool(found.bus_stops) for found in exits),
        "access": sum(found.access is not None for found in exits),
        "landmarks": sum(bool(found.landmarks) for found in exits),
    }
    return {f"enrichments.exits.{field}": _column(number, len(exits)) for field, number in filled.items()}


def _column(filled: int, total: int) -> Json:
    return {"count": filled, "nullCount": total - filled}
