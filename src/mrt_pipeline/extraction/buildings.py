"""Which platforms an exit leads to without a change of building."""

from __future__ import annotations

from functools import lru_cache

from mrt_pipeline.contracts.evidence import Evidence, Method
from mrt_pipeline.contracts.network import Platform, PlatformLink, Station, StationExit
from mrt_pipeline.network import Network, network_evidence


def is_same_building(code: str, station_exit: StationExit, station: Station, network: Network) -> bool:
    """Return whether an exit leads to the platforms of a code without a change of building.

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
    return _cite_premises(station_exit.evidence_for("station_code"), station_exit.station_code, code)


def cite_link(
    link: PlatformLink, platform: Platform, station_exit: StationExit, field: str
) -> tuple[Evidence, ...]:
    """Return why a field of a link has its value: its own evidence, else what it follows from.

    Every exit leads to the platforms of its station for the reasons for which these are known.
    """
    if field in ("is_same_building", "confidence"):
        own = link.evidence.get("is_same_building")
        return own or cite_buildings(platform.station_code, station_exit)
    return link.evidence.get("platform_id") or platform.evidence_for("towards_code")


@lru_cache(maxsize=1024)
def _cite_premises(reasons: tuple[Evidence, ...], of_exit: str, of_platform: str) -> tuple[Evidence, ...]:
    premises = (reason.model_copy(update={"method": Method.DEDUCTION}) for reason in reasons)
    codes = (network_evidence(code, Method.DEDUCTION) for code in (of_exit, of_platform))
    return tuple(dict.fromkeys((*premises, *codes)))
