"""Lineage events through the official client to real servers: one that takes them, and ones that do not."""

from __future__ import annotations

import json
import os
import signal
import socket
import sys
import threading
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

import pytest
from pydantic import SecretStr

from mrt_pipeline.contracts.run import AttemptRecord, RunStatus
from mrt_pipeline.lineage import EventType, JobRun, read_sources, run_event
from mrt_pipeline.lineage.facets import Marker
from mrt_pipeline.runtime.lineage import LineageSender, Remainder
from mrt_pipeline.runtime.signals import StopRequest
from tests.fakes.http_server import Handler, LoopbackServer, Reply, SeenRequest, drip, in_turn
from tests.fakes.manifests import START, make_manifest
from tests.fakes.network_builder import provenance
from tests.fakes.openlineage_reader import read_event

KEY = "s3cret-k3y"
PATH = "/api/v1/lineage"
PATIENCE_S = 30
TAKEN = Reply(201)


def _event(number: int) -> dict[str, Any]:
    attempt = AttemptRecord(number=1, started_at=START, status=RunStatus.RUNNING, command="mrt-pipeline run")
    kind = EventType.START if number % 2 == 0 else EventType.COMPLETE
    return run_event(
        kind,
        JobRun(f"run-{number // 2}", 1, "mrt-data-pipeline"),
        make_manifest(attempts=(attempt,)),
        START,
        inputs=read_sources([provenance()], Marker("2.0.0")),
    )


EVENTS = [_event(number) for number in range(4)]


def _send(url: str, key: str | None = KEY, timeout_s: float = PATIENCE_S) -> Remainder | None:
    sender = LineageSender(url, None if key is None else SecretStr(key), timeout_s)
    for event in EVENTS:
        sender.send(event)
    return sender.close()


def _without_empty(value: Any) -> Any:
    """Return an event without empty objects and lists, which the client adds where nothing is said."""
    if isinstance(value, dict):
        return {key: _without_empty(below) for key, below in value.items() if below not in ({}, [])}
    return [_without_empty(one) for one in value] if isinstance(value, list) else value


def _arrived(server: LoopbackServer) -> list[Any]:
    return [_without_empty(json.loads(request.body)) for request in server.requests]


@pytest.mark.parametrize("base", ["", "/", "/below/here"])
def test_every_event_arrives_in_order_as_it_would_stand_in_the_file(base: str) -> None:
    with LoopbackServer(lambda _: TAKEN) as server:
        assert _send(f"{server.url}{base}") is None
    assert server.targets == [f"{base.rstrip('/')}{PATH}"] * len(EVENTS)
    assert _arrived(server) == [_without_empty(event) for event in EVENTS]
    for request in server.requests:
        assert request.headers["authorization"] == f"Bearer {KEY}"
        assert request.headers["content-type"] == "application/json"
        read_event(json.loads(request.body))


def test_without_a_key_none_is_sent() -> None:
    with LoopbackServer(lambda _: TAKEN) as server:
        assert _send(server.url, key=None) is None
    assert all("authorization" not in request.headers for request in server.requests)


def test_a_server_that_is_overloaded_for_a_moment_is_asked_again() -> None:
    with LoopbackServer(in_turn(Reply(503), TAKEN)) as server:
        assert _send(server.url) is None
    assert len(server.requests) == len(EVENTS) + 1


@pytest.mark.parametrize(
    ("handler", "reason"),
    [
        (lambda _: Reply(401, b"bad key s3cret-k3y"), "it answered: status 401"),
        (lambda _: Reply(500), "it answered with a failure of its own, 3 times in a row"),
        (lambda _: Reply(302), "it answered: status 302"),
        (lambda _: Reply(ending="reset", content_length=10), "no whole answer came (ChunkedEncodingError)"),
    ],
)
def test_what_a_server_refuses_is_handed_back_with_the_reason(handler: Handler, reason: str) -> None:
    with LoopbackServer(handler) as server:
        rest = _send(server.url)
    assert rest == Remainder(tuple(EVENTS), reason)


