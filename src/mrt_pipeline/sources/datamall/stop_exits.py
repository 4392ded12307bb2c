"""Tie the stops that LTA's descriptions name to the exits of one station."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from mrt_pipeline.contracts.checks import finding_of
from mrt_pipeline.contracts.evidence import Confidence
from mrt_pipeline.contracts.findings import Finding
from mrt_pipeline.contracts.network import BusStopRelation, Station, StationExit
from mrt_pipeline.contracts.source import BusStop
from mrt_pipeline.extraction.facts import REACH_M
from mrt_pipeline.runtime.geometry import Point
from mrt_pipeline.sources.datamall.stop_stations import NamedStop

CLEARLY_NEARER = 2.0
"""Of two exits of one label, the nearer is meant for all we know if the other is this many times as far."""


@dataclass(frozen=True, slots=True)
class ReachedStop:
    """A stop as one exit sees it."""

    stop: BusStop
    relation: BusStopRelation
    distance_m: float
    confidence: Confidence


@dataclass(frozen=True, slots=True)
class ExitPlace:
    """An exit and where it lies."""

    station_exit: StationExit
    position: Point


@dataclass(frozen=True, slots=True)
class StopPlace:
    """A stop that names exits, where it lies, and where that is recorded."""

    named: NamedStop
    position: Point
    record_id: str


def tie_stops(
    station: Station, exits: Sequence[ExitPlace], stops: Iterable[StopPlace]
) -> tuple[dict[str, list[ReachedStop]], list[Finding]]:
    """Return the stops tied to each exit, and a finding for every name that leads to no exit or to several.

    Args:
        station: the station that the stops name.
        exits: its exits.
        stops: the stops that name it.
    """
    ties: dict[str, list[ReachedStop]] = {}
    findings: list[Finding] = []
    for stop in stops:
        for label in stop.named.exits.labels:
            found = _by_distance(stop, label, exits)
            in_reach = [item for item in found if item[0] <= REACH_M]
            if in_reach:
                ties.setdefault(in_reach[0][1].exit_id, []).append(_tie(stop, in_reach))
            if len(in_reach) != 1:
                findings.append(_finding(station, stop, label, found, in_reach))
    return ties, findings


Found = tuple[float, StationExit]
"""an exit of the label in question, and its distance from the stop in metres"""


def _by_distance(stop: StopPlace, label: str, exits: Sequence[ExitPlace]) -> list[Found]:
    """Return the exits of a label, nearest first; two buildings of an interchange may have one each."""
    found = [
        (stop.position.distance_m(place.position), place.station_exit)
        for place in exits
        if place.station_exit.exit_code == label
    ]
    return sorted(found, key=lambda item: (item[0], item[1].exit_id))


def _tie(stop: StopPlace, in_reach: list[Found]) -> ReachedStop:
    return ReachedStop(
        stop=stop.named.stop,
        relation=stop.named.exits.relation,
        distance_m=in_reach[0][0],
        confidence=_confidence([metres for metres, _ in in_reach]),
    )


def _confidence(distances_m: list[float]) -> Confidence:
    """Return how sure it is that the nearest exit of a label is the one meant."""
    if len(distances_m) == 1:
        return Confidence.HIGH
    is_clear = distances_m[1] >= CLEARLY_NEARER * distances_m[0]
    return Confidence.MEDIUM if is_clear else Confidence.LOW


def _finding(
    station: Station, place: StopPlace, label: str, found: list[Found], in_reach: list[Found]
) -> Finding:
    check, fault = _describe_fault(station, found, in_reach)
    stop = place.named.stop
    return finding_of(
        check,
        f"Bus stop {stop.bus_stop_code} ({stop.description}) names exit {label} of {station.name}, {fault}",
        slug=station.slug,
        exit_id=found[0][1].exit_id if found else None,
        record_id=place.record_id,
    )


def _describe_fault(station: Station, found: list[Found], in_reach: list[Found]) -> tuple[str, str]:
    """Return the check that a name fails, and how."""
    if not found:
        known = ", ".join(sorted({item.exit_code for item in station.exits})) or "none"
        return "bus-stop-exit-unknown", (
            f"which has {known}; the stop is assigned to no exit by name. Check whether the exit is new, or "
            "LTA's description is outdated."
        )
    if not in_reach:
        return "bus-stop-exit-too-far", (
            f"which lies {found[0][0]:.0f} m away; expected at most {REACH_M:.0f} m. The stop is assigned to "
            "no exit by name. Check whether the position of the stop or of the exit is wrong."
        )
    choices = ", ".join(f"{item.exit_id} ({metres:.0f} m)" for metres, item in in_reach)
    return "bus-stop-exit-ambiguous", (
        f"and {choices} are within reach; assigned to the nearest exit; verify on a map."
    )
