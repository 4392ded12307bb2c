"""Exits as plain values without evidence, as consumers of a map or a graph want them."""

from __future__ import annotations

from mrt_pipeline.contracts.network import (
    ExitAccess,
    ExitBusStop,
    ExitPlatform,
    Station,
    StationExit,
    StepFree,
)


def plain_names(station: Station) -> dict[str, str | None]:
    """Return a station's names in other languages than English, each null where it is not known."""
    names = station.names
    return {language: getattr(names, language, None) for language in ("zh_hans", "ms", "ta")}


def plain_enrichment(found: StationExit) -> dict[str, object]:
    """Return what hangs on an exit; every key is present, an empty list or null where nothing is known."""
    return {
        "platforms": [_plain_platform(platform) for platform in found.platforms],
        "bus_stops": [_plain_bus_stop(stop) for stop in found.bus_stops],
        "access": _plain_access(found.access),
        "landmarks": [landmark.name for landmark in found.landmarks],
    }


def _plain_platform(platform: ExitPlatform) -> dict[str, object]:
    return {
        "platform_code": platform.platform_code,
        "further_codes": list(platform.further_codes),
        "station_code": platform.station_code,
        "line_code": platform.line_code,
        "towards_code": platform.towards_code,
        "towards_kind": platform.towards_kind and platform.towards_kind.value,
        "next_code": platform.next_code,
        "is_same_building": platform.is_same_building,
        "confidence": platform.confidence.value,
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