def test_what_arrived_before_a_failure_is_not_handed_back() -> None:
    with LoopbackServer(in_turn(TAKEN, TAKEN, Reply(400))) as server:
        rest = _send(server.url)
    assert rest == Remainder(tuple(EVENTS[2:]), "it answered: status 400")
    assert len(server.requests) == 3


def test_a_server_that_is_down_costs_the_run_nothing_but_a_sentence() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        rest = _send(f"http://127.0.0.1:{unused.getsockname()[1]}")
    assert rest == Remainder(tuple(EVENTS), "it could not be reached")


def _hang(request: SeenRequest) -> Reply:
    request.hang()
    return TAKEN


@pytest.mark.parametrize(
    "handler", [_hang, lambda request: Reply(body=drip(request))], ids=["silent", "never done"]
)
def test_a_server_that_does_not_come_to_an_end_is_not_waited_for(handler: Handler) -> None:
    with LoopbackServer(handler) as server:
        rest = _send(server.url, timeout_s=0.3)
        assert rest is not None
        assert rest.events == tuple(EVENTS)
        assert "did not answer within 0.3 s" in rest.reason


def test_an_answer_that_comes_too_late_is_not_asked_for_again() -> None:
    with LoopbackServer(_hang) as server:
        sender = LineageSender(server.url, None, 0.3)
        sender.send(EVENTS[0])
        for thread in threading.enumerate():
            if thread.name == "lineage":
                thread.join(PATIENCE_S)
        rest = sender.close()
        assert rest is not None
        assert "did not answer within 0.3 s" in rest.reason
        assert len(server.requests) == 1


def test_an_address_that_sends_on_to_another_is_not_believed_to_have_taken_anything() -> None:
    def send_on(request: SeenRequest) -> Reply:
        is_login = request.path == "/login"
        return Reply(body=b"a page") if is_login else Reply(302, headers={"Location": "/login"})

    with LoopbackServer(send_on) as server:
        rest = _send(server.url)
    assert rest is not None
    assert rest.events == tuple(EVENTS)
    assert "put that one into lineage.url" in rest.reason


@pytest.mark.parametrize(
    ("address", "error"), [("http://[", "ValueError"), ("http://.s3cret-k3y/", "LocationParseError")]
)
def test_what_the_client_did_not_foresee_is_a_reason_like_others(address: str, error: str) -> None:
    """Its type is told, and not its text, which has the address in it."""
    with LoopbackServer(lambda _: Reply(302, headers={"Location": address})) as server:
        rest = _send(server.url)
    assert rest == Remainder(tuple(EVENTS), f"the OpenLineage client failed unexpectedly ({error})")


def test_a_signal_ends_the_waiting_and_what_has_not_arrived_is_handed_back() -> None:
    def stop(request: SeenRequest) -> Reply:
        while not _is_waited_for(LineageSender.close.__code__) and not request.released.wait(0.01):
            pass
        if not request.released.is_set():
            os.kill(os.getpid(), signal.SIGTERM)
        request.hang()
        return TAKEN

    with LoopbackServer(stop) as server, StopRequest().watching():
        rest = _send(server.url)
    assert rest == Remainder(tuple(EVENTS), "a signal came while it was waited for")


def _is_waited_for(code: CodeType) -> bool:
    """Tell whether the main thread waits for another one in some code."""
    above: FrameType | None = sys._current_frames()[threading.main_thread().ident or 0]
    stack = []
    while above is not None:
        stack.append(above.f_code)
        above = above.f_back
    return code in stack and threading.Thread.join.__code__ in stack


def test_nothing_is_opened_where_nothing_is_sent() -> None:
    with LoopbackServer(lambda _: TAKEN) as server:
        assert LineageSender(server.url, None, PATIENCE_S).close() is None
    assert server.requests == []


def test_a_key_is_shown_nowhere(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(0)
    with LoopbackServer(lambda _: Reply(401, KEY.encode())) as server:
        rest = _send(server.url)
    assert rest is not None
    assert KEY not in rest.reason
    assert KEY not in caplog.text
