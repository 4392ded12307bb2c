"""The folder that a request works in.

outputs/20261123_081203/       a run, named by its UTC start; --output-dir names another
outputs/latest -> 20261123_…   the last successful run for the latest date (``latest.py``)
outputs/.outputs.lock          held while changing ``latest`` or removing old runs (``old_runs.py``)
"""

from __future__ import annotations

import shlex
from datetime import datetime
from itertools import count
from pathlib import Path

import mrt_pipeline
from mrt_pipeline.config.paths import home_folder
from mrt_pipeline.config.settings import OutputSection
from mrt_pipeline.contracts.counting import joined
from mrt_pipeline.contracts.names import (
    APPROVAL_NAME,
    CHECKPOINT_NAMES,
    JOURNAL_NAME,
    LATEST,
    REJECTED_NAME,
    VALIDATION_NAME,
)
from mrt_pipeline.errors import MissingCheckpointError, UsageError
from mrt_pipeline.history.runs import is_folder
from mrt_pipeline.orchestrator.latest import check_latest
from mrt_pipeline.orchestrator.manifest_recovery import find_or_rebuild
from mrt_pipeline.orchestrator.request import RunRequest
from mrt_pipeline.orchestrator.run_list import find_resumable, name_of
from mrt_pipeline.orchestrator.stage_specs import STAGES
from mrt_pipeline.runtime.files import make_folder, real_path, refuse_obstacle
from mrt_pipeline.runtime.locks import LOCK_NAME
from mrt_pipeline.runtime.manifests import MANIFEST_NAME
from mrt_pipeline.runtime.run_log import LOG_NAMES

UNVERSIONED = "current"


def choose_folder(request: RunRequest, output: OutputSection, now: datetime) -> Path:
    """Return the folder that a request works in, created if it is new.

    Raises:
        MissingCheckpointError: if it resumes a run and there is none.
    """
    folder = find_folder(request, output, now)
    if folder is None:
        return _make_run_folder(Path(output.directory), now)
    make_folder(folder)
    return folder


def find_folder(request: RunRequest, output: OutputSection, now: datetime) -> Path | None:
    """Return the folder that a request works in, or None if it creates a new one, named by its start.

    Raises:
        MissingCheckpointError: if it resumes a run and there is none.
        UsageError: if --output-dir names a place that is not meant for a run.
        StorageError: if something that is not a folder is in the way.
        CorruptCheckpointError: if the folder has a manifest that is not ours.
    """
    outputs = Path(output.directory)
    refuse_obstacle(request.output_dir or (outputs if output.versioning else outputs / UNVERSIONED))
    if output.symlink_latest:
        check_latest(outputs)
    if request.output_dir is not None:
        _refuse_place(request.output_dir, outputs)
        _refuse_strangers(request.output_dir, outputs)
        if request.first_stage > 1 and not is_folder(request.output_dir):
            raise _no_run_there(request.output_dir, request.first_stage)
        return request.output_dir
    if not output.versioning:
        _refuse_strangers(outputs / UNVERSIONED, outputs)
        return outputs / UNVERSIONED
    found = find_resumable(outputs, request.first_stage, now, request.as_of) if request.continues else None
    if found is None and request.first_stage > 1:
        raise _nothing_to_resume(outputs, request)
    return found


def _refuse_place(named: Path, outputs: Path) -> None:
    """Raise unless a folder may belong to one run and hold only its files."""
    folder, mine = real_path(named), outputs / "mine"
    if run := _run_around(folder, real_path(outputs)):
        raise UsageError(
            f"--output-dir {named} is inside the run {run.name} and would be removed with it; name a folder "
            f"next to it, such as {mine}."
        )
    if what := _describe_place(named, folder, outputs):
        inside = mine if folder in real_path(mine).parents else named / "mine"
        raise UsageError(f"--output-dir {named} {what}; name a subfolder, such as {inside}.")


