"""Read datasets of earlier schema versions as if they had been written today.

Schema 1 repeated every platform for each exit that leads to it, with its evidence, and stored all evidence in
place. Schema 2 listed every piece of a station's evidence by itself, which ``output_files`` still reads.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from mrt_pipeline.contracts.evidence import Evidence, EvidenceMap
from mrt_pipeline.contracts.network import (
    Direction,
    ExitPlatform,
    Platform,
    PlatformLink,
    direction_of,
    link_platform,
    name_platforms,
)
from mrt_pipeline.contracts.outputs import SCHEMA_VERSION, Stage3Output
from mrt_pipeline.network.statements import is_statement
from mrt_pipeline.runtime.output_files import load, read_output

_OF_EXIT = frozenset({"platform_code", "is_same_building"})


class _Older(BaseModel):
    """The parts of a record that are read here; the rest is copied unchanged."""

    model_config = ConfigDict(extra="allow")


class _Exit1(_Older):
    platforms: tuple[ExitPlatform, ...] = ()


class _Station1(_Older):
    slug: str
    exits: tuple[_Exit1, ...] = ()


class _Dataset1(_Older):
    schema_version: Literal["1"]
    stations: tuple[_Station1, ...]
    future_stations: tuple[_Station1, ...]


def read_dataset(content: bytes) -> Stage3Output:
    """Return the dataset in a file with this or an earlier schema.

    Raises:
        orjson.JSONDecodeError: if it is not JSON.
        ValidationError: if it is not a dataset with a known schema.
    """
    plain = load(content)
    match plain:
        case {"schema_version": "1"}:
            plain = upgrade(plain)
        case {"schema_version": "2"}:
            plain["schema_version"] = SCHEMA_VERSION
    _date_statements(plain)
    return read_output(Stage3Output, plain)


def _date_statements(plain: object) -> None:
    """Give statements their date, which was kept as their revision."""
    provenance = plain.get("provenance") if isinstance(plain, dict) else None
    for name, document in provenance.items() if isinstance(provenance, dict) else ():
        if is_statement(name) and isinstance(document, dict) and "revision" in document:
            document["content_date"] = document.pop("revision")


def upgrade(plain: dict[str, Any]) -> dict[str, Any]:
    """Return the plain data of a schema 1 dataset in the current schema.

    Raises:
        ValidationError: if they are not a dataset.
    """
    older = _Dataset1.model_validate(plain)
    return {
        **plain,
        "schema_version": SCHEMA_VERSION,
        "stations": [_upgrade_station(station) for station in older.stations],
        "future_stations": [_upgrade_station(station) for station in older.future_stations],
    }


def _upgrade_station(older: _Station1) -> dict[str, Any]:
    same: dict[Direction, list[ExitPlatform]] = {}
    for platform in (platform for found in older.exits for platform in found.platforms):
        same.setdefault(direction_of(platform), []).append(platform)
    names = dict(zip(same, name_platforms(older.slug, [told[0] for told in same.values()]), strict=True))
    return {
        **(older.model_extra or {}),
        "slug": older.slug,
        "platforms": [_unite(names[direction], told) for direction, told in same.items()],
        "exits": [{**(found.model_extra or {}), "platforms": _links(found, names)} for found in older.exits],
    }


def _links(found: _Exit1, names: dict[Direction, str]) -> list[PlatformLink]:
    return [
        link_platform(names[direction_of(platform)], is_same_building=platform.is_same_building)
        for platform in found.platforms
    ]


def _unite(platform_id: str, told: Sequence[ExitPlatform]) -> Platform:
    """Return the platform that exits claim for one direction; letters that differ are not published."""
    first = told[0]
    lettered = [platform for platform in told if platform.platform_code is not None]
    letters = tuple(dict.fromkeys(platform.platform_code or "" for platform in lettered))
    is_one = len(letters) == 1
    evidence: EvidenceMap = {
        name: reasons for name, reasons in first.evidence.items() if name not in _OF_EXIT
    }
    if is_one:
        evidence["platform_codes"] = _distinct(
            reason for platform in lettered for reason in platform.evidence_for("platform_code")
        )
    return Platform(
        platform_id=platform_id,
        station_code=first.station_code,
        line_code=first.line_code,
        platform_codes=letters if is_one else (),
        towards_code=first.towards_code,
        towards_kind=first.towards_kind,
        next_code=first.next_code,
        confidence=(lettered[0] if is_one else first).confidence,
        evidence=evidence,
    )


def _distinct(reasons: Iterable[Evidence]) -> tuple[Evidence, ...]:
    return tuple(dict.fromkeys(reasons))
