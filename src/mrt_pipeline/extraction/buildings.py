"""Which platforms an exit leads to without a change of building."""

from __future__ import annotations

from functools import cache

from mrt_pipeline.contracts.evidence import Evidence, Method
from mrt_pipeline.contracts.network import Station, StationExit
from mrt_pipeline.network import Network, network_evidence


def is_same_building(code: str, station_exit: StationExit, station: Station, network: Network) -> bool:
    """Tell whether an exit leads to the platforms of a code without a change of building.

    One building serves two codes when they share a reference position (Jurong East), unless each has exits of
    its own: HarbourFront is one place to OneMap, but its two lines have an exit A each, 249 m apart.
    """
    if code == station_exit.station_code:
        return True
    here, there = network.find_code(code), network.find_code(station_exit.station_code)
    if here is None or there is None or (here.lat, here.lng) != (there.lat, there.lng):
        return False
    return all(other.station_code != code for other in station.exits)


def cite_buildings(code: str, station_exit: StationExit) -> tuple[Evidence, ...]:
    """Return what ``is_same_building`` is concluded from: why the exit is of its building, and both codes."""
    of_exit = map(_as_premise, station_exit.evidence_for("station_code"))
    return tuple(dict.fromkeys((*of_exit, *map(_cite_code, (station_exit.station_code, code)))))


@cache
def _as_premise(evidence: Evidence) -> Evidence:
    return evidence.model_copy(update={"method": Method.DEDUCTION})


@cache
def _cite_code(station_code: str) -> Evidence:
    return network_evidence(station_code, Method.DEDUCTION)
