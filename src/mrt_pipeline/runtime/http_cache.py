"""Answers of live services kept on disk between runs; ``checked_answers`` decides which to keep.

``<cache>/http/<sha256 of the URL>.answer`` holds one answer: the sha256 of the rest, a line of JSON, and the
body. Each file is written whole or not at all and is used only if its sha256 is correct; any other counts as
missing. The folder may be removed at any time. An answer that cannot be kept costs one request next time and
is not a failure; an answer that holds a secret is never kept.

Of a request, only its URL in displayable form is kept; of an answer's headers, only ``KEPT_HEADERS``.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path

from pydantic import AwareDatetime, ValidationError

from mrt_pipeline.contracts.base import Record
from mrt_pipeline.errors import StorageError
from mrt_pipeline.runtime.files import make_folder, read_bytes, sha256_of, write_bytes
from mrt_pipeline.secrecy import SECRETS

KEPT_HEADERS = frozenset({"content-type", "etag", "last-modified", "date"})


class KeptHead(Record):
    """The metadata of an answer on disk."""

    shown_url: str
    headers: dict[str, str]
    retrieved_at: AwareDatetime
    """when the service last gave this answer, or confirmed it"""

    def is_younger_than(self, ttl_days: float, now: datetime) -> bool:
        """Return whether an answer may be used without asking; not if it is dated in the future."""
        return timedelta(0) <= now - self.retrieved_at < timedelta(days=ttl_days)

    def conditions(self) -> dict[str, str]:
        """Return the headers that ask whether an answer is still valid (RFC 9110, section 13.1)."""
        pairs = (("if-none-match", "etag"), ("if-modified-since", "last-modified"))
        return {asked: self.headers[kept] for asked, kept in pairs if kept in self.headers}


class HttpCache:
    """The answers in one folder, by URL."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def find(self, url: str) -> tuple[KeptHead, bytes] | None:
        """Return the answer kept for a URL, or None if there is no valid one."""
        try:
            sha256, _, rest = read_bytes(self.path_of(url)).partition(b"\n")
            head, _, body = rest.partition(b"\n")
            if sha256 != sha256_of(rest).encode() or SECRETS.find(head, body) is not None:
                return None
            return KeptHead.model_validate_json(head), body
        except (FileNotFoundError, StorageError, ValidationError):
            return None

    def keep(
        self, url: str, shown_url: str, headers: Mapping[str, str], body: bytes, retrieved_at: datetime
    ) -> KeptHead:
        """Keep an answer in place of an earlier one, if the disk permits, and return its head."""
        kept_headers = {name: value for name, value in headers.items() if name in KEPT_HEADERS}
        head = KeptHead(shown_url=shown_url, headers=kept_headers, retrieved_at=retrieved_at)
        line = head.model_dump_json().encode() + b"\n"
        sha256 = sha256_of(line + body).encode()
        try:
            make_folder(self._folder)
            # a file damaged by a power cut has a wrong sha256, and its answer is requested again
            write_bytes(self.path_of(url), sha256 + b"\n" + line, body, is_durable=False)
        except StorageError:
            pass  # a full disk costs a request next time, not this run
        return head

    def forget(self, url: str) -> None:
        """Remove the answer kept for a URL, if there is one and the disk permits."""
        with contextlib.suppress(OSError):
            self.path_of(url).unlink(missing_ok=True)

    def clear(self) -> None:
        """Remove every answer, as far as the disk permits."""
        for path in self._folder.glob("*.answer"):
            with contextlib.suppress(OSError):
                path.unlink(missing_ok=True)

    def find_sha256(self, key: str, ttl_days: float, now: datetime) -> str | None:
        """Return the sha256 of the body kept under a key, or None if it cannot be used without asking."""
        try:
            sha256, _, rest = read_bytes(self._path_of_key(key)).partition(b"\n")
            head, _, body = rest.partition(b"\n")
            is_whole = sha256 == sha256_of(rest).encode()
            if not is_whole or not KeptHead.model_validate_json(head).is_younger_than(ttl_days, now):
                return None
        except (FileNotFoundError, StorageError, ValidationError):
            return None
        return sha256_of(body)

    def path_of(self, url: str) -> Path:
        """Return the path for the answer to a URL, whether or not one is kept."""
        return self._path_of_key(key_of(url))

    def _path_of_key(self, key: str) -> Path:
        return self._folder / f"{key}.answer"


def key_of(url: str) -> str:
    """Return the key for the answer to a URL; it reveals nothing about the URL."""
    return sha256_of(url.encode())
