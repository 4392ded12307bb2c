"""``latest``: the link in the folder of all runs to the last complete dataset for the latest date."""

from __future__ import annotations

from datetime import date, datetime
from enum import Enum, auto
from pathlib import Path

from mrt_pipeline.contracts.names import CHECKPOINT_NAMES, FINAL_STAGE, LATEST
from mrt_pipeline.contracts.run import Manifest, RunStatus
from mrt_pipeline.errors import StorageError, UsageError
from mrt_pipeline.history.resume_command import move_latest
from mrt_pipeline.orchestrator.old_runs import remove_stillborn
from mrt_pipeline.orchestrator.request import RunRequest
from mrt_pipeline.orchestrator.run_list import describes_future, find_newest, list_runs, read_run
from mrt_pipeline.orchestrator.stage_specs import STAGES
from mrt_pipeline.runtime.clock import singapore_date
from mrt_pipeline.runtime.files import (
    make_folder,
    real_path,
    refuse_obstacle,
    remove_leftovers,
    replace_symlink,
)
from mrt_pipeline.runtime.locks import Tell, outputs_lock, tell_nobody
from mrt_pipeline.runtime.manifests import find_manifest
from mrt_pipeline.runtime.reporting import Reporter
from mrt_pipeline.runtime.safe_text import printable


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


def update_latest(
    request: RunRequest,
    manifest: Manifest,
    folder: Path,
    outputs: Path,
    now: datetime,
    reporter: Reporter,
    *,
    has_made_dataset: bool,
) -> None:
    """Let ``latest`` point to a run if it may, and report it unless it simply moved to a later date."""
    link, day, shown = outputs / LATEST, manifest.as_of, find_shown(outputs)
    was_there, was_shown = link.exists(), real_path(link)
    move = point_latest(
        folder,
        outputs,
        now,
        reporter.warn,
        has_made_dataset=has_made_dataset,
        is_wanted=request.move_latest,
    )
    if move is LatestMove.NO_DATASET:
        reporter.note(f"{link} still points to the last complete dataset.")
    elif move is not LatestMove.MOVED:
        points = "still points" if was_there else "was missing, and now points"
        held = find_shown(outputs)
        target = f"{points} to the dataset for {held.as_of}" if held is not None else "was not moved"
        why = "is earlier" if move is LatestMove.EARLIER_DAY else "is in the future"
        reporter.note(
            f"{link} {target}, because {day} {why}. To point it to this run: {move_latest(folder, manifest)}"
        )
    elif shown is not None and day < shown.as_of:
        reporter.warn(f"{link} moved back from {shown.as_of} (run {shown.run_id}) to {day}.")
    elif request.output_dir is not None and was_shown != real_path(folder):
        still = "" if has_made_dataset else ", which has no dataset yet"
        reporter.note(f"{link} now points to {printable(str(folder))}{still}.")


def point_latest(
    folder: Path,
    outputs: Path,
    now: datetime,
    tell: Tell = tell_nobody,
    *,
    has_made_dataset: bool = True,
    is_wanted: bool = False,
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
    with outputs_lock(outputs, tell):
        remove_stillborn(outputs, now)
        remove_leftovers(outputs, with_folders=True)
        check_latest(outputs)
        shown = _find_shown_folder(outputs, apart_from=folder)
        held = None
        if shown is not None and not (has_made_dataset and (folder / final).exists()):
            held = LatestMove.NO_DATASET
        elif shown is not None and not is_wanted and (own := find_manifest(folder)) is not None:
            held = _holds_latest(own.as_of, read_run(shown), now)
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
        target = real_path(folder)
        named = outputs / target.name if target.parent == real_path(outputs) else target
        raise UsageError(
            f"{link} points to {named}, the dataset for {shown.as_of}; this run would replace it with "
            f"the one for {as_of}. Name another folder, such as --output-dir {outputs / f'as-of-{as_of}'}, "
            "or add --move-latest."
        )


def find_shown(outputs: Path) -> Manifest | None:
    """Return the manifest of the run that ``latest`` points to, recreated if needed, if readable."""
    link = outputs / LATEST
    return read_run(real_path(link)) if link.is_symlink() else None


def check_latest(outputs: Path) -> None:
    """Raise ``StorageError`` if the link cannot be created because something else is in its place."""
    refuse_obstacle(outputs)
    link = outputs / LATEST
    if link.exists() and not link.is_symlink():
        raise StorageError(link, "is not a link; move it away so that it can show the last successful run.")


def _holds_latest(as_of: date, shown: Manifest | None, now: datetime) -> LatestMove | None:
    """Return why a dataset for a date must not replace the one shown, or None if it may."""
    if shown is None or shown.as_of == as_of:
        return None
    today = singapore_date(now)
    if as_of > today:
        return LatestMove.DAY_TO_COME
    is_past = shown.as_of <= today  # otherwise it was meant to look ahead, or made by a wrong clock
    return LatestMove.EARLIER_DAY if as_of < shown.as_of and is_past and not describes_future(shown) else None


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
    return find_newest(
        [
            (folder, manifest)
            for folder, manifest in list_runs(outputs)
            if manifest.status is RunStatus.COMPLETED and real_path(folder) != own
        ]
    )
