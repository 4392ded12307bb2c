"""Exits as plain values without evidence, for consumers of a map."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import Enum
from typing import Any

from mrt_pipeline.contracts.evidence import weaker
from mrt_pipeline.contracts.fields import PARTS, Part
from mrt_pipeline.contracts.network import Platform, PlatformLink, Station, StationExit, join_platforms
from mrt_pipeline.contracts.outputs import Stage3Output

OF_STATION = ("station_id", "slug", "name")
"""what a row of an exit gives of its station, besides names in other languages"""
OF_EXIT = ("exit_code", "station_code", "line_code")
OF_PLATFORM = (
    *("platform_id", "platform_codes", "station_code", "line_code"),
    *("towards_code", "towards_kind", "next_code"),
)


def plain_names(station: Station) -> dict[str, str | None]:
    """Return a station's names in languages other than English; null if unknown."""
    names = station.names
    return {language: getattr(names, language, None) for language in ("zh_hans", "ms", "ta")}


def attributions(dataset: Stage3Output) -> list[str]:
    """Return the sentences that the licences of a dataset's documents require, without repetition."""
    return sorted({document.attribution for document in dataset.provenance.values()})


def plain_exit(station: Station, found: StationExit, platforms: Mapping[str, Platform]) -> dict[str, object]:
    """Return an exit with its station's names and its own values, but without its id and position."""
    return {
        **{name: getattr(station, name) for name in OF_STATION},
        "names": plain_names(station),
        **{name: getattr(found, name) for name in OF_EXIT},
        **plain_enrichment(found, platforms),
    }


def plain_enrichment(found: StationExit, platforms: Mapping[str, Platform]) -> dict[str, object]:
    """Return an exit's values; every key is present, with an empty list or null if nothing is known.

    Args:
        found: the exit.
        platforms: platforms by id, at least those that the exit leads to.
    """
    return {part.name: plain_part(part, found, platforms) for part in PARTS.values()}


def plain_part(part: Part, found: StationExit, platforms: Mapping[str, Platform]) -> object:
    """Return an exit's values of one part; arguments as in ``plain_enrichment``."""
    if part.shared_type is not None:
        return [_plain_platform(*led) for led in join_platforms(found, platforms)]
    records = [
        {name: _plain(value) for name, value in part.values(record).items()}
        for record in part.records_or_silence(found)
    ]
    named = [record[part.named_by] for record in records] if part.named_by else records
    return named if part.key else named[0]


def _plain_platform(link: PlatformLink, platform: Platform) -> dict[str, object]:
    return {
        **{name: _plain(getattr(platform, name)) for name in OF_PLATFORM},
        "is_same_building": link.is_same_building,
        "confidence": weaker(link.confidence, platform.confidence).value,
    }


def _plain(value: Any) -> object:
    """Return a value as plain JSON data."""
    match value:
        case Enum():
            return value.value
        case date():
            return value.isoformat()
        case tuple():
            return list(map(_plain, value))
    return value
