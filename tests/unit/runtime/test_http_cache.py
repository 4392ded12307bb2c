from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mrt_pipeline.runtime.http_cache import HttpCache
from tests.fakes.fake_time import START, FakeTime
from tests.fakes.http_server import Reply, SeenRequest, in_turn
from tests.fakes.small_disk import small_disk
from tests.unit.runtime.http_scene import SOURCE, failure_of, keeping

TAGGED = {"ETag": '"v1"', "Last-Modified": "Mon, 23 Nov 2026 00:00:00 GMT", "Content-Type": "text/csv"}


def _revalidating(request: SeenRequest) -> Reply:
    if request.headers.get("if-none-match") == '"v1"':
        return Reply(304, headers={"ETag": '"v1"'})
    return Reply(body=b"rows", headers=TAGGED)


def test_a_young_answer_is_taken_from_the_disk_unasked(tmp_path: Path) -> None:
    time = FakeTime()
    with keeping(_revalidating, tmp_path, time) as (client, server):
        client.get(SOURCE, server.url, ttl_days=30)
        time.advance(days=29.9)
        second = client.get(SOURCE, server.url, ttl_days=30)
    assert len(server.requests) == 1
    assert (second.content, second.content_type, second.status) == (b"rows", "text/csv", 200)
    assert (second.url, second.retrieved_at) == (server.url, START)


def test_an_answer_outlives_the_process(tmp_path: Path) -> None:
    with keeping(_revalidating, tmp_path) as (client, server):
        client.get(SOURCE, server.url, ttl_days=1)
        with keeping(_revalidating, tmp_path) as (another, _):
            assert another.get(SOURCE, server.url, ttl_days=1).content == b"rows"
    assert len(server.requests) == 1


def test_an_old_answer_is_used_if_the_service_says_that_it_still_holds(tmp_path: Path) -> None:
    time = FakeTime()
    with keeping(_revalidating, tmp_path, time) as (client, server):
        client.get(SOURCE, server.url, ttl_days=30)
        time.advance(days=30)
        asked_again = client.get(SOURCE, server.url, ttl_days=30)
        time.advance(days=1)
        unasked = client.get(SOURCE, server.url, ttl_days=30)
    assert [request.headers.get("if-none-match") for request in server.requests] == [None, '"v1"']
    assert server.requests[1].headers["if-modified-since"] == TAGGED["Last-Modified"]
    assert (asked_again.content, asked_again.status) == (b"rows", 200)
    assert (asked_again.retrieved_at - START).days == 30
    assert unasked.retrieved_at == asked_again.retrieved_at


def test_an_old_answer_is_replaced_if_there_is_a_new_one(tmp_path: Path) -> None:
    time = FakeTime()
    replies = in_turn(Reply(body=b"old", headers=TAGGED), Reply(body=b"new", headers={"ETag": '"v2"'}))
    with keeping(replies, tmp_path, time) as (client, server):
        client.get(SOURCE, server.url, ttl_days=1)
        time.advance(days=2)
        assert client.get(SOURCE, server.url, ttl_days=1).content == b"new"
        assert client.get(SOURCE, server.url, ttl_days=1).content == b"new"
    assert len(server.requests) == 2


def test_an_old_answer_does_not_stand_in_for_a_service_that_fails(tmp_path: Path) -> None:
    time = FakeTime()
    with keeping(in_turn(Reply(body=b"old"), Reply(500)), tmp_path, time) as (client, server):
        client.get(SOURCE, server.url, ttl_days=1)
        time.advance(days=2)
        assert failure_of(client, server.url, ttl_days=1).status == 500


def test_an_answer_from_the_future_is_requested_again(tmp_path: Path) -> None:
    time = FakeTime()
    with keeping(in_turn(Reply(body=b"1"), Reply(body=b"2")), tmp_path, time) as (
        client,
        server,
    ):
        client.get(SOURCE, server.url, ttl_days=30)
        time.advance(seconds=-1)
        assert client.get(SOURCE, server.url, ttl_days=30).content == b"2"


def test_a_time_to_live_of_zero_asks_in_any_case_and_keeps_nothing(tmp_path: Path) -> None:
    with keeping(_revalidating, tmp_path) as (client, server):
        client.get(SOURCE, server.url)
        client.get(SOURCE, server.url)
    assert len(server.requests) == 2
    assert list(tmp_path.iterdir()) == []


