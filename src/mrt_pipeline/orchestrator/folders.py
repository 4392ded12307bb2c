"""The folder of all runs: which folder to work in, what ``latest`` points to, which old runs are removed.

outputs/20261123_081203/       a run, named by its UTC start; --output-dir names another
outputs/latest -> 20261123_…   the last successful run for the latest date; relative, replaced atomically
outputs/.outputs.lock          held while changing ``latest`` or removing old runs
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from enum import Enum, auto
from itertools import count
from pathlib import Path

import mrt_pipeline
from mrt_pipeline.config.paths import home_folder
from mrt_pipeline.config.settings import OutputSection
from mrt_pipeline.contracts.names import (
    APPROVAL_NAME,
    CHECKPOINT_NAMES,
    FINAL_STAGE,
    JOURNAL_NAME,
    LATEST,
    REJECTED_NAME,
    VALIDATION_NAME,
)
from mrt_pipeline.contracts.run import Manifest, RunStatus
from mrt_pipeline.errors import CorruptCheckpointError, MissingCheckpointError, StorageError, UsageError
from mrt_pipeline.orchestrator.manifest_recovery import find_or_rebuild
from mrt_pipeline.orchestrator.request import RunRequest
from mrt_pipeline.orchestrator.stage_specs import STAGES
from mrt_pipeline.runtime.clock import singapore_date
from mrt_pipeline.runtime.context import EarlierRun
from mrt_pipeline.runtime.files import (
    TEMPORARY_SUFFIX,
    make_folder,
    real_path,
    refuse_obstacle,
    remove_folder,
    remove_leftovers,
    replace_symlink,
)
from mrt_pipeline.runtime.integrity import has_whole_dataset
from mrt_pipeline.runtime.locks import HOLDER_NAME, LOCK_NAME, held_if_free, outputs_lock
from mrt_pipeline.runtime.manifests import MANIFEST_NAME, find_manifest
from mrt_pipeline.runtime.run_log import LOG_NAMES

UNVERSIONED = "current"
BEGINS_WITHIN_S = 3600
"""A run locks its folder right after creating it. A folder still empty after this time is from a dead run."""
CLOCKS_DIFFER_BY = timedelta(days=1)
"""of machines that share a folder; a run that began later than this from now began in the future"""
_OUR_NAME = re.compile(r"^\d{8}_\d{6}(_\d+)?$")


class LatestMove(Enum):
    """What happened to ``latest`` when a run ended well."""

    MOVED = auto()
    """it points to the run"""
    NO_DATASET = auto()
    """the run made no dataset, and the current target has one"""
    EARLIER_DAY = auto()
    """the run describes an earlier date than the current target"""
    DAY_TO_COME = auto()
    """the run describes a future date"""


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
        if request.first_stage > 1 and not _is_folder(request.output_dir):
            raise _no_run_there(request.output_dir, request.first_stage)
        return request.output_dir
    if not output.versioning:
        _refuse_strangers(outputs / UNVERSIONED, outputs)
        return outputs / UNVERSIONED
    found = find_resumable(outputs, request.first_stage, now) if request.continues else None
    if found is None and request.first_stage > 1:
        raise _nothing_to_resume(outputs, request.first_stage)
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
        raise UsageError(f"--output-dir {named} {what}; name a folder in it, such as {inside}.")


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
            return f"{'is' if folder == real_path(place) else 'holds'} {what}"
    if folder.is_mount():
        return "is the root of a file system"
    return "is the root of a repository" if (folder / ".git").exists() else None


def _run_around(folder: Path, outputs: Path) -> Path | None:
    """Return the run folder, among all runs, that contains a folder, if any."""
    around = [parent for parent in folder.parents if parent.parent == outputs]
    return next((parent for parent in around if (parent / MANIFEST_NAME).is_file()), None)


def _refuse_strangers(folder: Path, outputs: Path) -> None:
    """Raise if a run would overwrite files that no run of ours has made; others may stay beside its own."""
    if not _is_folder(folder) or find_or_rebuild(folder).manifest is not None:
        return
    began = (
        LOG_NAMES.values() if (folder / LOCK_NAME).exists() else ()
    )  # a run that got no further is reported there
    strangers = [name for name in _names_of_a_run() if name not in began and _holds_something(folder / name)]
    if not strangers or find_or_rebuild(folder).manifest is not None:  # a run has started in it meanwhile
        return
    raise UsageError(
        f"{folder} contains {', '.join(strangers)} but no {MANIFEST_NAME} of a run that made them; a run "
        "would overwrite them. Move them elsewhere, or name another folder, such as --output-dir "
        f"{outputs / 'mine'}."
    )


def _is_folder(path: Path) -> bool:
    """Return whether a folder exists; other faults of a path are reported when it is created."""
    try:
        return path.is_dir()
    except OSError:
        return False


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


def find_resumable(outputs: Path, first_stage: int, now: datetime) -> Path | None:
    """Return the newest run that has a checkpoint for every stage before ``first_stage``.

    A run that started after now, while a clock was fast, is returned only if there is no other.
    """
    needed = [stage.name for stage in STAGES if stage.number < first_stage]
    newest: tuple[bool, datetime, Path] | None = None
    for folder, manifest in list_runs(outputs):
        has_all = all(name in manifest.stages and manifest.stages[name].checkpoint for name in needed)
        found = (manifest.timestamp <= now + CLOCKS_DIFFER_BY, manifest.timestamp, folder)
        if has_all and (newest is None or found[:2] > newest[:2]):
            newest = found
    return newest[-1] if newest else None


def find_ahead(outputs: Path, now: datetime) -> Path | None:
    """Return the folder of the last run that started after now, while a clock was fast, by its name."""
    names = (path.name for path in outputs.glob("*/") if _OUR_NAME.match(path.name))
    return outputs / last if (last := max(names, default="")) > _latest_name(now) else None


def _latest_name(now: datetime) -> str:
    """Return the last possible name of the folder of a run that has started."""
    return _name_of(now + CLOCKS_DIFFER_BY)


def find_earlier(outputs: Path, folder: Path, now: datetime) -> EarlierRun | None:
    """Return the newest other run with a journal of stage 2; None if its dataset was refused."""
    journals = sorted(outputs.glob(f"*/{JOURNAL_NAME}"), reverse=True)
    names = (path.parent for path in journals if path.parent.name <= _latest_name(now))
    others = (path for path in names if _OUR_NAME.match(path.name))
    newest = next((other for other in others if real_path(other) != real_path(folder)), None)
    manifest = _read_shown(newest) if newest is not None else None
    if newest is None or manifest is None or any(stage.is_doubted for stage in manifest.stages.values()):
        return None
    return EarlierRun(manifest.run_id, newest)


def list_runs(outputs: Path) -> Iterator[tuple[Path, Manifest]]:
    """Yield each run folder with its manifest, by name; folders without a readable manifest are skipped."""
    if not outputs.is_dir():
        return
    for folder in sorted(outputs.iterdir()):
        if folder.is_symlink() or not folder.is_dir() or folder.name.endswith(TEMPORARY_SUFFIX):
            continue
        try:
            manifest = find_manifest(folder)
        except (CorruptCheckpointError, StorageError):
            continue
        if manifest is not None:
            yield folder, manifest


def point_latest(
    folder: Path, outputs: Path, now: datetime, *, has_made_dataset: bool = True, is_wanted: bool = False
) -> LatestMove:
    """Let ``latest`` point to a run, unless its current target is to stay; remove what dead runs left.

    A run without a final dataset never replaces one that has it: readers of ``latest`` would find no dataset.
    A dataset in the folder from an earlier attempt does not count. Nor does a dataset for an earlier or a
    future date replace one, unless that is requested. If the link is lost, its target is found among all
    runs, and the link is recreated.
    """
    make_folder(outputs)
    link = outputs / LATEST
    final = CHECKPOINT_NAMES[FINAL_STAGE]
    with outputs_lock(outputs):
        _remove_stillborn(outputs, now)
        remove_leftovers(outputs, with_folders=True)
        check_latest(outputs)
        shown = _find_shown_folder(outputs, apart_from=folder)
        held = None
        if shown is not None and not (has_made_dataset and (folder / final).exists()):
            held = LatestMove.NO_DATASET
        elif shown is not None and not is_wanted and (own := find_manifest(folder)) is not None:
            held = _holds_latest(own.as_of, _read_shown(shown), now)
        if shown is None or held is None:
            replace_symlink(link, folder)
            return LatestMove.MOVED
        if real_path(link) != real_path(shown):
            replace_symlink(link, shown)
    return held


def refuse_to_replace_shown(
    request: RunRequest, folder: Path | None, outputs: Path, as_of: date, now: datetime
) -> None:
    """Raise if a run would work in the folder that ``latest`` points to, for a date not to be shown there.

    Raises:
        UsageError: if the current target describes a later date, or the date is in the future.
    """
    link = outputs / LATEST
    publishes = request.last_stage == STAGES[-1].number and not request.move_latest
    if folder is None or not publishes or not link.is_symlink() or real_path(link) != real_path(folder):
        return
    if (shown := find_shown(outputs)) is not None and _holds_latest(as_of, shown, now):
        raise UsageError(
            f"{link} points to {folder}, the dataset for {shown.as_of}; this run would replace it with "
            f"the one for {as_of}. Name another folder, such as --output-dir {outputs / f'as-of-{as_of}'}, "
            "or add --move-latest."
        )


def _holds_latest(as_of: date, shown: Manifest | None, now: datetime) -> LatestMove | None:
    """Return why a dataset for a date must not replace the one shown, or None if it may."""
    if shown is None or shown.as_of == as_of:
        return None
    today = singapore_date(now)
    if as_of > today:
        return LatestMove.DAY_TO_COME
    is_past = shown.as_of <= today  # otherwise it was meant to look ahead, or made by a wrong clock
    return LatestMove.EARLIER_DAY if as_of < shown.as_of and is_past and not describes_future(shown) else None


def describes_future(manifest: Manifest) -> bool:
    """Return whether a run described a future date: it never counts as the newest dataset."""
    return manifest.as_of > singapore_date(manifest.updated_at)


def find_shown(outputs: Path) -> Manifest | None:
    """Return the manifest of the run that ``latest`` points to, recreated if needed, if readable."""
    link = outputs / LATEST
    return _read_shown(real_path(link)) if link.is_symlink() else None


def _find_shown_folder(outputs: Path, apart_from: Path) -> Path | None:
    """Return the folder of the dataset that ``latest`` points to, or would if the link were not lost.

    Args:
        outputs: the folder of all runs.
        apart_from: a run to ignore if the link is lost, since it has just been made.
    """
    link, final = outputs / LATEST, CHECKPOINT_NAMES[FINAL_STAGE]
    if (link / final).exists():
        return real_path(link)
    if link.is_symlink() and link.exists():  # to a run without a dataset: none was published since
        return None
    own = real_path(apart_from)
    return _find_newest(
        [
            (folder, manifest)
            for folder, manifest in list_runs(outputs)
            if manifest.status is RunStatus.COMPLETED and real_path(folder) != own
        ]
    )


def _read_shown(folder: Path) -> Manifest | None:
    """Return the manifest of a run, recreated if needed, if readable."""
    try:
        return find_or_rebuild(folder).manifest
    except (CorruptCheckpointError, StorageError):
        return None


def check_latest(outputs: Path) -> None:
    """Raise ``StorageError`` if the link cannot be created because something else is in its place."""
    refuse_obstacle(outputs)
    link = outputs / LATEST
    if link.exists() and not link.is_symlink():
        raise StorageError(link, "is not a link; move it away so that it can show the last successful run.")


def remove_old_runs(outputs: Path, keep: int, current: Path) -> list[str]:
    """Remove the oldest completed runs beyond ``keep`` and return their names.

    Only folders that this program named may be removed: never one named by --output-dir, never the target of
    ``latest``, never one without our manifest, never one that a process is working in; and never the newest
    complete dataset of the latest date, which runs for earlier or future dates must not push out.
    """
    with outputs_lock(outputs):
        protected = {real_path(outputs / LATEST), real_path(current)}
        completed = sorted(
            (manifest.timestamp, folder, manifest)
            for folder, manifest in list_runs(outputs)
            if manifest.status is RunStatus.COMPLETED
            and _OUR_NAME.match(folder.name)
            and (folder / CHECKPOINT_NAMES[FINAL_STAGE]).exists()
        )
        if (newest := _find_newest([(folder, manifest) for _, folder, manifest in completed])) is not None:
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


def _find_newest(runs: list[tuple[Path, Manifest]]) -> Path | None:
    """Return the folder of the newest intact dataset for the latest date."""
    present = [(folder, manifest) for folder, manifest in runs if not describes_future(manifest)]
    present.sort(key=lambda run: (run[1].as_of, run[1].timestamp), reverse=True)
    return next((folder for folder, manifest in present if has_whole_dataset(folder, manifest)), None)


def _remove_stillborn(outputs: Path, now: datetime) -> None:
    """Remove the folders of runs that were killed before they had a manifest."""
    for folder in outputs.iterdir():
        if not _OUR_NAME.match(folder.name) or folder.is_symlink():
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


def _name_of(now: datetime) -> str:
    return f"{now:%Y%m%d_%H%M%S}"


def _make_run_folder(outputs: Path, now: datetime) -> Path:
    name = _name_of(now)
    for number in count(1):
        folder = outputs / (name if number == 1 else f"{name}_{number}")
        try:
            make_folder(folder, exist_ok=False)
        except FileExistsError:
            continue
        return folder
    raise AssertionError("count() does not end")


def _nothing_to_resume(outputs: Path, first_stage: int) -> MissingCheckpointError:
    names = " and ".join(CHECKPOINT_NAMES[stage.name] for stage in STAGES if stage.number < first_stage)
    return MissingCheckpointError(
        outputs,
        f"holds no run with {names}, which stage {first_stage} needs. Start one with: mrt-pipeline run",
    )


def _no_run_there(folder: Path, first_stage: int) -> MissingCheckpointError:
    """Return the error for a missing folder that was to be resumed: its name was probably mistyped."""
    needed = folder / CHECKPOINT_NAMES[STAGES[first_stage - 2].name]
    command = shlex.join(["mrt-pipeline", "run", "--output-dir", str(folder)])
    return MissingCheckpointError(needed, f"is missing, and so is its folder. Create it with: {command}")
