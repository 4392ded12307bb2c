"""List the runs in a folder for a person; unreadable ones are reported, never skipped.

A run has the status of its manifest, with one exception: if the manifest says ``running`` and no process
holds the folder, the process was killed. Such a run has died.
"""

from __future__ import annotations

import os
import shlex
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from mrt_pipeline.config.paths import read_path
from mrt_pipeline.contracts.names import CHECKPOINT_NAMES, FINAL_NAME, LATEST
from mrt_pipeline.contracts.run import Manifest, RunStatus, StageStatus
from mrt_pipeline.errors import CorruptCheckpointError, StorageError, UsageError
from mrt_pipeline.runtime.files import real_path, storage_errors
from mrt_pipeline.runtime.locks import is_locked
from mrt_pipeline.runtime.manifests import MANIFEST_NAME, find_manifest

DIED = "died"
SUGGESTED = 5
"""how many names are suggested when one is not found"""


@dataclass(frozen=True, slots=True)
class Run:
    """A run folder, its manifest, and facts that only the folder shows."""

    folder: Path
    manifest: Manifest = field(repr=False)
    is_alive: bool
    """whether a process is working in it"""

    @property
    def name(self) -> str:
        """Return the folder's name."""
        return self.folder.name

    @property
    def state(self) -> str:
        """Return its state: the manifest's status, or ``died``."""
        is_left = self.manifest.status is RunStatus.RUNNING and not self.is_alive
        return DIED if is_left else self.manifest.status.value

    @property
    def state_in_words(self) -> str:
        """Return the state as words for a sentence: ``stopped at budget``."""
        return self.state.replace("_", " ")

    @property
    def show_command(self) -> str:
        """Return the command that shows it."""
        return shlex.join(["mrt-pipeline", "show", str(self.folder)])

    @property
    def has_dataset(self) -> bool:
        """Return whether it was completed and has a dataset in its folder."""
        return self.manifest.status is RunStatus.COMPLETED and (self.folder / FINAL_NAME).is_file()

    @property
    def seconds(self) -> float:
        """Return the duration of all attempts together; a killed one counts up to its last sign of life."""
        took = (
            max((attempt.ended_at or self.manifest.updated_at) - attempt.started_at, timedelta())
            for attempt in self.manifest.attempts
        )
        return round(sum(took, timedelta()).total_seconds(), 1)

    @property
    def counts(self) -> dict[str, float]:
        """Return the figures of the last stage that has any."""
        return final_counts(self.manifest)


@dataclass(frozen=True, slots=True)
class DamagedRun:
    """A folder with an unreadable manifest."""

    name: str
    path: str
    fault: str


@dataclass(frozen=True, slots=True)
class History:
    """Every run of a folder, newest first, and the damaged ones."""

    outputs: Path
    runs: tuple[Run, ...]
    damaged: tuple[DamagedRun, ...]
    latest: Path | None
    """the folder that ``latest`` points to"""

    def is_latest(self, run: Run) -> bool:
        """Return whether ``latest`` points to a run."""
        return self.latest is not None and real_path(run.folder) == self.latest


def read_history(outputs: Path) -> History:
    """Return the runs in a folder; the target of ``latest`` is included wherever it is."""
    runs: list[Run] = []
    damaged: list[DamagedRun] = []
    latest = _find_latest(outputs)
    folders = _list_folders(outputs)
    if latest is not None and latest not in {real_path(folder) for folder in folders}:
        folders.append(latest)
    for folder in folders:
        try:
            run = read_run(folder)
        except (CorruptCheckpointError, StorageError) as error:
            damaged.append(DamagedRun(folder.name, str(folder), str(error)))
        else:
            runs.extend([run] if run else [])
    runs.sort(key=lambda run: (run.manifest.timestamp, run.name), reverse=True)
    return History(outputs, tuple(runs), tuple(damaged), latest)


def read_run(folder: Path) -> Run | None:
    """Return the run in a folder, or None if it has no manifest.

    Raises:
        CorruptCheckpointError: if its manifest is damaged.
        StorageError: if it cannot be read.
    """
    manifest = find_manifest(folder)
    if manifest is None:
        return None
    return Run(folder, manifest, is_alive=manifest.status is RunStatus.RUNNING and is_locked(folder))


def final_counts(manifest: Manifest, last_stage: int = len(CHECKPOINT_NAMES)) -> dict[str, float]:
    """Return the figures of the last stage that has any; those of a disabled stage are outdated."""
    for name in reversed(list(CHECKPOINT_NAMES)[:last_stage]):
        record = manifest.stages.get(name)
        if record is not None and record.counts and record.status is not StageStatus.DISABLED:
            return record.counts
    return {}


def is_path(name: str) -> bool:
    """Return whether a name is a path; a single word names a run, even if a file here has that name."""
    return os.sep in name or name in (os.curdir, os.pardir) or name.startswith("~") or name.endswith(".json")


def is_folder(path: Path) -> bool:
    """Return whether a folder exists; another fault of its path counts as no."""
    try:
        return path.is_dir()
    except OSError:
        return False


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # such as a name that is too long
        return False


def get_run(name: str, outputs: Path) -> Run:
    """Return a run by its name in the folder of all runs, or by the path of its folder, even a single word.

    ``latest`` is the target of the link; where no link is kept, it is the newest completed run, preferably
    one with a dataset.

    Raises:
        UsageError: if the name is empty or that of a file, or there is no such run; it lists the newest ones.
        CorruptCheckpointError: if its manifest is damaged.
    """
    path = read_path(name)
    for folder in [path] if is_path(name) else [outputs / path, path]:
        if _is_file(folder / MANIFEST_NAME) and (run := read_run(_follow(folder))):
            return run
    runs = read_history(outputs).runs
    if name == LATEST and not (outputs / LATEST).exists():  # otherwise its run has lost its manifest
        completed = [run for run in runs if run.manifest.status is RunStatus.COMPLETED]
        for run in [run for run in completed if run.has_dataset] or completed:
            return run
    if named := [run for run in runs if run.name == name]:
        return named[0]
    if is_path(name) and _is_file(path):
        raise UsageError(f"{path} is a file; expected the name of a run or the path of its folder.")
    raise UsageError(
        f"Run {name!r} not found; expected the name or path of a folder with a {MANIFEST_NAME}. "
        + _name_some(outputs if not is_path(name) else path if is_folder(path) else path.parent)
    )


def _name_some(outputs: Path) -> str:
    """Return a sentence with the newest runs in a folder, or with the command that starts one."""
    names = [run.name for run in read_history(outputs).runs]
    if not names:
        there = "this folder" if outputs == Path() else outputs  # a full stop behind "." would name another
        return f"No runs in {there}. Start one with: mrt-pipeline run"
    return f"Runs in {outputs}: {', '.join(names[:SUGGESTED])}{', …' if len(names) > SUGGESTED else ''}"


def _follow(folder: Path) -> Path:
    """Return the folder that a link points to, by its path beside the link if it is there."""
    if not folder.is_symlink():
        return folder
    target = real_path(folder)
    beside = folder.parent / target.name
    return beside if real_path(beside) == target else target


def _find_latest(outputs: Path) -> Path | None:
    link = outputs / LATEST
    return real_path(link) if link.is_symlink() and link.exists() else None


def _list_folders(outputs: Path) -> list[Path]:
    if not outputs.is_dir():
        return []
    with storage_errors(outputs, "could not be listed"):
        return [path for path in sorted(outputs.iterdir()) if path.is_dir() and not path.is_symlink()]
