"""Parse DataMall's rows into bus stops and services, and check whether each list is plausible as a whole.

A service in trouble may return well-formed rows without information: every stop of a page at one point, every
call at stop 00000. In the recorded tables no two stops are at one point, no service calls at a stop twice in
a row, and all stops called at are listed (April 2026). LTA makes slips, so a small share may be odd.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from mrt_pipeline.contracts.counting import counted
from mrt_pipeline.contracts.findings import REPEATED_ID, Finding, Severity
from mrt_pipeline.contracts.source import BUS_STOP_CODE, BusService, BusStop
from mrt_pipeline.errors import SourceFormatError
from mrt_pipeline.runtime.documents import Parsed, Payload, collect
from mrt_pipeline.runtime.records import (
    SINGAPORE_AND_JOHOR,
    RecordReader,
    is_list,
    is_object,
    name_or_place,
    natural_key,
    parse_json,
    show,
)
from mrt_pipeline.sources.datamall import BUS_SERVICES, BUS_STOPS

STOPS_ID = BUS_STOPS.document_id
SERVICES_ID = BUS_SERVICES.document_id

MAX_NAME_CHARS = 100
MAX_DIRECTIONS = 2
MAX_NAMED = 5
"""how many items a message names at most"""
_SERVICE_NO = re.compile(r"[A-Za-z0-9]{1,8}")
_DIRECTION = re.compile("[12]")
_SEQUENCE = re.compile(r"[0-9]{1,4}")

REPEATED = "record-repeated"
GAP = "stop-sequence-gap"
STANDING = "stop-called-at-twice"
SIGNS_OF_LOSS = frozenset({REPEATED, GAP, STANDING})
"""checks that fail if rows were replaced by others; LTA's own slips may fail them too"""

ServiceKey = tuple[str, int]
"""service number and direction"""
Calls = dict[ServiceKey, dict[int, str]]
"""stop code by sequence number, for each direction of each service"""


@dataclass(frozen=True, slots=True)
class Rows(Payload):
    """The rows of all pages of a service: as one JSON list, and as parsed from the pages."""

    rows: Sequence[object] = field(default=(), repr=False)


def parse_bus_stops(content: bytes) -> Parsed[BusStop]:
    """Return the bus stops of BusStops rows, sorted by code.

    Raises:
        SourceFormatError: if there are no rows.
    """
    return read_stops(parse_json(content, STOPS_ID, "BusStops"))


def read_stops(document: object) -> Parsed[BusStop]:
    """Return the bus stops of a list of rows, or of an object that holds one; see ``parse_bus_stops``."""
    rows = _rows(document, STOPS_ID)
    return collect(
        (_read_stop(number, row) for number, row in enumerate(rows)),
        lambda stop: stop.bus_stop_code,
        lambda stop: show(stop.description),
    )


def parse_routes_file(content: bytes) -> tuple[Parsed[BusService], bool]:
    """Return the services of a file, and whether it was derived from BusRoutes (busrouter's layout).

    Returns: services in natural order of number, then by direction; stops in travel order.

    Raises:
        SourceFormatError: if there are no rows.
    """
    document = parse_json(content, SERVICES_ID, "BusRoutes")
    if is_object(document) and "value" not in document:
        return _parse_busrouter(document), True
    return read_routes(document), False


def read_routes(document: object) -> Parsed[BusService]:
    """Return the services of BusRoutes rows; see ``parse_routes_file``."""
    calls: Calls = {}
    findings: list[Finding] = []
    for number, row in enumerate(_rows(document, SERVICES_ID)):
        findings.extend(_add_call(number, row, calls))
    if all(finding.severity is not Severity.ERROR for finding in findings):  # otherwise the gaps are reported
        findings.extend(found for key, stops in calls.items() for found in _find_gap(key, stops))
    services = (
        BusService(service_no, direction, tuple(stops[place] for place in sorted(stops)))
        for (service_no, direction), stops in calls.items()
    )
    return Parsed(_sorted(services), tuple(findings))


