"""``exits.parquet``: every exit as a point with the nested properties of ``exits.geojson``.

Format: GeoParquet 1.1 (https://geoparquet.org/releases/v1.1.0). Without ``crs`` it is OGC:CRS84,
longitude first. Nothing is compressed, for the reason given in ``archives.pack``.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, cast

import orjson

from mrt_pipeline.contracts.export_spec import ExportSpec
from mrt_pipeline.contracts.fields import PARTS, Part
from mrt_pipeline.contracts.network import StationExit, index_platforms
from mrt_pipeline.contracts.outputs import Stage3Output
from mrt_pipeline.exports.plain import OF_EXIT, OF_PLATFORM, OF_STATION, attributions, plain_exit
from mrt_pipeline.exports.tables import Kind, columns_of
from mrt_pipeline.runtime.memory import Need, refuse_small_memory

if TYPE_CHECKING:
    import pyarrow as pa

_CORNERS = ("xmin", "ymin", "xmax", "ymax")


def render_geoparquet(dataset: Stage3Output) -> bytes:
    """Return the file; its bytes depend on the dataset and on the version of pyarrow.

    Raises:
        OutOfMemoryError: if a limit leaves too little memory for pyarrow, which would end the process.
    """
    refuse_small_memory(Need.GEOPARQUET)
    import pyarrow as pa  # an optional dependency
    import pyarrow.parquet as pq

    platforms = index_platforms(dataset.stations)
    exits = [(station, found) for station in dataset.stations for found in station.exits]
    rows = [{**_place(found), **plain_exit(station, found, platforms)} for station, found in exits]
    schema, written = _schema(), pa.BufferOutputStream()
    with pq.ParquetWriter(written, schema, compression="none", store_schema=False) as writer:
        writer.write_table(pa.Table.from_pylist(rows, schema))
        writer.add_key_value_metadata(_metadata(dataset, [found for _, found in exits]))
    return cast("bytes", written.getvalue().to_pybytes())


def _place(found: StationExit) -> dict[str, object]:
    """Return the id of an exit with its point in little-endian WKB, and its bounding box."""
    return {
        "exit_id": found.exit_id,
        "geometry": struct.pack("<BIdd", 1, 1, found.lng, found.lat),
        "bbox": dict(zip(_CORNERS, (found.lng, found.lat) * 2, strict=True)),
    }


def _schema() -> pa.Schema:
    import pyarrow as pa

    text, number, texts = pa.string(), pa.float64(), pa.list_(pa.string())
    platform = {
        **{name: texts if name == "platform_codes" else text for name in OF_PLATFORM},
        **{"is_same_building": pa.bool_(), "confidence": text},
    }
    columns = {
        **{"exit_id": text, "geometry": pa.binary(), "bbox": pa.struct(dict.fromkeys(_CORNERS, number))},
        **dict.fromkeys(OF_STATION, text),
        "names": pa.struct({"zh_hans": text, "ms": text, "ta": text}),
        **dict.fromkeys(OF_EXIT, text),
        **{part.name: _kind_of(part, platform) for part in PARTS.values()},
    }
    required = ("exit_id", "geometry", "bbox")
    return pa.schema([pa.field(name, kind, name not in required) for name, kind in columns.items()])


def _kind_of(part: Part, platform: dict[str, pa.DataType]) -> pa.DataType:
    """Return the type of a part's values, as ``plain_part`` gives them."""
    import pyarrow as pa

    kinds = {Kind.NUMBER: pa.float64(), Kind.LIST: pa.list_(pa.string())}
    found = {column.name: kinds.get(column.kind, pa.string()) for column in columns_of(part)}
    kind = pa.struct(platform if part.shared_type else found)
    kind = found[part.named_by] if part.named_by else kind
    return pa.list_(kind) if part.key else kind


def _metadata(dataset: Stage3Output, exits: list[StationExit]) -> dict[str, bytes]:
    """Return the file's metadata: how to read its geometry, its date, and its attributions."""
    places = [(found.lng, found.lat) for found in exits]
    bounds = [pick(axis) for pick in (min, max) for axis in zip(*places, strict=True)]
    geometry = {
        "encoding": "WKB",
        "geometry_types": ["Point"],
        "covering": {"bbox": {corner: ["bbox", corner] for corner in _CORNERS}},
        **({"bbox": bounds} if bounds else {}),
    }
    described = {"version": "1.1.0", "primary_column": "geometry", "columns": {"geometry": geometry}}
    return {
        "geo": orjson.dumps(described),
        "as_of": dataset.metadata.as_of.isoformat().encode(),
        "attribution": orjson.dumps(attributions(dataset)),
    }


EXPORT = ExportSpec(
    name="geoparquet",
    file_name="exits.parquet",
    render=render_geoparquet,
    title="Exits as points with all their values, for data frames and analytic databases (GeoParquet)",
    needs="pyarrow",
    install="mrt-data-pipeline[parquet]",
)
