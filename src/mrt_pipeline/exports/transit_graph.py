"""``mrt_transit_graph.json``: the list of stations that consumers of the earlier pipeline read.

It differs in one spelling: ``exit_code`` is ``Exit A`` here and ``A`` everywhere else (docs/formats.md).
"""

from __future__ import annotations

from mrt_pipeline.contracts.export_spec import ExportSpec
from mrt_pipeline.contracts.network import Station, StationExit
from mrt_pipeline.contracts.outputs import Stage3Output
from mrt_pipeline.exports.plain import plain_enrichment, plain_names
from mrt_pipeline.runtime.files import to_json


def render_transit_graph(dataset: Stage3Output) -> bytes:
    """Return the stations in operation as a JSON list, in the dataset's order."""
    return to_json([_station(station) for station in dataset.stations])


def _station(station: Station) -> dict[str, object]:
    return {
        "station_id": station.station_id,
        "slug": station.slug,
        "name": station.name,
        "names": plain_names(station),
        "station_type": station.station_type.value,
        "status": station.status.value,
        "mrt_codes": list(station.mrt_codes),
        "lines": list(station.lines),
        "lat": station.lat,
        "lng": station.lng,
        "exits": [_exit(found) for found in station.exits],
    }


def _exit(found: StationExit) -> dict[str, object]:
    return {
        "exit_id": found.exit_id,
        "exit_code": f"Exit {found.exit_code}",
        "station_code": found.station_code,
        "line_code": found.line_code,
        "lat": found.lat,
        "lng": found.lng,
        **plain_enrichment(found),
    }


EXPORT = ExportSpec(
    name="json", file_name="mrt_transit_graph.json", render=render_transit_graph, is_default=True
)
