"""The data files of a release: the dataset, and every available output format."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePath

from pydantic import TypeAdapter, ValidationError

from mrt_pipeline.config.registry import all_exports, missing_packages
from mrt_pipeline.contracts.names import FINAL_NAME
from mrt_pipeline.contracts.outputs import Stage3Output
from mrt_pipeline.contracts.release import Resource
from mrt_pipeline.contracts.run import FileName
from mrt_pipeline.errors import ReleaseError
from mrt_pipeline.releasing.admission import ReleaseCandidate
from mrt_pipeline.releasing.naming import OWN_NAMES
from mrt_pipeline.report import REPORT_FILE
from mrt_pipeline.runtime.checkpoints import content_sha256
from mrt_pipeline.runtime.files import sha256_of

_TAKEN = {*OWN_NAMES, FINAL_NAME, REPORT_FILE}
_FILE_NAME: TypeAdapter[str] = TypeAdapter(FileName)

_MEDIA_TYPES = {
    ".cff": "application/yaml",
    ".csv": "text/csv",
    ".geojson": "application/geo+json",
    ".gpkg": "application/geopackage+sqlite3",
    ".html": "text/html",
    ".json": "application/json",
    ".jsonl": "application/jsonl",
    ".md": "text/markdown",
    ".parquet": "application/vnd.apache.parquet",
    ".txt": "text/plain",
    ".zip": "application/zip",
}
_UNKNOWN_TYPE = "application/octet-stream"


@dataclass(frozen=True, slots=True)
class ReleaseFile:
    """A file to be released."""

    name: str
    """name of the export format, or of another file"""
    path: str
    content: bytes
    title: str = ""
    """its description for people, if the name is not enough"""
    media_type: str = ""
    """its media type, if the extension does not determine it"""

    def describe(self) -> Resource:
        """Return the entry for ``index.json``."""
        return Resource(
            name=self.name,
            title=self.title,
            path=self.path,
            bytes=len(self.content),
            sha256=sha256_of(self.content),
            media_type=self.media_type or _MEDIA_TYPES.get(PurePath(self.path).suffix, _UNKNOWN_TYPE),
        )


def render_exports(dataset: Stage3Output, folder: str = "") -> list[ReleaseFile]:
    """Return a dataset in every output format that can be written, not only those that its run wrote.

    Args:
        dataset: the dataset.
        folder: folder of the files, relative to the release's, with a slash at the end.

    Raises:
        ReleaseError: if a format of another package has a file name that is not allowed.
    """
    specs = [spec for spec in all_exports() if not missing_packages((spec.name,))]
    for spec in specs:
        for name in spec.files:
            if name in _TAKEN or not _is_file_name(name):
                raise ReleaseError(
                    f"The output format {spec.name} writes {name!r}; expected a file name that no other file "
                    "of a release has. Correct the package that it comes from, or remove it."
                )
    return [
        ReleaseFile(
            spec.name if name == spec.file_name else PurePath(name).stem,
            f"{folder}{name}",
            render(dataset),
            spec.title,
            spec.media_type if name == spec.file_name else "",
        )
        for spec in specs
        for name, render in spec.files.items()
    ]


def identify(candidate: ReleaseCandidate, exports: Iterable[ReleaseFile]) -> str:
    """Return an identifier that is equal for equal data of one date in equal formats, whenever made."""
    dataset = candidate.dataset
    lines = [f"as of {dataset.metadata.as_of}", f"{content_sha256(dataset)}  {FINAL_NAME}"]
    lines += sorted(f"{sha256_of(file.content)}  {file.path}" for file in exports)
    return sha256_of("\n".join(lines).encode())


def _is_file_name(name: str) -> bool:
    try:
        _FILE_NAME.validate_python(name)
    except ValidationError:
        return False
    return True
