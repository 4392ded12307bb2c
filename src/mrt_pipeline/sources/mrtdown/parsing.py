"""Parse MRTDown's files into records: the platform letter from each station to the next, and names.

A platform names its services; a service's path says where its trains go next. A letter is valid for the
period of the path, but not for paths that had ended when the platform was last updated.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from enum import StrEnum
from itertools import pairwise

from mrt_pipeline.contracts.checks import finding_of
from mrt_pipeline.contracts.findings import Finding
from mrt_pipeline.runtime.documents import Parsed
from mrt_pipeline.runtime.records import natural_key
from mrt_pipeline.sources.mrtdown import NAMES, PlatformLetter, ServiceTimes, TranslatedName
from mrt_pipeline.sources.mrtdown.files import LETTERS_ID, Files, PlatformFile, ServicePath, read_files

LINE_IDS = {"BPL": "BPLRT", "SKL": "SKLRT", "PGL": "PGLRT"}
"""our code for each line that MRTDown calls by another name"""
_LINE_CODES = {theirs: ours for ours, theirs in LINE_IDS.items()}

Step = tuple[str, str]
"""codes of a station and of the next one"""
Span = tuple[str, str | None]
"""first day, and first day after the end (None: no end)"""


class Basis(StrEnum):
    """What a letter is based on, most reliable first."""

    SEEN = "seen"
    """seen at the station itself"""
    INFERRED = "inferred"
    """MRTDown concluded it from other stations of the line"""
    UNCLEAR = "unclear"
    """a service leaves the station in two directions, so that it is unclear which of them uses the letter"""


def parse_letters(contents: Sequence[bytes]) -> Parsed[PlatformLetter]:
    """Return the letters in files of stations and services, sorted by station, next station and letter.

    Raises:
        SourceFormatError: if a file is neither, or there is no station.
    """
    files = read_files(contents)
    findings = (*files.findings, *files.letter_findings, *_find_strays(files))
    return Parsed(join_letters(files.platforms, files.paths), findings)


def parse_names(contents: Sequence[bytes]) -> Parsed[TranslatedName]:
    """Return the names in files of stations, sorted by id; files of services are skipped.

    Raises:
        SourceFormatError: if a file is neither, or there is no station.
    """
    files = read_files(contents, NAMES.document_id)
    return Parsed(files.names, (*files.findings, *files.name_findings))


def join_letters(
    platforms: Iterable[PlatformFile], paths: Iterable[ServicePath]
) -> tuple[PlatformLetter, ...]:
    """Return each platform's letter for every step that one of its services takes from its station."""
    by_service: dict[str, list[ServicePath]] = defaultdict(list)
    for path in paths:
        by_service[path.service_id].append(path)
    found = [letter for platform in platforms for letter in _letters_of(platform, by_service)]
    return tuple(sorted(found, key=_place))


def _letters_of(platform: PlatformFile, by_service: dict[str, list[ServicePath]]) -> Iterator[PlatformLetter]:
    spans: dict[tuple[Step, Basis], list[Span]] = defaultdict(list)
    for service_id in platform.service_ids:
        for path in by_service.get(service_id, ()):
            if path.valid_to is None or path.valid_to > platform.updated_on:
                steps = steps_from(platform.station_id, path)
                basis = _basis_of(platform, steps)
                for step in steps:
                    spans[step, basis].append((path.valid_from, path.valid_to))
    for (step, basis), given in spans.items():
        for valid_from, valid_to in merge_spans(given):
            yield PlatformLetter(
                platform_id=platform.platform_id,
                station_code=step[0],
                next_code=step[1],
                letter=platform.letter,
                line_code=line_code_of(platform.line_id),
                basis=basis.value,
                updated_on=platform.updated_on,
                valid_from=valid_from,
                valid_to=valid_to,
            )


def steps_from(station_id: str, path: ServicePath) -> set[Step]:
    """Return the steps that a service takes from a station; none where its trains end."""
    return {(here[1], following[1]) for here, following in pairwise(path.stops) if here[0] == station_id}


def line_code_of(line_id: str) -> str:
    """Return our code for a line of MRTDown."""
    return _LINE_CODES.get(line_id, line_id)


def holds_on(day: date, record: PlatformLetter | ServiceTimes) -> bool:
    """Return whether a day is in a record's period."""
    iso = day.isoformat()
    return record.valid_from <= iso and (record.valid_to is None or iso < record.valid_to)


def _basis_of(platform: PlatformFile, steps: set[Step]) -> Basis:
    if len(steps) > 1:
        return Basis.UNCLEAR
    return Basis.INFERRED if platform.is_inferred else Basis.SEEN


def merge_spans(spans: Iterable[Span]) -> Iterator[Span]:
    """Yield periods, merging those that touch or overlap."""
    ordered = sorted(spans, key=lambda span: (span[0], span[1] or "9"))
    start, end = ordered[0]
    for valid_from, valid_to in ordered[1:]:
        if end is not None and valid_from > end:
            yield start, end
            start, end = valid_from, valid_to
        elif end is not None:
            end = None if valid_to is None else max(end, valid_to)
    yield start, end


def _find_strays(files: Files) -> Iterator[Finding]:
    """Yield a finding for each platform whose services are not in the files, or are of another line."""
    lines = {path.service_id: path.line_id for path in files.paths}
    for platform in files.platforms:
        stray = [name for name in platform.service_ids if lines.get(name) != platform.line_id]
        if stray:
            record_id = f"{LETTERS_ID}:{platform.platform_id}"
            yield finding_of(
                "field-invalid",
                f"{record_id} names the service {stray[0]}; expected one of {platform.line_id} among the "
                "files. Get all files again.",
                record_id=record_id,
            )


def _place(letter: PlatformLetter) -> tuple[object, ...]:
    codes = natural_key(letter.station_code), natural_key(letter.next_code)
    return *codes, natural_key(letter.letter), letter.platform_id, letter.valid_from, letter.basis
