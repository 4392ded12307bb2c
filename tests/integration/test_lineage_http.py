"""Lineage events sent to real servers: one that takes them, and ones that do not."""

from __future__ import annotations

import json
import os
import signal
import socket
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from mrt_pipeline.config import Secrets
from mrt_pipeline.config.settings import LineageSection
from mrt_pipeline.errors import StorageError
from mrt_pipeline.lineage import LINEAGE_NAME, send_events
from mrt_pipeline.runtime.signals import StopRequest
from tests.fakes.http_server import Handler, LoopbackServer, Reply, SeenRequest, drip, gzip_bomb, in_turn
from tests.fakes.lineage import events_of, whole_run
from tests.fakes.manifests import START
from tests.fakes.openlineage_reader import read_event

KEY = "s3cret-k3y"
PATH = "/api/v1/lineage"
PATIENCE_S = 30
HASTE_S = 0.3
TAKEN = Reply(201)
EVENTS = events_of(whole_run())[:4]


def _send(folder: Path, url: str, key: str | None = KEY, timeout_s: float = PATIENCE_S) -> str | None:
    section = LineageSection.model_validate({"transport": "http", "url": url, "timeout_seconds": timeout_s})
    secrets = Secrets(mrt_pipeline_lineage_api_key=None if key is None else SecretStr(key))
    return send_events(EVENTS, folder / LINEAGE_NAME, section, secrets, lambda: START)


def _kept(folder: Path) -> list[Any]:
    path = folder / LINEAGE_NAME
    return [json.loads(line) for line in path.read_bytes().splitlines()] if path.exists() else []


def _arrived(server: LoopbackServer) -> list[Any]:
    return [json.loads(request.body) for request in server.requests]


@pytest.mark.parametrize("base", ["", "/", "/below/here"])
def test_every_event_arrives_in_order_as_it_would_stand_in_the_file(base: str, tmp_path: Path) -> None:
    with LoopbackServer(lambda _: TAKEN) as server:
        assert _send(tmp_path, f"{server.url}{base}") is None
    assert server.targets == [f"{base.rstrip('/')}{PATH}"] * len(EVENTS)
    assert _arrived(server) == EVENTS
    assert _kept(tmp_path) == []
    for request in server.requests:
        assert request.headers["authorization"] == f"Bearer {KEY}"
        assert request.headers["content-type"] == "application/json"
        read_event(json.loads(request.body))


def test_without_a_key_none_is_sent(tmp_path: Path) -> None:
    with LoopbackServer(lambda _: TAKEN) as server:
        assert _send(tmp_path, server.url, key=None) is None
    assert all("authorization" not in request.headers for request in server.requests)


def test_a_server_that_is_overloaded_for_a_moment_is_asked_again(tmp_path: Path) -> None:
    with LoopbackServer(in_turn(Reply(503), TAKEN)) as server:
        assert _send(tmp_path, server.url) is None
    assert len(server.requests) == len(EVENTS) + 1


@pytest.mark.parametrize(
    ("handler", "reason"),
    [
        (lambda _: Reply(401, b"bad key s3cret-k3y"), "it responded with status 401"),
        (lambda _: Reply(500, b"a word of the server's"), "it responded with status 500"),
        (lambda _: Reply(302), "it responded with status 302"),
        (lambda _: Reply(ending="reset", content_length=10), "connection reset"),
        (lambda _: Reply(201, b"x" * (2**20 + 1)), "sent more than 1048576 bytes"),
        (lambda _: Reply(201, iter(lambda: b"x" * 2**16, None)), "sent more than 1048576 bytes"),
        (lambda _: Reply(400, iter(lambda: b"x" * 2**16, None)), "it responded with status 400"),
        (in_turn(replace(gzip_bomb(4), status=201)), "sent more than 1048576 bytes"),
    ],
)
def test_what_a_server_refuses_is_kept_with_the_reason(handler: Handler, reason: str, tmp_path: Path) -> None:
    with LoopbackServer(handler) as server:
        fault = _send(tmp_path, server.url, timeout_s=2)
    assert fault is not None
    assert fault.startswith("4 lineage events did not reach the server and are kept in ")
    assert reason in fault
    assert "word of the server" not in fault
    assert str(tmp_path / LINEAGE_NAME) in fault
    assert _kept(tmp_path) == EVENTS


def test_what_arrived_before_a_failure_is_not_kept(tmp_path: Path) -> None:
    with LoopbackServer(in_turn(TAKEN, TAKEN, Reply(400))) as server:
        fault = _send(tmp_path, server.url)
    assert fault is not None
    assert fault.startswith("2 lineage events")
    assert _kept(tmp_path) == EVENTS[2:]
    assert len(server.requests) == 3


def test_a_server_that_is_down_costs_the_run_nothing_but_a_sentence(tmp_path: Path) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        fault = _send(tmp_path, f"http://127.0.0.1:{unused.getsockname()[1]}", timeout_s=HASTE_S)
    assert fault is not None
    assert "could not be reached" in fault
    assert _kept(tmp_path) == EVENTS


def _hang(request: SeenRequest) -> Reply:
    request.hang()
    return TAKEN


@pytest.mark.parametrize(
    "handler", [_hang, lambda request: Reply(body=drip(request))], ids=["silent", "never done"]
)
def test_a_server_that_does_not_come_to_an_end_is_not_waited_for_nor_asked_again(
    handler: Handler, tmp_path: Path
) -> None:
    began = time.monotonic()
    with LoopbackServer(handler) as server:
        fault = _send(tmp_path, server.url, timeout_s=HASTE_S)
        assert time.monotonic() - began < 10 * HASTE_S
        assert len(server.requests) == 1
    assert fault is not None
    assert "did not respond completely in time (0.3 s" in fault
    assert _kept(tmp_path) == EVENTS


def test_a_server_that_asks_for_a_longer_pause_than_it_may_take_is_not_waited_for(tmp_path: Path) -> None:
    began = time.monotonic()
    with LoopbackServer(lambda _: Reply(503, headers={"Retry-After": "60"})) as server:
        fault = _send(tmp_path, server.url, timeout_s=2)
    assert time.monotonic() - began < 30
    assert len(server.requests) == 1
    assert fault is not None
    assert "it responded with status 503" in fault


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_an_address_that_sends_on_to_another_is_not_believed_to_have_taken_anything(
    status: int, tmp_path: Path
) -> None:
    with (
        LoopbackServer(lambda _: TAKEN) as elsewhere,
        LoopbackServer(lambda _: Reply(status, headers={"Location": elsewhere.url})) as server,
    ):
        fault = _send(tmp_path, server.url)
    assert fault is not None
    assert "its body is not sent on" in fault
    assert elsewhere.requests == []
    assert _kept(tmp_path) == EVENTS


@pytest.mark.parametrize("address", ["http://[", "http://.s3cret-k3y/", "\\"])
def test_an_address_that_cannot_be_read_is_a_reason_like_others_and_is_not_quoted(
    address: str, tmp_path: Path
) -> None:
    with LoopbackServer(lambda _: Reply(302, headers={"Location": address})) as server:
        fault = _send(tmp_path, server.url)
    assert fault is not None
    assert address not in fault
    assert _kept(tmp_path) == EVENTS


def test_an_unforeseen_fault_loses_no_event(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("mrt_pipeline.runtime.http.HttpClient.post_json", fail)
    with pytest.raises(ZeroDivisionError):
        _send(tmp_path, "http://127.0.0.1:9")
    assert _kept(tmp_path) == EVENTS


def test_what_can_be_neither_sent_nor_kept_is_reported(tmp_path: Path) -> None:
    (tmp_path / LINEAGE_NAME).mkdir()
    with LoopbackServer(lambda _: Reply(400)) as server, pytest.raises(StorageError):
        _send(tmp_path, server.url)


def test_a_signal_ends_the_waiting_and_what_has_not_arrived_is_kept(tmp_path: Path) -> None:
    def stop(request: SeenRequest) -> Reply:
        if not taken:
            taken.append(request)
            return TAKEN
        os.kill(os.getpid(), signal.SIGTERM)
        request.hang()
        return TAKEN

    taken: list[SeenRequest] = []
    with LoopbackServer(stop) as server, StopRequest().watching():
        fault = _send(tmp_path, server.url)
    assert fault is not None
    assert "interrupted by a signal while waiting for it" in fault
    assert _kept(tmp_path) == EVENTS[1:]


def test_what_an_event_says_is_not_taken_for_a_secret(tmp_path: Path) -> None:
    with LoopbackServer(lambda _: TAKEN) as server:
        assert _send(tmp_path, server.url) is None
        assert _send(tmp_path, server.url) is None
    assert "[secret]" not in server.requests[-1].body.decode()


def test_a_key_is_shown_nowhere(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(0)
    with LoopbackServer(lambda _: Reply(401, KEY.encode())) as server:
        fault = _send(tmp_path, server.url)
    assert fault is not None
    assert KEY not in fault
    assert KEY not in caplog.text
    assert KEY not in (tmp_path / LINEAGE_NAME).read_text()
