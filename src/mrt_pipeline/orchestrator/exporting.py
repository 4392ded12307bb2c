"""Write one format of any dataset to a chosen folder, without overwriting anything."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from mrt_pipeline.config.registry import all_exports, missing_packages
from mrt_pipeline.contracts.export_spec import ExportSpec
from mrt_pipeline.contracts.outputs import Stage3Output
from mrt_pipeline.errors import StorageError, UsageError
from mrt_pipeline.runtime.files import make_folder, read_bytes, refuse_obstacle, storage_errors, write_bytes


def get_export(name: str) -> ExportSpec:
    """Return the output format with a name.

    Raises:
        UsageError: if there is none, or the package required to write it is not installed.
    """
    specs = {spec.name: spec for spec in all_exports()}
    if name not in specs:
        raise UsageError(f"Unknown format {name!r}; expected one of {', '.join(specs)}.")
    for fault in missing_packages((name,)):
        raise UsageError(fault)
    return specs[name]


def export_dataset(dataset: Stage3Output, spec: ExportSpec, folder: Path) -> dict[Path, bool]:
    """Write the files of a format to a folder, created if needed; each file is whole or absent.

    Returns: each file, and whether it is new; an existing file with the same bytes is left alone.

    Raises:
        StorageError: if a different file with the same name exists (then none is written), one cannot be
        written, or the folder is a file.
    """
    return write_new({folder / name: render(dataset) for name, render in spec.files.items()})


def export_into(dataset: Stage3Output, feed: Path, folder: Path) -> tuple[dict[Path, bool], tuple[str, ...]]:
    """Write LTA's GTFS feed with its gaps filled, and the crosswalk, to a folder, created if needed.

    Returns: each file, and whether it is new; and what was added, and what was not and why.

    Raises:
        UsageError: if there is no such feed, or it is invalid.
        StorageError: if a different file with the same name exists (then none is written), or one cannot be
        read or written.
    """
    from mrt_pipeline.exports.foreign_feed import MAX_BYTES
    from mrt_pipeline.exports.lta_gtfs import join_feed

    with storage_errors(feed, "could not be read"):
        size = feed.stat().st_size if feed.exists() else None
    if size is None:
        raise UsageError(f"{feed} not found; expected LTA's GTFS feed.")
    if size > MAX_BYTES:
        raise UsageError(f"{feed} has {size} bytes; expected a feed of at most {MAX_BYTES}.")
    joined = join_feed(dataset, str(feed), read_bytes(feed))
    return write_new({folder / name: content for name, content in joined.files.items()}), joined.remarks


def write_new(contents: Mapping[Path, bytes]) -> dict[Path, bool]:
    """Write files that do not exist, and return which ones; none if one exists with other bytes.

    Raises:
        StorageError: if one exists with other bytes, or cannot be written.
    """
    for folder in {path.parent for path in contents}:
        refuse_obstacle(folder, "Specify a folder with --to.")
    is_new = {path: _is_missing(path, content) for path, content in contents.items()}
    for path, content in contents.items():
        make_folder(path.parent)
        if is_new[path]:
            write_bytes(path, content)
    return is_new


def _is_missing(path: Path, content: bytes) -> bool:
    """Return whether a file must still be written.

    Raises:
        StorageError: if it exists with other bytes.
    """
    try:
        found = read_bytes(path)
    except FileNotFoundError:
        return True
    if found != content:
        raise StorageError(
            path,
            "already exists with different content. Move it elsewhere, or choose another folder with --to.",
        )
    return False
