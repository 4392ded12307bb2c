from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mrt_pipeline.contracts.source_spec import Rate, RateLimit
from mrt_pipeline.errors import FetchError
from mrt_pipeline.runtime.http import HttpClient, HttpOptions
from mrt_pipeline.runtime.rate_limits import RateLimiter, TimeLimit, is_loopback
from tests.fakes.fake_time import FakeTime
from tests.fakes.http_server import LoopbackServer, Reply, in_turn
from tests.unit.runtime.http_scene import SOURCE, failure_of

ONEMAP = "www.onemap.gov.sg"


def _moments(host: str, number: int, paces: dict[str, RateLimit] | None = None) -> list[float]:
    """Return when each of some requests may begin that are all asked for at once."""
    time = FakeTime()
    limiter = RateLimiter(paces, clock=time.clock, sleep=time.sleep)
    moments = []
    for _ in range(number):
        with limiter.turn(host):
            moments.append(time.clock())
    return moments


def test_data_gov_sg_is_asked_twice_in_ten_seconds_and_five_times_a_minute() -> None:
    assert _moments("api-open.data.gov.sg", 7) == [0, 0, 10, 10, 20, 60, 60]


def test_the_hosts_of_a_service_share_its_allowance() -> None:
    time = FakeTime()
    limiter = RateLimiter(clock=time.clock, sleep=time.sleep)
    for host in ("api-open.data.gov.sg", "api-production.data.gov.sg", "data.gov.sg"):
        with limiter.turn(host):
            pass
    assert time.clock() == 10


def test_a_host_that_only_sounds_alike_has_its_own_allowance() -> None:
    assert _moments("notdata.gov.sg", 3) == [0, 0, 0]


def test_onemap_is_asked_250_times_a_minute() -> None:
    moments = _moments(ONEMAP, 501)
    assert moments == [0] * 250 + [60] * 250 + [120]


def test_any_other_host_is_asked_ten_times_a_second() -> None:
    assert _moments("datamall2.mytransport.sg", 21) == [0] * 10 + [1] * 10 + [2]


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1", "[::1]", "127.8.8.8"])
def test_the_loopback_interface_is_not_held_back(host: str) -> None:
    assert _moments(host, 100) == [0] * 100


def test_the_loopback_interface_is_held_back_if_asked_to() -> None:
    assert _moments("127.0.0.1", 3, {"127.0.0.1": RateLimit((Rate(1, 2),))}) == [0, 2, 4]


def test_a_service_can_ask_all_for_a_pause() -> None:
    time = FakeTime()
    limiter = RateLimiter(clock=time.clock, sleep=time.sleep)
    limiter.hold("127.0.0.1", 30)
    limiter.hold("127.0.0.1", 5)
    with limiter.turn("127.0.0.1"), limiter.turn("localhost"):
        assert time.naps == [30]


def test_a_wait_that_a_person_notices_is_reported_with_its_reason() -> None:
    time = FakeTime()
    limiter = RateLimiter(clock=time.clock, sleep=time.sleep, notify=time.told.append)
    for host in [*["api-open.data.gov.sg"] * 3, *["datamall2.mytransport.sg"] * 11]:
        with limiter.turn(host):
            pass
    assert time.naps == [10, 1]
    assert time.told == [
        "Next request to api-open.data.gov.sg in 10 s (limit: 2 requests per 10 s, 5 per 60 s)."
    ]


def test_a_pause_is_reported_by_whoever_was_asked_for_it() -> None:
    time = FakeTime()
    limiter = RateLimiter(clock=time.clock, sleep=time.sleep, notify=time.told.append)
    limiter.hold("127.0.0.1", 30)
    with limiter.turn("127.0.0.1"):
        assert (time.naps, time.told) == ([30], [])


@pytest.mark.parametrize(("is_serial", "met"), [(True, False), (False, True)])
def test_a_serial_service_is_asked_one_request_at_a_time(is_serial: bool, met: bool) -> None:
    limiter = RateLimiter({"wiki.example": RateLimit(is_serial=is_serial)})
    meeting = threading.Barrier(2)

    def meets_the_other(_number: int) -> bool:
        with limiter.turn("www.wiki.example"):
            try:
                meeting.wait(10 if met else 0.1)
            except threading.BrokenBarrierError:
                return False
            return True

    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(meets_the_other, range(2))) == [met, met]


def test_a_serial_service_lets_the_next_one_in_after_a_failure() -> None:
    limiter = RateLimiter({"wiki.example": RateLimit(is_serial=True)})
    with pytest.raises(ZeroDivisionError), limiter.turn("wiki.example"):
        raise ZeroDivisionError
    with limiter.turn("wiki.example"):
        pass


def test_threads_together_keep_to_the_pace() -> None:
    time = FakeTime()
    limiter = RateLimiter(
        {"slow.example": RateLimit((Rate(3, 60),))}, clock=time.clock, sleep=lambda wait: waits.append(wait)
    )
    waits: list[float] = []

    def ask(_number: int) -> None:
        with limiter.turn("slow.example"):
            pass

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(ask, range(12)))
    assert sorted(waits) == [60] * 3 + [120] * 3 + [180] * 3


@given(
    rates=st.lists(st.builds(Rate, st.integers(1, 6), st.floats(0.5, 60)), min_size=1, max_size=3),
    gaps=st.lists(st.floats(0, 20), max_size=40),
)
def test_no_stretch_of_time_holds_more_requests_than_allowed(rates: list[Rate], gaps: list[float]) -> None:
    time = FakeTime()
    limiter = RateLimiter({"a.example": RateLimit(tuple(rates))}, clock=time.clock, sleep=time.sleep)
    begun = []
    for gap in gaps:
        time.advance(seconds=gap)
        with limiter.turn("a.example"):
            begun.append(time.clock())
    for rate in rates:
        for first, beyond in zip(begun, begun[rate.requests :], strict=False):
            assert beyond - first >= rate.seconds - 1e-6


@pytest.mark.parametrize(
    ("host", "expected"),
    [("localhost", True), ("a.localhost", True), ("localhost.example", False), ("", False)],
)
def test_a_loopback_host_is_recognised_by_its_name(host: str, expected: bool) -> None:
    assert is_loopback(host) is expected


@pytest.mark.parametrize(
    ("pace", "words"),
    [
        (RateLimit((Rate(2, 10), Rate(5, 60))), "2 requests per 10 s, 5 per 60 s"),
        (RateLimit((Rate(10, 1),), is_serial=True), "10 requests per 1 s, one request at a time"),
        (RateLimit(is_serial=True), "one request at a time"),
        (RateLimit(), "none"),
    ],
)
def test_what_a_service_allows_is_said_in_words(pace: RateLimit, words: str) -> None:
    assert pace.describe() == words


KEY = "stages.stage1_ingestion.timeout_minutes"


def _limited(time: FakeTime, url: str) -> HttpClient:
    limit = TimeLimit(KEY, 1, time.now())
    return HttpClient(
        HttpOptions(base_urls=(url,)),
        now=time.now,
        sleep=time.sleep,
        notify=time.told.append,
        limit=lambda: limit,
    )


def test_no_request_is_made_when_the_time_for_all_is_over() -> None:
    time = FakeTime()
    with LoopbackServer(in_turn(Reply())) as server:
        client = _limited(time, server.url)
        client.get(SOURCE, server.url)
        time.advance(seconds=60)
        error = failure_of(client, server.url)
        with pytest.raises(FetchError, match="could not be completed"):
            client.post_json_once(SOURCE, server.url, {})
        client.close()
    assert len(server.requests) == 1
    assert f"could not be completed within the 1 minutes of {KEY}" in str(error)


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
