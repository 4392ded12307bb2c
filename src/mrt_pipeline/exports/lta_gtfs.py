"""LTA's GTFS feed with missing entrances and ``wheelchair_boarding`` added, under LTA's ids.

Every other file of the feed, and every other byte of its ``stops.txt``, is unchanged. An exit that may be in
the feed already (``ambiguous`` in the crosswalk) is not added, and its access is not stated. Nor is an exit
with unknown access added to a station whose access is stated: it would inherit that.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from mrt_pipeline.contracts.counting import counted, listed
from mrt_pipeline.contracts.network import Station, StationExit
from mrt_pipeline.contracts.outputs import Stage3Output
from mrt_pipeline.errors import UsageError
from mrt_pipeline.exports.archives import pack, to_csv
from mrt_pipeline.exports.crosswalk import ENTRANCE, Crosswalk, Match, Pairing, Stop
from mrt_pipeline.exports.csv_tables import to_cell
from mrt_pipeline.exports.foreign_feed import RawTable, unpack
from mrt_pipeline.exports.gtfs import to_line, wheelchair_boarding
from mrt_pipeline.exports.tables import Row, documents_of

FEED_NAME, CROSSWALK_NAME = "lta_gtfs.zip", "crosswalk.csv"
_STOPS, _ACCESS = "stops.txt", "wheelchair_boarding"
_NEEDED = ("stop_id", "stop_name", "stop_lat", "stop_lon", "location_type", "parent_station")
_UNSAID = ("", "0")
_PLACELESS = ("3", "4")
"""types of stops that may lack a position"""
_MOST_STOPS = 50_000
_FEW = 5
_HEAD = (*("kind", "our_id", "lta_stop_id", "match", "distance_m", "candidates", _ACCESS, "document_ids"),)


@dataclass(frozen=True, slots=True)
class Joined:
    """The result of joining a feed."""

    files: Mapping[str, bytes]
    """content by file name"""
    remarks: tuple[str, ...]
    """what was added, and what was not and why"""


def join_feed(dataset: Stage3Output, name: str, content: bytes) -> Joined:
    """Return LTA's feed with the missing parts, and the crosswalk.

    Args:
        dataset: source of the added parts.
        name: name of the feed in messages.
        content: its zip archive.

    Raises:
        UsageError: if the archive or its ``stops.txt`` is invalid.
    """
    files = unpack(name, content)
    if _STOPS not in files:
        raise UsageError(f"{name} has no {_STOPS}. Specify a GTFS feed.")
    table = RawTable.read(f"{name}: {_STOPS}", files[_STOPS])
    stops = _read_stops(table)
    feed = _Feed(Crosswalk(stops), {stop.stop_id for stop in stops})
    for station in dataset.stations:
        feed.join(station)
    changed = table.changed(_ACCESS, feed.access, feed.added) if feed.access or feed.added else table
    files[_STOPS] = bytes(changed)
    crosswalk = to_csv(_HEAD, feed.crosswalk)
    return Joined({FEED_NAME: pack(files), CROSSWALK_NAME: crosswalk}, tuple(feed.remarks()))


def _read_stops(table: RawTable) -> list[Stop]:
    if missing := [name for name in _NEEDED if table.columns.count(name) != 1]:
        raise UsageError(f"{table.name} has no column {missing[0]}, or several; expected one.")
    if len(table.rows) > _MOST_STOPS:
        raise UsageError(f"{table.name} has {len(table.rows)} rows; expected at most {_MOST_STOPS}.")
    stops = [_read_stop(table.name, position, row) for position, row in table.records()]
    [(stop_id, times)] = Counter(stop.stop_id for stop in stops).most_common(1) or [("", 0)]
    if times > 1:
        raise UsageError(f"{table.name} lists the stop {stop_id!r} {times} times; expected each once.")
    return stops


def _read_stop(name: str, position: int, row: Mapping[str, str]) -> Stop:
    try:
        lat, lng = (float(row[axis] or "nan") for axis in ("stop_lat", "stop_lon"))
    except ValueError:
        lat = lng = math.nan
    if row["location_type"] not in _PLACELESS and not (abs(lat) <= 90 and abs(lng) <= 180):
        place = f"{row['stop_lat']!r}, {row['stop_lon']!r}"
        raise UsageError(f"{name}: the stop {row['stop_id']!r} is at {place}; expected degrees.")
    return Stop(
        *(row["stop_id"], row["stop_name"], lat, lng, row["location_type"], row["parent_station"]),
        *(row.get("platform_code", ""), row.get(_ACCESS, ""), position),
    )


class _Feed:
    """The changes to a feed, collected station by station."""

    def __init__(self, crosswalk: Crosswalk, stop_ids: set[str]) -> None:
        self._crosswalk, self._stop_ids = crosswalk, stop_ids
        self.access: dict[int, str] = {}
        self.added: list[dict[str, str]] = []
        self.crosswalk: list[Sequence[str]] = []
        self._told: dict[str, list[str]] = {}

    def join(self, station: Station) -> None:
        exits = {found.exit_id: found for found in station.exits}
        for pairing in self._crosswalk.pair(station):
            found = exits.get(pairing.our_id) if pairing.kind == "exit" else None
            said = "" if found is None else self._join_exit(station, found, pairing)
            stop_id = pairing.stop.stop_id if pairing.stop else None
            metres = None if pairing.distance_m is None else round(pairing.distance_m, 1)
            cited = documents_of(found.access) if found is not None and said else ()
            row: Row = (
                *(pairing.kind, pairing.our_id, stop_id, pairing.match.value, metres),
                *(pairing.candidates, said or None, cited),
            )
            self.crosswalk.append(list(map(to_cell, row)))

    def _join_exit(self, station: Station, found: StationExit, pairing: Pairing) -> str:
        """Return what the feed now says about an exit's access because of us."""
        known = wheelchair_boarding(found)
        if pairing.match is Match.AMBIGUOUS:
            return self._tell(
                "Neither added nor changed, because each may be another entrance", found.exit_id
            )
        if pairing.stop is None:
            return self._add(station, found, known)
        if not known or pairing.stop.wheelchair_boarding == known:
            return ""
        if pairing.stop.wheelchair_boarding not in _UNSAID:
            return self._tell("LTA's value kept, although this dataset contradicts it", found.exit_id)
        self.access[pairing.stop.position] = known
        return known

    def _add(self, station: Station, found: StationExit, known: str) -> str:
        parents = self._crosswalk.parents_of(station)
        own = [stop for stop in parents if stop.stop_id == found.station_code]
        if len(parents) != 1 and len(own) != 1:
            return self._tell("Not added, because the feed has no single station for them", found.exit_id)
        [parent] = own or parents
        if not known and parent.wheelchair_boarding not in _UNSAID:
            return self._tell("Not added, because they would inherit their station's access", found.exit_id)
        stop_id = to_line(found.exit_id)
        if stop_id in self._stop_ids:
            return self._tell("Not added, because LTA has another stop with this id", found.exit_id)
        self._stop_ids.add(stop_id)
        self.added.append(
            {
                **{"stop_id": stop_id, "stop_name": to_line(found.exit_code), _ACCESS: known},
                **{"stop_lat": str(found.lat), "stop_lon": str(found.lng)},
                **{"location_type": ENTRANCE, "parent_station": parent.stop_id},
            }
        )
        self._tell("Added", found.exit_id)
        return known

    def _tell(self, what: str, exit_id: str) -> str:
        self._told.setdefault(what, []).append(exit_id)
        return ""

    def remarks(self) -> Iterator[str]:
        have = "has" if len(self.access) == 1 else "have"
        yield f"{counted(len(self.access), 'entrance')} of LTA's feed now {have} wheelchair_boarding."
        for what, exits in self._told.items():
            yield f"{what}: {counted(len(exits), 'exit')} ({listed(exits, _FEW)})."
