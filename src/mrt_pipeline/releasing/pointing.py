"""Which release is shown: ``versions.json``, then ``latest``, then the page, in line with each other."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from pydantic import ValidationError

from mrt_pipeline.contracts.names import LATEST
from mrt_pipeline.contracts.release import Delta, VersionEntry, Versions
from mrt_pipeline.errors import ReleaseError
from mrt_pipeline.releasing.naming import DELTA_NAME, PAGE_NAME, VERSIONS_NAME, order_of
from mrt_pipeline.releasing.page import render_page
from mrt_pipeline.releasing.shelf import Released, read_release
from mrt_pipeline.releasing.verifying import find_faults
from mrt_pipeline.runtime.checkpoints import describe_fault
from mrt_pipeline.runtime.files import read_bytes, real_path, replace_symlink, to_json, write_bytes


def find_previous(versions: Iterable[VersionEntry], version: str) -> VersionEntry | None:
    """Return the release before one, by order of versions: the last that was not withdrawn."""
    before = [
        entry for entry in versions if not entry.is_withdrawn and order_of(entry.version) < order_of(version)
    ]
    return max(before, key=lambda entry: order_of(entry.version), default=None)


def add_version(versions: Versions | None, entry: VersionEntry) -> Versions:
    """Return all versions with a new one; it is shown unless what is shown is of a later day."""
    if versions is None:
        return Versions(latest=entry.version, versions=(entry,))
    entries = sorted((*versions.versions, entry), key=lambda it: order_of(it.version), reverse=True)
    latest = max(versions.latest, entry.version, key=order_of)
    return versions.model_copy(update={"latest": latest, "versions": tuple(entries)})


def settle(releases: Path, versions: Versions) -> None:
    """Bring everything that shows releases in line; what is in line already is left untouched.

    Raises:
        ReleaseError: if the release that is to be shown is missing or was changed; nothing is written then.
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
    """Return a release that ``versions.json`` lists, once each of its files is known to be the one released.

    Raises:
        ReleaseError: if it is not there, or a file of it is missing or was changed.
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
            f"{release.folder / DELTA_NAME} is of another version of the program ({describe_fault(error)}); "
            "use that one."
        ) from error


def _write_if_other(path: Path, content: bytes) -> None:
    try:
        if read_bytes(path) == content:
            return
    except FileNotFoundError:
        pass
    write_bytes(path, content)
