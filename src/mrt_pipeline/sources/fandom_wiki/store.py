"""Keep what was read from the wiki between runs: an unchanged page is neither fetched nor read again.

Layout: one SQLite file, ``pages.sqlite3``, in its own folder, with tables for pages (as fetched), readings
(the result of reading a page, by the reader's version) and titles. All of it can be fetched again, so nothing
in it is precious: an unusable file is set aside, and if the disk refuses writes the store works in memory;
either is reported once and fails nothing. The newest two revisions of each page are kept, and only pages that
the wiki could show completely: a page that is blank or reports a failure is requested again. So is a page
that was touched since, for example because a template was edited; if its content is unchanged, only the touch
is recorded. Nothing that holds a secret is kept.
"""

from __future__ import annotations

import contextlib
import sqlite3
import threading
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from mrt_pipeline.runtime.stores import STORE_ERRORS, UnfitStoreError, open_store, pack, read_row, unpack
from mrt_pipeline.secrecy import SECRETS
from mrt_pipeline.sources.fandom_wiki.broken_pages import find_page_fault
from mrt_pipeline.sources.fandom_wiki.kept import FILE, SCHEMA, TABLES
from mrt_pipeline.sources.fandom_wiki.pages import WikiPage
from mrt_pipeline.sources.fandom_wiki.titles import PageHead

KEPT_REVISIONS = 2