def test_other_parameters_are_another_answer(tmp_path: Path) -> None:
    def handle(request: SeenRequest) -> Reply:
        return Reply(body=request.query["skip"].encode())

    with keeping(handle, tmp_path) as (client, server):
        for skip in ("0", "500", "0"):
            assert client.get(SOURCE, server.url, params={"skip": skip}, ttl_days=1).content == skip.encode()
    assert len(server.requests) == 2


@pytest.mark.parametrize("status", [201, 203])
def test_only_a_plain_answer_is_kept(status: int, tmp_path: Path) -> None:
    with keeping(in_turn(Reply(status)), tmp_path) as (client, server):
        client.get(SOURCE, server.url, ttl_days=1)
        client.get(SOURCE, server.url, ttl_days=1)
    assert len(server.requests) == 2


def test_a_failure_is_not_kept(tmp_path: Path) -> None:
    with keeping(in_turn(Reply(404), Reply(body=b"found")), tmp_path) as (client, server):
        failure_of(client, server.url, ttl_days=1)
        assert client.get(SOURCE, server.url, ttl_days=1).content == b"found"


def test_the_limit_holds_for_kept_answers_too(tmp_path: Path) -> None:
    with keeping(in_turn(Reply(body=b"12345")), tmp_path) as (client, server):
        client.get(SOURCE, server.url, ttl_days=1)
        assert "more than 4 bytes" in str(failure_of(client, server.url, ttl_days=1, max_bytes=4))


def test_a_damaged_answer_is_fetched_again_and_repaired(tmp_path: Path) -> None:
    with keeping(in_turn(Reply(body=b"rows", headers=TAGGED)), tmp_path) as (client, server):
        client.get(SOURCE, server.url, ttl_days=1)
        [kept] = tmp_path.iterdir()
        kept.write_bytes(kept.read_bytes()[:-1])
        assert client.get(SOURCE, server.url, ttl_days=1).content == b"rows"
        assert client.get(SOURCE, server.url, ttl_days=1).content == b"rows"
    assert "if-none-match" not in server.requests[1].headers
    assert len(server.requests) == 2


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=st.integers(min_value=0), change=st.integers(min_value=1, max_value=255))
def test_no_change_to_a_kept_answer_goes_unnoticed(place: int, change: int, tmp_path: Path) -> None:
    cache = HttpCache(tmp_path)
    cache.keep("http://a/", "http://a/", {"etag": '"1"'}, b"body", START)
    [kept] = tmp_path.iterdir()
    content = bytearray(kept.read_bytes())
    content[place % len(content)] ^= change
    kept.write_bytes(content)
    assert cache.find("http://a/") is None


@given(body=st.binary(), etag=st.text(st.characters(codec="utf-8")))
def test_what_is_kept_is_found_again(
    body: bytes, etag: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    cache = HttpCache(tmp_path_factory.mktemp("http"))
    head = cache.keep("http://a/", "http://a/", {"etag": etag, "set-cookie": "x"}, body, START)
    assert cache.find("http://a/") == (head, body)
    assert head.headers == {"etag": etag}
    assert cache.find("http://b/") is None


@pytest.mark.parametrize("content", [b"", b"{}", b"\n\n\n", b"0" * 64 + b"\n{}\nbody"])
def test_a_foreign_file_is_no_answer(content: bytes, tmp_path: Path) -> None:
    cache = HttpCache(tmp_path)
    cache.keep("http://a/", "http://a/", {}, b"", START)
    [kept] = tmp_path.iterdir()
    kept.write_bytes(content)
    assert cache.find("http://a/") is None


def test_a_folder_that_cannot_be_written_costs_a_request_and_no_run(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_bytes(b"in the way")
    with keeping(in_turn(Reply(body=b"rows")), blocked) as (client, server):
        assert client.get(SOURCE, server.url, ttl_days=1).content == b"rows"
        assert client.get(SOURCE, server.url, ttl_days=1).content == b"rows"
    assert len(server.requests) == 2


def test_a_full_disk_costs_a_request_and_no_run(tmp_path: Path) -> None:
    with keeping(in_turn(Reply(body=b"rows")), tmp_path) as (client, server):
        with small_disk():
            assert client.get(SOURCE, server.url, ttl_days=1).content == b"rows"
        assert list(tmp_path.iterdir()) == []
        client.get(SOURCE, server.url, ttl_days=1)
    assert len(server.requests) == 2
