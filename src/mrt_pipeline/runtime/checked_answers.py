"""Read a document from answers on disk or of its service, and keep only answers that passed its checks.

    access.read_checked(document_id, lambda answers: check(parse(answers.get(url, ask).content)))

A document may take several answers, such as the pages of a list. They are taken from the disk all together or
not at all, since pages of different days make no list, and they are kept all together, once the caller's
``read`` has accepted what they make. So a wrong answer costs the run that got it, and no later one.
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
MOST_NAMED = 3
"""a message names so many files"""

Note = Callable[[str, str, bytes], None]
"""takes an answer that a document was made of: the document, what stands for the request, and the body"""

Ask = Callable[[Mapping[str, str]], Answer]
"""asks the service, with headers that ask whether a copy still holds"""


class Answers(Protocol):
    """Where one try at reading a document has its answers from."""

    def get(self, url: str, ask: Ask, *, again: bool = False, max_bytes: int = MAX_ANSWER_BYTES) -> Answer:
        """Return the answer to a URL, which a try asks for once.

        Args:
            url: what the answer is filed under.
            ask: asks the service; not called if the answer comes from the disk.
            again: request it again, because the first answer does not fit the others.
            max_bytes: a longer answer on disk is not used.
        """


class CheckedAnswers:
    """Reads documents, and alone decides what is kept of their answers."""

    def __init__(
        self,
        cache: HttpCache,
        *,
        now: Callable[[], datetime],
        tell: Callable[[str], None],
        note: Note = lambda *_: None,
    ) -> None:
        """Take the answers on disk, the wall clock, and what hears of a refused copy and of a used answer."""
        self._cache = cache
        self._now = now
        self._tell = tell
        self._note = note

    def read(
        self,
        document_id: str,
        ttl_days: float,
        read: Callable[[Answers], ReadT],
        *,
        is_sound: Callable[[ReadT], bool] = lambda _: True,
    ) -> ReadT:
        """Return what ``read`` makes of a document's answers.

        Copies on disk that ``read`` refuses are removed, and the service is asked once instead.

        Args:
            document_id: whom messages name.
            ttl_days: days; older copies are used only if the service says that they still hold. 0 asks in
                any case and leaves nothing on disk.
            read: gets the answers it needs, makes the document, and raises ``SourceFormatError`` if that
                fails its checks; called again for another try.
            is_sound: whether a document that can be used may be kept as well.

        Raises:
            FetchError: if the service gives no answer.
            SourceFormatError: if what it gives fails the checks.
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
        """Tell which answers a document was made of, by their keys if later runs find them on the disk."""
        for url, answer in answers.given.items():
            is_found_again = is_kept and answer.may_be_kept
            is_secret = any(secrets_of_login(url))
            self._note(document_id, key_of(url) if is_found_again or is_secret else url, answer.content)

    def _tries(self, ttl_days: float) -> Iterator[_OnDisk | _Asked]:
        """Yield the ways to get at the answers: copies, copies that still hold, none of either."""
        if ttl_days > 0:
            yield _OnDisk(self._cache, ttl_days, self._now())
            yield _Asked(self._cache, uses_copies=True)
        yield _Asked(self._cache, uses_copies=False)

    def _refuse(self, document_id: str, copies: Mapping[str, Path], fault: str) -> tuple[Path, ...]:
        """Remove copies that failed, say so, and return where they were."""
        for url in copies:
            self._cache.forget(url)
        files = tuple(copies.values())
        copy = f"the copy on disk ({listed(files, MOST_NAMED)})"
        self._tell(f"{document_id}: removed {copy}. {fault} Requesting it from the service.")
        return files


class _NotOnDiskError(Exception):
    """An answer is not on disk, or is too old to be used unasked."""


class _OnDisk:
    """Copies that are young enough, nothing else."""

    uses_copies = True

    def __init__(self, cache: HttpCache, ttl_days: float, now: datetime) -> None:
        self.copies: dict[str, Path] = {}
        self.given: dict[str, Answer] = {}
        self._cache = cache
        self._ttl_days = ttl_days
        self._now = now

    def get(self, url: str, ask: Ask, *, again: bool = False, max_bytes: int = MAX_ANSWER_BYTES) -> Answer:
        """Return a copy; one that does not fit the others is the same when looked at again."""
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
        """Leave the copies as they are."""


class _Asked:
    """Answers of the service; with ``uses_copies``, copies of which it says that they still hold."""

    def __init__(self, cache: HttpCache, *, uses_copies: bool) -> None:
        self.uses_copies = uses_copies
        self.copies: dict[str, Path] = {}
        self._cache = cache
        self.given: dict[str, Answer] = {}

    def get(self, url: str, ask: Ask, *, again: bool = False, max_bytes: int = MAX_ANSWER_BYTES) -> Answer:
        """Ask the service, unless this try has asked it before."""
        if url not in self.given or again:
            kept = self._cache.find(url) if self.uses_copies and not again else None
            if kept is not None and len(kept[1]) > max_bytes:
                kept = None
            self.given[url] = self._ask(url, ask, kept)
        return self.given[url]

    def settle(self, *, is_kept: bool) -> None:
        """Keep what was given, if it is to be kept and may be; else leave no copy of it."""
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
    """Add to an error where the answer it is about came from."""
    if refused:
        copy = f"The copy on disk ({listed(refused, MOST_NAMED)})"
        error.advise(f"{copy} had failed its checks before and was removed.")
    elif isinstance(error, SourceFormatError):
        error.advise("This answer came from the service itself; none of it is kept on disk.")
