"""Read a document from answers, on disk or from its service, and keep only answers that pass its checks.

    access.read_checked(document_id, lambda answers: check(parse(answers.get(url, ask).content)))

A document may need several answers, such as the pages of a list. They are taken from the disk all together or
not at all, since pages from different days do not make a list, and they are kept all together, once the
caller's ``read`` has accepted them. So a wrong answer affects the run that received it, and no later one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeVar

from mrt_pipeline.contracts.counting import listed
from mrt_pipeline.errors import InternalError, SourceError, SourceFormatError
from mrt_pipeline.runtime.http import MAX_ANSWER_BYTES, Answer
from mrt_pipeline.runtime.http_cache import key_of
from mrt_pipeline.secrecy.urls import secrets_of_login

if TYPE_CHECKING:
    from mrt_pipeline.runtime.http_cache import HttpCache, KeptHead

ReadT = TypeVar("ReadT")
NOT_MODIFIED = 304
MAX_NAMED = 3
"""how many files a message names"""

Note = Callable[[str, str, bytes], None]
"""receives an answer used for a document: the document, the name of the request, and the body"""

Ask = Callable[[Mapping[str, str]], Answer]
"""requests an answer from the service, with headers that ask whether a copy is still valid"""


class Answers(Protocol):
    """Where one attempt to read a document gets its answers."""

    def get(self, url: str, ask: Ask, *, again: bool = False, max_bytes: int = MAX_ANSWER_BYTES) -> Answer:
        """Return the answer to a URL, which an attempt requests once.

        Args:
            url: key under which the answer is filed.
            ask: requests it from the service; not called if the answer comes from the disk.
            again: request it again, because the first answer does not fit the others.
            max_bytes: a longer answer on disk is not used.
        """


class CheckedAnswers:
    """Reads documents; the only place that decides which of their answers are kept."""

    def __init__(
        self,
        cache: HttpCache,
        *,
        now: Callable[[], datetime],
        notify: Callable[[str], None],
        note: Note = lambda *_: None,
    ) -> None:
        """Take the answers on disk, the wall clock, and the receivers of refused copies and used answers."""
        self._cache = cache
        self._now = now
        self._notify = notify
        self._note = note

    def read(
        self,
        document_id: str,
        ttl_days: float,
        read: Callable[[Answers], ReadT],
        *,
        is_sound: Callable[[ReadT], bool] = lambda _: True,
    ) -> ReadT:
        """Return the result of ``read`` on a document's answers.

        Copies on disk that ``read`` refuses are removed, and the service is asked once instead.

        Args:
            document_id: document named in messages.
            ttl_days: days; older copies are used only if the service says that they are still valid. 0 always
                asks the service and leaves nothing on disk.
            read: gets the answers it needs, builds the document, and raises ``SourceFormatError`` if that
                fails its checks; called again for another attempt.
            is_sound: whether a usable document may be kept as well.

        Raises:
            FetchError: if the service does not answer.
            SourceFormatError: if its answers fail the checks.
        """
        refused: tuple[Path, ...] = ()
        for answers in self._tries(ttl_days):
            if refused and answers.uses_copies:
                continue
            try:
                made = read(answers)
                fault = None if is_sound(made) else "it does not contain what was requested"
            except _NotOnDiskError:
                continue
            except SourceError as error:
                if not (isinstance(error, SourceFormatError) and answers.copies):
                    _add_origin(error, refused)
                    raise
                fault = str(error)
            else:
                if fault is None:
                    answers.settle(is_kept=ttl_days > 0)
                if fault is None or not answers.copies:
                    self._trace(document_id, answers, is_kept=fault is None and ttl_days > 0)
                    return made
            refused = self._refuse(document_id, answers.copies, fault)
        raise InternalError(f"{document_id}: the last try neither gave a document nor failed.")

    def _trace(self, document_id: str, answers: _OnDisk | _Asked, *, is_kept: bool) -> None:
        """Report the answers used for a document, by their keys if later runs find them on disk."""
        for url, answer in answers.given.items():
            is_found_again = is_kept and answer.may_be_kept
            is_secret = any(secrets_of_login(url))
            self._note(document_id, key_of(url) if is_found_again or is_secret else url, answer.content)

    def _tries(self, ttl_days: float) -> Iterator[_OnDisk | _Asked]:
        """Yield the ways to get answers: from copies, from copies still valid, from the service alone."""
        if ttl_days > 0:
            yield _OnDisk(self._cache, ttl_days, self._now())
            yield _Asked(self._cache, uses_copies=True)
        yield _Asked(self._cache, uses_copies=False)

    def _refuse(self, document_id: str, copies: Mapping[str, Path], fault: str) -> tuple[Path, ...]:
        """Remove copies that failed, report it, and return their paths."""
        for url in copies:
            self._cache.forget(url)
        files = tuple(copies.values())
        copy = f"the copy on disk ({listed(files, MAX_NAMED)})"
        self._notify(f"{document_id}: removed {copy}. {fault} Requesting it from the service.")
        return files


class _NotOnDiskError(Exception):
    """An answer is not on disk, or is too old to be used without asking."""


class _OnDisk:
    """Sufficiently recent copies, and nothing else."""

    uses_copies = True

    def __init__(self, cache: HttpCache, ttl_days: float, now: datetime) -> None:
        self.copies: dict[str, Path] = {}
        self.given: dict[str, Answer] = {}
        self._cache = cache
        self._ttl_days = ttl_days
        self._now = now

    def get(self, url: str, ask: Ask, *, again: bool = False, max_bytes: int = MAX_ANSWER_BYTES) -> Answer:
        """Return a copy; ``again`` changes nothing, since a copy stays the same."""
        found = self._cache.find(url)
        if (
            found is None
            or len(found[1]) > max_bytes
            or not found[0].is_younger_than(self._ttl_days, self._now)
        ):
            raise _NotOnDiskError
        self.copies[url] = self._cache.path_of(url)
        self.given[url] = _copied(url, *found)
        return self.given[url]

    def settle(self, *, is_kept: bool) -> None:
        """Leave the copies unchanged."""


class _Asked:
    """Answers from the service; with ``uses_copies``, also copies that it says are still valid."""

    def __init__(self, cache: HttpCache, *, uses_copies: bool) -> None:
        self.uses_copies = uses_copies
        self.copies: dict[str, Path] = {}
        self._cache = cache
        self.given: dict[str, Answer] = {}

    def get(self, url: str, ask: Ask, *, again: bool = False, max_bytes: int = MAX_ANSWER_BYTES) -> Answer:
        """Request an answer, unless this attempt has done so before."""
        if url not in self.given or again:
            kept = self._cache.find(url) if self.uses_copies and not again else None
            if kept is not None and len(kept[1]) > max_bytes:
                kept = None
            self.given[url] = self._ask(url, ask, kept)
        return self.given[url]

    def settle(self, *, is_kept: bool) -> None:
        """Keep the answers, if they are to be kept and may be; otherwise remove any copies of them."""
        for url, answer in self.given.items():
            if is_kept and answer.may_be_kept:
                self._cache.keep(url, answer.shown_url, answer.headers, answer.content, answer.retrieved_at)
            else:
                self._cache.forget(url)

    def _ask(self, url: str, ask: Ask, kept: tuple[KeptHead, bytes] | None) -> Answer:
        self.copies.pop(url, None)
        answer = ask(kept[0].conditions() if kept is not None else {})
        if answer.status != NOT_MODIFIED or kept is None:
            return answer
        self.copies[url] = self._cache.path_of(url)
        return replace(_copied(url, *kept), retrieved_at=answer.retrieved_at)


def _copied(url: str, head: KeptHead, body: bytes) -> Answer:
    return Answer(
        url=url,
        shown_url=head.shown_url,
        status=200,
        content=body,
        content_type=head.headers.get("content-type", ""),
        retrieved_at=head.retrieved_at,
        headers=head.headers,
        may_be_kept=True,
    )


def _add_origin(error: SourceError, refused: tuple[Path, ...]) -> None:
    """Add the origin of the answer to an error about it."""
    if refused:
        copy = f"The copy on disk ({listed(refused, MAX_NAMED)})"
        error.advise(f"{copy} had failed its checks before and was removed.")
    elif isinstance(error, SourceFormatError):
        error.advise("This response came from the service itself; none of it is kept on disk.")