def _find_gap(key: ServiceKey, stops: Mapping[int, str]) -> Iterator[Finding]:
    """Yield a finding about the sequence numbers for which a direction has no stop."""
    reader = RecordReader(f"{SERVICES_ID}:{key[0]}:{key[1]}", {}, "service direction")
    if missing := [place for place in range(1, max(stops)) if place not in stops]:
        places = ", ".join(map(str, missing[:MAX_NAMED])) + (", …" if len(missing) > MAX_NAMED else "")
        reader.note(
            GAP,
            f"has no StopSequence {places} ({counted(len(missing), 'call')} of {max(stops)}); expected every "
            "place from 1. Stops of this service may be missing. Run again later.",
        )
    yield from reader.findings


def find_standing(services: Iterable[BusService]) -> Iterator[Finding]:
    """Yield a finding about each direction that calls at the same stop twice in a row."""
    for service in services:
        twice = [code for code, following in pairwise(service.stop_codes) if code == following]
        if not twice:
            continue
        reader = RecordReader(f"{SERVICES_ID}:{service.service_no}:{service.direction}", {}, "direction")
        reader.note(
            STANDING,
            f"calls at {show(twice[0])} twice in a row; expected another stop between. Stops of this service "
            "may be missing. Run again later.",
        )
        yield from reader.findings


def _rows(document: object, document_id: str) -> Sequence[object]:
    rows = document.get("value") if is_object(document) else document
    if not is_list(rows) or not rows:
        given = "no rows" if rows == [] else f"{show(rows)} instead of rows"
        raise SourceFormatError(document_id, f"the response has {given}; expected a list of rows as value.")
    return rows


def _read_stop(number: int, row: object) -> tuple[RecordReader, BusStop]:
    """Return the bus stop of a row, and the reader that says whether it is usable."""
    fields = row if is_object(row) else {}
    name = name_or_place(fields.get("BusStopCode"), BUS_STOP_CODE, f"value[{number}]")
    reader = RecordReader(f"{STOPS_ID}:{name}", fields, "bus stop")
    lat, lng = reader.position(fields.get("Latitude"), fields.get("Longitude"), SINGAPORE_AND_JOHOR)
    return reader, BusStop(
        bus_stop_code=reader.text("BusStopCode", max_chars=5, pattern=BUS_STOP_CODE),
        road_name=reader.text("RoadName", max_chars=MAX_NAME_CHARS),
        description=reader.text("Description", max_chars=MAX_NAME_CHARS),
        lat=lat,
        lng=lng,
    )


def _add_call(number: int, row: object, calls: Calls) -> list[Finding]:
    """Add a row of BusRoutes to the calls of its service, and return what is wrong with the row."""
    fields = row if is_object(row) else {}
    reader = RecordReader(f"{SERVICES_ID}:value[{number}]", fields, "call")
    service_no = reader.text("ServiceNo", max_chars=8, pattern=_SERVICE_NO)
    direction = reader.text("Direction", max_chars=1, pattern=_DIRECTION)
    place = reader.text("StopSequence", max_chars=4, pattern=_SEQUENCE)
    code = reader.text("BusStopCode", max_chars=5, pattern=BUS_STOP_CODE)
    if reader.is_sound:
        stops = calls.setdefault((service_no, int(direction)), {})
        if int(place) not in stops:
            stops[int(place)] = code
        elif stops[int(place)] == code:
            reader.note(REPEATED, "occurs twice in the response with the same content.")
        else:
            where = f"stop {place} of service {service_no} direction {direction}"
            reader.lose(REPEATED_ID, f"gives {code} as {where}, which is already {stops[int(place)]}.")
    return reader.findings


def _parse_busrouter(document: Mapping[str, object]) -> Parsed[BusService]:
    """Read the format of data.busrouter.sg: per service number a name and each direction's stop codes."""
    services: list[BusService] = []
    findings: list[Finding] = []
    for service_no, entry in document.items():
        for direction, codes in enumerate(_routes_of(entry), start=1):
            reader, service = _read_route(service_no, direction, codes)
            if reader.is_sound:
                services.append(service)
            findings.extend(reader.findings)
    if not services and not findings:
        raise SourceFormatError(
            SERVICES_ID, "the response has no services; expected BusRoutes rows as value."
        )
    return Parsed(_sorted(services), tuple(findings))


