"""First and last trains: MRTDown's times for each service at a station, and the platform they leave from.

Times have no date of their own in the files. Like letters, they are valid for paths that had not ended when
MRTDown last changed a platform of the station. Clock times restart at midnight, a day of service at three.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from mrt_pipeline.contracts.checks import finding_of
from mrt_pipeline.contracts.counting import counted, listed
from mrt_pipeline.contracts.evidence import WHOLE_RECORD, Confidence, Provenance
from mrt_pipeline.contracts.findings import Finding, Severity, Side
from mrt_pipeline.contracts.network import ServiceDays, TrainTimes
from mrt_pipeline.extraction.exit_platforms import DirectionKey
from mrt_pipeline.network import Network
from mrt_pipeline.runtime.documents import Parsed
from mrt_pipeline.runtime.records import RecordReader, is_object, natural_key, show
from mrt_pipeline.sources.mrtdown import SPEC, TRAINS, ServiceTimes
from mrt_pipeline.sources.mrtdown.files import (
    FILE_ID,
    PlatformFile,
    ServicePath,
    objects_at,
    read_files,
    read_objects,
)
from mrt_pipeline.sources.mrtdown.parsing import Span, Step, holds_on, line_code_of, merge_spans, steps_from

DAY_BEGINS_MINUTES = 3 * 60
"""no train leaves between the last one of a day of service and this time"""
_TIME = re.compile(r"(?P<hours>[0-2][0-9]):(?P<minutes>[0-5][0-9])", re.ASCII)
_MINUTES_A_DAY = 24 * 60
_SHOWN = 10

Stop = tuple[str, str]
"""a service and the code of a station"""


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Last trains of one service that cannot both be right."""

    days: ServiceDays
    both: tuple[ServiceTimes, ServiceTimes]
    """times at a station, and at the next one"""


def parse_trains(contents: Sequence[bytes]) -> Parsed[ServiceTimes]:
    """Return the times in files of stations and services, sorted by station, next station and service.

    Raises:
        SourceFormatError: if a file is neither, or there is no station.
    """
    files = read_files(contents, TRAINS.document_id)
    findings = list(files.findings)
    paths: dict[str, list[ServicePath]] = defaultdict(list)
    for path in files.paths:
        paths[path.service_id].append(path)
    changed_on = _changed_on(files.platforms)
    found: list[ServiceTimes] = []
    for content in contents:
        for item in read_objects(content, TRAINS.document_id, "a station or a service"):
            station_id = item.get("id")
            if item.get("firstLastTrain") is not None and station_id in changed_on:
                updated_on = changed_on[str(station_id)]
                found += _times_of(str(station_id), updated_on, item, paths, findings)
    return Parsed(tuple(sorted(found, key=_place)), tuple(dict.fromkeys(findings)))


def minutes_of(text: object) -> int | None:
    """Return a time in minutes since the midnight that starts its day of service; None if it is not a time.

    ``00:31`` and ``24:31`` both mean half an hour after the midnight that ends that day.
    """
    found = _TIME.fullmatch(text) if isinstance(text, str) else None
    if found is None:
        return None
    minutes = int(found["hours"]) * 60 + int(found["minutes"])
    since = minutes + _MINUTES_A_DAY if minutes < DAY_BEGINS_MINUTES else minutes
    return since if since < _MINUTES_A_DAY + DAY_BEGINS_MINUTES else None


def trains_on(
    as_of: date,
    times: Iterable[ServiceTimes],
    platforms: Mapping[DirectionKey, str],
    network: Network,
    provenance: Provenance,
) -> tuple[dict[str, tuple[TrainTimes, ...]], tuple[Finding, ...]]:
    """Return the trains of each station by its code on a day, which are left out, and which are doubtful.

    If a service leaves a station in two directions, it is unknown which of them its times belong to.

    Args:
        as_of: the day.
        times: the records, in any order.
        platforms: platform id of each direction; empty if there are two.
        network: resolves codes.
        provenance: document of the records.
    """
    at: dict[tuple[str, str], list[ServiceTimes]] = defaultdict(list)
    for record in times:
        if holds_on(as_of, record):
            at[record.station_id, record.service_id].append(record)
    certain: dict[Stop, tuple[ServiceTimes, str]] = {}
    left_out = []
    for (station_id, service_id), same in at.items():
        ways = {(record.line_code, record.station_code, record.next_code) for record in same}
        platform_id = platforms.get(next(iter(ways))) if len(ways) == 1 else None
        if platform_id:
            certain[service_id, same[0].station_code] = same[0], platform_id
        else:
            left_out.append(f"{station_id} {service_id}")
    pairs = list(find_contradictory_trains({stop: record for stop, (record, _) in certain.items()}))
    doubtful = {(record.service_id, record.station_code, it.days) for it in pairs for record in it.both}
    found: dict[str, list[TrainTimes]] = defaultdict(list)
    for (_, code), (record, platform_id) in certain.items():
        found[code] += _publish(record, platform_id, doubtful, provenance)
    trains = {code: tuple(sorted(said, key=_order)) for code, said in found.items()}
    document_id = provenance.document_id
    return trains, (*_left_out(left_out, document_id), *_tell(pairs, network, document_id))


