"""The folders locked by this process, and checks that their paths still lead to them.

If a folder is moved away or replaced by a link during a run, the rest of the run would be written elsewhere;
if its lock file is removed, a second run could start. Code that writes a run's files checks here first.
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
    """Remember a folder and its lock file for the duration of a block that holds both."""
    _held[folder] = {path: _identity_of(path) for path in (folder, lock)}
    try:
        yield
    finally:
        del _held[folder]


def refuse_swapped(folder: Path) -> None:
    """Raise ``StorageError`` if this process has locked a folder and its path now leads to another one."""
    if not is_still_ours(folder):
        raise StorageError(
            folder,
            "is no longer the folder that this run locked: it was moved or replaced, or its lock file was "
            "removed. Nothing more is written there. Find the cause, then run again.",
        )


def is_still_ours(folder: Path) -> bool:
    """Return whether a folder is the one that was locked; False if it was never locked."""
    return all(_identity_of(path) == mark for path, mark in _held.get(folder, {}).items())


def _identity_of(path: Path) -> tuple[int, int] | None:
    """Return device and inode, following links; the inode is not reused while the lock is open."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino
