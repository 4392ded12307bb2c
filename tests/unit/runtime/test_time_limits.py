from __future__ import annotations

import pytest

from mrt_pipeline.errors import FetchError
from mrt_pipeline.runtime.http import HttpClient, HttpOptions
from mrt_pipeline.runtime.rate_limits import TimeLimit
from tests.fakes.fake_time import FakeTime
from tests.fakes.http_server import LoopbackServer, Reply, in_turn
from tests.unit.runtime.http_scene import SOURCE, failure_of

KEY = "stages.stage1_ingestion.timeout_minutes"


def _limited(time: FakeTime, url: str) -> HttpClient:
    limit = TimeLimit(KEY, 1, time.now())
    return HttpClient(
        HttpOptions(base_urls=(url,)),
        now=time.now,
        sleep=time.sleep,
        tell=time.told.append,
        limit=lambda: limit,
    )


def test_no_request_is_made_when_the_time_for_all_is_over() -> None:
    time = FakeTime()
    with LoopbackServer(in_turn(Reply())) as server:
        client = _limited(time, server.url)
        client.get(SOURCE, server.url)
        time.advance(seconds=60)
        error = failure_of(client, server.url)
        with pytest.raises(FetchError, match="are over"):
            client.post_json_once(SOURCE, server.url, {})
        client.close()
    assert len(server.requests) == 1
    assert f"the 1 minutes of {KEY} are over" in str(error)


def test_no_pause_is_made_that_would_end_when_the_time_for_all_is_over() -> None:
    time = FakeTime()
    with LoopbackServer(in_turn(Reply(503))) as server:
        client = _limited(time, server.url)
        time.advance(seconds=59.9)
        error = failure_of(client, server.url)
        client.close()
    assert (len(server.requests), time.naps) == (1, [])
    assert KEY in str(error)
    assert "status 503" in str(error.__cause__)