def find_contradictory_trains(records: Mapping[Stop, ServiceTimes]) -> Iterator[Contradiction]:
    """Yield each place where a service's last train leaves the next station no later than the station before.

    First trains never contradict each other, since trains start their day at many stations. Nor do times at
    the end of a ring, where the last train ends at a station that other trains of the service started from.

    Args:
        records: by service and station code, one direction each.
    """
    for record in records.values():
        following = records.get((record.service_id, record.next_code))
        if following is None or _leads_to(record.station_code, following, records):
            continue
        for days in ServiceDays:
            last, last_there = _last_train(record, days), _last_train(following, days)
            if last is not None and last_there is not None and last_there <= last:
                yield Contradiction(days, (record, following))


def _leads_to(station_code: str, record: ServiceTimes, records: Mapping[Stop, ServiceTimes]) -> bool:
    """Return whether a service continues from a record's station to another one, as on a ring."""
    passed: set[str] = set()
    while record.next_code not in passed and record.next_code != station_code:
        passed.add(record.next_code)
        following = records.get((record.service_id, record.next_code))
        if following is None:
            return False
        record = following
    return record.next_code == station_code


def _last_train(record: ServiceTimes, days: ServiceDays) -> int | None:
    """Return when the last train leaves, in the minutes of ``minutes_of``, or None if unknown."""
    times: tuple[str, ...] = getattr(record, days)
    return minutes_of(times[-1]) if times else None


def _changed_on(platforms: Iterable[PlatformFile]) -> dict[str, str]:
    """Return the last day on which MRTDown changed a platform of each station."""
    changed: dict[str, str] = {}
    for platform in platforms:
        changed[platform.station_id] = max(changed.get(platform.station_id, ""), platform.updated_on)
    return changed


def _times_of(
    station_id: str,
    updated_on: str,
    station: Mapping[str, object],
    paths: Mapping[str, Sequence[ServicePath]],
    findings: list[Finding],
) -> Iterator[ServiceTimes]:
    reader = _reader(station_id, station)
    seen: set[str] = set()
    for item in objects_at(station, reader, "firstLastTrain", "services"):
        part = _reader(station_id, item)
        service_id = part.text("serviceId", max_chars=40, pattern=FILE_ID)
        if part.is_sound and (service_id not in paths or service_id in seen):
            part.lose("field-invalid", f"names the service {service_id}; expected one of the files, once.")
        seen.add(service_id)
        times = dict(_read_days(item, service_id, part)) if part.is_sound else {}
        findings += part.findings
        for step, span in _spans_from(station_id, updated_on, paths[service_id] if times else ()):
            line_code = line_code_of(paths[service_id][0].line_id)
            at = (station_id, service_id, *step, line_code)
            weekday, saturday, sunday = (times.get(days, ()) for days in ServiceDays)
            yield ServiceTimes(*at, weekday, saturday, sunday, *span)
    findings += reader.findings


def _reader(station_id: str, fields: Mapping[str, object]) -> RecordReader:
    """Return the reader of times; an unreadable time is only a gap, and invalidates no letter."""
    return RecordReader(f"{TRAINS.document_id}:{station_id}", fields, "time", Severity.WARNING)