def _routes_of(entry: object) -> Sequence[object]:
    """Return the routes of a service; if they are not a list, one route that cannot be read."""
    routes = entry.get("routes") if is_object(entry) else None
    return routes if is_list(routes) and 0 < len(routes) <= MAX_DIRECTIONS else (None,)


def _read_route(service_no: str, direction: int, codes: object) -> tuple[RecordReader, BusService]:
    """Return one direction of a service, and the reader that says whether it is usable."""
    record_id = f"{SERVICES_ID}:{show(service_no)}.routes[{direction - 1}]"
    reader = RecordReader(record_id, {}, "service direction")
    if not _SERVICE_NO.fullmatch(service_no):
        reader.lose("field-invalid", "is not a service number; expected 1 to 8 letters and digits.")
    stops = codes if is_list(codes) else ()
    sound = [code for code in stops if isinstance(code, str) and BUS_STOP_CODE.fullmatch(code)]
    if not stops or len(sound) < len(stops):
        wrong = next((code for code in stops if code not in sound), codes)
        reader.lose("field-invalid", f"has {show(wrong)} as a stop; expected bus stop codes of five digits.")
    return reader, BusService(service_no, direction, tuple(sound))


def _sorted(services: Iterable[BusService]) -> tuple[BusService, ...]:
    return tuple(sorted(services, key=lambda service: (natural_key(service.service_no), service.direction)))


ODD_SHARE = 0.01
"""A page of 500 rows is 9.6 % of the stops and 1.9 % of the calls."""
ODD_RECORDS = 10
"""This many odd records do not refuse even a short table."""
ALIKE_DESCRIPTIONS = 20
"""How many stops may share a description; Blk 1 is that of six (April 2026)."""


def refuse_odd_stops(stops: Sequence[BusStop]) -> None:
    """Raise ``SourceFormatError`` if many stops share a position or a description."""
    shared = _find_alike([(stop.lat, stop.lng) for stop in stops], most=1)
    _refuse(STOPS_ID, shared, len(stops), "stops have the position of another stop")
    shared = _find_alike([stop.description for stop in stops], most=ALIKE_DESCRIPTIONS)
    _refuse(STOPS_ID, shared, len(stops), "stops share a description")


def refuse_odd_services(services: Sequence[BusService]) -> None:
    """Raise ``SourceFormatError`` if many calls repeat the service's previous stop."""
    codes = [service.stop_codes for service in services]
    standing = [code for listed in codes for code, following in pairwise(listed) if code == following]
    _refuse(SERVICES_ID, standing, sum(map(len, codes)), "calls repeat the previous stop")


def refuse_unlisted_calls(stops: Iterable[BusStop], services: Iterable[BusService]) -> None:
    """Raise ``SourceFormatError`` if many calls are at unlisted stops."""
    listed = {stop.bus_stop_code for stop in stops}
    calls = [code for service in services for code in service.stop_codes]
    unlisted = [code for code in calls if code not in listed]
    _refuse(SERVICES_ID, unlisted, len(calls), f"calls are at stops that {STOPS_ID} does not list")


def _find_alike(values: Sequence[Hashable], most: int) -> list[Hashable]:
    """Return the values that more than ``most`` records share."""
    numbers = Counter(values)
    return [value for value in values if numbers[value] > most]


def _refuse(document_id: str, odd: Sequence[object], number: int, fault: str) -> None:
    allowed = max(ODD_RECORDS, int(ODD_SHARE * number))
    if len(odd) > allowed:
        first = odd[0] if isinstance(odd[0], str) else str(odd[0])
        raise SourceFormatError(
            document_id,
            f"{len(odd)} of {number} {fault} (the first: {show(first)}); expected at most {allowed}. "
            "Run again later; if the problem persists, the publisher must fix it.",
        )
