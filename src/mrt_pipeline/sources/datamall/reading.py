"""Bus stops and bus services as tables, recorded in the package or fetched live, page by page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

import orjson

from mrt_pipeline.contracts.counting import counted
from mrt_pipeline.contracts.findings import Finding
from mrt_pipeline.contracts.sections import Mode
from mrt_pipeline.contracts.source import BusService, BusStop, SourceTable
from mrt_pipeline.errors import SourceFormatError
from mrt_pipeline.extraction.facts import BusTables, find_unknown_stops
from mrt_pipeline.runtime.datamall_requests import ask_datamall, datamall_url, read_rows
from mrt_pipeline.runtime.documents import Count, Payload, check_number, refuse_losses, table_of
from mrt_pipeline.runtime.threads import AT_ONCE, ask_all
from mrt_pipeline.sources.datamall import BUS_SERVICES, BUS_STOPS
from mrt_pipeline.sources.datamall.parsing import (
    SIGNS_OF_LOSS,
    Rows,
    find_standing,
    parse_bus_stops,
    parse_routes_file,
    read_routes,
    read_stops,
    refuse_odd_services,
    refuse_odd_stops,
    refuse_unlisted_calls,
)

if TYPE_CHECKING:
    from mrt_pipeline.config import Settings
    from mrt_pipeline.contracts.documents import Document
    from mrt_pipeline.runtime.checked_answers import Answers
    from mrt_pipeline.runtime.context import RunContext
    from mrt_pipeline.runtime.http import Answer
    from mrt_pipeline.runtime.source_access import SourceAccess


DERIVED_BUS_SERVICES = replace(
    BUS_SERVICES,
    title="Bus Routes (from a third party's derived file, in the format of data.busrouter.sg)",
    dataset=BUS_SERVICES.title,
    source=(
        "LTA DataMall (through a file derived from it, "
        "in the format of data.busrouter.sg/v1/services.min.json)"
    ),
)
"""the document of services that were not read from BusRoutes itself"""


def read_bus_stops(access: SourceAccess) -> SourceTable[BusStop]:
    """Return every bus stop, recorded or live as configured, sorted by code.

    Raises:
        SourceError: if the answers are unavailable, have the wrong structure, lost a record or hold too few.
    """
    return _read(access, BUS_STOPS, "BusStops", "expected_bus_stops")


def read_bus_services(access: SourceAccess) -> SourceTable[BusService]:
    """Return every direction of every bus service, recorded or live as configured, in natural order.

    Raises:
        SourceError: if the answers are unavailable, have the wrong structure, lost a record or hold too few.
    """
    return _read(access, BUS_SERVICES, "BusRoutes", "expected_bus_services")


def _read(access: SourceAccess, document: Document, service: str, key: str) -> SourceTable[Any]:
    expected = getattr(access.settings.stages.stage2_enrichment, key)
    count = Count("record", f"stages.stage2_enrichment.{key}")
    if access.mode_of("datamall") is not Mode.LIVE:
        return check_number(access.recorded_table(document), expected, count)

    def read(answers: Answers) -> SourceTable[Any]:
        rows = fetch_rows(access, answers, document.document_id, service)
        return refuse_losses(check_number(read_files(document, [rows], access.settings), expected, count))

    return access.read_checked(document.document_id, read, is_sound=_seems_whole)


def record(access: SourceAccess) -> Iterator[SourceTable[Any]]:
    """Yield both tables, fetched from the service now."""
    yield read_bus_stops(access)
    yield read_bus_services(access)


def read_files(document: Document, payloads: Sequence[Payload], _settings: Settings) -> SourceTable[Any]:
    """Return the stops or services of a file (if there are several, the last), with findings about its rows.

    Raises:
        SourceFormatError: if there are no rows, or they are implausible as a whole.
    """
    read = _read_stops if document is BUS_STOPS else _read_services
    return read(payloads[-1])


def _read_stops(payload: Payload) -> SourceTable[Any]:
    parsed = read_stops(payload.rows) if isinstance(payload, Rows) else parse_bus_stops(payload.content)
    refuse_odd_stops(parsed.records)
    return table_of(BUS_STOPS, payload, parsed)


def _read_services(payload: Payload) -> SourceTable[Any]:
    if isinstance(payload, Rows):
        parsed, is_derived = read_routes(payload.rows), False
    else:
        parsed, is_derived = parse_routes_file(payload.content)
    refuse_odd_services(parsed.records)
    document = DERIVED_BUS_SERVICES if is_derived else BUS_SERVICES
    return table_of(document, payload, parsed, find_standing(parsed.records))


def _seems_whole(table: SourceTable[Any]) -> bool:
    """Return whether nothing suggests missing rows; if something does, the next run requests them again."""
    return not any(finding.check in SIGNS_OF_LOSS for finding in table.findings)


def read_bus_tables(context: RunContext) -> BusTables:
    """Return LTA's bus stops and services, recorded or live as configured.

    Raises:
        SourceError: if a table is unavailable, does not follow LTA's documentation, holds too little, or does
            not match the other one.
    """
    tables = _read_both(context)
    if context.access.mode_of("datamall") is not Mode.LIVE:
        return tables
    try:
        refuse_unlisted_calls(tables.stops.records, tables.services.records)
    except SourceFormatError:  # which of them is wrong, and since when, is unknown
        context.access.forget_answers()
        tables = _read_both(context)
        try:
            refuse_unlisted_calls(tables.stops.records, tables.services.records)
        except SourceFormatError:
            context.access.forget_answers()
            raise
    return tables


def check_calls(stops: SourceTable[BusStop], services: SourceTable[BusService]) -> tuple[Finding, ...]:
    """Return a finding for each direction of a service that calls at stops missing from LTA's list.

    Raises:
        SourceFormatError: if many calls are at such stops.
    """
    refuse_unlisted_calls(stops.records, services.records)
    return find_unknown_stops(stops, services)


def _read_both(context: RunContext) -> BusTables:
    return BusTables(stops=read_bus_stops(context.access), services=read_bus_services(context.access))


PAGE_ROWS = 500
MAX_PAGES = 400
"""200,000 rows; BusRoutes has about 26,000"""
MAX_REPEATED = 10
"""how many rows one page may repeat: LTA's own slips; beyond that, repeats have replaced other rows"""


