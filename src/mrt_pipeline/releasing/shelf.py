"""The contents of a folder of releases: the releases, and ``versions.json``."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from mrt_pipeline.contracts.base import Record
from mrt_pipeline.contracts.names import LATEST
from mrt_pipeline.contracts.release import ReleaseIndex, VersionEntry, Versions
from mrt_pipeline.errors import ReleaseError, StorageError
from mrt_pipeline.releasing.naming import INDEX_NAME, VERSIONS_NAME, is_version, order_of
from mrt_pipeline.runtime.file_faults import describe_fault
from mrt_pipeline.runtime.files import read_bytes, real_path, refuse_obstacle, sha256_of, storage_errors
from mrt_pipeline.runtime.manifests import MANIFEST_NAME

RecordT = TypeVar("RecordT", bound=Record)


@dataclass(frozen=True, slots=True)
class Listing:
    """All versions of a folder of releases."""

    versions: Versions | None
    """None if there is no release"""
    is_history_lost: bool = False
    """whether ``versions.json`` was missing, and the rollbacks with it"""


@dataclass(frozen=True, slots=True)
class Released:
    """A release on disk."""

    folder: Path
    index: ReleaseIndex
    index_sha256: str

    def read(self, name: str) -> bytes:
        """Return one of its files after verifying its bytes.

        Raises:
            ReleaseError: if it is missing or was changed.
        """
        path = self.folder / name
        expected = next((found.sha256 for found in self.index.resources if found.path == name), None)
        if expected is None:
            raise ReleaseError(f"{self.folder / INDEX_NAME} does not list {name}; {RESTORE}")
        try:
            content = read_bytes(path)
        except FileNotFoundError:
            raise ReleaseError(f"{path} is missing from its release; {RESTORE}") from None
        if (found_sha256 := sha256_of(content)) != expected:
            raise ReleaseError(
                f"{path} has been changed since its release: expected sha256 {expected}, found "
                f"{found_sha256}; {RESTORE}"
            )
        return content


RESTORE = "restore that folder from a copy, then run the same command again."


def refuse_place(releases: Path) -> None:
    """Raise unless a folder may hold all releases.

    Raises:
        ReleaseError: if it belongs to a run, or holds all runs.
        StorageError: if something that is not a folder, or not a link, is in the way.
    """
    refuse_obstacle(releases, "Move it elsewhere, or specify another folder with --to.")
    link = releases / LATEST
    if (releases / MANIFEST_NAME).exists():
        raise ReleaseError(f"{releases} is the folder of a run; name a folder for releases only.")
    if link.is_symlink():
        if not is_version(link.readlink().name):
            raise ReleaseError(
                f"{link} points to {link.readlink()}, which is not a release; name a folder for releases "
                "only."
            )
    elif link.exists():
        raise StorageError(link, "is not a link; move it away so that it can show the last release.")


def list_releases(releases: Path) -> list[Released]:
    """Return the releases in a folder, newest first.

    Raises:
        ReleaseError: if a folder with a release's name is not a release.
    """
    if not releases.is_dir():
        return []
    with storage_errors(releases, "could not be listed"):
        folders = [path for path in releases.iterdir() if is_version(path.name) and path.is_dir()]
    folders.sort(key=lambda path: order_of(path.name), reverse=True)
    return [read_release(folder) for folder in folders]


def read_release(folder: Path) -> Released:
    """Return the release in a folder.

    Raises:
        ReleaseError: if it has no index, or one of another version.
    """
    release = read_index(folder)
    if release.index.version != folder.name:
        raise ReleaseError(f"{folder / INDEX_NAME} is that of {release.index.version}; {RESTORE}")
    return release


def read_index(folder: Path) -> Released:
    """Return the release in a folder with any name.

    Raises:
        ReleaseError: if it has no index, or a damaged one.
    """
    path = folder / INDEX_NAME
    try:
        content = read_bytes(path)
    except FileNotFoundError:
        raise ReleaseError(
            f"{folder} has the name or files of a release but no {INDEX_NAME}; move it elsewhere, or restore "
            "it."
        ) from None
    return Released(folder, _parse(ReleaseIndex, path, content), sha256_of(content))


def read_listed(releases: Path) -> Versions | None:
    """Return the content of ``versions.json``, or None if there is none.

    Raises:
        ReleaseError: if it is damaged.
    """
    path = releases / VERSIONS_NAME
    try:
        return _parse(Versions, path, read_bytes(path))
    except FileNotFoundError:
        return None


def refuse_other_entry(entry: VersionEntry, release: Released) -> None:
    """Raise ``ReleaseError`` if a release is not the one listed under its version, or is listed wrongly."""
    if entry.version != release.index.version:
        return
    if entry.index_sha256 != release.index_sha256:
        raise ReleaseError(f"{release.folder / INDEX_NAME} has been changed since its release; {RESTORE}")
    if entry.model_copy(update={"is_withdrawn": False}) != describe_release(release):
        path = real_path(release.folder).parent / VERSIONS_NAME
        raise ReleaseError(
            f"{path} describes {entry.version} differently from the release's own index. {_advice(path)}"
        )


def read_versions(releases: Path, found: list[Released], wanted: str | None = None) -> Listing:
    """Return all versions: those in ``versions.json``, and releases in the folder that it does not list yet.

    Args:
        releases: the folder of all releases.
        found: the releases in it.
        wanted: version that the user wants as current, used if nothing else tells which one is.

    Raises:
        ReleaseError: if ``versions.json`` is damaged, a release was changed since it was listed, or nothing
        tells which one is current.
    """
    listed = read_listed(releases)
    known = {entry.version: entry for entry in listed.versions} if listed else {}
    for release in found:
        refuse_other_entry(known.setdefault(release.index.version, describe_release(release)), release)
    if not known:
        return Listing(None)
    entries = tuple(sorted(known.values(), key=lambda entry: order_of(entry.version), reverse=True))
    if listed is None:
        return _list_again(releases, entries, wanted)
    return Listing(listed.model_copy(update={"versions": entries, "latest": _newest(listed, entries)}))


def describe_release(release: Released) -> VersionEntry:
    """Return the entry of a release for ``versions.json``."""
    index = release.index
    return VersionEntry(
        version=index.version,
        path=f"{index.version}/",
        as_of=index.as_of,
        released_at=index.released_at,
        content_sha256=index.content_sha256,
        index_sha256=release.index_sha256,
        stations=index.counts.stations,
        exits=index.counts.exits,
    )


def is_listed(versions: Versions | None, version: str) -> bool:
    """Return whether a version is one of those released."""
    return versions is not None and any(entry.version == version for entry in versions.versions)


def _list_again(releases: Path, entries: tuple[VersionEntry, ...], wanted: str | None) -> Listing:
    """Return the versions in a folder without a list of them.

    All releases after the current one were withdrawn, since a new release always becomes current. Which
    earlier ones were is unknown.
    """
    link = releases / LATEST
    names = [entry.version for entry in entries]
    if link.is_symlink():
        shown = link.readlink().name
    elif len(names) == 1:  # the first release, stopped before it was listed
        return Listing(Versions(latest=names[0], versions=entries))
    elif wanted in names:
        shown = wanted
    else:
        raise ReleaseError(
            f"{releases} has neither {VERSIONS_NAME} nor {LATEST}, so it is not known which of its releases "
            f"{LATEST} pointed to. Name it: {shlex.join(['mrt-pipeline', 'rollback', str(releases)])} --to "
            "VERSION"
        )
    if shown not in names:
        raise ReleaseError(f"{link} points to {shown}, which is missing; restore that folder.")
    marked = tuple(
        entry.model_copy(update={"is_withdrawn": order_of(entry.version) > order_of(shown)})
        for entry in entries
    )
    return Listing(Versions(latest=shown, versions=marked), is_history_lost=True)


def _newest(listed: Versions, entries: tuple[VersionEntry, ...]) -> str:
    """Return the version for ``latest``, given that a crash may have left a new release unlisted."""
    unlisted = [entry.version for entry in entries if not is_listed(listed, entry.version)]
    return max([listed.latest, *unlisted], key=order_of)


def _parse(kind: type[RecordT], path: Path, content: bytes) -> RecordT:
    what = "a list of versions" if path.name == VERSIONS_NAME else "an index of a release"
    try:
        return kind.model_validate_json(content)
    except ValidationError as error:
        raise ReleaseError(
            f"{path} is damaged, or is not {what} of this version ({describe_fault(error)}). {_advice(path)}"
        ) from error


def _advice(path: Path) -> str:
    if path.name == VERSIONS_NAME:
        return f"Move it elsewhere: it is rebuilt from the releases and {LATEST}, without earlier rollbacks."
    return f"It must not be changed: {RESTORE}"
