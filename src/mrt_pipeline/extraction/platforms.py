"""Ground statements about platforms: the sign, and the direction of the trains."""

from __future__ import annotations

import re

from mrt_pipeline.contracts.evidence import WHOLE_RECORD
from mrt_pipeline.contracts.network import StationExit, TowardsKind
from mrt_pipeline.extraction.candidates import Reason, UngroundedError
from mrt_pipeline.extraction.exit_platforms import claim_platform
from mrt_pipeline.extraction.facts import GroundingFacts
from mrt_pipeline.extraction.mentions import PLATFORM, is_row, line_at, mentions_in, sentence_at
from mrt_pipeline.extraction.merging import GroundedValue
from mrt_pipeline.extraction.place_names import plain_name
from mrt_pipeline.extraction.rules.platforms import TOWARDS
from mrt_pipeline.extraction.statements import Place, Statement, choose_place, find_fault
from mrt_pipeline.extraction.word_lists import wording
from mrt_pipeline.network import Direction

_GOAL_WORDS = re.compile(
    rf"{TOWARDS.pattern}|(?<!next )(?<!close )(?<!adjacent )\b(?:to|for)\b"
    r"|\b(?:next (?:station|stop)|terminus|destination)\b",
    re.IGNORECASE,
)
_BOUND_BEHIND = wording("bound_behind")
_COMING = wording("coming_from")
_COMING_HEAD = wording("coming_head")
_AMISS = wording("other_platform")
_NO_LIST = wording("no_goals")

_PLATFORM_LABEL = re.compile(r"[A-H]|[1-8]")
"""signs A to H and 1 to 8; no station has more than six letters or four numbers yet, so this leaves room"""


def ground_platform(statement: Statement, exits: tuple[StationExit, ...]) -> list[GroundedValue]:
    """Return the platform of a statement for each of its exits.

    Args:
        statement: names a platform and the direction of its trains.
        exits: the exits that it is about; all of the station's if it names none.

    Raises:
        UngroundedError: if the page does not say so, or the network has no such direction here.
    """
    code = statement.candidate.value.strip()
    if not _PLATFORM_LABEL.fullmatch(code):
        raise UngroundedError(Reason.PLATFORM_NOT_A_LABEL)
    _check_said(statement, code)
    directions = _find_directions(statement)
    said = {
        "platform_code": code,
        "confidence": statement.confidence,
        "evidence": {WHOLE_RECORD: (statement.evidence(),)},
    }
    station, network = statement.station, statement.facts.network
    return [
        GroundedValue(found.exit_id, claim_platform(way, found, station, network, **said))
        for found in exits
        for way in directions
    ]


def _check_said(statement: Statement, code: str) -> None:
    """Raise ``UngroundedError`` unless the quote names platform and direction, and the page connects them."""
    statement.places_of(code)
    places = statement.places_of(statement.candidate.towards or "")
    if statement.is_by_rule:
        choose_place(statement, places)
        return
    faults = [_find_platform_fault(statement, place, code) for place in places]
    if None not in faults:
        raise UngroundedError(faults[0] or Reason.PLATFORM_NOT_IN_QUOTE)


def _find_platform_fault(statement: Statement, place: Place, code: str) -> Reason | None:
    fault = find_fault(statement, place, PLATFORM, code)
    if fault is None and not _is_goal(statement.page.text, place):
        return Reason.DIRECTION_NOT_SAID
    return fault


def _is_goal(text: str, place: Place) -> bool:
    """Return whether the station at a position is a destination, not one that trains come from or pass."""
    start, end = sentence_at(text, *place)
    if _AMISS.search(text, start, end):
        return False
    named = [item for item in mentions_in(text, start, place[0], PLATFORM) if item.end <= place[0]]
    lead = text[named[-1].end if named else start : place[0]]
    if _COMING.search(lead) or _COMING_HEAD.search(_head_above(text, start)):
        return False
    is_alone = not lead.strip(" :：()（）–—-*•·=") and (bool(named) or is_row(text, *line_at(text, start)))
    if is_alone or _BOUND_BEHIND.match(text, place[1]):
        return True
    words = list(_GOAL_WORDS.finditer(text, start, place[0]))
    return bool(words) and not _NO_LIST.search(text, words[-1].end(), place[0])


