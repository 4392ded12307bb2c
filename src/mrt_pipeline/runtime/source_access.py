"""How a stage gets at its sources: recorded in the package or live, each with its own settings and secrets.

Importing this module is cheap; the HTTP library is loaded when the first live request is made.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeVar

from mrt_pipeline.config.model import ApiSection, Mode, Settings
from mrt_pipeline.runtime.files import remove_abandoned
from mrt_pipeline.runtime.pace import DATAGOV, PACES, Pacer
from mrt_pipeline.runtime.recordings import Recording, find_table_sha256, load_recording

if TYPE_CHECKING:
    from pydantic import SecretStr

    from mrt_pipeline.config import Secrets
    from mrt_pipeline.runtime.checked_answers import Answers
    from mrt_pipeline.runtime.http import HttpClient
    from mrt_pipeline.runtime.http_cache import HttpCache

ReadT = TypeVar("ReadT")


class Closable(Protocol):
    """What holds connections."""

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
        tell: Callable[[str], None] = lambda _: None,
    ) -> None:
        """Take what a run may ask with, and who hears what is waited for; nothing is loaded or opened yet."""
        self.settings = settings
        self.secrets = secrets
        self.cache_dir = cache_dir
        self.now = now
        self.tell = tell
        self._clients: dict[str, HttpClient] = {}
        self._others: list[Closable] = []
        self._lock = threading.Lock()
        has_key = _is_set(secrets.datagov_api_key)
        paces = {name: pace for name, pace in PACES.items() if not (has_key and name == DATAGOV)}
        self._pacer = Pacer(paces, sleep=sleep, tell=tell)
        self._sleep = sleep

    def mode_of(self, api: str) -> Mode:
        """Return where the facts of an ``apis`` section come from."""
        return mode_of(self.settings, api)

    def http(self, api: str) -> HttpClient:
        """Return the client of an ``apis`` section, always the same one."""
        with self._lock:
            if api not in self._clients:
                self._clients[api] = self._open(getattr(self.settings.apis, api))
            return self._clients[api]

    def read_checked(
        self,
        document_id: str,
        ttl_days: float,
        read: Callable[[Answers], ReadT],
        *,
        is_sound: Callable[[ReadT], bool] = lambda _: True,
    ) -> ReadT:
        """Return what ``read`` makes of answers from the disk or the service: see ``CheckedAnswers.read``."""
        from mrt_pipeline.runtime.checked_answers import CheckedAnswers

        checked = CheckedAnswers(self._kept_answers(), now=self.now, tell=self.tell)
        return checked.read(document_id, ttl_days, read, is_sound=is_sound)

    def forget_answers(self) -> None:
        """Remove every answer kept on disk: what was made of them was refused, whatever is to blame."""
        self._kept_answers().clear()

    def _kept_answers(self) -> HttpCache:
        from mrt_pipeline.runtime.http_cache import HttpCache

        return HttpCache(self.cache_dir / "http")

    def recorded_sha256(self, document_id: str) -> str | None:
        """Return the sha256 of a table recorded in the package, or none if nothing is recorded."""
        return find_table_sha256(document_id)

    def recorded(self, document_id: str) -> Recording:
        """Return a table recorded in the package.

        Raises:
            SourceFormatError: if nothing is recorded, or the table is damaged.
        """
        return load_recording(document_id)

    def close_with(self, other: Closable) -> None:
        """Close something else whenever the connections are closed."""
        with self._lock:
            self._others.append(other)

    def close(self) -> None:
        """Close all connections; a client that is asked again opens new ones."""
        with self._lock:
            for client in (*self._clients.values(), *self._others):
                client.close()

    def _open(self, section: ApiSection) -> HttpClient:
        from mrt_pipeline.runtime.http import HttpClient, HttpOptions

        remove_abandoned(self.cache_dir / "http")
        return HttpClient(
            HttpOptions(
                timeout_s=section.timeout,
                base_urls=_urls_of(section),
                contact=self.settings.contact,
            ),
            now=self.now,
            pacer=self._pacer,
            sleep=self._sleep,
            tell=self.tell,
        )


def mode_of(settings: Settings, api: str) -> Mode:
    """Return the mode of an ``apis`` section: its own, else the global one."""
    section: ApiSection = getattr(settings.apis, api)
    return section.mode or settings.mode


def missing_credentials(settings: Settings, secrets: Secrets, apis: Iterable[str]) -> list[str]:
    """Return a sentence for each live service whose secret is missing: its name, and how to do without."""
    live = [api for api in dict.fromkeys(apis) if mode_of(settings, api) is Mode.LIVE]
    return [sentence for api in live for sentence in _missing_of(api, settings, secrets)]


def _missing_of(api: str, settings: Settings, secrets: Secrets) -> Iterator[str]:
    if api == "onemap" and not _has_onemap(secrets):
        yield (
            "OneMap needs ONEMAP_API_KEY, or ONEMAP_EMAIL and ONEMAP_PASSWORD together, in the environment "
            "or .env; or set apis.onemap.mode to snapshot, or take onemap out of "
            "stages.stage1_ingestion.sources."
        )
    if api == "datamall" and not _is_set(secrets.lta_account_key):
        yield (
            "LTA DataMall needs LTA_ACCOUNT_KEY in the environment or .env; or set apis.datamall.mode to "
            "snapshot, or take lta_datamall out of stages.stage2_enrichment.sources."
        )
    if api == "openrouter" and not _is_set(secrets.openrouter_api_key):
        from mrt_pipeline.runtime.model import is_openrouter
        from mrt_pipeline.runtime.model_failures import MISSING_KEY

        if is_openrouter(str(settings.apis.openrouter.base_url)):
            yield MISSING_KEY


def _has_onemap(secrets: Secrets) -> bool:
    return _is_set(secrets.onemap_api_key) or (
        _is_set(secrets.onemap_email) and _is_set(secrets.onemap_password)
    )


def _is_set(secret: SecretStr | None) -> bool:
    return secret is not None and bool(secret.get_secret_value().strip())


def _urls_of(section: ApiSection) -> tuple[str, ...]:
    return tuple(str(value) for name, value in section if name.endswith("_url"))
