"""Read MRTDown's files of stations and services into records."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from mrt_pipeline.contracts.findings import REPEATED_ID, Finding
from mrt_pipeline.contracts.source import PLATFORM_LETTER, STATION_CODE
from mrt_pipeline.errors import SourceFormatError
from mrt_pipeline.runtime.records import RecordReader, is_list, is_object, name_or_place, parse_json, show
from mrt_pipeline.sources.mrtdown import LETTERS, TranslatedName

LETTERS_ID = LETTERS.document_id
FILE_ID = re.compile(r"[A-Z0-9_]{1,40}", re.ASCII)
"""allowed file names"""
MAX_NAME_CHARS = 120
LANGUAGES = ("zh-Hans", "ms", "ta")
"""in the order of the fields of ``TranslatedName``"""
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)


@dataclass(frozen=True, slots=True)
class PlatformFile:
    """One platform of a station's layout."""

    platform_id: str
    station_id: str
    letter: str
    line_id: str
    service_ids: tuple[str, ...]
    is_inferred: bool
    """whether the letter was concluded from other stations instead of seen at this one"""
    updated_on: str


@dataclass(frozen=True, slots=True)
class ServicePath:
    """One revision of a service: its stops during a period."""

    service_id: str
    line_id: str
    valid_from: str
    valid_to: str | None
    stops: tuple[tuple[str, str], ...]
    """each station's id and its code on this path, in travel order"""


@dataclass(frozen=True, slots=True)
class Files:
    """The contents of files, with findings about them."""

    platforms: tuple[PlatformFile, ...]
    paths: tuple[ServicePath, ...]
    names: tuple[TranslatedName, ...]
    findings: tuple[Finding, ...]
    """about stations: their ids and codes"""
    letter_findings: tuple[Finding, ...]
    """about platforms and services"""
    name_findings: tuple[Finding, ...]


def read_objects(content: bytes, document_id: str, what: str) -> Iterator[Mapping[str, object]]:
    """Yield the objects of a file, which holds one object or a list of them.

    Raises:
        SourceFormatError: if it holds anything else.
    """
    found = parse_json(content, document_id, what)
    for item in found if is_list(found) else (found,):
        if not is_object(item):
            raise SourceFormatError(document_id, f"a file holds {show(item)}; expected {what}.")
        yield item


def read_files(contents: Sequence[bytes], document_id: str = LETTERS_ID) -> Files:
    """Return the contents of files of stations and services, sorted by id; a list counts as several files.

    Raises:
        SourceFormatError: if a file is neither a station nor a service, or there is no station.
    """
    stations: list[Mapping[str, object]] = []
    services: list[Mapping[str, object]] = []
    for content in contents:
        for item in read_objects(content, document_id, "a station or a service"):
            if "stationCodes" in item:
                stations.append(item)
            elif "revisions" in item:
                services.append(item)
            else:
                raise SourceFormatError(
                    document_id,
                    f"a file of id {show(item.get('id'))} has neither stationCodes nor revisions; expected a "
                    "station or a service of MRTDown. Get the files again.",
                )
    if not stations:
        raise SourceFormatError(document_id, "no station is among the files; expected one file for each.")
    return _Reading(document_id).read(stations, services)


