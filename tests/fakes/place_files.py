"""The recorded official places as data.gov.sg's files: flat fields, or a table in ``Description``."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from mrt_pipeline.runtime.recordings import load_recording
from mrt_pipeline.sources.official_places import DATASETS

NAME_FIELDS = {"sportsg-sport-facilities": "VENUE"}
IN_A_TABLE = ("pa-community-clubs", "nlb-libraries")


def place_files() -> dict[str, bytes]:
    """Return each file by the identifier of its dataset."""
    return {dataset: place_file(document_id) for document_id, dataset in DATASETS.items()}


def place_file(document_id: str) -> bytes:
    """Return the file of a document."""
    rows = load_recording(document_id).rows
    features = [_feature(document_id, number, row) for number, row in enumerate(rows)]
    return json.dumps({"type": "FeatureCollection", "features": features}).encode()


def _feature(document_id: str, number: int, row: Mapping[str, str]) -> dict[str, Any]:
    fields = {"INC_CRC": row["record_id"], NAME_FIELDS.get(document_id, "NAME"): row["name"]}
    if row.get("status"):
        fields["STATUS"] = row["status"]
    if document_id in IN_A_TABLE:
        cells = "".join(f"<tr><th>{name}</th> <td>{value}</td></tr>" for name, value in fields.items())
        fields = {"Name": f"kml_{number}", "Description": f"<center><table>{cells}</table></center>"}
    return {"type": "Feature", "properties": fields, "geometry": _geometry(row)}


def _geometry(row: Mapping[str, str]) -> dict[str, Any]:
    if "outline" not in row:
        return {"type": "Point", "coordinates": [float(row["lng"]), float(row["lat"]), 0.0]}
    polygons: list[list[list[list[float]]]] = []
    for word in row["outline"].split():
        pairs = [pair.split(",") for pair in word.removeprefix("-").split(";")]
        ring = [[float(lng), float(lat)] for lat, lng in (*pairs, pairs[0])]
        if word.startswith("-"):
            polygons[-1].append(ring)
        else:
            polygons.append([ring])
    return {"type": "MultiPolygon", "coordinates": polygons}
