"""Check every statement read from a page against the page itself and the network.

A statement is published if its quote is in the page, its value is in the quote, the page says it of that
exit, and the exit, bus stop, line and direction exist. Everything else is rejected with a reason. The reader
is not trusted, least of all a language model: an invented value has no place in the page to point to.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from mrt_pipeline.contracts.claims import Passage
from mrt_pipeline.contracts.evidence import Method
from mrt_pipeline.contracts.findings import Finding
from mrt_pipeline.contracts.network import BusStopRelation, ExitBusStop, Station, StationExit
from mrt_pipeline.contracts.outputs import ExitEnrichment, RejectedClaim
from mrt_pipeline.contracts.source import BUS_STOP_CODE, BusStop
from mrt_pipeline.extraction.access import ground_access, ground_denial
from mrt_pipeline.extraction.access_words import DENIALS
from mrt_pipeline.extraction.candidates import Candidate, Reason, UngroundedError
from mrt_pipeline.extraction.facts import GroundingFacts
from mrt_pipeline.extraction.merging import GroundedValue, merge_page
from mrt_pipeline.extraction.places import MAX_NAME_CHARS, ground_landmark
from mrt_pipeline.extraction.platforms import ground_platform
from mrt_pipeline.extraction.quotes import clean, find_spans
from mrt_pipeline.extraction.rules.parts import split_list
from mrt_pipeline.extraction.statements import (
    Statement,
    check_not_hostile,
    check_not_markup,
    check_not_of_another_station,
    choose_place,
)
from mrt_pipeline.runtime.geometry import distance_m

MAX_QUOTE_CHARS = 600
MAX_SHOWN_CHARS = 80
"""A rejected value is reported up to this length."""


ReadPassage = tuple[Passage, Sequence[Candidate]]


def ground(
    readings: Iterable[ReadPassage], station: Station, facts: GroundingFacts, *, source: str
) -> tuple[tuple[ExitEnrichment, ...], tuple[RejectedClaim, ...], tuple[Finding, ...]]:
    """Return what may be published about a station's exits, rejected statements, and contradictions.

    Args:
        readings: passages of pages (a whole page is a passage from 0), each with the statements read from it.
        station: the station that the pages are about, with its exits.
        facts: the network and bus data that statements are checked against.
        source: the name of the source in the configuration.
    """
    values: list[GroundedValue] = []
    rejected: list[RejectedClaim] = []
    for page, candidates in readings:
        for candidate in (one for listed in candidates for one in _each_of(listed)):
            try:
                values.extend(_ground_candidate(candidate, page, station, facts))
            except UngroundedError as error:
                rejected.append(_rejection(candidate, page, error.reason, source))
    exits, findings = merge_page(values, station)
    return exits, tuple(rejected), findings


def _each_of(candidate: Candidate) -> list[Candidate]:
    """Split a list that a model returned as one value into statements of its own: `X Mall, Y Residences`."""
    if candidate.method is Method.RULE or candidate.field == "platform":
        return [candidate]
    values = split_list(candidate.value)
    if len(values) < 2:
        return [candidate]
    if len(candidate.value) >= MAX_NAME_CHARS:  # the last one may be truncated
        values.pop()
    return [replace(candidate, value=value) for value in dict.fromkeys(values)]


def _ground_candidate(
    candidate: Candidate, page: Passage, station: Station, facts: GroundingFacts
) -> list[GroundedValue]:
    """Return a candidate's values, based on the first occurrence of its quote that supports them.

    Raises:
        UngroundedError: if none does, with the reason found at the first occurrence, if there is one.
    """
    if candidate.as_of_year not in (None, facts.as_of.year):
        raise UngroundedError(Reason.NOT_CURRENT)
    if len(candidate.quote) > MAX_QUOTE_CHARS:
        raise UngroundedError(Reason.QUOTE_TOO_LONG)
    exits = _exits_meant(candidate, station, facts)
    hint = None if candidate.char_start is None else candidate.char_start - page.char_start
    faults = [Reason.QUOTE_NOT_IN_PAGE]
    for span in find_spans(page.text, candidate.quote, hint):
        try:
            statement = Statement(candidate, page, span, station, facts)
            values = _ground_statement(statement, exits)
            check_not_markup(statement)
            return values
        except UngroundedError as error:
            faults.append(error.reason)
    raise UngroundedError(faults[min(1, len(faults) - 1)])


def _exits_meant(candidate: Candidate, station: Station, facts: GroundingFacts) -> tuple[StationExit, ...]:
    """Return the exits with a candidate's label, limited to its line if it names one.

    A platform without a label may be reached from any exit, so all are returned.

    Raises:
        UngroundedError: if there is no label where one is needed, or no exit has it.
    """
    if candidate.exit_label is None:
        if candidate.field == "platform":
            return station.exits
        raise UngroundedError(Reason.EXIT_MISSING)
    found = tuple(item for item in station.exits if item.exit_code == candidate.exit_label)
    if not found:
        raise UngroundedError(Reason.EXIT_UNKNOWN)
    if candidate.line is None or candidate.field == "platform":
        return found
    return tuple(item for item in found if candidate.line in facts.names_of_building(item)) or found


def _ground_statement(statement: Statement, exits: tuple[StationExit, ...]) -> list[GroundedValue]:
    check_not_hostile(statement)
    if statement.candidate.field in ("access", "landmark"):  # a stop may be named after another station
        check_not_of_another_station(statement)
    match statement.candidate.field:
        case "bus_stop":
            return [_ground_bus_stop(statement, exits)]
        case "access" if statement.candidate.value in DENIALS:
            return [GroundedValue(_only_exit(exits).exit_id, ground_denial(statement))]
        case "access":
            return [GroundedValue(_only_exit(exits).exit_id, ground_access(statement))]
        case "landmark":
            return [GroundedValue(_only_exit(exits).exit_id, ground_landmark(statement))]
        case "platform":
            if statement.candidate.exit_label is not None:
                exits = (_only_exit(exits),)
            return ground_platform(statement, exits)


def _only_exit(exits: tuple[StationExit, ...]) -> StationExit:
    """Return the only exit; several with the same label are ambiguous, and raise ``UngroundedError``."""
    if len(exits) > 1:
        raise UngroundedError(Reason.EXIT_AMBIGUOUS)
    return exits[0]


def _ground_bus_stop(statement: Statement, exits: tuple[StationExit, ...]) -> GroundedValue:
    """Return the bus stop of a statement, for the only one of its exits within reach of the stop."""
    code = statement.candidate.value
    choose_place(statement, statement.places_of(code))
    stop = statement.facts.buses.stops_by_code.get(code) if BUS_STOP_CODE.fullmatch(code) else None
    if stop is None:
        raise UngroundedError(Reason.BUS_STOP_UNKNOWN)
    distances = {item.exit_id: distance_m(item.lat, item.lng, stop.lat, stop.lng) for item in exits}
    in_reach = tuple(item for item in exits if distances[item.exit_id] <= statement.facts.reach_m)
    if not in_reach:
        raise UngroundedError(Reason.BUS_STOP_TOO_FAR)
    exit_id = _only_exit(in_reach).exit_id
    return GroundedValue(exit_id, _bus_stop(statement, stop, distances[exit_id]))


def _bus_stop(statement: Statement, stop: BusStop, distance: float) -> ExitBusStop:
    facts = statement.facts
    services = facts.buses.services_at(stop.bus_stop_code)
    if not services:
        raise UngroundedError(Reason.BUS_STOP_WITHOUT_SERVICE)
    recorded = (facts.buses.stops.provenance.cite(stop.bus_stop_code),)
    return ExitBusStop(
        bus_stop_code=stop.bus_stop_code,
        description=stop.description,
        road_name=stop.road_name,
        lat=stop.lat,
        lng=stop.lng,
        services=services,
        relation=BusStopRelation.LISTED,
        distance_m=round(distance, 1),
        confidence=statement.confidence,
        evidence={
            "relation": (statement.evidence(),),
            "services": (facts.buses.services.provenance.cite(stop.bus_stop_code),),
            "distance_m": (facts.buses.stops.provenance.cite(stop.bus_stop_code, Method.GEOMETRY),),
            **dict.fromkeys(("description", "road_name", "lat", "lng"), recorded),
        },
    )


def _rejection(candidate: Candidate, page: Passage, reason: Reason, source: str) -> RejectedClaim:
    return RejectedClaim(
        source=source,
        reason=reason.value,
        field=candidate.field,
        value=clean(candidate.value)[:MAX_SHOWN_CHARS],
        exit_label=None if candidate.exit_label is None else clean(candidate.exit_label)[:MAX_SHOWN_CHARS],
        document_id=page.document_id,
    )
