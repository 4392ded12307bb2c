"""Ask DataMall for all rows of a document, page by page."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future
from datetime import datetime
from typing import TYPE_CHECKING

import orjson

from mrt_pipeline.contracts.counting import counted
from mrt_pipeline.errors import SourceFormatError
from mrt_pipeline.runtime.datamall_requests import ask_datamall, datamall_url, read_rows
from mrt_pipeline.runtime.threads import AT_ONCE, ask_all
from mrt_pipeline.sources.datamall.parsing import Rows

if TYPE_CHECKING:
    from mrt_pipeline.runtime.checked_answers import Answers
    from mrt_pipeline.runtime.http import Answer
    from mrt_pipeline.runtime.source_access import SourceAccess

PAGE_ROWS = 500
MAX_PAGES = 400
"""200,000 rows; BusRoutes has about 26,000"""
MOST_REPEATED = 10
"""rows that one page may hold twice: LTA's own slips; more of them stand where others belong"""


def fetch_rows(access: SourceAccess, answers: Answers, document_id: str, service: str) -> Rows:
    """Return all rows of a service.

    A list ends where a page is short, the last one says the same when asked again, and the page beyond it,
    asked for after that, is empty: a server in trouble gives short or empty pages too. It also gives pages
    that begin too early: a row of an earlier page stands in the place of another one, which would be missing.

    Args:
        access: settings, the AccountKey and the HTTP client.
        answers: where pages come from.
        document_id: the document that the rows are of.
        service: ``BusStops`` or ``BusRoutes``.

    Raises:
        CredentialError: if there is no AccountKey.
        SourceError: if a page cannot be had, is none, or does not fit the others.
    """
    return _Pages(access, answers, document_id, service).read()


class _Pages:
    """The pages of one service in one try at reading them all."""

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
        """Return a page that is full, or the last one; one that looks like neither is asked for again."""
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
        # What was asked for ahead may have been answered before the pages above it.
        if beyond := self._get(number + 1, again=True):
            raise self._fault(
                f"{self._describe(number)} has {counted(len(again), 'row')} although the next one has "
                f"{len(beyond)}; expected {PAGE_ROWS} on every page but the last."
            )
        return again if len(again) == len(page) else self._confirm(number, again)

    def _confirm(self, number: int, last: Sequence[object]) -> Sequence[object]:
        """Return the last page if it says the same once more."""
        once_more = self._get(number, again=True)
        if len(once_more) != len(last):
            raise self._fault(
                f"{self._describe(number)} had {counted(len(last), 'row')}, and {len(once_more)} when asked "
                "again; expected the same."
            )
        return once_more

    def _is_repeated(self, page: Sequence[object]) -> bool:
        """Return whether a page holds a row of an earlier page, or many of its own twice."""
        rows = self._spell(page)
        return not rows.isdisjoint(self._seen) or len(page) - len(rows) > MOST_REPEATED

    def _spell(self, page: Sequence[object]) -> set[bytes]:
        """Return the rows of a page for comparison; of the page that was last looked at, as they were."""
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
        """Ask for a page, unless that was done, together with as many after it as there are before it.

        Where the list ends is known afterwards: pages beyond it that were asked for tell nothing, whatever
        became of them.
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
