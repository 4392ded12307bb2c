"""``mrt-pipeline approve``, ``release`` and ``rollback``: publish a reviewed run."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from datetime import UTC
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mrt_pipeline.cli.flags import Config, RunName, path_argument, path_option
from mrt_pipeline.contracts.names import LATEST
from mrt_pipeline.releasing.naming import PAGE_NAME, VERSIONS_NAME, order_of

if TYPE_CHECKING:
    from mrt_pipeline.releasing.approving import Approved
    from mrt_pipeline.releasing.release import Outcome


def approve(
    run: RunName,
    approved_by: Annotated[str, typer.Option("--by", metavar="NAME", help="Who reviewed the dataset")],
    note: Annotated[
        str | None, typer.Option(metavar="TEXT", help="What was reviewed; published with the release")
    ] = None,
    checklist: Annotated[Path | None, path_option("Checklist saved from the report")] = None,
    is_incomplete_wanted: Annotated[
        bool, typer.Option("--incomplete", help="With --checklist: approve even if some items are not ticked")
    ] = False,
    config: Config = None,
) -> None:
    """Record that a person reviewed a run's dataset.

    That person vouches for the dataset; any later change to it voids the approval.
    """
    from mrt_pipeline.cli.outputs import outputs_of
    from mrt_pipeline.cli.printing import say
    from mrt_pipeline.errors import UsageError
    from mrt_pipeline.history.runs import get_run
    from mrt_pipeline.releasing.admission import admit
    from mrt_pipeline.releasing.approving import approve, read_review
    from mrt_pipeline.runtime.clock import singapore_date, utc_now

    if is_incomplete_wanted and checklist is None:
        raise UsageError("--incomplete applies to the checklist; use it only with --checklist.")
    now = utc_now()
    candidate = admit(get_run(run, outputs_of(config, run)), singapore_date(now), "approved")
    review = (
        None
        if checklist is None
        else read_review(checklist, candidate, is_incomplete_wanted=is_incomplete_wanted)
    )
    approved = approve(candidate, approved_by, note or None, review, now)
    folder = candidate.run.folder
    day = candidate.dataset.metadata.as_of
    say(f"The {day} dataset in {folder} is approved by {approved.approval.approved_by}.")
    say(*_tell_replaced(approved))
    say(f"Next: {shlex.join(['mrt-pipeline', 'release', str(folder)])} --to FOLDER")


def release(
    run: RunName,
    releases: Annotated[Path, path_option("Folder that holds all releases; created if missing", "--to")],
    config: Config = None,
) -> None:
    """Publish an approved run as a release.

    A release is an immutable folder with every format, checksums, and what changed.
    """
    from mrt_pipeline.cli.outputs import outputs_of
    from mrt_pipeline.cli.printing import say, warn
    from mrt_pipeline.config.registry import all_exports, missing_packages
    from mrt_pipeline.history.runs import get_run
    from mrt_pipeline.releasing.admission import admit
    from mrt_pipeline.releasing.approving import get_approval
    from mrt_pipeline.releasing.release import release
    from mrt_pipeline.runtime.clock import singapore_date, utc_now

    for fault in missing_packages([spec.name for spec in all_exports()]):
        warn(f"The release omits one format. {fault}")
    now = utc_now()
    candidate = admit(get_run(run, outputs_of(config, run)), singapore_date(now))
    outcome = release(candidate, get_approval(candidate), releases, now, warn)
    _warn_of_lost_history(outcome, releases)
    say(*_tell_release(outcome, releases))


def rollback(
    releases: Annotated[Path, path_argument("FOLDER", "Folder that holds all releases")],
    wanted: Annotated[
        str | None,
        typer.Option(
            "--to", metavar="VERSION", help="Release that latest should point to [default: the one before]"
        ),
    ] = None,
) -> None:
    """Point latest back to an earlier release.

    Later ones are marked as withdrawn.
    """
    from mrt_pipeline.cli.printing import say, warn
    from mrt_pipeline.releasing.release import roll_back
    from mrt_pipeline.runtime.clock import utc_now

    outcome = roll_back(releases, wanted, utc_now(), warn)
    version = outcome.entry.version
    _warn_of_lost_history(outcome, releases)
    if not outcome.is_new:
        points = "now points" if outcome.is_history_lost else "already points"
        rest = "" if outcome.is_history_lost else "; nothing was changed"
        say(f"{releases / LATEST} {points} to {version}{rest}.")
        return
    old = outcome.versions.rollbacks[-1].old
    is_back = order_of(version) < order_of(old)
    became = f"; {old} is marked as withdrawn" if is_back else ", which is no longer marked as withdrawn"
    say(f"{releases / LATEST} now points to {version}{became}. Nothing was removed.")
    say(f"To undo this: {_rollback_command(releases, old)}")


def _tell_replaced(approved: Approved) -> Iterator[str]:
    if approved.has_replaced_damaged:
        yield "This replaces a damaged approval."
    if (old := approved.replaced) is not None:
        is_same = old.dataset_sha256 == approved.approval.dataset_sha256
        rest = "" if is_same else ", which was for a different dataset"
        moment = f"{old.approved_at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
        yield f"This replaces {old.approved_by}'s approval ({moment}){rest}."


def _warn_of_lost_history(outcome: Outcome, releases: Path) -> None:
    from mrt_pipeline.cli.printing import warn

    if outcome.is_history_lost:
        warn(
            f"{releases / VERSIONS_NAME} was missing and was recreated. Releases later than the one that "
            f"{LATEST} points to are marked as withdrawn; earlier rollbacks, and what they withdrew, are no "
            "longer known."
        )


def _tell_release(outcome: Outcome, releases: Path) -> Iterator[str]:
    entry, latest = outcome.entry, outcome.versions.latest
    folder = releases / entry.version
    if outcome.is_new:
        yield f"Released {entry.version}: {folder}"
    else:
        yield f"{folder} already holds this data; nothing was changed."
    if latest == entry.version:
        points = "now points" if outcome.is_new else "points"
        yield f"{releases / LATEST} {points} to it. Open {releases / PAGE_NAME} in a browser."
        return
    why = "this release was rolled back" if entry.is_withdrawn else "that one is later"
    yield f"{releases / LATEST} still points to {latest}, because {why}."
    yield f"To point it to this one: {_rollback_command(releases, entry.version)}"


def _rollback_command(releases: Path, version: str) -> str:
    return shlex.join(["mrt-pipeline", "rollback", str(releases), "--to", version])


COMMANDS = (approve, release, rollback)
