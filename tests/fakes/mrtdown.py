"""MRTDown's repository as files over HTTP: a small one, derived from the network's table on a date.

Each direction of each service is a service of its own, with a platform A or B at each of its stations.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

import orjson

from mrt_pipeline.network import Direction, Network, load_network
from mrt_pipeline.sources.mrtdown.parsing import LINE_IDS
from tests.fakes.http_server import RawReply, Reply, SeenRequest, json_reply

DAY = date(1990, 12, 20)
"""the network had 42 stations on two lines then"""
Object = dict[str, Any]
NAMES = {"zh-Hans": "站", "ta": "நிலையம்"}


class MrtdownRepository:
    """The repository's files by their path below ``data``."""

    def __init__(self, as_of: date = DAY) -> None:
        self.files = {**_lines(as_of), **_services_and_stations(as_of)}

    def handle(self, request: SeenRequest) -> Reply | RawReply:
        """Answer with a file."""
        found = self.files.get(request.path.removeprefix("/data/"))
        return Reply(404, b"404: Not Found") if found is None else json_reply(found)

    def content(self, *kinds: str) -> bytes:
        """Return all files of the given kinds as one JSON list."""
        chosen = [found for path, found in self.files.items() if path.partition("/")[0] in kinds]
        return orjson.dumps(chosen)


def station_file(
    station_id: str, *codes: str, platforms: Iterable[Object] = (), names: Object | None = None
) -> Object:
    """Return a station's file; names by language."""
    return {
        "id": station_id,
        "name": {"en-SG": station_id.title(), "zh-Hans": None, "ms": None, "ta": None} | (names or {}),
        "stationCodes": [{"lineId": "NSL", "code": code, "startedAt": "1987-11-07"} for code in codes],
        "layout": {"platforms": list(platforms)},
    }


def platform_of(station_id: str, letter: str, *services: str, line: str = "NSL", **changes: Any) -> Object:
    """Return a platform that was seen at the station."""
    return {
        "id": f"{station_id}_{line}_{letter}",
        "label": letter,
        "lastUpdated": "2026-07-20",
        "lineId": line,
        "serviceIds": list(services),
    } | changes


def service_file(service_id: str, *stops: tuple[str, str], line: str = "NSL", **revision: Any) -> Object:
    """Return the file of a service with one revision; stops are ids and codes of stations."""
    path = {"stations": [{"stationId": station, "displayCode": code} for station, code in stops]}
    facts = {"id": "r_initial", "startAt": "1987-11-07", "endAt": None, "path": path} | revision
    return {"id": service_id, "lineId": line, "revisions": [facts]}


def trains_of(service_id: str, first: str = "05:35", last: str = "00:31", **changes: Any) -> Object:
    """Return an entry of a station's file for a service's first and last train, the same on all days."""
    days = ("weekday", "saturday", "sunday_public_holiday")
    times = {day: {"firstTrain": first, "lastTrain": last} for day in days}
    return {"serviceId": service_id, "times": times} | changes


def _lines(as_of: date) -> dict[str, Object]:
    network = load_network()
    found: dict[str, Object] = {
        f"line/{_line_id(line.line_code)}.json": {"id": _line_id(line.line_code), "serviceIds": []}
        for line in network.lines
    }
    for way in _ways(network, as_of):
        ids: list[str] = found[f"line/{_line_id(way.line_code)}.json"]["serviceIds"]
        if _service_id(way) not in ids:
            ids.append(_service_id(way))
    return found


def _services_and_stations(as_of: date) -> dict[str, Object]:
    network = load_network()
    services: dict[str, Object] = {}
    stations: dict[str, Object] = {}
    for slug, entries in network.open_codes(as_of).items():
        codes = [entry.station_code for entry in entries]
        stations[slug] = station_file(_station_id(slug), *codes, names=NAMES)
    for way in _ways(network, as_of):
        here, following = (_stop(network, code) for code in (way.station_code, way.next_code))
        service = services.setdefault(
            _service_id(way), service_file(_service_id(way), line=_line_id(way.line_code)) | {"revisions": []}
        )
        service["revisions"] += service_file("", here, following)["revisions"]
        _add_platform(stations[_slug(network, way.station_code)], way)
    return {
        **{f"service/{name}.json": found for name, found in services.items()},
        **{f"station/{found['id']}.json": found for found in stations.values()},
    }


def _add_platform(station: Object, way: Direction) -> None:
    letter = "A" if _service_id(way).endswith("_1") else "B"
    found = platform_of(station["id"], letter, _service_id(way), line=_line_id(way.line_code))
    if found not in station["layout"]["platforms"]:
        station["layout"]["platforms"].append(found)
        station.setdefault("firstLastTrain", {"services": []})["services"].append(trains_of(_service_id(way)))


def _ways(network: Network, as_of: date) -> list[Direction]:
    return [way for ways in network.directions(as_of).values() for way in ways]


def _service_id(way: Direction) -> str:
    ends = way.towards_code > way.station_code
    return f"{way.service_id.upper().replace('-', '_')}_{1 if ends else 2}"


def _line_id(line_code: str) -> str:
    return LINE_IDS.get(line_code, line_code)


def _station_id(slug: str) -> str:
    return slug.upper().replace("-", "_")


def _slug(network: Network, code: str) -> str:
    entry = network.find_code(code)
    assert entry is not None
    return entry.slug


def _stop(network: Network, code: str) -> tuple[str, str]:
    return _station_id(_slug(network, code)), code
