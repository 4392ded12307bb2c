"""Decide which building of an interchange an exit belongs to, identified by the building's line.

In order of precedence: the building of a known exit; that of the only line whose code the feature has; the
nearest of those on lines of the mode that it names.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mrt_pipeline.contracts.evidence import Method
from mrt_pipeline.network import KnownExit
from mrt_pipeline.runtime.geometry import Point
from mrt_pipeline.stages.ingestion.reference import Building
from mrt_pipeline.stages.ingestion.station_names import StationMatch

IN_DOUBT_M = 11
"""If the distances to two buildings differ by less than this, a new survey could move an exit from one to the
other: surveys of one exit are up to 5.4 m apart (July 2026), and one distance may grow while the other
shrinks."""


@dataclass(frozen=True, slots=True)
class Choice:
    """The building chosen for an exit, and how it was chosen."""

    line_code: str
    method: Method
    is_in_doubt: bool = False


def choose_building(
    point: Point, match: StationMatch, known: KnownExit | None, buildings: Sequence[Building]
) -> Choice:
    """Return the building of an exit.

    Args:
        point: position of the exit.
        match: what its feature says about its station.
        known: the known exit that it is, if any.
        buildings: the buildings of its station, first line first; at least one.
    """
    settled = {known.line_code} if known else {entry.line_code for entry in match.codes}
    if len(settled) == 1:
        return Choice(settled.pop(), Method.RECORD)
    return _choose_nearest(point, [found for found in buildings if found.mode == match.mode] or buildings)


def _choose_nearest(point: Point, buildings: Sequence[Building]) -> Choice:
    """Return the nearest building; lines in one building share its position, and the first line gets it."""
    ranked = sorted(buildings, key=lambda building: point.distance_m(building.point))
    first, others = ranked[0], [building for building in ranked if building.point != ranked[0].point]
    if not others:
        return Choice(first.line_code, Method.RECORD)
    margin_m = point.distance_m(others[0].point) - point.distance_m(first.point)
    return Choice(first.line_code, Method.GEOMETRY, is_in_doubt=margin_m < IN_DOUBT_M)
