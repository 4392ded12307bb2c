"""A client whose time stands still, and what the tests of the HTTP modules share."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from mrt_pipeline.errors import FetchError
from mrt_pipeline.runtime.checked_answers import CheckedAnswers
from mrt_pipeline.runtime.http import MAX_ANSWER_BYTES, Answer, HttpClient, HttpOptions
from mrt_pipeline.runtime.http_cache import HttpCache
from mrt_pipeline.runtime.rate_limits import RateLimiter
from tests.fakes.fake_time import FakeTime
from tests.fakes.http_server import Handler, LoopbackServer

SOURCE = "lta-bus-stops"


@contextmanager
def serving(
    handler: Handler, time: FakeTime | None = None, *, certificate: Path | None = None, **options: Any
) -> Iterator[tuple[HttpClient, LoopbackServer]]:
    """Serve, and offer a client that has the server for its base URL."""
    time = time or FakeTime()
    with LoopbackServer(handler, certificate=certificate) as server:
        given = {"timeout_s": 10, "base_urls": (server.url,), **options}
        limiter = RateLimiter(clock=time.clock, sleep=time.sleep)
        client = HttpClient(
            HttpOptions(**given), now=time.now, limiter=limiter, sleep=time.sleep, notify=time.told.append
        )
        try:
            yield client, server
        finally:
            client.close()


class KeepingClient:
    """A client whose every answer passes its checks, and is kept for its time to live."""

    def __init__(self, client: HttpClient, folder: Path, time: FakeTime) -> None:
        self._client = client
        self._checked = CheckedAnswers(HttpCache(folder), now=time.now, notify=time.told.append)

    def get(
        self,
        source_id: str,
        url: str,
        *,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        ttl_days: float = 0,
        max_bytes: int = MAX_ANSWER_BYTES,
    ) -> Answer:
        """Return an answer of the service or a copy on disk."""

        def ask(conditions: Mapping[str, str]) -> Answer:
            return self._client.get(
                source_id, url, params=params, headers=headers, conditions=conditions, max_bytes=max_bytes
            )

        key = f"{url}?{params}" if params else url
        return self._checked.read(
            source_id, ttl_days, lambda answers: answers.get(key, ask, max_bytes=max_bytes)
        )


@contextmanager
def keeping(
    handler: Handler, folder: Path, time: FakeTime | None = None
) -> Iterator[tuple[KeepingClient, LoopbackServer]]:
    """Serve, and offer a client that keeps answers in a folder."""
    time = time or FakeTime()
    with serving(handler, time) as (client, server):
        yield KeepingClient(client, folder, time), server


def failure_of(client: HttpClient | KeepingClient, url: str, **how: Any) -> FetchError:
    """Return the error that asking for a URL ends in."""
    with pytest.raises(FetchError) as caught:
        client.get(SOURCE, url, **how)
    return caught.value
