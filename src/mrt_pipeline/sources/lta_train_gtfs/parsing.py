"""Parse the timetable's tables into platforms, entrances, and where trains go next from each platform.

All functions are pure. An unreadable stop is skipped with a warning; a missing or damaged table is an error.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from mrt_pipeline.contracts.checks import finding_of
from mrt_pipeline.contracts.counting import counted
from mrt_pipeline.contracts.findings import Finding, Severity
from mrt_pipeline.contracts.network import StepFree
from mrt_pipeline.contracts.source import PLATFORM_LETTER, STATION_CODE
from mrt_pipeline.errors import SourceFormatError
from mrt_pipeline.extraction.exit_matching import read_exit_list
from mrt_pipeline.runtime.records import RecordReader, name_or_place, show
from mrt_pipeline.sources.lta_train_gtfs import SCHEDULE
from mrt_pipeline.sources.lta_train_gtfs.archive import Archive

SCHEDULE_ID = SCHEDULE.document_id
PLATFORM, ENTRANCE = ("", "0"), "2"
"""values of ``location_type``"""
WHEELCHAIR = {"1": StepFree.YES, "2": StepFree.NO, "": StepFree.UNKNOWN, "0": StepFree.UNKNOWN}
"""meanings of ``wheelchair_boarding`` of an entrance; a value inherited from its station is ignored"""
_NEEDED = ("stop_id", "stop_name", "stop_lat", "stop_lon", "location_type", "parent_station")
_OPTIONAL = ("platform_code", "wheelchair_boarding")
_STOP_ID = re.compile(rf"(?P<code>{STATION_CODE.pattern})_[A-Z0-9]{{1,4}}")
_NUMBER = re.compile(r"[0-9]{1,6}")


@dataclass(frozen=True, slots=True)
class TrainPlatform:
    """A platform: its station and what its sign says."""

    stop_id: str
    station_code: str
    """code on its own line: ``NE3`` at Outram Park"""
    letters: tuple[str, ...]
    """letters or numbers as signed; empty if the timetable gives none"""


@dataclass(frozen=True, slots=True)
class TrainEntrance:
    """An entrance of a station, which covers all its lines."""

    stop_id: str
    station_code: str
    label: str
    lat: float
    lng: float
    step_free: StepFree


@dataclass(frozen=True, slots=True)
class TrainSchedule:
    """The parts of the timetable that are read."""

    platforms: Mapping[str, TrainPlatform]
    """by stop id"""
    entrances: tuple[TrainEntrance, ...]
    steps: Mapping[tuple[str, str], int]
    """for the stop ids of a platform and of the next stop of its trains, the number of such trains"""
    findings: tuple[Finding, ...]

    @property
    def number(self) -> int:
        """Return the number of records that the timetable counts as."""
        return len(self.platforms) + len(self.entrances)


def parse_schedule(content: bytes) -> TrainSchedule:
    """Return the contents of a zip file of GTFS tables.

    Raises:
        SourceFormatError: if it is not one, or has no platform, no entrance or no train.
    """
    archive = Archive(content, SCHEDULE_ID)
    findings: list[Finding] = []
    platforms: dict[str, TrainPlatform] = {}
    entrances: dict[str, TrainEntrance] = {}
    for cells in archive.rows("stops.txt", _NEEDED, _OPTIONAL):
        stop = dict(zip((*_NEEDED, *_OPTIONAL), (cell.strip() for cell in cells), strict=True))
        if stop["location_type"] in PLATFORM:
            _add(platforms, *_read_platform(stop), findings)
        elif stop["location_type"] == ENTRANCE:
            _add(entrances, *_read_entrance(stop), findings)
    calls, strays = _read_calls(archive, platforms)
    steps = Counter(step for called in calls for step in pairwise(called) if all(step))
    for what, found in (("platform", platforms), ("entrance", entrances), ("train", steps)):
        if not found:
            raise SourceFormatError(
                SCHEDULE_ID, f"the timetable has no {what}; expected many. Run again later."
            )
    findings.extend(_tell_strays(strays))
    return TrainSchedule(
        platforms, tuple(entrances[name] for name in sorted(entrances)), steps, tuple(findings)
    )


def _add(
    known: dict[str, TrainPlatform] | dict[str, TrainEntrance],
    reader: RecordReader,
    stop: TrainPlatform | TrainEntrance,
    findings: list[Finding],
) -> None:
    if reader.is_sound and stop.stop_id in known:
        reader.lose("record-id-not-unique", f"is there twice as {stop.stop_id}; expected once.")
    findings.extend(reader.findings)
    if reader.is_sound:
        known[stop.stop_id] = stop  # type: ignore[assignment]


def _read_platform(stop: Mapping[str, str]) -> tuple[RecordReader, TrainPlatform]:
    reader = _reader_of(stop, "platform")
    stop_id = reader.text("stop_id", max_chars=12, pattern=_STOP_ID)
    letters = tuple(dict.fromkeys(part.strip() for part in stop["platform_code"].split("/")))
    if stop["platform_code"] and not all(map(PLATFORM_LETTER.fullmatch, letters)):
        reader.note(
            "field-invalid",
            f"has {show(stop['platform_code'])} as platform_code; expected letters such as A, or A / B. "
            "No letter of it is used.",
            Severity.WARNING,
        )
    is_signed = all(map(PLATFORM_LETTER.fullmatch, letters))
    return reader, TrainPlatform(stop_id, stop_id.partition("_")[0], letters if is_signed else ())


def _read_entrance(stop: Mapping[str, str]) -> tuple[RecordReader, TrainEntrance]:
    reader = _reader_of(stop, "entrance")
    stop_id = reader.text("stop_id", max_chars=12, pattern=_STOP_ID)
    station_code = reader.text("parent_station", max_chars=6, pattern=STATION_CODE)
    labels = read_exit_list(stop["stop_name"]) or ()
    if len(labels) != 1:
        reader.lose("field-invalid", f"has {show(stop['stop_name'])} as stop_name; expected one label.")
    lat, lng = reader.position(stop["stop_lat"], stop["stop_lon"])
    said = WHEELCHAIR.get(stop["wheelchair_boarding"])
    if said is None:
        shown = show(stop["wheelchair_boarding"])
        reader.lose("field-invalid", f"has {shown} as wheelchair_boarding; expected 0, 1, 2 or nothing.")
    label = labels[0] if labels else ""
    return reader, TrainEntrance(stop_id, station_code, label, lat, lng, said or StepFree.UNKNOWN)


def _reader_of(stop: Mapping[str, str], kind: str) -> RecordReader:
    name = name_or_place(stop["stop_id"], _STOP_ID, show(stop["stop_id"]))
    return RecordReader(f"{SCHEDULE_ID}:{name}", stop, kind, Severity.WARNING)


def _read_calls(
    archive: Archive, platforms: Mapping[str, TrainPlatform]
) -> tuple[Iterator[list[str]], list[str]]:
    """Return the calls of each train in order, and the stops that are not known platforms.

    Such a stop becomes an empty name, so that the stops before and after it do not become neighbours.
    """
    trips: dict[str, list[tuple[int, str]]] = {}
    strays: dict[str, str] = {}
    names = {name: name for name in platforms}  # share one string among all calls at a platform
    places: dict[str, int] = {}
    for trip_id, stop_id, place in archive.rows("stop_times.txt", ("trip_id", "stop_id", "stop_sequence")):
        if place not in places:
            places[place] = _read_place(place)
        name = names.get(stop_id) or strays.setdefault(stop_id, "")
        trips.setdefault(trip_id, []).append((places[place], name))
    return ([name for _, name in sorted(calls)] for calls in trips.values()), list(strays)


def _read_place(text: str) -> int:
    if not _NUMBER.fullmatch(text):
        raise SourceFormatError(
            SCHEDULE_ID, f"stop_times.txt has {show(text)} as stop_sequence; expected a number."
        )
    return int(text)


def _tell_strays(strays: Sequence[str]) -> Iterator[Finding]:
    if strays:
        yield finding_of(
            "field-invalid",
            f"{SCHEDULE_ID}: trains stop at {counted(len(strays), 'stop')} that no platform of stops.txt is "
            f"called, such as {show(strays[0])}; nothing is concluded from these stops. Run again later.",
            severity=Severity.WARNING,
            record_id=f"{SCHEDULE_ID}:stop_times.txt",
        )