class _Reading:
    """Reads objects one by one, and collects findings about them."""

    def __init__(self, document_id: str) -> None:
        self._document_id = document_id
        self._findings: list[Finding] = []
        self._letter_findings: list[Finding] = []
        self._name_findings: list[Finding] = []
        self._codes: dict[str, frozenset[str]] = {}

    def read(
        self, stations: Sequence[Mapping[str, object]], services: Sequence[Mapping[str, object]]
    ) -> Files:
        """Return the contents of objects; stations first, since services are checked against them."""
        names: dict[str, TranslatedName] = {}
        platforms: dict[str, PlatformFile] = {}
        for station in stations:
            for name in self._name(station):
                names[name.station_id] = name
            for platform in self._platforms(station, platforms):
                platforms[platform.platform_id] = platform
        paths = [path for service in services for path in self._paths(service)]
        return Files(
            platforms=tuple(platforms[key] for key in sorted(platforms)),
            paths=tuple(sorted(paths, key=lambda path: (path.service_id, path.valid_from, path.stops))),
            names=tuple(names[key] for key in sorted(names)),
            findings=tuple(dict.fromkeys(self._findings)),
            letter_findings=tuple(dict.fromkeys(self._letter_findings)),
            name_findings=tuple(dict.fromkeys(self._name_findings)),
        )

    def _reader(self, record_id: object, fields: Mapping[str, object], kind: str) -> RecordReader:
        name = name_or_place(record_id, FILE_ID, "") or show(record_id)
        return RecordReader(f"{self._document_id}:{name}", fields, kind)

    def _name(self, station: Mapping[str, object]) -> Iterator[TranslatedName]:
        """Yield a station's names and remember its codes; unreadable names are omitted."""
        reader = self._reader(station.get("id"), station, "station")
        station_id = reader.text("id", max_chars=40, pattern=FILE_ID)
        codes = self._codes_of(station, reader)
        if station_id in self._codes:
            reader.lose(REPEATED_ID, "is used for two stations; expected every id once.")
        self._findings += reader.findings
        if not reader.is_sound:
            return
        self._codes[station_id] = frozenset(codes)
        given = station.get("name")
        named = self._reader(station_id, given if is_object(given) else {}, "name")
        if not is_object(given):
            named.lose("field-missing", f"has {show(given)} as name; expected an object.")
        found = [_optional(named, given, language) for language in LANGUAGES] if is_object(given) else []
        self._name_findings += named.findings
        if named.is_sound:
            yield TranslatedName(station_id, codes, *found)

    def _codes_of(self, station: Mapping[str, object], reader: RecordReader) -> tuple[str, ...]:
        codes = []
        for item in objects_at(station, reader, "stationCodes"):
            part = self._reader(station.get("id"), item, "station")
            codes.append(part.text("code", max_chars=6, pattern=STATION_CODE))
            self._findings += part.findings
            reader.is_sound &= part.is_sound
        return tuple(dict.fromkeys(codes))

    def _platforms(
        self, station: Mapping[str, object], taken: Mapping[str, PlatformFile]
    ) -> Iterator[PlatformFile]:
        station_id = station.get("id")
        if not isinstance(station_id, str) or station_id not in self._codes:
            return
        reader = self._reader(station_id, station, "layout")
        for item in objects_at(station, reader, "layout", "platforms"):
            part = self._reader(item.get("id"), item, "platform")
            found = PlatformFile(
                platform_id=part.text("id", max_chars=40, pattern=FILE_ID),
                station_id=station_id,
                letter=part.text("label", max_chars=2, pattern=PLATFORM_LETTER),
                line_id=part.text("lineId", max_chars=10, pattern=FILE_ID),
                service_ids=_texts(item, "serviceIds", part),
                is_inferred=item.get("inference") is not None,
                updated_on=_day(part, "lastUpdated"),
            )
            if taken.get(found.platform_id, found) != found:
                part.lose(REPEATED_ID, "is used for two platforms; expected every id once.")
            self._letter_findings += part.findings
            if part.is_sound:
                yield found
        self._letter_findings += reader.findings

    def _paths(self, service: Mapping[str, object]) -> Iterator[ServicePath]:
        reader = self._reader(service.get("id"), service, "service")
        service_id = reader.text("id", max_chars=40, pattern=FILE_ID)
        line_id = reader.text("lineId", max_chars=10, pattern=FILE_ID)
        revisions = objects_at(service, reader, "revisions")
        self._letter_findings += reader.findings
        for item in revisions if reader.is_sound else ():
            part = self._reader(service_id, item, "revision")
            found = ServicePath(
                service_id=service_id,
                line_id=line_id,
                valid_from=_day(part, "startAt"),
                valid_to=None if item.get("endAt") is None else _day(part, "endAt"),
                stops=self._stops(item, part),
            )
            self._letter_findings += part.findings
            if part.is_sound:
                yield found

    def _stops(self, revision: Mapping[str, object], reader: RecordReader) -> tuple[tuple[str, str], ...]:
        stops = []
        for item in objects_at(revision, reader, "path", "stations"):
            station_id, code = item.get("stationId"), item.get("displayCode")
            known = self._codes.get(station_id) if isinstance(station_id, str) else None
            if known is None or not isinstance(code, str) or code not in known:
                reader.lose(
                    "field-invalid",
                    f"stops at {show(station_id)} as {show(code)}; expected a station among the files and "
                    "one of its codes.",
                )
            else:
                stops.append((str(station_id), code))
        return tuple(stops)


def objects_at(
    fields: Mapping[str, object], reader: RecordReader, *path: str
) -> Sequence[Mapping[str, object]]:
    """Return the list of objects at a path of keys."""
    found: object = fields
    for name in path:
        found = found.get(name) if is_object(found) else None
    if is_list(found):
        objects = [item for item in found if is_object(item)]
        if len(objects) == len(found):
            return objects
    reader.lose("field-missing", f"has {show(found)} as {'.'.join(path)}; expected a list of objects.")
    return []


def _texts(fields: Mapping[str, object], name: str, reader: RecordReader) -> tuple[str, ...]:
    found = fields.get(name)
    if is_list(found) and all(isinstance(item, str) and FILE_ID.fullmatch(item) for item in found):
        return tuple(str(item) for item in found)
    reader.lose("field-invalid", f"has {show(found)} as {name}; expected a list of ids.")
    return ()


def _day(reader: RecordReader, name: str) -> str:
    day = reader.text(name, max_chars=10, pattern=_DAY)
    try:
        return date.fromisoformat(day).isoformat() if day else ""
    except ValueError:
        reader.lose("field-invalid", f"has {show(day)} as {name}; expected a day.")
        return ""


def _optional(reader: RecordReader, fields: Mapping[str, object], name: str) -> str | None:
    return None if fields.get(name) is None else reader.text(name, max_chars=MAX_NAME_CHARS)
