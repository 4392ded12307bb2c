"""Which files of a run are no longer those that it wrote, by what its manifest says of their bytes.

The manifest vouches for every checkpoint, every published file, and what is written beside them once; log,
journal, lineage and alerts grow while a run goes on, and nothing vouches for them. Nothing vouches for the
manifest itself either: whoever changes a file and all that the manifest says of it goes unnoticed. Size and
``content_sha256`` are compared too, which a hand that changes the sha256 may forget.
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
    """How a file differs from what the manifest says of it."""

    MISSING = auto()
    ALTERED = auto()
    """its bytes are others"""
    CONTRADICTED = auto()
    """its sha256 fits, and its size or content does not: the manifest was changed"""
    UNRECORDED = auto()
    """an attempt wrote it that ended, or has yet to come, to recording it"""


@dataclass(frozen=True, slots=True)
class AlteredFile:
    """A file that is not as the manifest says."""

    path: Path
    fault: Fault
    expected_sha256: str
    found_sha256: str | None
    """none: the file is missing"""


def find_altered(folder: Path, manifest: Manifest) -> Iterator[AlteredFile]:
    """Yield each file of a run that is not the one written, checkpoints first."""
    for name in recorded_files(manifest):
        if (altered := check_file(folder, manifest, name)) is not None:
            yield altered


def recorded_files(manifest: Manifest) -> dict[str, str]:
    """Return the sha256 of every file that a manifest vouches for, by name."""
    checkpoints = (record.checkpoint for record in manifest.stages.values())
    return {
        **{checkpoint.file: checkpoint.sha256 for checkpoint in checkpoints if checkpoint is not None},
        **manifest.outputs,
        **manifest.side_files,
    }


def check_file(folder: Path, manifest: Manifest, name: str) -> AlteredFile | None:
    """Return how a file differs from what the manifest says of it, none if it does not.

    Raises:
        KeyError: if the manifest does not vouch for it.
    """
    path, expected = folder / name, recorded_files(manifest)[name]
    found = _sha256_at(path)
    fault = _find_checkpoint_fault(folder, manifest, name)
    if fault is None and found != expected:
        # A run that died, or is in progress, may have written a file that it had no time to record.
        is_open = manifest.status is RunStatus.RUNNING
        fault = Fault.MISSING if found is None else Fault.UNRECORDED if is_open else Fault.ALTERED
    return None if fault is None else AlteredFile(path, fault, expected, found)


def has_whole_dataset(folder: Path, manifest: Manifest) -> bool:
    """Return whether a run's dataset is there as it was written."""
    return is_whole(folder, manifest, FINAL_NAME)


def is_whole(folder: Path, manifest: Manifest, name: str) -> bool:
    """Return whether a manifest vouches for a file that is there as it was written."""
    return name in recorded_files(manifest) and check_file(folder, manifest, name) is None


def _find_checkpoint_fault(folder: Path, manifest: Manifest, name: str) -> Fault | None:
    """Return what is wrong with a checkpoint; none for one that is right, and for any other file."""
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
