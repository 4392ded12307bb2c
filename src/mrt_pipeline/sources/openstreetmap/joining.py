"""Which exit each entrance of OpenStreetMap is: by label and distance, or by a very short distance alone.

All exits of the network are held against each entrance, since a node does not say whose it is.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from mrt_pipeline.contracts.findings import Finding
from mrt_pipeline.contracts.network import Station, StationExit
from mrt_pipeline.extraction.entrance_matching import Entrance, match_entrance
from mrt_pipeline.runtime.geometry import SpatialIndex, to_svy21_all
from mrt_pipeline.sources.openstreetmap.parsing import ENTRANCES_ID, OsmEntrance

NEAR_M = 150.0
"""an entrance farther from every exit is of no station of the run"""
UNNAMED_M = 10.0
"""an entrance without a label is the only exit so near"""

Held = tuple[float, Station, StationExit]
"""metres to an exit"""


@dataclass(frozen=True, slots=True)
class Joined:
    """What became of the entrances."""

    by_exit: dict[str, list[OsmEntrance]] = field(default_factory=lambda: defaultdict(list))
    findings: dict[str, list[Finding]] = field(default_factory=lambda: defaultdict(list))
    """by slug of the nearest station"""
    left_out: list[OsmEntrance] = field(default_factory=list)
    """those near no exit, or without a label and not certain"""


def join_entrances(entrances: Sequence[OsmEntrance], stations: Iterable[Station]) -> Joined:
    """Return each entrance at the exit that it is, or why it is none."""
    exits = [(station, found) for station in stations for found in station.exits]
    index = SpatialIndex(to_svy21_all([(found.lat, found.lng) for _, found in exits]))
    centres = to_svy21_all([(entrance.lat, entrance.lng) for entrance in entrances])
    joined = Joined()
    for entrance, around in zip(entrances, index.within(centres, NEAR_M), strict=True):
        held = sorted(
            ((metres, *exits[place]) for place, metres in around), key=lambda one: (one[0], one[2].exit_id)
        )
        _join(entrance, held, joined)
    return joined


def _join(entrance: OsmEntrance, held: Sequence[Held], joined: Joined) -> None:
    near = [found for metres, _, found in held if metres <= UNNAMED_M]
    if not entrance.labels and len(near) == 1:
        joined.by_exit[near[0].exit_id].append(entrance)
    elif not held or not entrance.labels:
        joined.left_out.append(entrance)
    else:
        _join_by_label(entrance, held, joined)


def _join_by_label(entrance: OsmEntrance, held: Sequence[Held], joined: Joined) -> None:
    _, station, _ = held[0]
    others = [found for _, of, found in held if of is not station]
    for label in entrance.labels:
        record = Entrance(
            label, entrance.lat, entrance.lng, f"{ENTRANCES_ID}:{entrance.record_id}", "OpenStreetMap"
        )
        found = match_entrance(station, record, (*station.exits, *others))
        if isinstance(found, Finding):
            joined.findings[station.slug].append(found)
        else:
            joined.by_exit[found.exit_id].append(entrance)