class PageStore:
    """The kept pages of one wiki; may be shared by threads, and its file by processes."""

    def __init__(self, folder: Path, wiki: str, warn: Callable[[str], None]) -> None:
        """Open the store, or create it.

        Args:
            folder: where the file is kept.
            wiki: address of the wiki's API, which distinguishes the pages of several wikis.
            warn: called once if the store cannot be used as it is.
        """
        self._path = folder / FILE
        self._wiki = wiki
        self._warn = warn
        self._is_warned = False
        self._is_begun_anew = False
        self._lock = threading.RLock()
        self._connection = self._open()

    def __del__(self) -> None:
        with contextlib.suppress(AttributeError, sqlite3.Error):
            self._connection.close()

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._connection.close()

    def find_page(self, head: PageHead) -> WikiPage | None:
        """Return a page as it was fetched, if this revision was complete and is untouched since."""
        page = self._kept(head)
        if page is None or page.is_blank or find_page_fault(page.html) or not self.has_page(head):
            return None
        return page

    def has_page(self, head: PageHead) -> bool:
        """Return whether this revision of a page is kept and untouched since."""
        moments = self._moments(head)
        return moments is not None and head.touched in (moments[0] or None, None)

    def find_since(self, head: PageHead) -> str | None:
        """Return the touch that produced a page's current content, or None if that is no longer known.

        A page that is not kept will be fetched, so its content dates from its last touch.
        """
        moments = self._moments(head)
        if moments is None:
            return head.touched or ""
        return moments[1] if self.has_page(head) else None

    def keep_page(self, page: WikiPage) -> None:
        """Keep a page that has content, and delete its older revisions except one.

        A reading made of this revision before is deleted too, unless the content is unchanged.
        """
        if page.is_blank:
            return
        head = page.head
        if self._is_secret(page.html, head.title):
            return
        key = (self._wiki, head.page_id)
        touched = head.touched or ""
        before = self._kept(head)
        with self._writing() as connection:
            if before is not None and before.html == page.html:
                connection.execute(
                    "UPDATE pages SET touched = ? WHERE wiki = ? AND page_id = ? AND revision = ?",
                    (touched, *key, head.revision),
                )
                return
            packed = pack(page.html.encode("utf-8", "replace"))
            connection.execute(
                "INSERT OR REPLACE INTO pages VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (*key, head.revision, head.title, packed, page.retrieved_at.isoformat(), touched, touched),
            )
            connection.execute(
                "DELETE FROM readings WHERE wiki = ? AND page_id = ? AND revision = ?", (*key, head.revision)
            )
            for table in ("pages", "readings"):
                connection.execute(
                    f"DELETE FROM {table} WHERE wiki = ? AND page_id = ? AND revision NOT IN "  # noqa: S608 - ours
                    "(SELECT revision FROM pages WHERE wiki = ? AND page_id = ? "
                    "ORDER BY revision DESC LIMIT ?)",
                    (*key, *key, KEPT_REVISIONS),
                )

    def _kept(self, head: PageHead) -> WikiPage | None:
        """Return a kept revision of a page, touched since or not."""
        row = self._one(
            "SELECT title, html, retrieved_at FROM pages WHERE wiki = ? AND page_id = ? AND revision = ?",
            (head.page_id, head.revision),
            str,
            bytes,
            str,
        )
        if row is None:
            return None
        html, moment = unpack(row[1]), _moment(row[2])
        return (
            None if html is None or moment is None or row[0] != head.title else WikiPage(head, html, moment)
        )

    def _moments(self, head: PageHead) -> tuple[str, str] | None:
        """Return when a kept revision was last touched, and the touch that produced its content."""
        statement = "SELECT touched, since FROM pages WHERE wiki = ? AND page_id = ? AND revision = ?"
        row = self._one(statement, (head.page_id, head.revision), str, str)
        return None if row is None else (row[0], row[1])

    def find_reading(self, head: PageHead, reader: str) -> bytes | None:
        """Return the reading of a page by this version of the reader, if there is one of this revision."""
        row = self._one(
            "SELECT reader, body FROM readings WHERE wiki = ? AND page_id = ? AND revision = ?",
            (head.page_id, head.revision),
            str,
            bytes,
        )
        if row is None or row[0] != reader:
            return None
        text = unpack(row[1])
        return None if text is None else text.encode()

    def keep_reading(self, head: PageHead, reader: str, body: bytes) -> None:
        """Keep the reading of a page in place of one by an earlier reader."""
        if self._is_secret(body):
            return
        with self._writing() as connection:
            connection.execute(
                "INSERT OR REPLACE INTO readings VALUES (?, ?, ?, ?, ?)",
                (self._wiki, head.page_id, head.revision, reader, pack(body)),
            )

    def find_title(self, wanted: str) -> str | None:
        """Return the title under which a wanted title was found before."""
        row = self._one("SELECT title FROM titles WHERE wiki = ? AND wanted = ?", (wanted,), str)
        return row[0] if row else None

    def keep_title(self, wanted: str, title: str) -> None:
        """Remember under which title a wanted title was found."""
        if self.find_title(wanted) != title and not self._is_secret(title):
            self._put_title(wanted, title, None)

    def find_search(self, wanted: str) -> datetime | None:
        """Return when a wanted title was last searched for without result."""
        row = self._one("SELECT searched_at FROM titles WHERE wiki = ? AND wanted = ?", (wanted,), str)
        return _moment(row[0]) if row else None

    def keep_search(self, wanted: str, at: datetime) -> None:
        """Remember that a search for a wanted title had no result."""
        self._put_title(wanted, None, at.isoformat())

    def _put_title(self, wanted: str, title: str | None, searched_at: str | None) -> None:
        with self._writing() as connection:
            connection.execute(
                "INSERT OR REPLACE INTO titles VALUES (?, ?, ?, ?)", (self._wiki, wanted, title, searched_at)
            )

    def _is_secret(self, *texts: str | bytes) -> bool:
        """Return whether the texts to be kept hold a secret; if so, report it."""
        if (secret := SECRETS.find(*texts)) is None:
            return False
        self._tell(f"{self._path}: a page that repeats the value of {secret} is not kept.")
        return True

    def _one(self, statement: str, values: tuple[object, ...], *kinds: type) -> tuple[Any, ...] | None:
        """Return this wiki's row for a statement, if it has one whose columns have the given types."""
        with self._lock:
            try:
                row = self._connection.execute(statement, (self._wiki, *values)).fetchone()
            except sqlite3.Error as error:
                self._give_up(error)
                return None
        return read_row(row, *kinds)

    @contextlib.contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        """Give a transaction; if the disk refuses it, continue without."""
        with self._lock:
            try:
                self._connection.execute("BEGIN IMMEDIATE")
                with self._connection:
                    yield self._connection
            except sqlite3.Error as error:
                self._give_up(error)

    def _open(self) -> sqlite3.Connection:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            return self._connect(self._path)
        except STORE_ERRORS as error:
            return self._do_without(error)

    def _connect(self, path: Path | None) -> sqlite3.Connection:
        """Return a connection to a sound store; to one in memory if there is no path."""
        return open_store(path, TABLES, SCHEMA, self._note_restart)

    def _note_restart(self, unfit: UnfitStoreError, aside: Path) -> None:
        self._is_begun_anew = True
        self._tell(
            f"{self._path} cannot be used ({unfit}); it was kept as {aside.name} and restarted, and "
            "the wiki's pages are fetched again."
        )

    def _do_without(self, error: Exception) -> sqlite3.Connection:
        self._tell(f"{self._path}: pages of the wiki are not kept this time: {error}.")
        return self._connect(None)

    def _give_up(self, error: sqlite3.Error) -> None:
        """Continue without the disk, or with a new file if this one is damaged."""
        with contextlib.suppress(sqlite3.Error):
            self._connection.close()
        self._is_begun_anew = False
        self._connection = self._open()
        if not self._is_begun_anew:
            self._connection.close()
            self._connection = self._do_without(error)

    def _tell(self, text: str) -> None:
        if not self._is_warned:
            self._is_warned = True
            self._warn(text)


def _moment(written: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(written)
    except ValueError:
        return None
    return moment if moment.tzinfo else None
