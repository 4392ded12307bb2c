"""Join a format's tables into nested stations again, and bring a dataset into that form for comparison."""

from __future__ import annotations

from typing import Any

from mrt_pipeline.contracts.fields import PARTS
from mrt_pipeline.contracts.outputs import Stage3Output

Tables = dict[str, list[dict[str, Any]]]
"""table to rows; values are those of JSON"""
_UNPUBLISHED = ("status", "wiki_title", "reasons")
_NO_NAMES: dict[str, Any] = {"zh_hans": None, "ms": None, "ta": None, "document_ids": []}
_NO_ACCESS: dict[str, Any] = {
    "step_free": "unknown",
    "features": [],
    "out_of_service": None,
    "confidence": None,
    "document_ids": [],
}


def nest(dataset: Stage3Output) -> list[dict[str, Any]]:
    """Return the stations of a dataset as JSON data, with documents instead of evidence."""
    return [_nest_station(station.model_dump(mode="json")) for station in dataset.stations]


def join(tables: Tables) -> list[dict[str, Any]]:
    """Return the stations in tables in the same form."""
    return [_join_station(dict(row), tables) for row in tables["stations"]]


def nest_exits(dataset: Stage3Output) -> list[dict[str, Any]]:
    """Return every exit with its station's names and with its platforms in place, without documents."""
    return [
        {
            **{name: station[name] for name in ("station_id", "slug", "name")},
            "names": _without(station["names"], "document_ids"),
            **_without(_drop_documents(found), "platforms"),
            "platforms": [_join_platform(link, station["platforms"]) for link in found["platforms"]],
        }
        for station in nest(dataset)
        for found in station["exits"]
    ]


def _join_platform(link: dict[str, Any], platforms: list[dict[str, Any]]) -> dict[str, Any]:
    """Return a platform as an exit leads to it, with the lower confidence of the two."""
    [platform] = [one for one in platforms if one["platform_id"] == link["platform_id"]]
    lesser = min(link["confidence"], platform["confidence"], key=["low", "medium", "high"].index)
    joined: dict[str, Any] = _drop_documents({**platform, **link, "confidence": lesser})
    return joined


def _drop_documents(value: Any) -> Any:
    if isinstance(value, list):
        return list(map(_drop_documents, value))
    if not isinstance(value, dict):
        return value
    return {key: _drop_documents(part) for key, part in value.items() if key != "document_ids"}


def _nest_station(station: dict[str, Any]) -> dict[str, Any]:
    kept: dict[str, Any] = _cite({key: value for key, value in station.items() if key not in _UNPUBLISHED})
    exits = [{**found, "access": found["access"] or _NO_ACCESS} for found in kept["exits"]]
    return {**kept, "names": kept["names"] or _NO_NAMES, "exits": exits}


def _cite(value: Any) -> Any:
    """Return a value in which every record lists its documents instead of its evidence."""
    if isinstance(value, list):
        return list(map(_cite, value))
    if not isinstance(value, dict):
        return value
    cited = {key: _cite(part) for key, part in value.items() if key != "evidence"}
    if "evidence" in value:
        reasons = (reason for reasons in value["evidence"].values() for reason in reasons)
        cited["document_ids"] = sorted({reason["document_id"] for reason in reasons})
    return cited


def _join_station(station: dict[str, Any], tables: Tables) -> dict[str, Any]:
    slug = station["slug"]
    names = {key.removeprefix("name_"): station.pop(key) for key in ("name_zh_hans", "name_ms", "name_ta")}
    codes = _below("slug", slug, tables["station_codes"])
    return {
        **_without(station, "names_document_ids"),
        "names": {**names, "document_ids": station["names_document_ids"]},
        "codes": codes,
        "mrt_codes": [code["station_code"] for code in codes],
        "lines": list(dict.fromkeys(code["line_code"] for code in codes)),
        "platforms": _below("slug", slug, tables["platforms"]),
        "trains": _below("slug", slug, tables["platform_trains"]),
        "exits": [_join_exit(row, tables) for row in _below("slug", slug, tables["exits"])],
    }


def _join_exit(found: dict[str, Any], tables: Tables) -> dict[str, Any]:
    parts = {name: _below("exit_id", found["exit_id"], tables[f"exit_{name}"]) for name in PARTS}
    [access] = parts.pop("access")
    return {**found, **parts, "access": access}


def _below(key: str, value: str, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the rows that refer to a record, without the column that does."""
    return [_without(row, key) for row in rows if row[key] == value]


def _without(row: dict[str, Any], key: str) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name != key}
