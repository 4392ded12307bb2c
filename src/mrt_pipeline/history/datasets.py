"""Read published datasets: of a run, verified against its manifest, or a separate file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from mrt_pipeline.config.paths import read_path
from mrt_pipeline.contracts.counting import counted
from mrt_pipeline.contracts.names import FINAL_NAME, FINAL_STAGE
from mrt_pipeline.contracts.outputs import Stage3Output
from mrt_pipeline.contracts.run import RunStatus
from mrt_pipeline.errors import MissingCheckpointError, UnrecordedCheckpointError, UsageError
from mrt_pipeline.history.resume_command import finish
from mrt_pipeline.history.runs import History, Run, get_run, is_path, read_run
from mrt_pipeline.runtime.checkpoints import find_unrecorded, parse_dataset, verify_checkpoint
from mrt_pipeline.runtime.files import read_bytes

REMEDY = "mrt-pipeline run"


@dataclass(frozen=True, slots=True)
class LoadedDataset:
    """A dataset, and where it was read."""

    name: str
    """name of its run, or path of a separate file"""
    dataset: Stage3Output
    run: Run | None

    @property
    def doubt(self) -> str:
        """Return a statement that no manifest verifies its bytes; empty if one does."""
        if self.run is not None:
            return ""
        return f"Cannot verify {self.name}: the manifest of its run is not in the same folder."


def load_dataset(name: str, outputs: Path) -> LoadedDataset:
    """Return the dataset of a run (by name, path, or ``latest``), or in a ``stage3_final.json`` (by path).

    Raises:
        UsageError: if there is no such run or file.
        CheckpointError: if there is no dataset, or it is damaged.
    """
    path = read_path(name)
    if path.is_file() and (is_path(name) or not (outputs / name).exists()):
        run = read_run(path.parent) if path.name == FINAL_NAME else None
        if run is None:
            return LoadedDataset(name, _parse(path, read_bytes(path)), None)
        return load_run(run)
    return load_run(get_run(name, outputs))


def load_run(run: Run) -> LoadedDataset:
    """Return a run's dataset after verifying that its bytes are those written.

    Raises:
        CheckpointError: if there is none, or it is damaged.
    """
    path = run.folder / FINAL_NAME
    record = run.manifest.stages.get(FINAL_STAGE)
    if record is None or record.checkpoint is None:
        is_done = run.manifest.status is RunStatus.COMPLETED
        why = "was not run" if is_done else f"was not completed (status of the run: {run.state_in_words})"
        raise MissingCheckpointError(path, f"does not exist: stage 3 {why}. See: {run.show_command}")
    remedy = finish(run.folder, run.manifest)
    since = find_unrecorded(run.manifest, FINAL_STAGE)
    try:
        content = verify_checkpoint(run.folder, record.checkpoint, remedy, since)
    except UnrecordedCheckpointError:  # it is intact, and passed its checks before it was written
        content = read_bytes(path)
    return LoadedDataset(run.name, parse_dataset(path, content, remedy), run)


def load_unverified(run: Run) -> LoadedDataset:
    """Return the dataset under its file name in a run's folder, whoever wrote it.

    Raises:
        FileNotFoundError: if there is none.
        CorruptCheckpointError: if it is not a dataset.
    """
    path = run.folder / FINAL_NAME
    remedy = finish(run.folder, run.manifest)
    return LoadedDataset(run.name, parse_dataset(path, read_bytes(path), remedy), run)


def choose_successful(history: History, number: int) -> list[Run]:
    """Return the newest completed runs with a dataset, newest first, for a comparison.

    Raises:
        UsageError: if there are fewer than requested.
    """
    found = [run for run in history.runs if run.has_dataset]
    if len(found) < number:
        raise UsageError(
            f"Expected {counted(number, 'run')} with a dataset; {history.outputs} has "
            f"{len(found) or 'none'}. "
            f"Specify two runs or files to compare, or start a run with: {REMEDY}"
        )
    return found[:number]


def _parse(path: Path, content: bytes) -> Stage3Output:
    return parse_dataset(path, content, REMEDY)
