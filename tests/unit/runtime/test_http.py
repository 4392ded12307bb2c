from __future__ import annotations

import itertools
import json
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from email.utils import format_datetime

import pytest

import mrt_pipeline
from mrt_pipeline.errors import BlockedError, FetchError
from mrt_pipeline.runtime.http import TRIES
from mrt_pipeline.runtime.http_errors import PASSING_STATUSES
from mrt_pipeline.runtime.retrying import MAX_RETRY_WAIT_S
from tests.fakes.fake_time import START, FakeTime
from tests.fakes.http_server import Reply, SeenRequest, in_turn, json_reply
from tests.unit.runtime.http_scene import SOURCE, failure_of, serving

NOW, IN_7_S = (format_datetime(START + timedelta(seconds=later), usegmt=True) for later in (0, 7))


def test_an_answer_carries_what_the_service_sent() -> None:
    reply = Reply(201, b"{}", {"Content-Type": "application/json", "X-Total": "2"})
    with serving(in_turn(reply)) as (client, server):
        answer = client.get(SOURCE, f"{server.url}/stops")
    assert (answer.status, answer.content, answer.content_type) == (201, b"{}", "application/json")
    assert (answer.url, answer.retrieved_at) == (f"{server.url}/stops", START)
    assert answer.headers["x-total"] == "2"


def test_parameters_are_added_to_the_query_and_escaped() -> None:
    with serving(in_turn(Reply())) as (client, server):
        client.get(SOURCE, f"{server.url}/search?pageNum=1", params={"searchVal": "one-north & more"})
    assert server.requests[0].query == {"pageNum": "1", "searchVal": "one-north & more"}


def test_headers_are_sent_along() -> None:
    with serving(in_turn(Reply())) as (client, server):
        client.get(SOURCE, server.url, headers={"AccountKey": "k3y-of-mine"})
    assert server.requests[0].headers["accountkey"] == "k3y-of-mine"


@pytest.mark.parametrize(
    ("contact", "expected"),
    [
        ("", f"mrt-data-pipeline/{mrt_pipeline.__version__}"),
        ("https://a.example", f"mrt-data-pipeline/{mrt_pipeline.__version__} (+https://a.example)"),
    ],
)
def test_we_say_who_we_are(contact: str, expected: str) -> None:
    with serving(in_turn(Reply()), contact=contact) as (client, server):
        client.get(SOURCE, server.url)
    assert server.requests[0].headers["user-agent"] == expected


def test_a_json_object_is_posted_and_its_answer_returned() -> None:
    with serving(in_turn(json_reply({"access_token": "t"}))) as (client, server):
        answer = client.post_json(SOURCE, f"{server.url}/token", {"email": "a@b.example", "password": "ü"})
    [seen] = server.requests
    assert (seen.method, seen.headers["content-type"]) == ("POST", "application/json")
    assert json.loads(seen.body) == {"email": "a@b.example", "password": "ü"}
    assert json.loads(answer.content) == {"access_token": "t"}


def test_no_cookie_is_ever_sent_back() -> None:
    with serving(in_turn(Reply(headers={"Set-Cookie": "session=1"}))) as (client, server):
        client.get(SOURCE, server.url)
        client.get(SOURCE, server.url)
    assert all("cookie" not in request.headers for request in server.requests)


def test_a_closed_client_that_is_asked_again_opens_new_connections() -> None:
    with serving(in_turn(Reply(body=b"1"), Reply(body=b"2"))) as (client, server):
        client.get(SOURCE, server.url)
        client.close()
        assert client.get(SOURCE, server.url).content == b"2"


def test_threads_share_a_client() -> None:
    echo = serving(lambda request: Reply(body=request.target.encode()))
    with echo as (client, server), ThreadPoolExecutor(8) as pool:
        asked = [f"{server.url}/{number}" for number in range(40)]
        answers = list(pool.map(lambda url: client.get(SOURCE, url).content, asked))
    assert answers == [f"/{number}".encode() for number in range(40)]


@pytest.mark.parametrize("status", sorted(PASSING_STATUSES))
def test_a_status_that_may_pass_is_tried_again(status: int) -> None:
    time = FakeTime()
    with serving(in_turn(Reply(status), Reply(status), Reply(body=b"at last")), time) as (client, server):
        assert client.get(SOURCE, server.url).content == b"at last"
    assert len(server.requests) == 3
    assert [round(nap) for nap in time.naps] in ([1, 1], [1, 2], [0, 1], [0, 2])


def test_waits_double_and_vary() -> None:
    time = FakeTime()
    with serving(in_turn(Reply(503)), time, first_wait_s=8) as (client, server):
        failure_of(client, server.url)
    bounds = [(8, 16), (16, 24), (30, 38)]
    assert all(low <= nap <= high for nap, (low, high) in zip(time.naps, bounds, strict=True))


def test_each_further_try_is_reported_with_the_reason_and_the_wait() -> None:
    time = FakeTime()
    with serving(in_turn(Reply(503), Reply(429, headers={"Retry-After": "60"}), Reply()), time) as scene:
        client, server = scene
        client.get(SOURCE, f"{server.url}/stops", headers={"AccountKey": "s3cret-key"})
    said = f"{SOURCE}: {server.url}/stops responded with status"
    assert time.told == [
        f"{said} 503; attempt 1 of {TRIES} failed. Retrying in {time.naps[0]:.1f} s.",
        f"{said} 429; attempt 2 of {TRIES} failed. Retrying in 60.0 s.",
    ]


def test_after_four_tries_the_last_failure_is_raised() -> None:
    with serving(in_turn(Reply(500, b"down\x00 for\n maintenance"))) as (client, server):
        error = failure_of(client, f"{server.url}/stops")
    assert len(server.requests) == TRIES
    assert (error.status, error.retryable, error.source_id) == (500, True, SOURCE)
    assert str(error) == f"{SOURCE}: {server.url}/stops responded with status 500: down? for maintenance"


@pytest.mark.parametrize("status", [400, 401, 404, 410, 418, 501])
def test_any_other_status_is_final(status: int) -> None:
    with serving(in_turn(Reply(status, b"no"))) as (client, server):
        error = failure_of(client, server.url)
    assert len(server.requests) == 1
    assert (error.status, error.retryable, type(error)) == (status, False, FetchError)


@pytest.mark.parametrize("status", [300, 304, 305])
def test_a_status_that_is_no_answer_and_no_redirect_is_a_failure(status: int) -> None:
    with serving(in_turn(Reply(status))) as (client, server):
        assert failure_of(client, server.url).status == status


def test_a_refusal_is_distinguished() -> None:
    with serving(in_turn(Reply(403, b"<html>blocked</html>"))) as (client, server):
        error = failure_of(client, server.url)
    assert (type(error), error.retryable, error.status) == (BlockedError, False, 403)
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    "headers",
    [
        {"Retry-After": "7"},
        {"Retry-After": IN_7_S, "Date": NOW},
        {"Retry-After": IN_7_S, "Date": "unknown"},
    ],
)
def test_a_pause_that_the_service_asks_for_is_kept(headers: Mapping[str, str]) -> None:
    time = FakeTime()
    with serving(in_turn(Reply(429, headers=headers), Reply()), time) as (client, server):
        client.get(SOURCE, server.url)
    assert time.clock() >= 7
    assert len(server.requests) == 2


def test_a_pause_that_is_too_long_is_not_waited_for() -> None:
    time = FakeTime()
    with serving(in_turn(Reply(503, headers={"Retry-After": "3600"})), time) as (client, server):
        error = failure_of(client, f"{server.url}/stops")
    assert (time.naps, len(server.requests)) == ([], 1)
    assert (error.retry_after_s, error.retryable, error.status) == (3600, True, 503)
    assert "asks to wait 3600 s" in str(error)
    assert f"{MAX_RETRY_WAIT_S:.0f} s" in str(error)


def test_a_pause_that_one_thread_was_asked_for_holds_the_others_too() -> None:
    time = FakeTime()
    with serving(in_turn(Reply(429, headers={"Retry-After": "60"})), time, tries=1) as (client, server):
        failure_of(client, server.url)
        failure_of(client, server.url)
    assert time.naps == [60]


def test_a_pause_that_cannot_be_read_is_as_good_as_none() -> None:
    time = FakeTime()
    with serving(in_turn(Reply(429, headers={"Retry-After": "soon"}), Reply()), time) as (client, server):
        client.get(SOURCE, server.url)
    assert time.clock() < 2


def test_a_post_is_tried_again_like_a_get() -> None:
    with serving(in_turn(Reply(502), json_reply({}))) as (client, server):
        client.post_json(SOURCE, server.url, {"email": "a"})
    assert [request.body for request in server.requests] == [b'{"email": "a"}'] * 2


@pytest.mark.parametrize("url", ["file:///etc/hosts", "ftp://example.org/x", "stops.json", "http://[", ""])
def test_what_is_no_web_address_is_refused(url: str) -> None:
    with serving(in_turn(Reply())) as (client, server):
        error = failure_of(client, url)
    assert (server.requests, error.retryable) == ([], False)


@pytest.mark.parametrize("value", ["k3y\n", " k3y", "k\x00y", "k\r\nHost: evil", "kéy"])
def test_a_header_that_cannot_be_sent_is_named_and_its_value_kept_quiet(value: str) -> None:
    with serving(in_turn(Reply())) as (client, server):
        error = failure_of(client, server.url, headers={"AccountKey": value})
    assert "AccountKey" in str(error)
    assert value not in str(error)
    assert server.requests == []


def test_requests_keep_to_the_pace_of_their_host() -> None:
    arrivals = itertools.count()
    time = FakeTime()

    def handle(_request: SeenRequest) -> Reply:
        return Reply(body=str(next(arrivals)).encode())

    with serving(handle, time) as (client, server):
        for _ in range(30):
            client.get(SOURCE, server.url)
    assert time.naps == []  # the loopback interface is not held back
