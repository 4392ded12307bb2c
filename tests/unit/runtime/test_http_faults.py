"""Every way in which a server can misbehave ends in an answer or a FetchError."""

from __future__ import annotations

import gzip
import socket
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from mrt_pipeline.errors import FetchError
from mrt_pipeline.runtime.http import TRIES
from tests.fakes.http_server import (
    Handler,
    RawReply,
    Reply,
    SeenRequest,
    drip,
    gzip_bomb,
    in_turn,
)
from tests.fakes.names import FakeNames
from tests.unit.runtime.http_scene import SOURCE, failure_of, serving

GOOD = Reply(body=b"whole")
CERTIFICATE = Path(__file__).parents[2] / "fixtures" / "tls" / "localhost.pem"

PASSING = {
    "reset in the middle of the body": Reply(body=b"half", content_length=100, ending="reset"),
    "body cut off": Reply(body=b"half", content_length=100, ending="close"),
    "chunks cut off": RawReply([b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhalf"]),
    "no answer at all": RawReply([]),
    "not HTTP": RawReply([b"220 ftp.example.org ready\r\n"]),
    "a chunk of no size": RawReply([b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"]),
    "a length that is no number": RawReply([b"HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n"]),
    "two lengths": RawReply([b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab"]),
    "headers without end": RawReply([b"HTTP/1.1 200 OK\r\n" + b"X-Filler: y\r\n" * 20_000]),
    "gzip that is none": Reply(body=b"plain", headers={"Content-Encoding": "gzip"}),
    "gzip cut off": Reply(body=gzip.compress(b"half of it")[:-9], headers={"Content-Encoding": "gzip"}),
    "gzip cut off, named in a list": Reply(
        body=gzip.compress(b"half of it")[:-9], headers={"Content-Encoding": "identity, gzip"}
    ),
    "gzip in gzip": Reply(
        body=gzip.compress(gzip.compress(b"whole")), headers={"Content-Encoding": "gzip, gzip"}
    ),
    "deflate cut off": Reply(
        body=zlib.compress(b"half of it" * 99)[:-9], headers={"Content-Encoding": "deflate"}
    ),
    "an encoding that nobody asked for": Reply(body=b"plain", headers={"Content-Encoding": "zstd"}),
    "gzip twice": Reply(body=gzip.compress(b"whole") * 2, headers={"Content-Encoding": "gzip"}),
}


@pytest.mark.parametrize("fault", PASSING.values(), ids=PASSING.keys())
def test_a_fault_that_may_pass_is_tried_again(fault: Reply | RawReply) -> None:
    with serving(in_turn(fault, GOOD)) as (client, server):
        assert client.get(SOURCE, server.url).content == b"whole"
    assert len(server.requests) == 2


@pytest.mark.parametrize("fault", PASSING.values(), ids=PASSING.keys())
def test_a_fault_that_stays_is_a_retryable_failure(fault: Reply | RawReply) -> None:
    with serving(in_turn(fault)) as (client, server):
        error = failure_of(client, server.url)
    assert error.retryable
    assert len(server.requests) == TRIES
    assert server.url in str(error)


def test_a_part_that_nobody_asked_for_is_no_answer() -> None:
    part = RawReply(
        [b"HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 0-3/9\r\nContent-Length: 4\r\n\r\nhalf"]
    )
    with serving(in_turn(part)) as (client, server):
        error = failure_of(client, server.url)
    assert error.status == 206


@pytest.mark.parametrize("size", [0, 5, 2**20, 3 * 2**20 + 1])
def test_a_gzip_body_is_unpacked_whole(size: int) -> None:
    packed = Reply(body=gzip.compress(b"x" * size), headers={"Content-Encoding": "gzip"})
    with serving(in_turn(packed)) as (client, server):
        assert client.get(SOURCE, server.url).content == b"x" * size


def test_a_body_longer_than_its_length_ends_at_its_length_and_spoils_no_later_answer() -> None:
    long = Reply(body=b"whole, and what nobody announced", content_length=5)
    with serving(in_turn(long, Reply(body=b"next"))) as (client, server):
        assert client.get(SOURCE, server.url).content == b"whole"
        assert client.get(SOURCE, server.url).content == b"next"


def _hang(request: SeenRequest) -> Reply:
    request.hang()
    return Reply()


def _drip_headers(request: SeenRequest) -> RawReply:
    return RawReply(drip(request, b"HTTP/1.1 200 OK\r\nX-Slow: "))


def _drip_body(request: SeenRequest) -> RawReply:
    return RawReply(drip(request, b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n"))


def _pour_what_unpacks_to_nothing(request: SeenRequest) -> Reply:
    """Send empty blocks of gzip as fast as they are taken."""

    def blocks() -> Iterator[bytes]:
        yield b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03"
        while not request.released.is_set():
            yield b"\x00\x00\x00\xff\xff" * 1000

    return Reply(body=blocks(), headers={"Content-Encoding": "gzip"})


@pytest.mark.parametrize(
    ("handler", "timeout_s", "deadline_s", "tries"),
    [
        (_hang, 0.2, 10, 2),
        (_drip_headers, 10, 0.2, 1),
        (_drip_body, 10, 0.2, 1),
        (_pour_what_unpacks_to_nothing, 10, 0.2, 1),
    ],
)
def test_a_server_that_holds_us_is_left(
    handler: Handler, timeout_s: float, deadline_s: float, tries: int
) -> None:
    with serving(handler, timeout_s=timeout_s, deadline_s=deadline_s, tries=2) as (client, server):
        error = failure_of(client, server.url)
        server.release()
    assert error.retryable
    assert "did not respond completely in time" in str(error)
    assert len(server.requests) == tries


def test_a_whole_answer_may_take_four_times_as_long_as_a_step() -> None:
    with serving(_drip_body, timeout_s=0.1, tries=1) as (client, server):
        error = failure_of(client, server.url)
        server.release()
    assert "(0.1 s for each step, 0.4 s for all of it)" in str(error)


def test_an_endless_stream_of_small_chunks_ends_with_the_deadline() -> None:
    def handle(request: SeenRequest) -> Reply:
        return Reply(status=404, body=drip(request))

    with serving(handle, timeout_s=10, deadline_s=0.2, tries=1) as (client, server):
        error = failure_of(client, server.url)
        server.release()
    assert "in time" in str(error)


def test_a_refused_connection_is_a_retryable_failure() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    with serving(in_turn(GOOD)) as (client, _):
        error = failure_of(client, f"http://127.0.0.1:{port}/")
    assert error.retryable
    assert "could not be reached: " in str(error)
    assert "[Errno" not in str(error)


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1:99999",
        "127.0.0.1:99999999999999999999",
        "a" * 64 + ".example",
        "a..b",
        "xn--a.example",
        "\N{SNOWMAN}.example",
        "a b",
        "::1",
    ],
)
def test_a_host_that_cannot_be_is_a_failure(host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    FakeNames().install(monkeypatch)
    with serving(in_turn(GOOD), tries=1) as (client, _):
        assert SOURCE in str(failure_of(client, f"http://{host}/"))


def test_ten_megabytes_are_refused_where_one_is_the_limit() -> None:
    with serving(in_turn(Reply(body=bytes(10 * 2**20)))) as (client, server):
        error = failure_of(client, server.url, max_bytes=2**20)
    assert not error.retryable
    assert "more than 1048576 bytes" in str(error)
    assert len(server.requests) == 1


def test_an_answer_of_exactly_the_limit_is_taken() -> None:
    with serving(in_turn(Reply(body=b"12345"))) as (client, server):
        assert client.get(SOURCE, server.url, max_bytes=5).content == b"12345"


def test_the_limit_counts_what_is_unpacked() -> None:
    with serving(in_turn(gzip_bomb(100))) as (client, server):
        assert "sent more than" in str(failure_of(client, server.url))
    assert len(server.requests) == 1


def test_of_an_endless_error_page_the_beginning_is_enough() -> None:
    with serving(in_turn(Reply(404, body=b"gone " * 2_000_000))) as (client, server):
        error = failure_of(client, server.url, max_bytes=10)
    assert str(error).endswith("gone gone…")
    assert len(str(error)) < 200


def test_a_good_certificate_is_trusted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
    with serving(in_turn(GOOD), certificate=CERTIFICATE) as (client, server):
        assert client.get(SOURCE, server.url).content == b"whole"


def test_an_untrusted_certificate_is_refused_at_once() -> None:
    with serving(in_turn(GOOD), certificate=CERTIFICATE) as (client, server):
        error = failure_of(client, server.url)
    assert not error.retryable
    assert "could not be trusted" in str(error)


def test_a_dripping_server_is_left_behind_encryption_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
    slow = serving(_drip_body, certificate=CERTIFICATE, timeout_s=10, deadline_s=0.3, tries=1)
    with slow as (client, server):
        error = failure_of(client, server.url)
        server.release()
    assert "in time" in str(error)


def test_a_missing_file_of_certificates_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", "nowhere.pem")
    with serving(in_turn(GOOD)) as (client, server):
        assert "trusted certificates" in str(failure_of(client, server.url))


def test_a_post_that_hangs_is_left_too() -> None:
    with serving(_hang, timeout_s=0.2, tries=1) as (client, server):
        with pytest.raises(FetchError, match="in time"):
            client.post_json(SOURCE, server.url, {})
        server.release()