def _describe_place(named: Path, folder: Path, outputs: Path) -> str | None:
    """Return why a run's files must not be put in a folder, or None."""
    if named.absolute() == (outputs / LATEST).absolute() and not named.is_symlink():
        return "is the name of the link to the last successful run"
    if folder == Path.cwd() and (folder / MANIFEST_NAME).exists():
        return None  # a run created here may be resumed here
    places = {
        "the folder of all runs": outputs,
        "the working directory": Path.cwd(),
        "your home folder": home_folder(),
        "the program itself": Path(mrt_pipeline.__file__).parent,
    }
    for what, place in places.items():
        if place is not None and folder in (real_path(place), *real_path(place).parents):
            return f"{'is' if folder == real_path(place) else 'contains'} {what}"
    if folder.is_mount():
        return "is the root of a file system"
    return "is the root of a repository" if (folder / ".git").exists() else None


def _run_around(folder: Path, outputs: Path) -> Path | None:
    """Return the run folder, among all runs, that contains a folder, if any."""
    around = [parent for parent in folder.parents if parent.parent == outputs]
    return next((parent for parent in around if (parent / MANIFEST_NAME).is_file()), None)


def _refuse_strangers(folder: Path, outputs: Path) -> None:
    """Raise if a run would overwrite files that no run of ours has made; others may stay beside its own."""
    if not is_folder(folder) or find_or_rebuild(folder).manifest is not None:
        return
    began = (
        LOG_NAMES.values() if (folder / LOCK_NAME).exists() else ()
    )  # a run that got no further is reported there
    strangers = [name for name in _names_of_a_run() if name not in began and _holds_something(folder / name)]
    if not strangers or find_or_rebuild(folder).manifest is not None:  # a run has started in it meanwhile
        return
    those, them = ("that file", "it") if len(strangers) == 1 else ("those files", "them")
    raise UsageError(
        f"{folder} contains {joined(strangers, 'and')} but no {MANIFEST_NAME} of a run; a run would "
        f"overwrite {those}. Move {them} elsewhere, or name another folder, such as --output-dir "
        f"{outputs / 'mine'}."
    )


def _names_of_a_run() -> list[str]:
    """Return the name of every file that a run may write in its folder, except the note of its holder."""
    from mrt_pipeline.config.registry import all_exports
    from mrt_pipeline.lineage import LINEAGE_NAME
    from mrt_pipeline.orchestrator.alerts import ALERTS_NAME
    from mrt_pipeline.orchestrator.gates import GATES_NAME
    from mrt_pipeline.report import REPORT_FILE

    return [
        *CHECKPOINT_NAMES.values(),
        *(name for exporter in all_exports() for name in exporter.files),
        *(REPORT_FILE, VALIDATION_NAME, GATES_NAME, ALERTS_NAME, JOURNAL_NAME, REJECTED_NAME, LINEAGE_NAME),
        *(*LOG_NAMES.values(), LOCK_NAME, APPROVAL_NAME),
    ]


def _holds_something(path: Path) -> bool:
    """Return whether a path holds anything; an empty file may belong to a run that is just starting."""
    try:
        return path.lstat().st_size > 0
    except OSError:
        return False


def _make_run_folder(outputs: Path, now: datetime) -> Path:
    name = name_of(now)
    for number in count(1):
        folder = outputs / (name if number == 1 else f"{name}_{number}")
        try:
            make_folder(folder, exist_ok=False)
        except FileExistsError:
            continue
        return folder
    raise AssertionError("count() does not end")


def _nothing_to_resume(outputs: Path, request: RunRequest) -> MissingCheckpointError:
    first_stage, day = request.first_stage, request.as_of
    names = " and ".join(CHECKPOINT_NAMES[stage.name] for stage in STAGES if stage.number < first_stage)
    run, flags = ("run", "") if day is None else (f"run for {day}", f" --as-of {day}")
    return MissingCheckpointError(
        outputs,
        f"has no {run} with {names}, which stage {first_stage} needs. "
        f"Start one with: mrt-pipeline run{flags}",
    )


def _no_run_there(folder: Path, first_stage: int) -> MissingCheckpointError:
    """Return the error for a missing folder that was to be resumed: its name was probably mistyped."""
    needed = folder / CHECKPOINT_NAMES[STAGES[first_stage - 2].name]
    command = shlex.join(["mrt-pipeline", "run", "--output-dir", str(folder)])
    return MissingCheckpointError(needed, f"is missing, and so is its folder. Create it with: {command}")
