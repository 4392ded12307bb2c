"""Whether LTA's tables can be right as wholes, though every row of them can be read.

A service in trouble also gives well-formed rows that say nothing: every stop of a page at one point, every
call at stop 00000. In the recorded tables no two stops stand at one point, no service calls at a stop twice
running, and all stops called at are listed (April 2026). LTA makes slips, so a small share may be odd.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from itertools import pairwise

from mrt_pipeline.contracts.source import BusService, BusStop
from mrt_pipeline.errors import SourceFormatError
from mrt_pipeline.runtime.records import show
from mrt_pipeline.sources.datamall.parsing import SERVICES_ID, STOPS_ID

ODD_SHARE = 0.01
"""A page of 500 rows is 9.6 % of the stops and 1.9 % of the calls."""
ODD_RECORDS = 10
"""So many are no reason to refuse even a short table."""
ALIKE_DESCRIPTIONS = 20
"""So many stops may have one description; Blk 1 stands for six (April 2026)."""


def refuse_odd_stops(stops: Sequence[BusStop]) -> None:
    """Raise ``SourceFormatError`` if many stops are at one place with another, or described alike."""
    shared = _find_alike([(stop.lat, stop.lng) for stop in stops], most=1)
    _refuse(STOPS_ID, shared, len(stops), "stops have the position of another stop")
    shared = _find_alike([stop.description for stop in stops], most=ALIKE_DESCRIPTIONS)
    _refuse(STOPS_ID, shared, len(stops), "stops share a description")


def refuse_odd_services(services: Sequence[BusService]) -> None:
    """Raise ``SourceFormatError`` if many calls are at the stop that the service has just called at."""
    codes = [service.stop_codes for service in services]
    standing = [code for listed in codes for code, following in pairwise(listed) if code == following]
    _refuse(SERVICES_ID, standing, sum(map(len, codes)), "calls repeat the previous stop")


def refuse_unlisted_calls(stops: Iterable[BusStop], services: Iterable[BusService]) -> None:
    """Raise ``SourceFormatError`` if many calls are at stops that are not listed."""
    listed = {stop.bus_stop_code for stop in stops}
    calls = [code for service in services for code in service.stop_codes]
    unlisted = [code for code in calls if code not in listed]
    _refuse(SERVICES_ID, unlisted, len(calls), f"calls are at stops that {STOPS_ID} does not list")


def _find_alike(values: Sequence[Hashable], most: int) -> list[Hashable]:
    """Return the values that more records have than may."""
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
