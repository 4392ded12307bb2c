"""The differences between two datasets: first the network, then what follows from it, then single values.

Stations are matched by slug and exits by ``exit_id``. Everything is reported once: an exit of a station that
opened appears only with that station, and a platform whose trains go elsewhere because its line changed
appears with the line (docs/explaining-runs.md).
"""

from datetime import date
from typing import Any

from pydantic import Field

from mrt_pipeline.contracts.base import Moment, Record
from mrt_pipeline.contracts.evidence import Evidence, Provenance
from mrt_pipeline.contracts.fields import FieldCoverage
from mrt_pipeline.contracts.findings import Finding


class Side(Record):
    """What identifies one of the two datasets."""

    as_of: date
    generated_at: Moment
    stations: int = Field(ge=0)
    exits: int = Field(ge=0)


class StationChange(Record):
    """A station to which a change belongs."""

    slug: str
    name: str


class FutureStation(StationChange):
    """A future station that only one of the two datasets has."""

    codes: tuple[str, ...]


class LostStation(StationChange):
    """A station that was in operation and no longer is."""

    codes: tuple[str, ...]
    exits: tuple[str, ...]
    """ids of its exits, which are not reported separately"""


class StationPresence(LostStation):
    """A station that only one of the two datasets has in operation."""

    is_future_in_other: bool
    """whether the other dataset has it among its future stations"""


class Renaming(Record):
    """A station whose name changed."""

    slug: str
    old_name: str
    new_name: str


class Renumbering(StationChange):
    """A code that was replaced by another one, at the same place on the same line."""

    line_code: str
    old_code: str
    new_code: str
    exits: tuple[str, ...]
    """ids of the exits that have the new code; this is not reported separately"""


class CodeChange(StationChange):
    """A code that a station gained or lost while it stayed open: a line started or stopped calling there."""

    line_code: str
    station_code: str


class StationMove(StationChange):
    """A station whose published position changed."""

    moved_m: float = Field(ge=0)


class ExitPresence(Record):
    """An exit that only one of the two datasets has, at a station that both have."""

    slug: str
    exit_id: str
    exit_code: str
    station_code: str


class ExitMove(Record):
    """An exit whose position changed."""

    slug: str
    exit_id: str
    moved_m: float = Field(ge=0)


class ExitRelabelling(Record):
    """An exit whose label or building changed, at the same position."""

    slug: str
    old_exit_id: str
    new_exit_id: str
    old_exit_code: str
    new_exit_code: str
    old_station_code: str
    new_station_code: str
    moved_m: float = Field(ge=0)


class LineChange(Record):
    """A line whose trains run differently; its platforms' directions are not reported one by one."""

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
    """stations in both datasets whose trains run differently"""
    exits: int = Field(ge=0)
    """number of their exits whose platforms differ for that reason"""


class ValueChange(Record):
    """One value that differs, with the reasons on both sides."""

    slug: str
    exit_id: str | None = None
    """None for a value of the station itself"""
    field: str
    """field of the station or exit, e.g. ``bus_stops``"""
    item: str | None = None
    """which of several: bus stop code, landmark, station code, or platform (``NS13 to NS12``)"""
    attribute: str | None = None
    """attribute of the item that differs; None: the whole item is on one side only"""
    old: Any = None
    new: Any = None
    old_evidence: tuple[Evidence, ...] = ()
    new_evidence: tuple[Evidence, ...] = ()


class CoverageChange(Record):
    """A field that has values at more or fewer exits."""

    field: str
    old: FieldCoverage
    new: FieldCoverage


class FindingChange(Record):
    """A finding that is new, resolved or reworded."""

    old: Finding | None = None
    new: Finding | None = None


class DocumentChange(Record):
    """A document read with different content or under another licence, or on one side only."""

    document_id: str
    old: Provenance | None = None
    new: Provenance | None = None


class Comparison(Record):
    """All differences between an older and a newer dataset, each list in the order of stations."""

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
    """follows from the above; only fields for which a number differs"""
    findings: tuple[FindingChange, ...] = ()
    documents: tuple[DocumentChange, ...] = ()
    """documents read again; no value need have changed"""

    @property
    def is_same(self) -> bool:
        """Return whether both datasets have the same stations, exits, values and findings."""
        derived = {"old", "new", "coverage", "documents"}
        return not any(getattr(self, name) for name in type(self).model_fields if name not in derived)
