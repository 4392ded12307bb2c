"""Read and write ``manifest.json``, which gives the state of a run."""

from __future__ import annotations

from pathlib import Path

from pydantic import ValidationError

from mrt_pipeline.contracts.run import Manifest
from mrt_pipeline.errors import CorruptCheckpointError
from mrt_pipeline.runtime.file_faults import describe_fault
from mrt_pipeline.runtime.files import read_bytes, write_record

MANIFEST_NAME = "manifest.json"


def save_manifest(folder: Path, manifest: Manifest) -> None:
    """Write the manifest of a run folder, replacing the previous one."""
    write_record(folder / MANIFEST_NAME, manifest)


def find_manifest(folder: Path) -> Manifest | None:
    """Return a folder's manifest, or None if it has none.

    Raises:
        CorruptCheckpointError: if it is damaged or not ours.
    """
    path = folder / MANIFEST_NAME
    try:
        content = read_bytes(path)
    except FileNotFoundError:
        return None
    try:
        return Manifest.model_validate_json(content)
    except ValidationError as error:
        raise CorruptCheckpointError(
            path,
            f"is damaged, or is not a manifest of this version ({describe_fault(error)}). "
            "Restore it from a backup, or make a new run in another folder.",
        ) from error