def fetch_rows(access: SourceAccess, answers: Answers, document_id: str, service: str) -> Rows:
    """Return all rows of a service.

    The list is complete if its last page is short, is the same when requested again, and the page after it,
    requested later, is empty: a server in trouble returns short or empty pages too. It may also return pages
    that start too early; then a row of an earlier page has taken the place of a row that would be missing.

    Args:
        access: settings, the AccountKey and the HTTP client.
        answers: source of the pages.
        document_id: document that the rows belong to.
        service: ``BusStops`` or ``BusRoutes``.

    Raises:
        CredentialError: if there is no AccountKey.
        SourceError: if a page is unavailable, is not a page of rows, or does not fit the others.
    """
    return _Pages(access, answers, document_id, service).read()


class _Pages:
    """The pages of one service, in one attempt to read them all."""

    def __init__(self, access: SourceAccess, answers: Answers, document_id: str, service: str) -> None:
        self._access = access
        self._answers = answers
        self._document_id = document_id
        self._service = service
        self._seen: set[bytes] = set()
        self._spelled: tuple[Sequence[object], set[bytes]] = ((), set())
        self._asked: dict[int, Future[Answer]] = {}
        self._times: dict[int, datetime] = {}

    def read(self) -> Rows:
        """Return the rows of all pages in order."""
        rows: list[object] = []
        for number in range(MAX_PAGES):
            page = self._read_whole(number)
            rows.extend(page)
            self._seen |= self._spell(page)
            if len(page) < PAGE_ROWS:
                return Rows(orjson.dumps(rows), min(self._times.values()), rows=rows)
        raise self._fault(f"{self._service} has no last page: {MAX_PAGES} pages are full.")

    def _read_whole(self, number: int) -> Sequence[object]:
        """Return a full page or the last page; request it again if it looks like neither."""
        self._ask_ahead(number)
        page = self._get(number)
        if len(page) == PAGE_ROWS and not self._is_repeated(page):
            return page
        again = self._get(number, again=True)
        if self._is_repeated(again):
            raise self._fault(
                f"{self._describe(number)} repeats rows, so {self._service} lacks others or has no last page."
            )
        if len(again) == PAGE_ROWS:
            return again
        # A page requested ahead may have been answered before the pages preceding it.
        if beyond := self._get(number + 1, again=True):
            raise self._fault(
                f"{self._describe(number)} has {counted(len(again), 'row')} although the next one has "
                f"{len(beyond)}; expected {PAGE_ROWS} on every page but the last."
            )
        return again if len(again) == len(page) else self._confirm(number, again)

    def _confirm(self, number: int, last: Sequence[object]) -> Sequence[object]:
        """Return the last page if it is the same when requested again."""
        once_more = self._get(number, again=True)
        if len(once_more) != len(last):
            raise self._fault(
                f"{self._describe(number)} had {counted(len(last), 'row')}, and {len(once_more)} when asked "
                "again; expected the same."
            )
        return once_more

    def _is_repeated(self, page: Sequence[object]) -> bool:
        """Return whether a page holds a row of an earlier page, or repeats many of its own."""
        rows = self._spell(page)
        return not rows.isdisjoint(self._seen) or len(page) - len(rows) > MAX_REPEATED

    def _spell(self, page: Sequence[object]) -> set[bytes]:
        """Return the rows of a page in comparable form; the result for the last page is kept."""
        if self._spelled[0] is not page:
            spelled = (orjson.dumps(row, option=orjson.OPT_SORT_KEYS) for row in page)
            self._spelled = (page, set(spelled))
        return self._spelled[1]

    def _get(self, number: int, *, again: bool = False) -> Sequence[object]:
        """Return the rows of a page."""
        asked = None if again else self._asked.get(number)
        answer = self._ask(number, again=again) if asked is None else asked.result()
        self._times[number] = answer.retrieved_at
        rows = read_rows(answer.content, self._document_id)
        if len(rows) > PAGE_ROWS:
            raise self._fault(f"{self._describe(number)} has {len(rows)} rows; expected at most {PAGE_ROWS}.")
        return rows

    def _ask_ahead(self, number: int) -> None:
        """Request a page, unless that was done, and as many after it as there are before it.

        Only afterwards is it known where the list ends; how requests for pages beyond the end turned out
        does not matter.
        """
        if number not in self._asked:
            numbers = range(number, number + min(number + 1, AT_ONCE))
            self._asked.update(zip(numbers, ask_all(numbers, self._ask), strict=True))

    def _ask(self, number: int, *, again: bool = False) -> Answer:
        url = datamall_url(self._access, f"{self._service}?$skip={number * PAGE_ROWS}")
        return self._answers.get(
            url,
            lambda conditions: ask_datamall(self._access, self._document_id, url, conditions),
            again=again,
        )

    def _describe(self, number: int) -> str:
        return f"page {number + 1} of {self._service} ($skip={number * PAGE_ROWS})"

    def _fault(self, fault: str) -> SourceFormatError:
        return SourceFormatError(self._document_id, f"{fault} Run again later.")
