"""How full a stage's output is: one row is one exit, and each field that is filled or not is a column."""

from __future__ import annotations

from collections.abc import Iterable

from mrt_pipeline.contracts.coverage import measure_coverage
from mrt_pipeline.contracts.fields import COVERED, ExitField
from mrt_pipeline.contracts.network import Station
from mrt_pipeline.contracts.outputs import ExitEnrichment, Stage1Output, Stage2Output, StageOutput
from mrt_pipeline.lineage.facets import Json


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
        _column_of(field): _column(coverage[field.name].filled, coverage[field.name].total)
        for field in COVERED
    }


def _without_exits(stations: Iterable[Station]) -> int:
    return sum(not station.exits for station in stations)


def _measure_enrichments(exits: list[ExitEnrichment]) -> Json:
    wholes = [field for field in COVERED if not field.attribute]
    return {
        f"enrichments.exits.{field.part}": _column(sum(map(field.is_filled_in, exits)), len(exits))
        for field in wholes
    }


def _column_of(field: ExitField) -> str:
    """Return a field's column in the dataset's schema."""
    return ".".join(filter(None, ("stations.exits", field.part, field.attribute)))


def _column(filled: int, total: int) -> Json:
    return {"count": filled, "nullCount": total - filled}
