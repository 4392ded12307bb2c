"""A real HTTP server on the loopback interface that answers as a test tells it to, faults included.

    with LoopbackServer(lambda request: Reply(body=b"hello")) as server:
        ...  # server.url, server.requests

The handler runs in the server's threads. It may block with ``request.hang()``, which returns when the test
calls ``server.release()`` or the server closes, so no test has to sleep. An exception in a handler fails the
test.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import socket
import ssl
import struct
import threading
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self
from urllib.parse import parse_qsl, urlsplit

RELEASE_TIMEOUT_S = 30
"""makes a test that forgets to release its requests fail instead of hanging"""


@dataclass(frozen=True, slots=True)
class SeenRequest:
    """A request as it arrived."""

    method: str
    target: str
    """path and query as sent; the whole URL if sent to a proxy"""
    headers: Mapping[str, str]
    """names in lower case"""
    body: bytes
    released: threading.Event = field(repr=False)

    @property
    def path(self) -> str:
        return urlsplit(self.target).path

    @property
    def query(self) -> dict[str, str]:
        return dict(parse_qsl(urlsplit(self.target).query))

    def hang(self) -> None:
        """Block until the test releases the request."""
        self.released.wait(RELEASE_TIMEOUT_S)


@dataclass(frozen=True, slots=True)
class Reply:
    """The answer to send. A body that is not bytes is sent in chunks, each as soon as it is available."""

    status: int = 200
    body: bytes | Iterable[bytes] = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    content_length: int | None = None
    """value to claim instead of the true one"""
    ending: Literal["keep", "close", "reset"] = "keep"
    """what happens to the connection after the body; ``reset`` aborts it"""


@dataclass(frozen=True, slots=True)
class RawReply:
    """Bytes to send unchanged, each part as soon as it is available, before the connection is closed."""

    parts: Iterable[bytes]


Handler = Callable[[SeenRequest], Reply | RawReply]


def json_reply(content: object, status: int = 200, **headers: str) -> Reply:
    """Return a JSON answer; ``retry_after="3"`` becomes the header Retry-After."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Reply(status, json.dumps(content).encode(), {"Content-Type": "application/json", **named})


def gzip_bomb(size_mib: int) -> Reply:
    """Return a small answer that unpacks to many MiB of zeros."""
    packer = zlib.compressobj(9, zlib.DEFLATED, zlib.MAX_WBITS | 16)
    packed = b"".join(packer.compress(bytes(2**20)) for _ in range(size_mib)) + packer.flush()
    return Reply(body=packed, headers={"Content-Encoding": "gzip"})


def drip(request: SeenRequest, first: bytes = b"", byte: bytes = b"x") -> Iterator[bytes]:
    """Yield a beginning, and then a byte now and then until the test releases the request."""
    yield first
    while not request.released.wait(0.01):
        yield byte


def in_turn(*replies: Reply | RawReply) -> Handler:
    """Return a handler that gives the replies in turn, and then repeats the last one."""
    turns = itertools.chain(replies, itertools.repeat(replies[-1]))
    lock = threading.Lock()

    def handle(_request: SeenRequest) -> Reply | RawReply:
        with lock:
            return next(turns)

    return handle


class LoopbackServer:
    """Serves on a free port of 127.0.0.1 while its block runs."""

    def __init__(self, handler: Handler, *, certificate: Path | None = None) -> None:
        """Take the handler, and optionally a PEM file with key and certificate for https."""
        self.handler = handler
        self.requests: list[SeenRequest] = []
        self.faults: list[BaseException] = []
        self.released = threading.Event()
        self.connections: list[socket.socket] = []
        self.lock = threading.Lock()
        self.at_end = contextlib.ExitStack()
        """run before the server closes, for example to close its clients"""
        self._http = _Http(self)
        if certificate is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            self._http.tls = context
        scheme = "https" if certificate is not None else "http"
        self.port = self._http.server_address[1]
        self.url = f"{scheme}://127.0.0.1:{self.port}"
        self._thread = threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.01})

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()
        self.at_end.close()
        self._http.shutdown()
        self._thread.join()
        with self.lock:
            for connection in self.connections:
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)
        self._http.server_close()
        if self.faults and error is None:
            raise AssertionError("the handler failed") from self.faults[0]

    def release(self) -> None:
        """Release every request that hangs."""
        self.released.set()

    @property
    def targets(self) -> list[str]:
        """Return the targets of all requests, in order."""
        return [request.target for request in self.requests]


class _Http(ThreadingHTTPServer):
    daemon_threads = False
    request_queue_size = 64

    def __init__(self, owner: LoopbackServer) -> None:
        self.owner = owner
        self.tls: ssl.SSLContext | None = None
        super().__init__(("127.0.0.1", 0), _Handler)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Ignore it: clients disconnect in many tests."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Http

    def setup(self) -> None:
        if self.server.tls is not None:
            self.request = self.server.tls.wrap_socket(self.request, server_side=True)
        with self.server.owner.lock:
            self.server.owner.connections.append(self.request)
        super().setup()

    def finish(self) -> None:
        with contextlib.suppress(OSError):
            super().finish()
        if self.server.tls is not None:
            self.request.close()

    def do_GET(self) -> None:
        self._serve()

    def do_POST(self) -> None:
        self._serve()

    def log_message(self, *_args: object) -> None:
        """Log nothing."""

    def _serve(self) -> None:
        owner = self.server.owner
        request = SeenRequest(
            method=self.command,
            target=self.path,
            headers={name.lower(): value for name, value in self.headers.items()},
            body=self.rfile.read(int(self.headers.get("Content-Length", "0"))),
            released=owner.released,
        )
        with owner.lock:
            owner.requests.append(request)
        try:
            reply = owner.handler(request)
        except BaseException as fault:  # noqa: BLE001 # raised in the test's thread instead
            owner.faults.append(fault)
            reply = Reply(500, b"the handler failed", ending="close")
        with contextlib.suppress(OSError):
            self._send(reply)

    def _send(self, reply: Reply | RawReply) -> None:
        if isinstance(reply, RawReply):
            for part in reply.parts:
                self.wfile.write(part)
            self.close_connection = True
            return
        self.send_response_only(reply.status)
        for name, value in {"Date": self.date_time_string(), **reply.headers}.items():
            self.send_header(name, value)
        if isinstance(reply.body, bytes):
            length = len(reply.body) if reply.content_length is None else reply.content_length
            self.send_header("Content-Length", str(length))
            self.end_headers()
            self.wfile.write(reply.body)
        else:
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            self._send_chunks(reply.body)
        self._end(reply)

    def _send_chunks(self, parts: Iterable[bytes]) -> None:
        for part in parts:
            if part:
                self.wfile.write(b"%x\r\n%s\r\n" % (len(part), part))
        self.wfile.write(b"0\r\n\r\n")

    def _end(self, reply: Reply) -> None:
        self.close_connection = reply.ending != "keep"
        if reply.ending == "reset":
            self.request.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.request.close()
