"""Decide which features are one exit, and its published id (docs/decisions/0003-exit-identity.md).

An id consists of the station's slug, the line of the exit's building and the label. It depends neither on the
order of the file nor on OBJECTIDs, which LTA reassigns in every edition.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from mrt_pipeline.contracts.findings import Severity
from mrt_pipeline.contracts.outputs import FeatureOutcome
from mrt_pipeline.network import compose_exit_id
from mrt_pipeline.runtime.geometry import Point
from mrt_pipeline.runtime.records import natural_key
from mrt_pipeline.stages.ingestion.feature_log import Notes
from mrt_pipeline.stages.ingestion.station_assignment import Placed

SAME_EXIT_M = 10
"""Features of one station with one label are one exit within this distance. LTA's file of July 2026 has such
pairs at 3.5 and 5.4 m, then none below 21.4 m: this is about twice the greatest and half the least."""

SQUARE_M = 5
"""Side of the squares that distinguish exits with one label if none is known. Exits are more than 10 m apart,
and the diagonal of a square is 7.1 m, so no two share a square."""


@dataclass(slots=True)
class PlacedExit:
    """An exit: the feature that represents it, and other surveys of it."""

    kept: Placed
    merged: list[Placed]
    exit_id: str = ""


def identify_exits(name: str, placed: Sequence[Placed], notes: Notes) -> list[PlacedExit]:
    """Return the exits of one station in natural order of their ids, with every feature accounted for.

    Args:
        name: the station's name, for messages.
        placed: the features that belong to the station.
        notes: receives the accounts and findings.
    """
    by_label: dict[str, list[Placed]] = defaultdict(list)
    for item in placed:
        by_label[item.label].append(item)
    exits: list[PlacedExit] = []
    for label in sorted(by_label):
        found = merge_surveys(by_label[label])
        strangers = _name_exits(found)
        if len(found) > 1:
            _report_shared_label(name, found, strangers, notes)
        exits.extend(found)
    for identified in exits:
        _account(identified, notes)
    return sorted(exits, key=lambda item: natural_key(item.exit_id))


def merge_surveys(placed: Iterable[Placed]) -> list[PlacedExit]:
    """Return the exits with one label: a feature near an exit is a survey of it, any other its own exit.

    The feature nearest to its building represents the exit. So no two exits are within ``SAME_EXIT_M``, no
    exit has a survey farther away than that, and the order of the features does not matter.
    """
    exits: list[PlacedExit] = []
    cells: dict[tuple[int, int], list[PlacedExit]] = defaultdict(list)
    for item in sorted(placed, key=_closeness):
        near = [(item.point.distance_m(found.kept.point), found) for found in _around(item.point, cells)]
        distance_m, nearest = min(near, key=lambda pair: pair[0], default=(SAME_EXIT_M + 1.0, None))
        if nearest is not None and distance_m <= SAME_EXIT_M:
            nearest.merged.append(item)
        else:
            found = PlacedExit(item, [])
            exits.append(found)
            cells[_cell(item.point, SAME_EXIT_M)].append(found)
    return exits


def _name_exits(exits: Sequence[PlacedExit]) -> list[PlacedExit]:
    """Assign ids to the exits with one label; return those that share their label and are unknown."""
    _name_known(exits)
    sharing = Counter(item.kept.entry.line_code for item in exits)
    strangers = []
    for item in exits:
        if item.exit_id:
            continue
        entry, suffix = item.kept.entry, ""
        if sharing[entry.line_code] > 1:
            suffix = "-".join(str(number) for number in _cell(item.kept.point, SQUARE_M))
            strangers.append(item)
        item.exit_id = compose_exit_id(entry.slug, entry.line_code, item.kept.label, suffix)
    return strangers


def _name_known(exits: Sequence[PlacedExit]) -> None:
    """Assign each known exit's id to the exit nearest to its recorded position."""
    claims = [
        (item.kept.known_m, number, item.kept.known.exit_id)
        for number, item in enumerate(exits)
        if item.kept.known
    ]
    taken: set[str] = set()
    for _, number, exit_id in sorted(claims):
        if exit_id not in taken:
            taken.add(exit_id)
            exits[number].exit_id = exit_id


def _report_shared_label(
    name: str, exits: Sequence[PlacedExit], strangers: Sequence[PlacedExit], notes: Notes
) -> None:
    first = exits[0].kept
    shown = ", ".join(f"{item.exit_id} (OBJECTID {item.kept.feature.record_id})" for item in exits)
    distances = ", ".join(f"{first.point.distance_m(item.kept.point):.1f} m" for item in exits[1:])
    message = f"{name} has {len(exits)} exits labelled {first.label}: {shown}; "
    message += f"distance from the first: {distances}."
    if strangers:
        message += " Check whether they are really distinct, and settle them in network/known_exits.csv."
    notes.report(
        "exit-label-shared",
        message,
        severity=None if strangers else Severity.INFO,  # all are known to be distinct
        slug=first.entry.slug,
        exit_id=(strangers or exits)[0].exit_id,
        record_id=(strangers or exits)[0].kept.feature.record_id,
    )


def _account(item: PlacedExit, notes: Notes) -> None:
    kept, kept_id = item.kept, item.kept.feature.record_id
    surveys = len(item.merged) + 1
    reason = (
        "the only survey of this exit" if surveys == 1 else f"nearest to its building of {surveys} surveys"
    )
    notes.account(kept.feature, FeatureOutcome.KEPT, reason, item.exit_id)
    for other in item.merged:
        distance_m = kept.point.distance_m(other.point)
        reason = f"a survey of the same exit as OBJECTID {kept_id}, {distance_m:.1f} m away"
        notes.account(other.feature, FeatureOutcome.MERGED, reason, item.exit_id)
        notes.report(
            "exit-surveyed-twice",
            f"OBJECTID {other.feature.record_id} lies {distance_m:.1f} m from OBJECTID {kept_id} and has "
            f"the same label {kept.label}; both are {item.exit_id}, published at the latter's position.",
            slug=kept.entry.slug,
            exit_id=item.exit_id,
            record_id=other.feature.record_id,
        )


def _closeness(item: Placed) -> tuple[object, ...]:
    """Return a deterministic sort key: nearest to the building first; ids in the file only break ties."""
    return item.distance_m, item.feature.lat, item.feature.lng, item.feature.record_id


def _around(point: Point, cells: dict[tuple[int, int], list[PlacedExit]]) -> Iterator[PlacedExit]:
    east, north = _cell(point, SAME_EXIT_M)
    for column in (east - 1, east, east + 1):
        for row in (north - 1, north, north + 1):
            yield from cells.get((column, row), ())


def _cell(point: Point, side_m: int) -> tuple[int, int]:
    return int(point.easting_m // side_m), int(point.northing_m // side_m)
