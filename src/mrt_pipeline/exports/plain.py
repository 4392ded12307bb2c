"""Exits as plain values without evidence, as consumers of a map want them."""

from __future__ import annotations

from collections.abc import Mapping

from mrt_pipeline.contracts.evidence import weaker
from mrt_pipeline.contracts.network import (
    ExitAccess,
    ExitBusStop,
    Platform,
    PlatformLink,
    Station,
    StationExit,
    StepFree,
    join_platforms,
)


def plain_names(station: Station) -> dict[str, str | None]:
    """Return a station's names in other languages than English, each null where it is not known."""
    names = station.names
    return {language: getattr(names, language, None) for language in ("zh_hans", "ms", "ta")}


def plain_exit(station: Station, found: StationExit, platforms: Mapping[str, Platform]) -> dict[str, object]:
    """Return an exit with its station's names and what belongs to it, but without its id and position."""
    return {
        "station_id": station.station_id,
        "slug": station.slug,
        "name": station.name,
        "names": plain_names(station),
        "exit_code": found.exit_code,
        "station_code": found.station_code,
        "line_code": found.line_code,
        **plain_enrichment(found, platforms),
    }


def plain_enrichment(found: StationExit, platforms: Mapping[str, Platform]) -> dict[str, object]:
    """Return what belongs to an exit; every key is present, an empty list or null where nothing is known.

    Args:
        found: the exit.
        platforms: at least those that it leads to, by id.
    """
    return {
        "platforms": [_plain_platform(*led) for led in join_platforms(found, platforms)],
        "bus_stops": [_plain_bus_stop(stop) for stop in found.bus_stops],
        "access": _plain_access(found.access),
        "landmarks": [landmark.name for landmark in found.landmarks],
    }


def _plain_platform(link: PlatformLink, platform: Platform) -> dict[str, object]:
    return {
        "platform_id": platform.platform_id,
        "platform_codes": list(platform.platform_codes),
        "station_code": platform.station_code,
        "line_code": platform.line_code,
        "towards_code": platform.towards_code,
        "towards_kind": platform.towards_kind and platform.towards_kind.value,
        "next_code": platform.next_code,
        "is_same_building": link.is_same_building,
        "confidence": weaker(link.confidence, platform.confidence).value,
    }


def _plain_bus_stop(stop: ExitBusStop) -> dict[str, object]:
    return {
        "bus_stop_code": stop.bus_stop_code,
        "description": stop.description,
        "road_name": stop.road_name,
        "lat": stop.lat,
        "lng": stop.lng,
        "services": list(stop.services),
        "relation": stop.relation.value,
        "distance_m": stop.distance_m,
        "confidence": stop.confidence.value,
    }


def _plain_access(access: ExitAccess | None) -> dict[str, object]:
    """Return the access of an exit; where no source speaks it is ``unknown``, never ``no``."""
    if access is None:
        return {
            "step_free": StepFree.UNKNOWN.value,
            "features": [],
            "out_of_service": None,
            "confidence": None,
        }
    return {
        "step_free": access.step_free.value,
        "features": [feature.value for feature in access.features],
        "out_of_service": access.out_of_service and access.out_of_service.isoformat(),
        "confidence": access.confidence.value,
    }
