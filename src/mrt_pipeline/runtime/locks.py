"""Locks: one process at a time in a run folder, and one at a time for the ``latest`` link.

The lock is the operating system's (flock through filelock), so it ends with its process, however that ends.
The holder is noted beside it, for the message to other processes.
"""

from __future__ import annotations

import contextlib
import json
import os
import socket
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import orjson

from mrt_pipeline.errors import RunLockedError, StorageError
from mrt_pipeline.runtime.files import read_bytes, storage_errors, write_bytes
from mrt_pipeline.runtime.held_folders import is_still_ours, remembering

LOCK_NAME = ".lock"
OUTPUTS_LOCK_NAME = ".outputs.lock"
HOLDER_NAME = ".lock-holder.json"
PATIENCE_S = 0.5
"""Checking whether a folder is held takes its lock for a moment; a run that starts then waits this long."""
LONG_PATIENCE_S = 300.0
"""how long a process waits for the folder of all runs or releases; making a release takes less"""
_KERNELS_LOCKS = Path("/proc/locks")
"""where Linux lists the holder of each lock"""


Tell = Callable[[str], None]


def tell_nobody(_sentence: str) -> None:
    """Receive a sentence that nobody is to read."""


@contextlib.contextmanager
def run_lock(folder: Path, now: datetime) -> Iterator[None]:
    """Hold a run folder for this process.

    Raises:
        RunLockedError: if another process holds it; the message says which and since when.
    """
    from filelock import FileLock, Timeout

    lock = FileLock(folder / LOCK_NAME)
    with storage_errors(folder / LOCK_NAME, "could not be locked"):
        try:
            lock.acquire(timeout=PATIENCE_S)
        except Timeout:
            raise RunLockedError(
                f"{folder} is in use by {_describe_holder(folder)}. "
                "Wait for it to end, or choose another --output-dir."
            ) from None
    try:
        with remembering(folder, folder / LOCK_NAME):
            try:
                _write_holder(folder, now)
                yield
            finally:
                _remove_holder(folder)
    finally:
        lock.release()


@contextlib.contextmanager
def outputs_lock(outputs: Path, tell: Tell = tell_nobody) -> Iterator[None]:
    """Hold the folder of all runs or releases while moving ``latest``, releasing, or removing old runs.

    Args:
        outputs: the folder.
        tell: receives a sentence if another process holds it for longer than a moment.

    Raises:
        RunLockedError: if another process goes on holding it.
    """
    from filelock import FileLock, Timeout

    path = outputs / OUTPUTS_LOCK_NAME
    lock = FileLock(path)
    with storage_errors(path, "could not be locked"):
        try:
            lock.acquire(timeout=PATIENCE_S)
        except Timeout:
            tell(f"Waiting for {_find_holder(path)}, which holds {path}.")
            try:
                lock.acquire(timeout=LONG_PATIENCE_S)
            except Timeout:
                raise RunLockedError(
                    f"{outputs} was not changed, because {_find_holder(path)} holds {path}. "
                    "Wait for it to end, then run the same command again."
                ) from None
    try:
        yield
    finally:
        lock.release()


@contextlib.contextmanager
def held_if_free(folder: Path) -> Iterator[bool]:
    """Hold a run folder during a block, unless a process is working in it; yield whether it is held."""
    from filelock import FileLock, Timeout

    lock = FileLock(folder / LOCK_NAME)
    try:
        lock.acquire(timeout=0)
    except (Timeout, OSError):
        yield False
        return
    try:
        yield True
    finally:
        lock.release()


def is_locked(folder: Path) -> bool:
    """Return whether a process is working in a run folder."""
    if not (folder / LOCK_NAME).exists():
        return False
    with held_if_free(folder) as is_free:
        return not is_free


def _find_holder(lock: Path) -> str:
    """Return the process that holds a lock, if the operating system tells."""
    with contextlib.suppress(OSError, ValueError):
        found = lock.stat()
        wanted = f"{os.major(found.st_dev):02x}:{os.minor(found.st_dev):02x}:{found.st_ino}"
        for line in _KERNELS_LOCKS.read_text(encoding="ascii").splitlines():
            match line.split():
                case [_, "FLOCK", _, _, process, file, *_] if file == wanted and process.isdigit():
                    return f"process {process}" if int(process) else "another process"
    return "another process"


def _write_holder(folder: Path, now: datetime) -> None:
    holder = {"pid": os.getpid(), "host": socket.gethostname(), "since": now.isoformat(timespec="seconds")}
    write_bytes(folder / HOLDER_NAME, json.dumps(holder).encode())


def _remove_holder(folder: Path) -> None:
    with contextlib.suppress(OSError):  # the lock matters, not the note beside it
        if is_still_ours(folder):
            (folder / HOLDER_NAME).unlink()


def _describe_holder(folder: Path) -> str:
    try:
        holder = orjson.loads(read_bytes(folder / HOLDER_NAME))
        since = datetime.fromisoformat(holder["since"]).astimezone(UTC)
        described = f"process {int(holder['pid'])} on {holder['host']!s} (since {since:%Y-%m-%d %H:%M} UTC)"
    except (OSError, StorageError, ValueError, KeyError, TypeError, OverflowError):
        return "another process"
    return described if described.isprintable() else "another process"
