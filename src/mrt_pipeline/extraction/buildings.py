"""Which platforms an exit leads to without a change of building."""

from __future__ import annotations

from mrt_pipeline.contracts.network import Station, StationExit
from mrt_pipeline.network import Network


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
