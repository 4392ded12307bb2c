"""How a stage reads its sources: recorded in the package or live, each with its own settings and secrets.

Importing this module is cheap; the HTTP library is loaded when the first live request is made.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from mrt_pipeline.config.registry import all_sources, rates_by_host, sources_by_api
from mrt_pipeline.config.settings import Settings
from mrt_pipeline.contracts.documents import Document
from mrt_pipeline.contracts.rows import from_row
from mrt_pipeline.contracts.sections import ApiSection, Mode
from mrt_pipeline.contracts.source import SourceTable
from mrt_pipeline.contracts.source_spec import Credentials, SourceSpec
from mrt_pipeline.errors import InternalError
from mrt_pipeline.runtime.files import remove_abandoned
from mrt_pipeline.runtime.rate_limits import RateLimiter, TimeLimit
from mrt_pipeline.runtime.recordings import Recording, find_table_sha256, load_recording
from mrt_pipeline.runtime.traces import Tracer

if TYPE_CHECKING:
    from pydantic import SecretStr

    from mrt_pipeline.config import Secrets
    from mrt_pipeline.runtime.checked_answers import Answers
    from mrt_pipeline.runtime.http import HttpClient
    from mrt_pipeline.runtime.http_cache import HttpCache

ReadT = TypeVar("ReadT")


class Closable(Protocol):
    """Something that holds connections."""

    def close(self) -> None:
        """Close them."""


class SourceAccess:
    """Settings, secrets and HTTP clients of one run; may be shared by threads."""

    def __init__(
        self,
        settings: Settings,
        *,
        secrets: Secrets,
        cache_dir: Path,
        now: Callable[[], datetime],
        sleep: Callable[[float], None] = time.sleep,
        notify: Callable[[str], None] = lambda _: None,
    ) -> None:
        """Take what requests need, and the receivers of reports and traces; nothing is opened yet."""
        self.settings = settings
        self.secrets = secrets
        self.cache_dir = cache_dir
        self.now = now
        self.notify = notify
        self.tracer = Tracer()
        self._clients: dict[str, HttpClient] = {}
        self._others: list[Closable] = []
        self._lock = threading.Lock()
        self._limit: TimeLimit | None = None
        keys = {spec.unrated_with for spec in all_sources() if _has(secrets, spec.unrated_with)}
        paces = rates_by_host(keys)
        self._limiter = RateLimiter(paces, sleep=sleep, notify=notify)
        self.sleep = sleep

    def mode_of(self, api: str) -> Mode:
        """Return whether the data for an ``apis`` section is recorded or live."""
        return mode_of(self.settings, api)

    def http(self, api: str) -> HttpClient:
        """Return the client for an ``apis`` section; always the same one."""
        with self._lock:
            if api not in self._clients:
                self._clients[api] = self._open(getattr(self.settings.apis, api))
            return self._clients[api]

    @contextlib.contextmanager
    def limited(self, key: str, minutes: float) -> Iterator[None]:
        """Let no request start or continue beyond a number of minutes from now, while a block runs.

        Args:
            key: configuration key of the limit, for errors.
            minutes: how long all requests may take together.
        """
        self._limit = TimeLimit(key, minutes, self.now())
        try:
            yield
        finally:
            self._limit = None

    def read_checked(
        self,
        document_id: str,
        read: Callable[[Answers], ReadT],
        *,
        is_sound: Callable[[ReadT], bool] = lambda _: True,
        ttl_days: float | None = None,
    ) -> ReadT:
        """Return the result of ``read`` on answers from disk or the service: see ``CheckedAnswers.read``.

        ``ttl_days`` is the configured value unless given.
        """
        from mrt_pipeline.runtime.checked_answers import CheckedAnswers

        if ttl_days is None:
            ttl_days = self.settings.stages.stage1_ingestion.cache_ttl_days
        checked = CheckedAnswers(
            self._kept_answers(), now=self.now, notify=self.notify, note=self.tracer.note
        )
        return checked.read(document_id, ttl_days, read, is_sound=is_sound)

    def kept_sha256(self, key: str, ttl_days: float) -> str | None:
        """Return the sha256 of an answer kept on disk, or None if it cannot be used without asking."""
        return self._kept_answers().find_sha256(key, ttl_days, self.now())

    def forget_answers(self) -> None:
        """Remove every answer kept on disk, because the dataset made from them was refused."""
        self._kept_answers().clear()

    def _kept_answers(self) -> HttpCache:
        from mrt_pipeline.runtime.http_cache import HttpCache

        return HttpCache(self.cache_dir / "http")

    def recorded_sha256(self, document_id: str) -> str | None:
        """Return the sha256 of a table recorded in the package, or None if nothing is recorded."""
        return find_table_sha256(document_id)

    def recorded(self, document_id: str) -> Recording:
        """Return a table recorded in the package.

        Raises:
            SourceFormatError: if nothing is recorded, or the table is damaged.
        """
        return load_recording(document_id)

    def close_with(self, other: Closable) -> None:
        """Close another object whenever the connections are closed."""
        with self._lock:
            self._others.append(other)

    def recorded_table(self, document: Document) -> SourceTable[Any]:
        """Return the records of a document from the package.

        Raises:
            SourceFormatError: if nothing is recorded, or the table is damaged.
        """
        recording = self.recorded(document.document_id)
        if document.record_type is None:
            raise InternalError(f"{document.document_id} is recorded and has no record type")
        records: tuple[Any, ...] = tuple(from_row(document.record_type, row) for row in recording.rows)
        return SourceTable(records, recording.provenance)

    def close(self) -> None:
        """Close all connections; a client that is used again opens new ones."""
        with self._lock:
            for client in (*self._clients.values(), *self._others):
                client.close()

    def _open(self, section: ApiSection) -> HttpClient:
        from mrt_pipeline.runtime.http import HttpClient, HttpOptions

        remove_abandoned(self.cache_dir / "http")
        return HttpClient(
            HttpOptions(
                timeout_s=section.timeout,
                base_urls=tuple(str(value) for name, value in section if name.endswith("_url")),
                contact=self.settings.contact,
            ),
            now=self.now,
            limiter=self._limiter,
            sleep=self.sleep,
            notify=self.notify,
            limit=lambda: self._limit,
        )


def mode_of(settings: Settings, api: str) -> Mode:
    """Return the mode of an ``apis`` section: its own, or the global one; snapshot if there is no section."""
    if not api:
        return Mode.SNAPSHOT
    section: ApiSection = getattr(settings.apis, api)
    return section.mode or settings.mode


def is_any_live(settings: Settings) -> bool:
    """Return whether any service is queried live."""
    return any(mode_of(settings, api) is Mode.LIVE for api in type(settings.apis).model_fields)


def missing_credentials(settings: Settings, secrets: Secrets, apis: Iterable[str]) -> list[str]:
    """Return a sentence for each live service whose credentials are missing, with the alternative."""
    live = [api for api in dict.fromkeys(apis) if mode_of(settings, api) is Mode.LIVE]
    return [sentence for api in live for sentence in _missing_of(api, settings, secrets)]


def _missing_of(api: str, settings: Settings, secrets: Secrets) -> Iterator[str]:
    section = getattr(settings.apis, api)
    lacking: dict[Credentials, list[SourceSpec]] = {}
    for spec in sources_by_api(api):
        wanted = spec.credentials
        if wanted is None or any(all(_has(secrets, it) for it in names) for names in wanted.alternatives):
            continue
        if not wanted.is_needed or spec.load(wanted.is_needed)(section):
            lacking.setdefault(wanted, []).append(spec)
    for wanted, specs in lacking.items():
        *others, last = (spec.name for spec in specs)
        names = f"{', '.join(others)} and {last}" if others else last
        yield (
            f"{wanted.service} needs {wanted.in_words()} in the environment or .env; "
            f"or {_way_out(specs[0])}, or remove {names} from stages.{specs[0].stage}.sources."
        )


def _way_out(spec: SourceSpec) -> str:
    if spec.credentials is not None and spec.credentials.way_out:
        return spec.credentials.way_out
    return f"set apis.{spec.api}.mode to snapshot"


def _has(secrets: Secrets, variable: str) -> bool:
    secret: SecretStr | None = getattr(secrets, variable.lower(), None)
    return secret is not None and bool(secret.get_secret_value().strip())
