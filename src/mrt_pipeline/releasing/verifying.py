"""Verify a release's files against ``index.json``, ``SHA256SUMS`` and ``versions.json``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from mrt_pipeline.errors import ReleaseError
from mrt_pipeline.releasing.naming import INDEX_NAME, SUMS_NAME, is_version
from mrt_pipeline.releasing.shelf import RESTORE, Released, read_index, read_listed, refuse_other_entry
from mrt_pipeline.runtime.files import read_bytes, real_path


def render_sums(sums: Mapping[str, str]) -> bytes:
    """Return a file for ``sha256sum --check``, from the SHA-256 of files by name."""
    return "".join(f"{sha256}  {name}\n" for name, sha256 in sorted(sums.items())).encode()


def find_faults(release: Released) -> Iterator[ReleaseError]:
    """Yield what is wrong with each file that differs from the one released, according to the index."""
    for resource in release.index.resources:
        try:
            release.read(resource.path)
        except ReleaseError as error:
            yield error
    yield from _find_strangers(release)
    path = release.folder / SUMS_NAME
    listed = {resource.path: resource.sha256 for resource in release.index.resources}
    expected = render_sums({**listed, INDEX_NAME: release.index_sha256})
    try:
        content = read_bytes(path)
    except FileNotFoundError:
        yield ReleaseError(f"{path} is missing from its release; {RESTORE}")
        return
    if content != expected:
        yield ReleaseError(
            f"{path} and {INDEX_NAME} give different files or SHA-256: one of them has been changed since "
            f"the release; {RESTORE}"
        )


def _find_strangers(release: Released) -> Iterator[ReleaseError]:
    """Yield what is wrong with entries of a release's folder that are not its files."""
    ours = {INDEX_NAME, SUMS_NAME, *(resource.path for resource in release.index.resources)}
    for path in sorted(release.folder.rglob("*")):
        if path.is_symlink():
            yield ReleaseError(f"{path} is a link; expected a file of the release; {RESTORE}")
        elif not path.is_dir() and path.relative_to(release.folder).as_posix() not in ours:
            yield ReleaseError(f"{path} is not a file of the release; move it away.")


def is_release_folder(folder: Path) -> bool:
    """Return whether a folder is a release's, complete or not."""
    return is_version(folder.name) or any((folder / name).exists() for name in (INDEX_NAME, SUMS_NAME))


def check_release_folder(folder: Path) -> Iterator[ReleaseError]:
    """Yield what is wrong with the files of a release in a folder with any name.

    If there is a list of versions beside it, as there is where it was made, that list verifies the index.
    """
    try:
        release = read_index(folder)
        listed = read_listed(real_path(folder).parent)
        for entry in listed.versions if listed is not None else ():
            refuse_other_entry(entry, release)
    except ReleaseError as error:
        yield error
        return
    yield from find_faults(release)
