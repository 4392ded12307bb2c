"""Find the files of a run that no longer match their checksums in its manifest.

The manifest records every checkpoint, every published file, and accompanying files written once; log,
journal, lineage and alerts grow during a run and are not recorded. Nothing protects the manifest itself:
changing a file and everything that the manifest records about it goes unnoticed. Size and ``content_sha256``
are compared too, since someone who changes the sha256 may forget them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path

from mrt_pipeline.contracts.names import FINAL_NAME
from mrt_pipeline.contracts.run import Manifest, RunStatus
from mrt_pipeline.runtime.checkpoints import describe_checkpoint, find_unrecorded, is_unrecorded
from mrt_pipeline.runtime.files import read_bytes, sha256_of_file


class Fault(Enum):
    """How a file differs from its record in the manifest."""

    MISSING = auto()
    ALTERED = auto()
    """its bytes differ"""
    CONTRADICTED = auto()
    """its sha256 matches, but its size or content does not: the manifest was changed"""
    UNRECORDED = auto()
    """written by an attempt that has not recorded it, because it ended or is still running"""


@dataclass(frozen=True, slots=True)
class AlteredFile:
    """A file that differs from its record in the manifest."""

    path: Path
    fault: Fault
    expected_sha256: str
    found_sha256: str | None
    """None: the file is missing"""


def find_altered(folder: Path, manifest: Manifest) -> Iterator[AlteredFile]:
    """Yield each file of a run that differs from the one written, checkpoints first."""
    for name in recorded_files(manifest):
        if (altered := check_file(folder, manifest, name)) is not None:
            yield altered


def recorded_files(manifest: Manifest) -> dict[str, str]:
    """Return the sha256 of every file that a manifest records, by name."""
    checkpoints = (record.checkpoint for record in manifest.stages.values())
    return {
        **{checkpoint.file: checkpoint.sha256 for checkpoint in checkpoints if checkpoint is not None},
        **manifest.outputs,
        **manifest.side_files,
    }


def check_file(folder: Path, manifest: Manifest, name: str) -> AlteredFile | None:
    """Return how a file differs from its record in the manifest, or None.

    Raises:
        KeyError: if the manifest does not record it.
    """
    path, expected = folder / name, recorded_files(manifest)[name]
    found = _sha256_at(path)
    fault = _find_checkpoint_fault(folder, manifest, name)
    if fault is None and found != expected:
        # A run that died, or is in progress, may have written a file without recording it yet.
        is_open = manifest.status is RunStatus.RUNNING
        fault = Fault.MISSING if found is None else Fault.UNRECORDED if is_open else Fault.ALTERED
    return None if fault is None else AlteredFile(path, fault, expected, found)


def has_whole_dataset(folder: Path, manifest: Manifest) -> bool:
    """Return whether a run's dataset exists as it was written."""
    return is_whole(folder, manifest, FINAL_NAME)


def is_whole(folder: Path, manifest: Manifest, name: str) -> bool:
    """Return whether a manifest records a file that exists as it was written."""
    return name in recorded_files(manifest) and check_file(folder, manifest, name) is None


def _find_checkpoint_fault(folder: Path, manifest: Manifest, name: str) -> Fault | None:
    """Return what is wrong with a checkpoint; None if it is intact, or is another kind of file."""
    for stage_name, record in manifest.stages.items():
        if record.checkpoint is None or record.checkpoint.file != name:
            continue
        try:
            found = describe_checkpoint(folder / name)
        except FileNotFoundError:
            return Fault.MISSING
        if found.sha256 != record.checkpoint.sha256:
            since, path = find_unrecorded(manifest, stage_name), folder / name
            is_open = is_unrecorded(path, read_bytes(path), since)
            return Fault.UNRECORDED if is_open else Fault.ALTERED
        return None if found == record.checkpoint else Fault.CONTRADICTED
    return None


def _sha256_at(path: Path) -> str | None:
    try:
        return sha256_of_file(path)
    except FileNotFoundError:
        return None
