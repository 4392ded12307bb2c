"""Release an approved run, or point ``latest`` back to an earlier release."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pydantic import ValidationError

from mrt_pipeline.contracts.names import LATEST
from mrt_pipeline.contracts.release import Approval, Delta, Rollback, VersionEntry, Versions
from mrt_pipeline.errors import ReleaseError, UsageError
from mrt_pipeline.releasing.admission import ReleaseCandidate
from mrt_pipeline.releasing.building import ReleasePlan, build
from mrt_pipeline.releasing.contents import identify, render_exports
from mrt_pipeline.releasing.naming import DELTA_NAME, OPEN, PAGE_NAME, VERSIONS_NAME, choose_version, order_of
from mrt_pipeline.releasing.page import render_page
from mrt_pipeline.releasing.shelf import (
    Released,
    describe_release,
    list_releases,
    read_release,
    read_versions,
    refuse_place,
)
from mrt_pipeline.releasing.verifying import find_faults
from mrt_pipeline.runtime.file_faults import describe_fault
from mrt_pipeline.runtime.files import (
    make_folder,
    read_bytes,
    real_path,
    remove_leftovers,
    replace_symlink,
    to_json,
    write_bytes,
)
from mrt_pipeline.runtime.locks import Tell, outputs_lock, tell_nobody
from mrt_pipeline.stages.licensing import restrict


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of a release or a rollback."""

    entry: VersionEntry
    """the release concerned"""
    versions: Versions
    is_new: bool
    """whether anything changed"""
    is_history_lost: bool = False
    """whether the list of versions was missing and was rebuilt without its rollbacks"""


def release(
    candidate: ReleaseCandidate, approval: Approval, releases: Path, now: datetime, tell: Tell = tell_nobody
) -> Outcome:
    """Release a run, unless equal data for its date was released before in equal formats.

    Args:
        candidate: the run.
        approval: approval of its dataset.
        releases: folder of all releases, created if new.
        now: time of the release, UTC.
        tell: receives a sentence while another process holds the folder.

    Raises:
        ReleaseError: if the folder is not for releases, or a release in it is missing or was changed.
        StorageError: if something cannot be written; earlier releases are unchanged.
    """
    refuse_place(releases)
    make_folder(releases)
    with outputs_lock(releases, tell):
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
        plan = ReleasePlan(version, candidate, open_dataset, approval, exports, content, previous, now)
        made = describe_release(build(plan, releases))
        versions = add_version(versions, made)
        settle(releases, versions)
        return Outcome(made, versions, True, listing.is_history_lost)


def roll_back(releases: Path, wanted: str | None, now: datetime, tell: Tell = tell_nobody) -> Outcome:
    """Point ``latest`` to another release and record that in ``versions.json``.

    Every release after it, up to the previous target, counts as withdrawn; a release that becomes the target
    again no longer does.

    Args:
        releases: the folder of all releases.
        wanted: version to point to; None: the one before the current one.
        now: current time, UTC.
        tell: receives a sentence while another process holds the folder.

    Raises:
        UsageError: if there is no such release.
        ReleaseError: if it is missing or was changed.
        StorageError: if something cannot be written.
    """
    if not releases.is_dir():
        raise UsageError(f"{releases} not found; expected a folder of releases.")
    refuse_place(releases)
    with outputs_lock(releases, tell):
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


def find_previous(versions: Iterable[VersionEntry], version: str) -> VersionEntry | None:
    """Return the previous release by version order: the last one that was not withdrawn."""
    before = [
        entry for entry in versions if not entry.is_withdrawn and order_of(entry.version) < order_of(version)
    ]
    return max(before, key=lambda entry: order_of(entry.version), default=None)


def add_version(versions: Versions | None, entry: VersionEntry) -> Versions:
    """Return all versions with a new one, which becomes current unless the current one has a later date."""
    if versions is None:
        return Versions(latest=entry.version, versions=(entry,))
    entries = sorted((*versions.versions, entry), key=lambda it: order_of(it.version), reverse=True)
    latest = max(versions.latest, entry.version, key=order_of)
    return versions.model_copy(update={"latest": latest, "versions": tuple(entries)})


def settle(releases: Path, versions: Versions) -> None:
    """Make everything that lists releases consistent; what is already consistent is not written.

    Raises:
        ReleaseError: if the release to point to is missing or was changed; nothing is written then.
        StorageError: if something cannot be written.
    """
    shown = get_release(releases, versions.latest)
    page = render_page(versions, shown.index, _read_delta(shown))
    _write_if_other(releases / VERSIONS_NAME, to_json(versions))
    link = releases / LATEST
    if not link.is_symlink() or real_path(link) != real_path(shown.folder):
        replace_symlink(link, shown.folder)
    _write_if_other(releases / PAGE_NAME, page)


def get_release(releases: Path, version: str) -> Released:
    """Return a release listed in ``versions.json``, after verifying all of its files.

    Raises:
        ReleaseError: if it is missing, or one of its files is missing or was changed.
    """
    folder = releases / version
    if not folder.is_dir():
        raise ReleaseError(
            f"{folder} is listed in {VERSIONS_NAME} but missing; restore that folder, then run the same "
            "command again."
        )
    release = read_release(folder)
    for fault in find_faults(release):
        raise fault
    return release


def _read_delta(release: Released) -> Delta:
    try:
        return Delta.model_validate_json(release.read(DELTA_NAME))
    except ValidationError as error:
        raise ReleaseError(
            f"{release.folder / DELTA_NAME} was written by another version of the program "
            f"({describe_fault(error)}); use that version."
        ) from error


def _write_if_other(path: Path, content: bytes) -> None:
    try:
        if read_bytes(path) == content:
            return
    except FileNotFoundError:
        pass
    write_bytes(path, content)
