"""A real OpenAI-compatible server on the loopback interface that answers as a test tells it to.

    with serving(answers(completion(reply(access=[fact("A", "lift", "Exit A has a lift")])))) as server:
        ...  # base_url_of(server), questions(server)

Every fault of a server has a function here, so that tests say what happens and not how it looks on the
wire.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tests.fakes.http_server import (
    Handler,
    LoopbackServer,
    RawReply,
    Reply,
    SeenRequest,
    drip,
    gzip_bomb,
    in_turn,
    json_reply,
)

TEN_MB = 10_000_000


def serving(handler: Handler) -> LoopbackServer:
    """Return a server, to be entered, that answers every question with a handler."""
    return LoopbackServer(handler)


def base_url_of(server: LoopbackServer) -> str:
    """Return the value for ``apis.openrouter.base_url``."""
    return f"{server.url}/v1"


def questions(server: LoopbackServer) -> list[str]:
    """Return the last message of each request, in order."""
    return [question_of(request) for request in server.requests]


def question_of(request: SeenRequest) -> str:
    """Return the last message of a request."""
    return str(body_of(request)["messages"][-1]["content"])


def body_of(request: SeenRequest) -> dict[str, Any]:
    """Return what was sent."""
    body: dict[str, Any] = json.loads(request.body)
    return body


def answers(*replies: Reply | RawReply) -> Handler:
    """Return a handler that gives the replies in turn, and then repeats the last one."""
    return in_turn(*replies)


def fact(*texts: str, quote: str | None = None, **more: str) -> dict[str, str]:
    """Return a fact as a model writes it: of an exit (exit, value, quote) or a platform (value, quote=)."""
    if quote is not None:
        return {"value": texts[0], "towards": "", "line": "", "quote": quote, **more}
    exit_label, value, quoted = texts
    return {"exit": exit_label, "value": value, "quote": quoted, **more}


def reply(**facts: Sequence[Mapping[str, Any]]) -> str:
    """Return the JSON that a model writes, with empty lists for arguments not given."""
    kinds = ("landmarks", "bus_stops", "access", "platforms")
    return json.dumps({kind: list(facts.get(kind, ())) for kind in kinds})


def completion(text: object, finish_reason: str | None = "stop", **more: Any) -> Reply:
    """Return a complete answer; ``more`` replaces fields of the message, and ``usage`` the cost."""
    usage = more.pop("usage", {"prompt_tokens": 100, "completion_tokens": 20, "cost": 0.001})
    message = {"role": "assistant", "content": text, **more}
    choice = {"index": 0, "message": message, "finish_reason": finish_reason}
    return json_reply({"id": "gen-1", "model": "served", "choices": [choice], "usage": usage})


def failure(status: int, message: str = "something went wrong", **headers: str) -> Reply:
    """Return an error as OpenRouter sends it."""
    return json_reply({"error": {"code": status, "message": message}}, status, **headers)


def failure_within(code: object, message: str = "the provider broke off") -> Reply:
    """Return an error inside an answer of status 200."""
    return json_reply({"id": "gen-1", "error": {"code": code, "message": message}})


def failure_of_choice(code: object) -> Reply:
    """Return an error inside a choice, beside the beginning of an answer."""
    error = {"code": code, "message": "the provider broke off"}
    message = {"role": "assistant", "content": '{"items":['}
    return json_reply({"choices": [{"message": message, "finish_reason": "error", "error": error}]})


def page(status: int = 200) -> Reply:
    """Return what a gateway or a hotel network sends instead of an answer."""
    return Reply(status, b"<!doctype html><h1>Please log in</h1>", {"Content-Type": "text/html"})


def huge() -> Reply:
    """Return an answer of ten megabytes, well-formed and full of statements."""
    lift = fact("A", "lift", "Exit A has a lift")
    return completion(reply(access=[lift] * (TEN_MB // len(json.dumps(lift)))))


def endless(request: SeenRequest) -> RawReply:
    """Return headers and then a byte now and then, endlessly."""
    start = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n"
    return RawReply(drip(request, start, b" "))


def endless_headers(request: SeenRequest) -> RawReply:
    """Return the beginning of a header line that never ends."""
    return RawReply(drip(request, b"HTTP/1.1 200 OK\r\nX-Wait: ", b"x"))


def silent(request: SeenRequest) -> Reply:
    """Answer nothing until the test releases the request."""
    request.hang()
    return failure(503)


def hung_up() -> RawReply:
    """Return nothing: the connection is closed."""
    return RawReply(())


def packed() -> Reply:
    """Return a small answer that unpacks to 64 MiB."""
    return gzip_bomb(64)


def cut_json(whole: str) -> Iterator[str]:
    """Yield a text cut at each tenth of its length."""
    yield from (whole[: len(whole) * tenth // 10] for tenth in range(1, 10))