def _read_days(
    service: Mapping[str, object], service_id: str, reader: RecordReader
) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield days with the first and the last train in clock time."""
    times = service.get("times")
    for days, given in times.items() if is_object(times) else [("times", times)]:
        first, last = (given.get(name) if is_object(given) else None for name in ("firstTrain", "lastTrain"))
        begins, ends = minutes_of(first), minutes_of(last)
        if days not in list(ServiceDays) or begins is None or ends is None:
            reader.lose(
                "field-invalid",
                f"has {show(first)} and {show(last)} for {service_id} on {show(days)}; expected two times "
                f"like 05:35 and 00:31 on {', '.join(ServiceDays)}.",
            )
        elif not begins < min(ends, _MINUTES_A_DAY):
            reader.lose(
                "field-invalid",
                f"has {first} as the first and {last} as the last train of {service_id} on {days}; expected "
                "a first train before midnight and a later last one.",
            )
        else:
            yield days, (_clock(begins), _clock(ends))


def _clock(minutes: int) -> str:
    return f"{minutes // 60 % 24:02}:{minutes % 60:02}"


def _spans_from(
    station_id: str, updated_on: str, paths: Iterable[ServicePath]
) -> Iterator[tuple[Step, Span]]:
    """Yield each step that a service takes from a station, and the period in which it does."""
    spans: dict[Step, list[Span]] = defaultdict(list)
    for path in paths:
        if path.valid_to is None or path.valid_to > updated_on:
            for step in steps_from(station_id, path):
                spans[step].append((path.valid_from, path.valid_to))
    for step, given in spans.items():
        yield from ((step, span) for span in merge_spans(given))


def _publish(
    record: ServiceTimes,
    platform_id: str,
    doubtful: Collection[tuple[str, str, ServiceDays]],
    provenance: Provenance,
) -> Iterator[TrainTimes]:
    reason = provenance.cite(_name_of(record))
    for days in ServiceDays:
        if times := getattr(record, days):
            first, last = times
            is_doubtful = (record.service_id, record.station_code, days) in doubtful
            yield TrainTimes(
                platform_id=platform_id,
                service=record.service_id,
                days=days,
                first_train=first,
                last_train=last,
                is_last_next_day=last < first,
                confidence=Confidence.LOW if is_doubtful else Confidence.MEDIUM,
                evidence={WHOLE_RECORD: (reason,)},
            )


def _name_of(record: ServiceTimes) -> str:
    return f"{record.station_id}:{record.service_id}"


def _left_out(services: Sequence[str], document_id: str) -> Iterator[Finding]:
    if services:
        each = "This service leaves its" if len(services) == 1 else "Each of these services leaves its"
        yield finding_of(
            "trains-without-platform",
            f"{document_id}: first and last trains of {counted(len(services), 'service')} are not published, "
            f"because their platforms are uncertain: {listed(services, _SHOWN)}. {each} station in two "
            "directions, or in one that is not in the network table.",
            record_id=document_id,
        )


def _tell(pairs: Iterable[Contradiction], network: Network, document_id: str) -> Iterator[Finding]:
    """Yield a finding for each station and each pair of times that contradict each other there."""
    same: dict[tuple[Side, Side], list[Contradiction]] = defaultdict(list)
    for pair in pairs:
        here, there = (
            Side(
                speaker=SPEC.name,
                says=f"{record.station_code} at {getattr(record, pair.days)[-1]}",
                words=_name_of(record),
            )
            for record in pair.both
        )
        same[here, there].append(pair)
    for (here, there), contradictions in same.items():
        record, following = contradictions[0].both
        entry = network.find_code(record.station_code)
        yield finding_of(
            "last-trains-contradict",
            f"{document_id} has the last train of {record.service_id} leaving {here.says} and the next "
            f"station, {following.station_code}, at {getattr(following, contradictions[0].days)[-1]} "
            f"({', '.join(it.days for it in contradictions)}); expected a later time at "
            f"{following.station_code}. Both are published with low confidence.",
            slug=entry.slug if entry else None,
            record_id=f"{document_id}:{_name_of(record)}",
            field=f"trains.{record.station_code}>{following.station_code}.last_train",
            sides=(here, there),
        )


def _order(times: TrainTimes) -> tuple[object, ...]:
    return times.platform_id, times.service, list(ServiceDays).index(times.days)


def _place(record: ServiceTimes) -> tuple[object, ...]:
    codes = natural_key(record.station_code), natural_key(record.next_code)
    return *codes, record.service_id, record.valid_from
