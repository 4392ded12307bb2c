"""JSON Schemas of the configuration, stage outputs and release files, shipped in ``schemas/``.

They are generated. After changing settings, sources, formats or contracts, regenerate them with
``python -m mrt_pipeline.runtime.json_schemas``.
"""

from __future__ import annotations

from pathlib import Path

from mrt_pipeline.config.schema import DIALECT, json_schema
from mrt_pipeline.contracts.base import Record
from mrt_pipeline.contracts.outputs import Stage1Output, Stage2Output, Stage3Output
from mrt_pipeline.contracts.release import ReleaseIndex, Versions
from mrt_pipeline.runtime.files import to_json, write_bytes

SCHEMAS_FOLDER = Path(__file__).parents[1] / "schemas"
SCHEMA_FILES: dict[str, type[Record]] = {
    "stage1_deterministic.schema.json": Stage1Output,
    "stage2_enrichment.schema.json": Stage2Output,
    "stage3_final.schema.json": Stage3Output,
    "release_index.schema.json": ReleaseIndex,
    "release_versions.schema.json": Versions,
}


def render_schema(output: type[Record]) -> bytes:
    """Return the JSON Schema for a type of file."""
    return to_json({"$schema": DIALECT, **output.model_json_schema()})


def write_schemas(folder: Path = SCHEMAS_FOLDER) -> None:
    """Write all schemas."""
    for file_name, output in SCHEMA_FILES.items():
        write_bytes(folder / file_name, render_schema(output))
    write_bytes(folder / "pipeline.schema.json", to_json(json_schema()))


if __name__ == "__main__":
    write_schemas()
