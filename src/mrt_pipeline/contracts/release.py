"""The records of review and release: an approval, a release's index, the list of versions."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from mrt_pipeline.contracts.base import Moment, Record
from mrt_pipeline.contracts.comparison import Comparison
from mrt_pipeline.contracts.fields import FieldCoverage
from mrt_pipeline.contracts.findings import Finding
from mrt_pipeline.contracts.names import VERSION_FORM

Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]

VersionName = Annotated[str, Field(pattern=f"^{VERSION_FORM}$")]
"""the date described, ``2026.07.13``; ``2026.07.13.1`` for different data for a date released before"""


FilePath = Annotated[str, Field(pattern=r"^(open/)?[A-Za-z0-9_][A-Za-z0-9_.-]*$")]
"""the folder in a release with the files for open licences"""


class Point(Record):
    """One item of the report's checklist."""

    text: str
    ticked: bool


class Checklist(Record):
    """The checklist as saved from the report."""

    checklist_version: Literal["1"]
    run_id: str
    dataset_sha256: Sha256 | None = None
    saved_at: Moment
    points: tuple[Point, ...]


class Review(Record):
    """How much of the report's checklist was ticked."""

    points: int = Field(ge=0)
    """number of items"""
    unticked: tuple[str, ...] = ()
    """items that were not ticked"""


class Approval(Record):
    """The record that a person reviewed a run's dataset and vouches for it; valid for these bytes only."""

    approval_version: Literal["1"] = "1"
    run_id: str
    dataset_sha256: Sha256
    """of the approved stage3_final.json"""
    approved_by: str = Field(min_length=1)
    approved_at: Moment
    note: str | None = None
    review: Review | None = None
    """None: approved without a checklist"""


class Resource(Record):
    """One file of a release."""

    name: str
    """name of the export format, or of another file"""
    title: str = ""
    """a description for people"""
    path: FilePath
    """relative to the release's folder"""
    bytes: int = Field(ge=0)
    sha256: Sha256
    media_type: str


class Licence(Record):
    """A licence that covers some values, with the attribution it requires."""

    licence: str
    url: str
    attributions: tuple[str, ...]


class SourceRead(Record):
    """A document that values are based on, and when it was read."""

    document_id: str
    source_id: str
    title: str
    publisher: str
    url: str
    licence: str
    content_date: date | None = None
    retrieved_at: Moment

    @property
    def day(self) -> date:
        """Return the date of its content, otherwise when it was read."""
        return self.content_date or self.retrieved_at.date()


class ReleasedSet(Record):
    """The dataset for one set of licences: a separate download."""

    name: Literal["all", "open"]
    path: str
    """folder of its files, relative to the release's folder: empty, or ``open/``"""
    licences: tuple[str, ...]
    """licences of the documents that its values are based on"""
    coverage: dict[str, FieldCoverage]


class Counts(Record):
    """Counts of a dataset."""

    stations: int = Field(ge=0)
    codes: int = Field(ge=0)
    lines: int = Field(ge=0)
    exits: int = Field(ge=0)
    future_stations: int = Field(ge=0)


class ReleaseIndex(Record):
    """``index.json``: the description of a release and its files."""

    index_version: Literal["1"] = "1"
    version: VersionName
    previous: VersionName | None = None
    """the release that delta.json compares with; None for the first one"""
    as_of: date
    released_at: Moment
    title: str
    run_id: str
    software_version: str
    approval: Approval
    content_sha256: Sha256
    """equal for equal data of the same date in equal formats, whenever they were made"""
    counts: Counts
    coverage: dict[str, FieldCoverage]
    licences: tuple[Licence, ...]
    sources: tuple[SourceRead, ...]
    resources: tuple[Resource, ...]
    sets: tuple[ReleasedSet, ...] = ()
    """both downloads; empty in releases made before there were two, which have all licences"""


class Delta(Record):
    """``delta.json``: what changed since the previous release."""

    delta_version: Literal["1"] = "1"
    version: VersionName
    previous: VersionName | None = None
    why_not_compared: str | None = None
    """set if there is no comparison: this is the first release, or the previous one cannot be read"""
    changes: Comparison | None = None
    access: tuple[Finding, ...] = ()
    """one finding for each exit whose step-free access has changed or is no longer known"""


class VersionEntry(Record):
    """One release."""

    version: VersionName
    path: str
    """its folder, relative to the folder of all releases"""
    as_of: date
    released_at: Moment
    content_sha256: Sha256
    index_sha256: Sha256
    """of its index.json, which lists the checksums of all other files"""
    stations: int = Field(ge=0)
    exits: int = Field(ge=0)
    is_withdrawn: bool = False
    """whether ``latest`` was moved back from it"""


class Rollback(Record):
    """A manual change of the release that ``latest`` points to."""

    rolled_back_at: Moment
    old: VersionName
    new: VersionName


class Versions(Record):
    """``versions.json``: all releases, newest first, and the one that ``latest`` points to."""

    versions_version: Literal["1"] = "1"
    latest: VersionName
    versions: tuple[VersionEntry, ...]
    rollbacks: tuple[Rollback, ...] = ()
    """in chronological order"""
