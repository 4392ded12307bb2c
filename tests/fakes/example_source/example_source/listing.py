"""``stations.txt``: the name of each station on a line."""

from __future__ import annotations

from mrt_pipeline.contracts.export_spec import ExportSpec
from mrt_pipeline.contracts.outputs import Stage3Output


def render_listing(dataset: Stage3Output) -> bytes:
    """Return the names, in the dataset's order."""
    return "".join(f"{station.name}\n" for station in dataset.stations).encode()


EXPORT = ExportSpec(name="example", file_name="stations.txt", render=render_listing)
