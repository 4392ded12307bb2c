"""The folders that this process has locked, and whether they are still what stands under their names.

A folder that is moved away, or replaced by a link, in the middle of a run would let the rest of it be written
elsewhere; one whose lock file was removed lets a second run in. Whoever writes a run's files asks here first.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from mrt_pipeline.errors import StorageError

_Marks = dict[Path, tuple[int, int] | None]
_held: dict[Path, _Marks] = {}


@contextlib.contextmanager
def remembering(folder: Path, lock: Path) -> Iterator[None]:
    """Remember which folder and which lock file these are, for the time of a block in which both are held."""
    _held[folder] = {path: _identity_of(path) for path in (folder, lock)}
    try:
        yield
    finally:
        del _held[folder]


def refuse_swapped(folder: Path) -> None:
    """Raise ``StorageError`` if this process has locked a folder, and another one has its name now."""
    if not is_still_ours(folder):
        raise StorageError(
            folder,
            "is no longer the folder that this run locked: it was moved or replaced, or its lock file was "
            "removed. Nothing more is written there. Find the cause, then run again.",
        )


def is_still_ours(folder: Path) -> bool:
    """Return whether a folder is the one that was locked; one that was not locked is nobody's."""
    return all(_identity_of(path) == mark for path, mark in _held.get(folder, {}).items())


def _identity_of(path: Path) -> tuple[int, int] | None:
    """Return device and inode, of a link's target; the number is not given again while the lock is open."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino
