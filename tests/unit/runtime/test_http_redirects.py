from __future__ import annotations

import socket

import pytest

from mrt_pipeline.errors import FetchError
from mrt_pipeline.runtime.http import HttpClient, HttpOptions
from mrt_pipeline.runtime.http_errors import Request
from mrt_pipeline.runtime.http_exchange import MAX_REDIRECTS, Exchange
from mrt_pipeline.runtime.http_transport import find_proxy
from mrt_pipeline.runtime.rate_limits import Allowance, RateLimiter
from tests.fakes.fake_time import FakeTime
from tests.fakes.http_server import LoopbackServer, Reply, SeenRequest, in_turn
from tests.fakes.names import FakeNames
from tests.unit.runtime.http_scene import SOURCE, failure_of, serving
from tests.unit.runtime.test_http_faults import CERTIFICATE


@pytest.fixture(autouse=True)
def names(monkeypatch: pytest.MonkeyPatch) -> FakeNames:
    names = FakeNames()
    names.install(monkeypatch)
    return names


def _to(location: str, status: int = 302) -> Reply:
    return Reply(status, headers={"Location": location})


def _only_path(request: SeenRequest) -> Reply:
    """Answer /5 with a redirect to /4 and so on, and /0 with a body."""
    left = int(request.path[1:])
    return _to(f"/{left - 1}") if left else Reply(body=b"there")


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_followed(status: int) -> None:
    with serving(in_turn(_to("/new?a=1", status), Reply(body=b"new"))) as (client, server):
        answer = client.get(SOURCE, f"{server.url}/old")
    assert (answer.content, answer.url) == (b"new", f"{server.url}/old")
    assert server.targets == ["/old", "/new?a=1"]


def test_five_redirects_are_followed_and_a_sixth_is_not() -> None:
    with serving(_only_path) as (client, server):
        assert client.get(SOURCE, f"{server.url}/{MAX_REDIRECTS}").content == b"there"
        error = failure_of(client, f"{server.url}/{MAX_REDIRECTS + 1}")
    assert not error.retryable
    assert "redirected more than 5 times" in str(error)


def test_a_loop_of_redirects_ends() -> None:
    with serving(in_turn(_to("/again"))) as (client, server):
        failure_of(client, f"{server.url}/again")
    assert len(server.requests) == MAX_REDIRECTS + 1


@pytest.mark.parametrize("location", ["file:///etc/hosts", "ftp://127.0.0.1/x", "gopher://127.0.0.1/"])
def test_a_redirect_leads_to_http_only(location: str) -> None:
    with serving(in_turn(_to(location))) as (client, server):
        error = failure_of(client, server.url)
    assert not error.retryable
    assert "expected http or https" in str(error)


