"""``exits.geojson``: every exit as a point (RFC 7946)."""

from __future__ import annotations

from mrt_pipeline.contracts.export_spec import ExportSpec
from mrt_pipeline.contracts.network import StationExit, index_platforms
from mrt_pipeline.contracts.outputs import Stage3Output
from mrt_pipeline.exports.plain import attributions, plain_exit
from mrt_pipeline.runtime.files import to_json

COORDINATE_DECIMALS = 7
"""1 cm; RFC 7946 section 11.2 advises against more digits than are meaningful"""


def render_geojson(dataset: Stage3Output) -> bytes:
    """Return a FeatureCollection of all exits, with the attributions that its licences require."""
    platforms = index_platforms(dataset.stations)
    return to_json(
        {
            "type": "FeatureCollection",
            "as_of": dataset.metadata.as_of.isoformat(),
            "attribution": attributions(dataset),
            "features": [
                _feature(found, plain_exit(station, found, platforms))
                for station in dataset.stations
                for found in station.exits
            ],
        }
    )


def _feature(found: StationExit, properties: dict[str, object]) -> dict[str, object]:
    return {
        "type": "Feature",
        "id": found.exit_id,
        "geometry": {
            "type": "Point",
            # longitude first: RFC 7946 section 3.1.1
            "coordinates": [round(found.lng, COORDINATE_DECIMALS), round(found.lat, COORDINATE_DECIMALS)],
        },
        "properties": properties,
    }


EXPORT = ExportSpec(
    name="geojson", file_name="exits.geojson", render=render_geojson, title="Exits as points, for maps"
)
