"""What differs between two datasets: the network first, then what follows from it, then single values.

Stations are matched by slug and exits by ``exit_id``. Everything is told once: an exit of a station that
opened stands with that station only, and a platform whose trains go elsewhere because its line changed stands
with the line (docs/explaining-runs.md).
"""

from datetime import date
from typing import Any

from pydantic import AwareDatetime, Field

from mrt_pipeline.contracts.base import Record
from mrt_pipeline.contracts.evidence import Evidence, Provenance
from mrt_pipeline.contracts.fields import FieldCoverage
from mrt_pipeline.contracts.findings import Finding


class Side(Record):
    """One of the two datasets, by what tells it from the other."""

    as_of: date
    generated_at: AwareDatetime
    stations: int = Field(ge=0)
    exits: int = Field(ge=0)


class StationChange(Record):
    """A station, and what changed of it."""

    slug: str
    name: str


class FutureStation(StationChange):
    """A station to come that only one of the two datasets knows."""

    codes: tuple[str, ...]


class LostStation(StationChange):
    """A station in operation then and not now."""

    codes: tuple[str, ...]
    exits: tuple[str, ...]
    """ids of its exits, which are not told again"""


class StationPresence(LostStation):
    """A station that only one of the two datasets has in operation."""

    is_future_in_other: bool
    """whether the other dataset has it among its future stations"""


class Renaming(Record):
    """A station under another name."""

    slug: str
    old_name: str
    new_name: str


class Renumbering(StationChange):
    """A code that was replaced by another one, at the same place on the same line."""

    line_code: str
    old_code: str
    new_code: str
    exits: tuple[str, ...]
    """ids of the exits that bear the new code; that they do is not told again"""


class CodeChange(StationChange):
    """A code that a station gained or lost while it stayed open: a line began or ceased to call there."""

    line_code: str
    station_code: str


class StationMove(StationChange):
    """A station whose published position changed."""

    moved_m: float = Field(ge=0)


class ExitPresence(Record):
    """An exit that only one of the two datasets has, of a station that both have."""

    slug: str
    exit_id: str
    exit_code: str
    station_code: str


class ExitMove(Record):
    """An exit at another place."""

    slug: str
    exit_id: str
    moved_m: float = Field(ge=0)


class ExitRelabelling(Record):
    """An exit at its old place that is signed otherwise, or belongs to another building of its station."""

    slug: str
    old_exit_id: str
    new_exit_id: str
    old_exit_code: str
    new_exit_code: str
    old_station_code: str
    new_station_code: str
    moved_m: float = Field(ge=0)


class LineChange(Record):
    """A line whose trains go otherwise; its platforms' directions are not told one by one."""

    line_code: str
    is_ring_opened: bool
    """whether the line runs as a loop now and did not before"""
    is_same_way: bool = False
    """whether trains run from station to station as before, and only ``towards_code`` differs"""
    old_services: tuple[str, ...]
    """stopping patterns that ended or changed, e.g. ``ccl-main (CC1 – CC29)``"""
    new_services: tuple[str, ...]
    """stopping patterns that began or changed"""
    slugs: tuple[str, ...]
    """stations of both datasets at which trains go otherwise"""
    exits: int = Field(ge=0)
    """how many exits of theirs lead to platforms that differ for that reason"""


class ValueChange(Record):
    """One value that differs, with the reasons for both."""

    slug: str
    exit_id: str | None = None
    """none for a value of the station itself"""
    field: str
    """field of the station or exit, e.g. ``bus_stops``"""
    item: str | None = None
    """which of several: bus stop code, landmark, station code, or platform (``NS13 to NS12``)"""
    attribute: str | None = None
    """what of it differs; none: the whole is there on one side only"""
    old: Any = None
    new: Any = None
    old_evidence: tuple[Evidence, ...] = ()
    new_evidence: tuple[Evidence, ...] = ()


class CoverageChange(Record):
    """A field that says something in more or fewer exits."""

    field: str
    old: FieldCoverage
    new: FieldCoverage


class FindingChange(Record):
    """A finding that is new, resolved or reworded."""

    old: Finding | None = None
    new: Finding | None = None


class DocumentChange(Record):
    """A document that was read with other content or under another licence, or on one side only."""

    document_id: str
    old: Provenance | None = None
    new: Provenance | None = None


class Comparison(Record):
    """All differences between an older and a newer dataset, each in the order of its station."""

    old: Side
    new: Side
    stations_opened: tuple[StationPresence, ...] = ()
    stations_closed: tuple[StationPresence, ...] = ()
    stations_renamed: tuple[Renaming, ...] = ()
    stations_moved: tuple[StationMove, ...] = ()
    renumberings: tuple[Renumbering, ...] = ()
    codes_added: tuple[CodeChange, ...] = ()
    codes_removed: tuple[CodeChange, ...] = ()
    exits_added: tuple[ExitPresence, ...] = ()
    exits_removed: tuple[ExitPresence, ...] = ()
    exits_moved: tuple[ExitMove, ...] = ()
    exits_relabelled: tuple[ExitRelabelling, ...] = ()
    lines_changed: tuple[LineChange, ...] = ()
    values_changed: tuple[ValueChange, ...] = ()
    future_added: tuple[FutureStation, ...] = ()
    future_removed: tuple[FutureStation, ...] = ()
    coverage: tuple[CoverageChange, ...] = ()
    """follows from the above; only fields of which a number differs"""
    findings: tuple[FindingChange, ...] = ()
    documents: tuple[DocumentChange, ...] = ()
    """what was read anew; it need not have changed any value"""

    @property
    def is_same(self) -> bool:
        """Return whether both datasets say the same: stations, exits, values, and findings."""
        derived = {"old", "new", "coverage", "documents"}
        return not any(getattr(self, name) for name in type(self).model_fields if name not in derived)
