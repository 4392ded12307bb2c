"""The dataset in the formats that others read; one format per file, each a function from dataset to bytes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from mrt_pipeline.contracts.outputs import Stage3Output
from mrt_pipeline.exports.geojson import render_geojson
from mrt_pipeline.exports.transit_graph import render_transit_graph
from mrt_pipeline.exports.validation_report import render_validation

__all__ = ["EXPORTERS", "Exporter", "render_validation"]


@dataclass(frozen=True, slots=True)
class Exporter:
    """One output format: the file it goes into, and how its bytes are made."""

    file_name: str
    render: Callable[[Stage3Output], bytes]


EXPORTERS = {
    "json": Exporter("mrt_transit_graph.json", render_transit_graph),
    "geojson": Exporter("exits.geojson", render_geojson),
}
"""the names of ``output.formats`` and what each stands for"""
