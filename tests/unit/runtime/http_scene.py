"""A client whose time stands still, and what the tests of the HTTP modules share."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from mrt_pipeline.errors import FetchError
from mrt_pipeline.runtime.http import HttpClient, HttpOptions
from mrt_pipeline.runtime.pace import Pacer
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
        pacer = Pacer(clock=time.clock, sleep=time.sleep)
        client = HttpClient(
            HttpOptions(**given), now=time.now, pacer=pacer, sleep=time.sleep, tell=time.told.append
        )
        try:
            yield client, server
        finally:
            client.close()


def failure_of(client: HttpClient, url: str, **how: Any) -> FetchError:
    """Return the error that asking for a URL ends in."""
    with pytest.raises(FetchError) as caught:
        client.get(SOURCE, url, **how)
    return caught.value
