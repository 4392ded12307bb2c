"""Remove old runs, and what dead processes have left in the folder of all runs."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from mrt_pipeline.contracts.names import CHECKPOINT_NAMES, FINAL_STAGE, LATEST
from mrt_pipeline.contracts.run import RunStatus
from mrt_pipeline.orchestrator.run_list import OUR_NAME, find_newest, list_runs
from mrt_pipeline.runtime.files import TEMPORARY_SUFFIX, real_path, remove_folder
from mrt_pipeline.runtime.locks import HOLDER_NAME, LOCK_NAME, Tell, held_if_free, outputs_lock, tell_nobody
from mrt_pipeline.runtime.run_log import LOG_NAMES

BEGINS_WITHIN_S = 3600
"""A run locks its folder right after creating it. A folder still empty after this time is from a dead run."""


def remove_old_runs(outputs: Path, keep: int, current: Path, tell: Tell = tell_nobody) -> list[str]:
    """Remove the oldest completed runs beyond ``keep`` and return their names.

    Only folders that this program named may be removed: never one named by --output-dir, never the target of
    ``latest``, never one without our manifest, never one that a process is working in; and never the newest
    complete dataset of the latest date, which runs for earlier or future dates must not push out.
    """
    with outputs_lock(outputs, tell):
        protected = {real_path(outputs / LATEST), real_path(current)}
        completed = sorted(
            (manifest.timestamp, folder, manifest)
            for folder, manifest in list_runs(outputs)
            if manifest.status is RunStatus.COMPLETED
            and OUR_NAME.match(folder.name)
            and (folder / CHECKPOINT_NAMES[FINAL_STAGE]).exists()
        )
        if (newest := find_newest([(folder, manifest) for _, folder, manifest in completed])) is not None:
            protected.add(real_path(newest))
        removed = []
        for _, folder, _ in completed[: max(0, len(completed) - keep)]:
            if real_path(folder) in protected:
                continue
            with held_if_free(folder) as is_free:
                if is_free:
                    remove_folder(folder)
                    removed.append(folder.name)
    return removed


def remove_stillborn(outputs: Path, now: datetime) -> None:
    """Remove the folders of runs that were killed before they had a manifest."""
    for folder in outputs.iterdir():
        if not OUR_NAME.match(folder.name) or folder.is_symlink():
            continue
        if _is_stillborn(folder) or _is_long_empty(folder, now):
            with held_if_free(folder) as is_free:
                if is_free and (_is_stillborn(folder) or _is_empty(folder)):
                    remove_folder(folder)


def _is_stillborn(folder: Path) -> bool:
    """Return whether a folder holds only the start of a run; its process is dead if the lock is free."""
    try:
        names = {path.name for path in folder.iterdir()} - {LOCK_NAME, *LOG_NAMES.values()}
    except OSError:
        return False
    return bool(names) and all(name == HOLDER_NAME or name.endswith(TEMPORARY_SUFFIX) for name in names)


def _is_long_empty(folder: Path, now: datetime) -> bool:
    """Return whether a folder has been empty for so long that no run can be about to lock it."""
    try:
        changed_at = folder.lstat().st_mtime
    except OSError:
        return False
    return now.timestamp() - changed_at > BEGINS_WITHIN_S and _is_empty(folder)


def _is_empty(folder: Path) -> bool:
    """Return whether a folder holds at most a lock and an empty log."""
    try:
        return all(
            path.name in (LOCK_NAME, *LOG_NAMES.values()) and path.lstat().st_size == 0
            for path in folder.iterdir()
        )
    except OSError:
        return False