def _head_above(text: str, position: int) -> str:
    """Return the first row of the table that contains a position; empty outside a table."""
    head = ""
    bounds = line_at(text, position)
    while is_row(text, *bounds):
        head = text[slice(*bounds)]
        if bounds[0] == 0:
            break
        bounds = line_at(text, bounds[0] - 1)
    return head


def _find_directions(statement: Statement) -> list[Direction]:
    """Return the directions that a statement means.

    The station named is looked up as a terminus, then as the next station, as a former terminus, and as any
    station before the terminus.

    Raises:
        UngroundedError: if there is no such direction, or several. Both ways round a loop end at the same
            station, so its name does not determine the platform.
    """
    facts = statement.facts
    wanted = _slug_of(statement.candidate.towards or "", facts)
    here = [item for code in statement.station.mrt_codes for item in facts.directions.get(code, ())]
    here = _on_line(here, statement)
    found = [item for item in here if _slug_of(item.towards_code, facts) == wanted]
    found = found or [item for item in here if _slug_of(item.next_code, facts) == wanted]
    found = found or _formerly_towards(here, wanted, facts)
    found = found or [item for item in here if wanted in _slugs_ahead(item, facts)]
    if wanted is None or not found:
        raise UngroundedError(Reason.DIRECTION_UNKNOWN)
    found = [item for item in found if item.towards_kind is not TowardsKind.LOOP_RETURN] or found
    if len({(item.line_code, item.towards_code) for item in found}) > 1 or _are_ways_round_a_loop(found):
        raise UngroundedError(Reason.DIRECTION_AMBIGUOUS)
    return list({(item.station_code, item.towards_code, item.next_code): item for item in found}.values())


def _formerly_towards(here: list[Direction], wanted: str | None, facts: GroundingFacts) -> list[Direction]:
    """Return the directions of today that go the same way as discontinued services to a former terminus."""
    former = {
        (item.line_code, item.next_code)
        for code in {direction.station_code for direction in here}
        for item in facts.former_directions.get(code, ())
        if _slug_of(item.towards_code, facts) == wanted
    }
    return [item for item in here if (item.line_code, item.next_code) in former]


def _slugs_ahead(direction: Direction, facts: GroundingFacts) -> set[str | None]:
    """Return the stations up to the terminus; empty on a loop, where all stations are ahead."""
    ahead: set[str | None] = set()
    item: Direction | None = direction
    while item is not None and item.towards_kind is TowardsKind.TERMINUS:
        ahead.add(_slug_of(item.next_code, facts))
        following = facts.directions.get(item.next_code, ())
        same = (direction.service_id, direction.towards_code)
        item = next((it for it in following if (it.service_id, it.towards_code) == same), None)
    return ahead


def _are_ways_round_a_loop(found: list[Direction]) -> bool:
    """Return whether directions include both ways round a loop."""
    ways = {item.next_code for item in found if item.towards_kind is TowardsKind.LOOP_RETURN}
    return len(ways) > 1


def _on_line(directions: list[Direction], statement: Statement) -> list[Direction]:
    """Return the directions on the line that a statement names, or all if it names none.

    Raises:
        UngroundedError: if there is no such line.
    """
    named = statement.candidate.line
    if not named:
        return directions
    folded = plain_name(named)
    lines = {
        line.line_code
        for line in statement.facts.network.lines
        if folded in {plain_name(name) for name in (line.line_code, line.name, *line.code_prefixes)}
    }
    if not lines:
        raise UngroundedError(Reason.LINE_UNKNOWN)
    return [item for item in directions if item.line_code in lines]


def _slug_of(name_or_code: str, facts: GroundingFacts) -> str | None:
    entry = facts.network.find_code(name_or_code.strip().upper())
    return entry.slug if entry else facts.slugs_by_name.get(plain_name(name_or_code))