def test_https_stays_https(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
    with LoopbackServer(in_turn(Reply(body=b"unencrypted"))) as other:
        moved = serving(in_turn(_to(other.url)), certificate=CERTIFICATE)
        with moved as (client, server):
            error = failure_of(client, server.url)
    assert other.requests == []
    assert not error.retryable
    assert "redirected from https to http" in str(error)


def test_a_redirect_gets_only_the_time_that_is_left_of_its_answers() -> None:
    allowance = Allowance(10)

    def spend_all(request: SeenRequest) -> Reply:
        allowance.left_s = 0
        return _to("/again")

    with serving(spend_all) as (_, server):
        request = Request(SOURCE, "GET", server.url, 100, server.url, {})
        exchange = Exchange(
            timeout_s=10, user_agent="x", trusted_hosts=frozenset({"localhost"}), limiter=RateLimiter()
        )
        with pytest.raises(FetchError, match=r"10 s for each step, 10 s for all of it"):
            exchange.send(request, allowance)
        exchange.close()
    assert server.targets == ["/"]


@pytest.mark.parametrize(
    "location", ["data:,x", "http://[", "http://127.0.0.1:99999/", "http://a..b/", "http://:0"]
)
def test_a_redirect_to_nowhere_is_a_failure(location: str) -> None:
    with serving(in_turn(_to(location)), tries=1) as (client, server):
        failure_of(client, server.url)


def test_a_redirect_without_a_target_is_a_failure() -> None:
    with serving(in_turn(Reply(302))) as (client, server):
        assert failure_of(client, server.url).status == 302


def test_headers_go_along_within_an_origin() -> None:
    with serving(in_turn(_to("/new"), Reply())) as (client, server):
        client.get(SOURCE, server.url, headers={"AccountKey": "k3y-of-mine"})
    assert [request.headers["accountkey"] for request in server.requests] == ["k3y-of-mine"] * 2


@pytest.mark.parametrize("header", ["Authorization", "AccountKey", "x-api-key"])
def test_no_header_of_the_caller_goes_to_another_host(header: str) -> None:
    with (
        LoopbackServer(in_turn(Reply(body=b"other"))) as other,
        serving(in_turn(_to(f"{other.url}/x"))) as (client, server),
    ):
        answer = client.get(SOURCE, server.url, headers={header: "k3y-of-mine"})
    assert answer.content == b"other"
    assert "k3y-of-mine" not in str(other.requests[0].headers)
    assert other.requests[0].headers["user-agent"].startswith("mrt-data-pipeline/")


def test_a_header_that_another_host_did_not_get_does_not_come_back() -> None:
    with (
        serving(in_turn(Reply())) as (client, server),
        LoopbackServer(in_turn(_to(f"{server.url}/back"))) as other,
    ):
        server.handler = in_turn(_to(other.url), Reply())
        client.get(SOURCE, server.url, headers={"AccountKey": "k3y-of-mine"})
    assert "accountkey" not in server.requests[1].headers


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_the_body_of_a_post_is_sent_nowhere_else(status: int) -> None:
    with (
        serving(in_turn(_to("/elsewhere", status), Reply())) as (client, server),
        pytest.raises(FetchError, match="redirects a POST") as caught,
    ):
        client.post_json(SOURCE, f"{server.url}/token", {"password": "s3cret-word"})
    assert server.targets == ["/token"]
    assert "s3cret-word" not in str(caught.value)


@pytest.mark.parametrize(
    "target",
    [
        "http://127.0.0.1:{port}/admin",
        "http://localhost:{port}/admin",
        "http://2130706433:{port}/admin",
        "http://[::ffff:127.0.0.1]:{port}/admin",
        "http://169.254.169.254/latest/meta-data",
        "http://10.0.0.1/",
        "http://[fe80::1]/",
        "http://0.0.0.0:{port}/admin",
    ],
)
def test_a_public_service_cannot_lead_us_into_the_operators_network(
    target: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The public service is played by a proxy, which any name leads to."""
    with LoopbackServer(in_turn(Reply(body=b"internal"))) as inside:
        location = target.format(port=inside.port)
        with LoopbackServer(in_turn(_to(location))) as proxy:
            monkeypatch.setenv("http_proxy", proxy.url)
            monkeypatch.setenv("no_proxy", "2130706433")
            client = HttpClient(
                HttpOptions(base_urls=("http://service.example/api",)),
                now=FakeTime().now,
                sleep=FakeTime().sleep,
            )
            error = failure_of(client, "http://service.example/api/stops")
            client.close()
    assert proxy.targets == ["http://service.example/api/stops"]
    assert inside.requests == []
    assert not error.retryable
    assert "inside this network" in str(error)


def test_a_name_that_leads_elsewhere_a_moment_later_is_noticed(names: FakeNames) -> None:
    names.addresses["rebinding.example"] = ["93.184.215.14", "127.0.0.1"]
    names.addresses["service.example"] = ["93.184.215.14"]
    with LoopbackServer(in_turn(Reply(body=b"internal"))) as inside:
        client = HttpClient(HttpOptions(base_urls=("http://service.example",)), now=FakeTime().now)
        error = failure_of(client, f"http://rebinding.example:{inside.port}/")
        client.close()
    assert inside.requests == []
    assert "inside this network" in str(error)


def test_a_name_inside_the_network_is_not_even_tried(names: FakeNames) -> None:
    names.addresses["inside.example"] = ["127.0.0.1"]
    names.addresses["service.example"] = ["93.184.215.14"]
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    client = HttpClient(HttpOptions(base_urls=("http://service.example",)), now=FakeTime().now)
    error = failure_of(client, f"http://inside.example:{port}/")
    client.close()
    assert not error.retryable
    assert "inside this network" in str(error)


def test_a_service_inside_the_network_may_lead_to_its_neighbours() -> None:
    with serving(in_turn(Reply())) as (client, server):
        server.handler = in_turn(_to(f"http://localhost:{server.port}/new"), Reply(body=b"new"))
        assert client.get(SOURCE, server.url).content == b"new"


def test_a_configured_name_may_lead_into_the_operators_network(names: FakeNames) -> None:
    names.addresses["mirror.example"] = ["127.0.0.1"]
    with LoopbackServer(in_turn(Reply(body=b"mirrored"))) as inside:
        url = f"http://mirror.example:{inside.port}"
        client = HttpClient(HttpOptions(base_urls=(url,)), now=FakeTime().now)
        assert client.get(SOURCE, url).content == b"mirrored"
        client.close()


@pytest.mark.parametrize(
    "host",
    [
        *("2130706433", "0x7f.1", "017700000001", "127.1", "127。0。0。1", "localhost."),
        *("2852039166", "[64:ff9b::a9fe:a9fe]", "[2002:7f00:1::]", "[::127.0.0.1]", "metadata.internal"),
    ],
)
def test_no_proxy_is_asked_for_a_private_host_in_any_spelling(
    host: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with LoopbackServer(in_turn(_to(f"http://{host}/admin"), Reply(body=b"internal"))) as proxy:
        monkeypatch.setenv("http_proxy", proxy.url)
        client = HttpClient(
            HttpOptions(base_urls=("http://service.example/api",), tries=1), now=FakeTime().now
        )
        failure_of(client, "http://service.example/api/stops")
        client.close()
    assert proxy.targets == ["http://service.example/api/stops"]


@pytest.mark.parametrize(
    ("variables", "scheme", "host", "expected"),
    [
        ({}, "https", "a.example", None),
        ({"https_proxy": "http://p:3128"}, "https", "a.example", "http://p:3128"),
        ({"https_proxy": "p:3128"}, "https", "a.example", "http://p:3128"),
        ({"https_proxy": "http://p:3128"}, "http", "a.example", None),
        ({"all_proxy": "http://p:3128"}, "http", "a.example", "http://p:3128"),
        ({"https_proxy": "http://p:3128", "no_proxy": "a.example"}, "https", "a.example", None),
        ({"http_proxy": "http://p:3128"}, "http", "localhost", None),
        ({"http_proxy": ""}, "http", "a.example", None),
    ],
)
def test_the_environment_may_name_a_proxy(
    variables: dict[str, str],
    scheme: str,
    host: str,
    expected: str | None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert find_proxy(scheme, host) == expected


def test_a_proxy_of_a_kind_that_is_not_supported_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "socks5://127.0.0.1:1080")
    client = HttpClient(HttpOptions(), now=FakeTime().now)
    error = failure_of(client, "http://service.example/")
    client.close()
    assert not error.retryable
    assert "the proxy" in str(error)
