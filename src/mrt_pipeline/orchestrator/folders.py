"""The folder of all runs: which one to work in, what ``latest`` shows, which old ones go.

outputs/20261123_081203/       a run, named by its UTC start; --output-dir names another
outputs/latest -> 20261123_…   the last run that ended well, of the latest day; relative, swapped atomically
outputs/.outputs.lock          held for the moment of changing ``latest`` or removing old runs
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
"""A run locks its folder at once after making it. One that is empty so long after was left by a dead run."""
CLOCKS_DIFFER_BY = timedelta(days=1)
"""of machines that share a folder; a run that began later than that from now began in the future"""
_OUR_NAME = re.compile(r"^\d{8}_\d{6}(_\d+)?$")


class LatestMove(Enum):
    """What became of ``latest`` when a run ended well."""

    MOVED = auto()
    """it shows the run"""
    NO_DATASET = auto()
    """the run made none, and what is shown has one"""
    EARLIER_DAY = auto()
    """the run describes an earlier day than what is shown"""
    DAY_TO_COME = auto()
    """the run describes a day that is in the future"""


def choose_folder(request: RunRequest, output: OutputSection, now: datetime) -> Path:
    """Return the folder that a request works in, made if it is new.

    Raises:
        MissingCheckpointError: if it goes on with a run and there is none to go on with.
    """
    folder = find_folder(request, output, now)
    if folder is None:
        return _make_run_folder(Path(output.directory), now)
    make_folder(folder)
    return folder


def find_folder(request: RunRequest, output: OutputSection, now: datetime) -> Path | None:
    """Return the folder that a request works in, none if it makes a new one, named by the time of its start.

    Raises:
        MissingCheckpointError: if it goes on with a run and there is none to go on with.
        UsageError: if --output-dir names a place that is not for a run.
        StorageError: if something that is not a folder is in the way.
        CorruptCheckpointError: if a manifest stands there that is none of ours.
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
    """Raise unless a folder may be one run's, and hold its files alone."""
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
    """Return what a folder is or holds that a run's files must not lie among, none if there is nothing."""
    if named.absolute() == (outputs / LATEST).absolute() and not named.is_symlink():
        return "is the name of the link to the last successful run"
    if folder == Path.cwd() and (folder / MANIFEST_NAME).exists():
        return None  # a run that was made here goes on here
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
    """Return the run's folder among all runs that a folder lies in, if it lies in one."""
    around = [parent for parent in folder.parents if parent.parent == outputs]
    return next((parent for parent in around if (parent / MANIFEST_NAME).is_file()), None)


def _refuse_strangers(folder: Path, outputs: Path) -> None:
    """Raise if a run would write over files that no run of ours has made; others may lie beside them."""
    if not _is_folder(folder) or find_or_rebuild(folder).manifest is not None:
        return
    began = (
        LOG_NAMES.values() if (folder / LOCK_NAME).exists() else ()
    )  # one that got no further is reported there
    strangers = [name for name in _names_of_a_run() if name not in began and _holds_something(folder / name)]
    if not strangers or find_or_rebuild(folder).manifest is not None:  # a run has started in it meanwhile
        return
    raise UsageError(
        f"{folder} contains {', '.join(strangers)} but no {MANIFEST_NAME} of a run that made them; a run "
        "would overwrite them. Move them away, or name another folder, such as --output-dir "
        f"{outputs / 'mine'}."
    )


def _is_folder(path: Path) -> bool:
    """Return whether a folder is there; what else may be wrong with a path is reported when it is made."""
    try:
        return path.is_dir()
    except OSError:
        return False


def _names_of_a_run() -> list[str]:
    """Return the name of every file that a run may write in its folder, but the note of who holds it."""
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
    """Return whether there is something under a name; an empty file may belong to a run that just begins."""
    try:
        return path.lstat().st_size > 0
    except OSError:
        return False


