"""What was read of the wiki, kept between runs: an unchanged page is neither fetched nor read again.

Layout: one SQLite file, ``pages.sqlite3``, in its own folder; tables for pages (as fetched), readings (what
reading a page yielded, by the reader's version) and titles. Everything in it can be had again, so nothing
in it is precious: a file that cannot be used is set aside, and one that cannot be written is done without;
both are told once and fail nothing. Of each page the newest two revisions are kept, and only what the wiki
could show whole: a page that shows nothing or says that something failed is asked for again. So is one that
was touched since, as by the edit of a template; if it still shows the same, that alone is noted. Nothing is
kept that holds a secret.
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
from mrt_pipeline.sources.fandom_wiki.broken_pages import find_trouble
from mrt_pipeline.sources.fandom_wiki.kept import FILE, SCHEMA, TABLES
from mrt_pipeline.sources.fandom_wiki.pages import WikiPage
from mrt_pipeline.sources.fandom_wiki.titles import PageHead

KEPT_REVISIONS = 2


class PageStore:
    """The pages of one wiki on disk; may be shared by threads, and its file by processes."""

    def __init__(self, folder: Path, wiki: str, warn: Callable[[str], None]) -> None:
        """Open the store, or begin it.

        Args:
            folder: where its file is kept.
            wiki: address of the wiki's API, by which the pages of several wikis are told apart.
            warn: told once if the store cannot be used as it is.
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
        """Return a page as it was fetched, if this revision of it was, whole, and it is untouched since."""
        page = self._kept(head)
        if page is None or page.is_blank or find_trouble(page.html) or not self.has_page(head):
            return None
        return page

    def has_page(self, head: PageHead) -> bool:
        """Return whether this revision of a page is kept, and untouched since."""
        moments = self._moments(head)
        return moments is not None and head.touched in (moments[0] or None, None)

    def find_since(self, head: PageHead) -> str | None:
        """Return since which touch a page shows what it shows, none if that is not known any more.

        A page that is not kept will be fetched, and so shows what it has been showing since its last touch.
        """
        moments = self._moments(head)
        if moments is None:
            return head.touched or ""
        return moments[1] if self.has_page(head) else None

    def keep_page(self, page: WikiPage) -> None:
        """Keep a page that shows something, and forget its older revisions but one.

        What was read of this revision before is forgotten too, unless the page shows the same.
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
        """Return what was kept of a revision, touched since or not."""
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
        """Return when a kept revision was last touched, and since which touch it shows what it shows."""
        statement = "SELECT touched, since FROM pages WHERE wiki = ? AND page_id = ? AND revision = ?"
        row = self._one(statement, (head.page_id, head.revision), str, str)
        return None if row is None else (row[0], row[1])

    def find_reading(self, head: PageHead, reader: str) -> bytes | None:
        """Return what a reader of this version made of a page, if it has read this revision."""
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
        """Keep what a reader made of a page, in place of what an earlier one did."""
        if self._is_secret(body):
            return
        with self._writing() as connection:
            connection.execute(
                "INSERT OR REPLACE INTO readings VALUES (?, ?, ?, ?, ?)",
                (self._wiki, head.page_id, head.revision, reader, pack(body)),
            )

    def find_title(self, wanted: str) -> str | None:
        """Return the title under which a wanted one was found before."""
        row = self._one("SELECT title FROM titles WHERE wiki = ? AND wanted = ?", (wanted,), str)
        return row[0] if row else None

    def keep_title(self, wanted: str, title: str) -> None:
        """Remember under which title a wanted one was found."""
        if self.find_title(wanted) != title and not self._is_secret(title):
            self._put_title(wanted, title, None)

    def find_search(self, wanted: str) -> datetime | None:
        """Return when a wanted title was last searched for in vain."""
        row = self._one("SELECT searched_at FROM titles WHERE wiki = ? AND wanted = ?", (wanted,), str)
        return _moment(row[0]) if row else None

    def keep_search(self, wanted: str, at: datetime) -> None:
        """Remember that a wanted title was searched for in vain."""
        self._put_title(wanted, None, at.isoformat())

    def _put_title(self, wanted: str, title: str | None, searched_at: str | None) -> None:
        with self._writing() as connection:
            connection.execute(
                "INSERT OR REPLACE INTO titles VALUES (?, ?, ?, ?)", (self._wiki, wanted, title, searched_at)
            )

    def _is_secret(self, *texts: str | bytes) -> bool:
        """Return whether what is to be kept holds a secret, and tell of it."""
        if (secret := SECRETS.find(*texts)) is None:
            return False
        self._tell(f"{self._path}: a page that repeats the value of {secret} is not kept.")
        return True

    def _one(self, statement: str, values: tuple[object, ...], *kinds: type) -> tuple[Any, ...] | None:
        """Return this wiki's row with some key, if it has one whose columns are of the given types."""
        with self._lock:
            try:
                row = self._connection.execute(statement, (self._wiki, *values)).fetchone()
            except sqlite3.Error as error:
                self._give_up(error)
                return None
        return read_row(row, *kinds)

    @contextlib.contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        """Give a transaction; one that the disk refuses is done without."""
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
        """Return a connection to a sound store, in memory if there is no path."""
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
        """Go on without the disk, or with a new file where this one turns out to be damaged."""
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
