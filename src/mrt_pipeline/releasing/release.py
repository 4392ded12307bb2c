"""Release an approved run, and point ``latest`` back to an earlier release."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from mrt_pipeline.contracts.release import Approval, Rollback, VersionEntry, Versions
from mrt_pipeline.errors import UsageError
from mrt_pipeline.releasing.admission import Candidate
from mrt_pipeline.releasing.building import Plan, build
from mrt_pipeline.releasing.contents import identify, render_exports
from mrt_pipeline.releasing.naming import OPEN, choose_version, order_of
from mrt_pipeline.releasing.pointing import add_version, find_previous, get_release, settle
from mrt_pipeline.releasing.shelf import describe_release, list_releases, read_versions, refuse_place
from mrt_pipeline.runtime.files import make_folder, remove_leftovers
from mrt_pipeline.runtime.locks import outputs_lock
from mrt_pipeline.stages.licensing import restrict


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a release or a rollback."""

    entry: VersionEntry
    """the release that it was about"""
    versions: Versions
    is_new: bool
    """whether it was not so before"""
    is_history_lost: bool = False
    """whether the list of versions was missing and made again, without the rollbacks in it"""


def release(candidate: Candidate, approval: Approval, releases: Path, now: datetime) -> Outcome:
    """Release a run, unless equal data of its day was released before in equal formats.

    Args:
        candidate: the run.
        approval: of its dataset.
        releases: the folder of all releases, made if it is new.
        now: the moment of release, UTC.

    Raises:
        ReleaseError: if the folder is not for releases, or a release in it is missing or was changed.
        StorageError: if something cannot be written; what was released before is untouched.
    """
    refuse_place(releases)
    make_folder(releases)
    with outputs_lock(releases):
        remove_leftovers(releases, with_folders=True)
        listing = read_versions(releases, list_releases(releases))
        versions = listing.versions
        open_dataset = restrict(candidate.dataset, OPEN)
        exports = (*render_exports(candidate.dataset), *render_exports(open_dataset, f"{OPEN}/"))
        content = identify(candidate, exports)
        listed = versions.versions if versions is not None else ()
        for entry in listed:
            if versions is not None and entry.content_sha256 == content:
                settle(releases, versions)
                return Outcome(entry, versions, False, listing.is_history_lost)
        version = choose_version(candidate.dataset.metadata.as_of, (entry.version for entry in listed))
        before = find_previous(listed, version)
        previous = None if before is None else get_release(releases, before.version)
        plan = Plan(version, candidate, open_dataset, approval, exports, content, previous, now)
        made = describe_release(build(plan, releases))
        versions = add_version(versions, made)
        settle(releases, versions)
        return Outcome(made, versions, True, listing.is_history_lost)


def roll_back(releases: Path, wanted: str | None, now: datetime) -> Outcome:
    """Point ``latest`` to another release and record that in ``versions.json``.

    Every release after it, up to the one that was shown, counts as withdrawn; one that is pointed to does not
    any more.

    Args:
        releases: the folder of all releases.
        wanted: the version to show; none: the one before what is shown.
        now: the moment, UTC.

    Raises:
        UsageError: if there is no such release.
        ReleaseError: if it is missing or was changed.
        StorageError: if something cannot be written.
    """
    if not releases.is_dir():
        raise UsageError(f"{releases} not found; expected a folder of releases.")
    refuse_place(releases)
    with outputs_lock(releases):
        remove_leftovers(releases, with_folders=True)
        listing = read_versions(releases, list_releases(releases), wanted)
        versions = listing.versions
        if versions is None:
            raise UsageError(f"{releases} contains no release; expected a folder of releases.")
        entry = _choose(versions, releases, wanted)
        is_new = entry.version != versions.latest
        if is_new:
            versions = _point_to(versions, entry.version, now)
        settle(releases, versions)
    return Outcome(entry, versions, is_new, listing.is_history_lost)


def _choose(versions: Versions, releases: Path, wanted: str | None) -> VersionEntry:
    if wanted is None:
        before = find_previous(versions.versions, versions.latest)
        if before is None:
            raise UsageError(f"{releases} has no release before {versions.latest}; nothing to go back to.")
        return before
    for entry in versions.versions:
        if entry.version == wanted:
            return entry
    names = ", ".join(entry.version for entry in versions.versions)
    raise UsageError(f"{releases} has no release {wanted!r}; expected one of {names}.")


def _point_to(versions: Versions, new: str, now: datetime) -> Versions:
    old = versions.latest
    entries = tuple(
        entry.model_copy(update={"is_withdrawn": _is_withdrawn(entry, old, new)})
        for entry in versions.versions
    )
    rollback = Rollback(rolled_back_at=now, old=old, new=new)
    changes = {"latest": new, "versions": entries, "rollbacks": (*versions.rollbacks, rollback)}
    return versions.model_copy(update=changes)


def _is_withdrawn(entry: VersionEntry, old: str, new: str) -> bool:
    if entry.version == new:
        return False
    return entry.is_withdrawn or order_of(new) < order_of(entry.version) <= order_of(old)
