"""Which exit a publisher's record of an entrance means, by its label and its position.

A position tells two exits of one label apart where a line does not. But a label that fits at a distance, or
two exits near, prove nothing: then nothing is claimed, and a finding says so.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from mrt_pipeline.contracts.checks import finding_of
from mrt_pipeline.contracts.findings import Finding
from mrt_pipeline.contracts.network import Station, StationExit
from mrt_pipeline.runtime.geometry import distance_m

TOLERANCE_M = 50.0
"""so far an entrance may lie from the exit of its label"""
CLEAR_M = 15.0
"""what is nearer by so much than that of its label is more likely the same; two surveys differ by less"""


@dataclass(frozen=True, slots=True)
class Entrance:
    """An entrance as a publisher's record has it."""

    label: str
    lat: float
    lng: float
    record_id: str
    """``document_id:record``"""
    words: str
    """whose entrance it is, for a person: ``LTA's train timetable``"""

    def distance_m(self, found: StationExit) -> float:
        """Return how far an exit is away, metres."""
        return distance_m(self.lat, self.lng, found.lat, found.lng)


def match_entrance(
    station: Station, entrance: Entrance, exits: Iterable[StationExit], beside: Iterable[Entrance] = ()
) -> StationExit | Finding:
    """Return the exit that an entrance is, or the finding that it is none, or one of several.

    Args:
        station: the one that it belongs to, or that is nearest.
        entrance: the record.
        exits: those that it may be.
        beside: the publisher's entrances of the station, one of which may lie where the exit does.
    """
    same = sorted(
        ((entrance.distance_m(found), found) for found in exits if found.exit_code == entrance.label),
        key=lambda pair: (pair[0], pair[1].exit_id),
    )
    near = [found for metres, found in same if metres <= TOLERANCE_M]
    if len(near) == 1:
        nearer = _find_nearer(station, entrance, near[0], beside)
        return _tell("entrance-ambiguous", station, entrance, nearer) if nearer else near[0]
    if near:
        listed = ", ".join(found.exit_id for found in near)
        return _tell("entrance-ambiguous", station, entrance, f"which may be any of {listed}")
    if same:
        metres, found = same[0]
        where = f"{metres:.0f} m from {found.exit_id}, the nearest of this label; expected at most"
        return _tell("entrance-far-from-exit", station, entrance, f"{where} {TOLERANCE_M:.0f} m")
    known = ", ".join(sorted({found.exit_code for found in station.exits})) or "none"
    return _tell("entrance-without-exit", station, entrance, f"for which LTA's exit layer has {known}")


def _find_nearer(
    station: Station, entrance: Entrance, found: StationExit, beside: Iterable[Entrance]
) -> str | None:
    """Return what of another label is clearly nearer to an entrance or to its exit, if anything is."""
    most_m = entrance.distance_m(found) - CLEAR_M
    for other in station.exits if found in station.exits else ():
        if other.exit_code != entrance.label and entrance.distance_m(other) <= most_m:
            return f"to which {other.exit_id} is nearer than {found.exit_id}"
    for rival in beside:
        if rival.label != entrance.label and rival.distance_m(found) <= most_m:
            return f"while its entrance {rival.label} is nearer to {found.exit_id}"
    return None


def _tell(check: str, station: Station, entrance: Entrance, what: str) -> Finding:
    return finding_of(
        check,
        f"{entrance.words} has an entrance {entrance.label} at {station.name}, {what}; the entrance is "
        "not used. Check on a map which exit is meant.",
        slug=station.slug,
        record_id=entrance.record_id,
    )
