"""No secret of a request gets onto the disk or into a message."""

from __future__ import annotations

from pathlib import Path

import pytest

from mrt_pipeline.errors import FetchError
from mrt_pipeline.runtime.http import HttpClient, HttpOptions
from mrt_pipeline.runtime.http_errors import show_url
from mrt_pipeline.secrecy import SECRETS
from tests.fakes.fake_time import FakeTime
from tests.fakes.http_server import Handler, LoopbackServer, Reply, SeenRequest, in_turn
from tests.unit.runtime.http_scene import SOURCE, failure_of, keeping, serving

SECRET = "s3cr3t-w0rd-0a1b2c3d4e"
HEADERS = ["Authorization", "AccountKey", "x-api-key", "X-Whatever"]


def _all_bytes_below(folder: Path) -> bytes:
    return b"".join(
        path.read_bytes() + path.name.encode() for path in sorted(folder.rglob("*")) if path.is_file()
    )


def _echo(status: int) -> Handler:
    def handle(request: SeenRequest) -> Reply:
        given = f"{request.target} {request.body.decode()} {' '.join(request.headers.values())}"
        return Reply(status, f"you said {given}".encode(), {"ETag": '"1"'})

    return handle


def _echo_the_token(request: SeenRequest) -> Reply:
    return Reply(401, b"bad token " + request.headers["authorization"].split()[1].encode())


def _echo_in_a_header(request: SeenRequest) -> Reply:
    return Reply(headers={"ETag": request.headers["accountkey"]})


@pytest.mark.parametrize("header", HEADERS)
def test_no_header_of_a_caller_gets_onto_the_disk(header: str, tmp_path: Path) -> None:
    time = FakeTime()
    with keeping(in_turn(Reply(body=b"rows", headers={"ETag": '"1"'})), tmp_path, time) as (
        client,
        server,
    ):
        for _ in range(3):  # fetched, kept, asked for again
            client.get(SOURCE, server.url, headers={header: f"Bearer {SECRET}"}, ttl_days=1)
            time.advance(days=0.9)
    assert b"rows" in _all_bytes_below(tmp_path)
    assert SECRET.encode() not in _all_bytes_below(tmp_path)


@pytest.mark.parametrize("handler", [_echo(200), _echo_in_a_header])
def test_an_answer_that_repeats_a_secret_stays_off_the_disk(handler: Handler, tmp_path: Path) -> None:
    with keeping(handler, tmp_path) as (client, server):
        client.get(SOURCE, server.url, headers={"AccountKey": SECRET}, ttl_days=1)
    assert _all_bytes_below(tmp_path) == b""


@pytest.mark.parametrize("url", ["http://user:{}@{}/x", "http://{1}/x?token={0}"])
def test_no_secret_of_a_url_gets_onto_the_disk(url: str, tmp_path: Path) -> None:
    with keeping(in_turn(Reply(body=b"rows")), tmp_path) as (client, server):
        client.get(SOURCE, url.format(SECRET, f"127.0.0.1:{server.port}"), ttl_days=1)
    assert b"rows" in _all_bytes_below(tmp_path)
    assert SECRET.encode() not in _all_bytes_below(tmp_path)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 500])
@pytest.mark.parametrize("header", HEADERS)
def test_no_header_gets_into_a_message_even_if_the_service_repeats_it(header: str, status: int) -> None:
    with serving(_echo(status), tries=1) as (client, server):
        error = failure_of(client, server.url, headers={header: f"Bearer {SECRET}"})
    assert SECRET not in str(error)
    assert "[secret]" in str(error)


def test_a_token_is_known_without_the_word_before_it() -> None:
    with serving(_echo_the_token) as (client, server):
        error = failure_of(client, server.url, headers={"Authorization": f"Bearer {SECRET}"})
    assert str(error).endswith("status 401: bad token [secret]")


def test_no_query_of_a_url_gets_into_a_message() -> None:
    with serving(_echo(404)) as (client, server):
        error = failure_of(client, f"{server.url}/file?X-Amz-Signature={SECRET}", params={"skip": "500"})
    assert SECRET not in str(error)
    assert "/file?skip=500 responded" in str(error)


def test_no_password_gets_into_a_message() -> None:
    with serving(_echo(401)) as (client, server), pytest.raises(FetchError) as caught:
        client.post_json(SOURCE, server.url, {"email": "me@mail.example", "password": SECRET})
    assert SECRET not in str(caught.value)
    assert "me@mail.example" not in str(caught.value)


def test_a_redirect_to_a_signed_url_shows_no_signature(tmp_path: Path) -> None:
    def handle(request: SeenRequest) -> Reply:
        if request.path == "/poll":
            return Reply(302, headers={"Location": f"/file?signature={SECRET}"})
        return Reply(404, b"expired")

    with keeping(handle, tmp_path) as (client, server):
        error = failure_of(client, f"{server.url}/poll", ttl_days=1)
    assert SECRET not in str(error)
    assert _all_bytes_below(tmp_path) == b""


@pytest.mark.parametrize("word", ["stations", "checkpoints", "stage1_ingestion", "stage2_journal.sqlite3"])
@pytest.mark.parametrize("location", ["/file?token={0}", "http://me:{0}@{1}/file"])
def test_a_redirect_makes_no_word_of_ours_a_secret(word: str, location: str) -> None:
    def handle(request: SeenRequest) -> Reply:
        if request.path == "/poll":
            return Reply(302, headers={"Location": location.format(word, request.headers["host"])})
        return Reply(body=b"rows")

    with serving(handle) as (client, server):
        assert client.get(SOURCE, f"{server.url}/poll").content == b"rows"
    assert SECRETS.find(word) is None


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://me:pass@host.example:8443/a/b?key=1#part", "https://host.example:8443/a/b"),
        ("https://host.example", "https://host.example"),
        ("http://[::1]:80/x", "http://[::1]:80/x"),
        ("http://[", "a URL that cannot be read"),
        ("https://host.example/\x1b[31m", "https://host.example/?[31m"),
    ],
)
def test_a_url_is_shown_without_what_may_be_secret(url: str, shown: str) -> None:
    assert show_url(url) == shown


def test_a_long_url_is_cut() -> None:
    assert len(show_url("https://host.example/" + "a" * 5000)) == 300


@pytest.mark.parametrize("host", ["service.example", "10.0.0.1", "93.184.215.14"])
def test_no_secret_is_sent_unencrypted_to_another_machine(host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    url = f"http://{host}/stops"
    with LoopbackServer(in_turn(Reply())) as proxy:
        monkeypatch.setenv("http_proxy", proxy.url)
        client = HttpClient(HttpOptions(base_urls=(url,), tries=1), now=FakeTime().now)
        errors = [
            failure_of(client, url, headers={"AccountKey": SECRET}),
            failure_of(client, url.replace("//", f"//me:{SECRET}@")),
        ]
        with pytest.raises(FetchError, match="would send a secret unencrypted"):
            client.post_json(SOURCE, url, {"password": SECRET})
        with pytest.raises(FetchError, match="would send a secret unencrypted"):
            client.post_json_once(SOURCE, url, {}, headers={"authorization": f"Bearer {SECRET}"})
        client.get(SOURCE, url, headers={"accept": "text/html"}, conditions={"if-none-match": "1"})
        client.close()
    assert len(proxy.requests) == 1
    assert all("would send a secret unencrypted" in str(error) for error in errors)
