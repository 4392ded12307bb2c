"""Save and verify the checkpoint of a stage.

A checkpoint is the stage's output (``output_files.py``) under the file name from the specification. It is
trusted only if its bytes have the sha256 that the manifest recorded when it was written. A damaged one is
never overwritten silently: it is moved aside as ``<name>.damaged-<time>`` and reported. One that is whole and
more recent than the manifest's record was written by an attempt that ended before it could record it (killed,
or the disk was full); no stage uses it, and it is recreated.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import orjson
from pydantic import ValidationError

from mrt_pipeline.contracts.names import CHECKPOINT_NAMES
from mrt_pipeline.contracts.outputs import OUTPUT_KINDS, Stage1Output, Stage2Output, Stage3Output, StageOutput
from mrt_pipeline.contracts.run import CheckpointRecord, Manifest
from mrt_pipeline.errors import CorruptCheckpointError, MissingCheckpointError, UnrecordedCheckpointError
from mrt_pipeline.runtime.file_faults import describe_fault
from mrt_pipeline.runtime.files import (
    in_blocks,
    read_bytes,
    read_file_blocks,
    sha256_of,
    storage_errors,
    write_parts,
)
from mrt_pipeline.runtime.memory import Need, refuse_small_memory
from mrt_pipeline.runtime.older_datasets import read_dataset
from mrt_pipeline.runtime.output_files import read_output, render_parts, sha256_without_metadata

OutputT = TypeVar("OutputT", Stage1Output, Stage2Output, Stage3Output)

CHANGED = "has been changed since it was written: expected sha256 {expected}, found {found}"
UNRECORDED = "was written by an attempt that ended before recording it"


def write_checkpoint(output_dir: Path | str, stage_name: str, output: StageOutput) -> Path:
    """Write a stage's complete output under its final name and return the path."""
    path = Path(output_dir) / CHECKPOINT_NAMES[stage_name]
    write_parts(path, render_parts(output))
    return path


def describe_checkpoint(path: Path) -> CheckpointRecord:
    """Return the record of a checkpoint as it is on the disk, with which it is verified later.

    Raises:
        FileNotFoundError, StorageError: if it cannot be read.
    """
    whole, size = hashlib.sha256(), 0

    def blocks() -> Iterator[bytes]:
        nonlocal size
        for block in read_file_blocks(path):
            whole.update(block)
            size += len(block)
            yield block

    content = sha256_without_metadata(blocks())
    return CheckpointRecord(file=path.name, sha256=whole.hexdigest(), size_bytes=size, content_sha256=content)


def content_sha256(output: StageOutput) -> str:
    """Return a sha256 over an output's content, regardless of when it was made."""
    return sha256_without_metadata(in_blocks(render_parts(output)))


def verify_checkpoint(
    folder: Path, record: CheckpointRecord, remedy: str, unrecorded_since: datetime | None = None
) -> bytes:
    """Return a checkpoint's bytes after verifying that they are the ones written.

    Args:
        folder: the run's folder.
        record: the checkpoint as it was written.
        remedy: the command that makes it again.
        unrecorded_since: start of an attempt at its stage that recorded nothing else, if there was one.

    Raises:
        MissingCheckpointError: if the file is missing.
        UnrecordedCheckpointError: if that attempt wrote it.
        CorruptCheckpointError: if its bytes differ.
    """
    path = folder / record.file
    try:
        content = read_bytes(path)
    except FileNotFoundError:
        raise MissingCheckpointError(path, f"is missing. Create it with: {remedy}") from None
    if sha256_of(content) != record.sha256:
        refuse_unrecorded(path, content, unrecorded_since, remedy)
        raise CorruptCheckpointError(
            path,
            f"{CHANGED.format(expected=record.sha256, found=sha256_of(content))}. Recreate it with: {remedy}",
        )
    return content


def find_unrecorded(manifest: Manifest, stage_name: str) -> datetime | None:
    """Return when the first attempt at a stage started after the one that made its recorded checkpoint."""
    record = manifest.stages.get(stage_name)
    recorded = 0 if record is None or record.checkpoint is None else record.attempt
    starts = (
        attempt.started_at
        for attempt in manifest.attempts
        if attempt.number > recorded and stage_name in attempt.stages_run
    )
    return min(starts, default=None)


def refuse_unrecorded(path: Path, content: bytes, since: datetime | None, remedy: str) -> None:
    """Raise ``UnrecordedCheckpointError`` if a file is a whole checkpoint made since a moment."""
    if is_unrecorded(path, content, since):
        raise UnrecordedCheckpointError(path, f"{UNRECORDED}. Recreate it with: {remedy}")


def is_unrecorded(path: Path, content: bytes, since: datetime | None) -> bool:
    """Return whether a file is a whole checkpoint made since a moment."""
    kinds = (OUTPUT_KINDS[name] for name, file in CHECKPOINT_NAMES.items() if file == path.name)
    kind = next(kinds, None)
    if since is None or kind is None:
        return False
    try:
        metadata = read_output(kind, content).metadata
    except (orjson.JSONDecodeError, ValidationError):
        return False
    return CHECKPOINT_NAMES.get(metadata.stage_name) == path.name and metadata.generated_at >= since


def parse_checkpoint(kind: type[OutputT], path: Path, content: bytes, remedy: str) -> OutputT:
    """Return a checkpoint's bytes as the stage output they hold.

    Raises:
        CorruptCheckpointError: if they are not an output of this version.
    """
    return _parse(kind, partial(read_output, kind), path, content, remedy)


def _parse(
    kind: type[OutputT], read: Callable[[bytes], OutputT], path: Path, content: bytes, remedy: str
) -> OutputT:
    try:
        return read(content)
    except (orjson.JSONDecodeError, ValidationError) as error:
        raise CorruptCheckpointError(
            path,
            f"is damaged, or is not {_KINDS[kind]} of this version ({describe_fault(error)}). Recreate it "
            f"with: {remedy}",
        ) from error


_KINDS: dict[type[Any], str] = {
    Stage1Output: "an output of stage 1",
    Stage2Output: "an output of stage 2",
    Stage3Output: "a dataset",
}
"""name of each file in messages"""


def parse_dataset(path: Path, content: bytes, remedy: str) -> Stage3Output:
    """Return a dataset's bytes as a dataset, also if an earlier version of the program wrote it.

    Raises:
        CorruptCheckpointError: if they are neither.
        OutOfMemoryError: if a limit leaves too little memory for one.
    """
    refuse_small_memory(Need.DATASET)
    return _parse(Stage3Output, read_dataset, path, content, remedy)


def move_aside(path: Path, now: datetime) -> Path:
    """Rename a damaged file to keep it for inspection, and return the new path."""
    aside = aside_path(path, now)
    with storage_errors(path, "is damaged and could not be moved aside"):
        path.rename(aside)
    return aside


def aside_path(path: Path, now: datetime) -> Path:
    """Return the name under which an unusable file is kept for inspection."""
    return path.with_name(f"{path.name}.damaged-{now:%Y%m%d_%H%M%S_%f}")