def find_resumable(outputs: Path, first_stage: int, now: datetime) -> Path | None:
    """Return the newest run that has a checkpoint of every stage before ``first_stage``.

    One that began after now, while a clock was fast, is returned only if there is no other.
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
    """Return the folder of the last run that began after now, while a clock was fast, by its name."""
    names = (path.name for path in outputs.glob("*/") if _OUR_NAME.match(path.name))
    return outputs / last if (last := max(names, default="")) > _latest_name(now) else None


def _latest_name(now: datetime) -> str:
    """Return the name of the last folder that a run which has started may have."""
    return _name_of(now + CLOCKS_DIFFER_BY)


def find_earlier(outputs: Path, folder: Path, now: datetime) -> EarlierRun | None:
    """Return the newest other run that has a journal of stage 2; none if its dataset was refused."""
    journals = sorted(outputs.glob(f"*/{JOURNAL_NAME}"), reverse=True)
    names = (path.parent for path in journals if path.parent.name <= _latest_name(now))
    others = (path for path in names if _OUR_NAME.match(path.name))
    newest = next((other for other in others if real_path(other) != real_path(folder)), None)
    manifest = _read_shown(newest) if newest is not None else None
    if newest is None or manifest is None or any(stage.is_doubted for stage in manifest.stages.values()):
        return None
    return EarlierRun(manifest.run_id, newest)


def list_runs(outputs: Path) -> Iterator[tuple[Path, Manifest]]:
    """Yield each run folder with its manifest, by name; folders without a readable one are skipped."""
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
    """Let ``latest`` show a run, unless what it shows is to stay; what dead runs left beside it is cleared.

    A run without a final dataset never takes the place of one that has it: whoever reads through ``latest``
    would find the dataset gone. A dataset that only lies in the folder, from an attempt before, counts as
    none. Nor does a dataset of an earlier day, or of a future date, unless that is wanted. Where the
    link is lost, what it would show is found among all runs, and the link is recreated.
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
    """Raise if a run would work in the folder that ``latest`` shows, for a day that must not be shown there.

    Raises:
        UsageError: if what is shown describes a later day, or the day is in the future.
    """
    link = outputs / LATEST
    publishes = request.last_stage == STAGES[-1].number and not request.move_latest
    if folder is None or not publishes or not link.is_symlink() or real_path(link) != real_path(folder):
        return
    if (shown := find_shown(outputs)) is not None and _holds_latest(as_of, shown, now):
        raise UsageError(
            f"{link} shows {folder}, the network of {shown.as_of}; this run would replace it with that "
            f"of {as_of}. Name another folder, such as --output-dir {outputs / f'as-of-{as_of}'}, or add "
            "--move-latest."
        )


def _holds_latest(as_of: date, shown: Manifest | None, now: datetime) -> LatestMove | None:
    """Return why a dataset of a day must not take the place of the one shown, none if it may."""
    if shown is None or shown.as_of == as_of:
        return None
    today = singapore_date(now)
    if as_of > today:
        return LatestMove.DAY_TO_COME
    is_past = shown.as_of <= today  # else it was meant to look ahead, or made while a clock was wrong
    return LatestMove.EARLIER_DAY if as_of < shown.as_of and is_past and not looks_ahead(shown) else None


def looks_ahead(manifest: Manifest) -> bool:
    """Return whether a run described a future date: it never counts as the newest dataset."""
    return manifest.as_of > singapore_date(manifest.updated_at)


def find_shown(outputs: Path) -> Manifest | None:
    """Return the manifest of the run that ``latest`` shows, recreated if need be, if it can be read."""
    link = outputs / LATEST
    return _read_shown(real_path(link)) if link.is_symlink() else None


def _find_shown_folder(outputs: Path, apart_from: Path) -> Path | None:
    """Return the folder of the dataset that ``latest`` shows, or would show if the link were not lost.

    Args:
        outputs: the folder of all runs.
        apart_from: where the link is lost, a run that is not to be found, since it has just been made.
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
    """Return the manifest of a run, recreated if need be, if it can be read."""
    try:
        return find_or_rebuild(folder).manifest
    except (CorruptCheckpointError, StorageError):
        return None


def check_latest(outputs: Path) -> None:
    """Raise ``StorageError`` if the link cannot be made: something of a person's stands in its place."""
    refuse_obstacle(outputs)
    link = outputs / LATEST
    if link.exists() and not link.is_symlink():
        raise StorageError(link, "is not a link; move it away so that it can show the last successful run.")


def remove_old_runs(outputs: Path, keep: int, current: Path) -> list[str]:
    """Remove the oldest completed runs beyond ``keep`` and return their names.

    Only folders that this program named are its to remove: never one that --output-dir named, never the one
    that ``latest`` shows, never one without our manifest, never one that a process is working in; and never
    the newest whole dataset of the latest day, which looks at earlier days, or at future dates, must
    not push out.
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
    """Return the folder of the newest dataset of the latest day that is still as it was written."""
    present = [(folder, manifest) for folder, manifest in runs if not looks_ahead(manifest)]
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
    """Return whether a folder holds a beginning and nothing else; its process is dead if the lock is free."""
    try:
        names = {path.name for path in folder.iterdir()} - {LOCK_NAME, *LOG_NAMES.values()}
    except OSError:
        return False
    return bool(names) and all(name == HOLDER_NAME or name.endswith(TEMPORARY_SUFFIX) for name in names)


def _is_long_empty(folder: Path, now: datetime) -> bool:
    """Return whether nothing came of a folder for so long that no run can be about to lock it."""
    try:
        changed_at = folder.lstat().st_mtime
    except OSError:
        return False
    return now.timestamp() - changed_at > BEGINS_WITHIN_S and _is_empty(folder)


def _is_empty(folder: Path) -> bool:
    """Return whether a folder holds nothing but, at most, a lock and a log without a line."""
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
    """Return the error for a folder to go on in that is not there: most likely its name was mistyped."""
    needed = folder / CHECKPOINT_NAMES[STAGES[first_stage - 2].name]
    command = shlex.join(["mrt-pipeline", "run", "--output-dir", str(folder)])
    return MissingCheckpointError(needed, f"is missing, and so is its folder. Create it with: {command}")
