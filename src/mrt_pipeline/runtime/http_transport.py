"""Connections that end in time and lead only to permitted hosts.

httpx2 limits each single read. A server that sends a byte now and then could hold a request for ever,
especially in the headers, which only the connection sees; so every step here also ends at the deadline of the
whole answer. And a connection to a host that is not configured must lead to a public address: neither a
redirect nor a link in an answer can make us query a service inside the operator's network. If a proxy from
the environment makes the connection, its own rules apply instead.

This module loads the HTTP libraries; import it where a request is made.
"""

from __future__ import annotations

import contextlib
import os
import socket
import ssl
import threading
import time
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any
from urllib.request import getproxies, proxy_bypass

import httpcore2
import httpx2

from mrt_pipeline.runtime.addresses import is_private
from mrt_pipeline.runtime.http_errors import PrivateAddressError
from mrt_pipeline.runtime.rate_limits import is_loopback

MAX_CONNECTIONS = 64
"""as many as stations can be in progress"""
IDLE_SECONDS = 30


class BoundedTransport(httpx2.BaseTransport):
    """Sends requests for httpx2 within a deadline set by the calling thread."""

    def __init__(self, trusted_hosts: frozenset[str]) -> None:
        """Take the configured hosts, which may have any address; nothing is opened yet."""
        self._trusted = trusted_hosts
        self._deadline = _Deadline()
        self._ssl_context = _ssl_context(os.environ.get("SSL_CERT_FILE"), os.environ.get("SSL_CERT_DIR"))
        self._proxies: dict[tuple[str, str], str | None] = {}
        self._pools: dict[str | None, httpcore2.ConnectionPool] = {}
        self._lock = threading.Lock()

    def deadline(self, seconds: float) -> contextlib.AbstractContextManager[None]:
        """Within a block, end whatever this thread connects, sends or receives after a number of seconds."""
        return self._deadline.running(seconds)

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send a request; the body is received as it is read."""
        if is_private(request.url.host) and is_restricted(request.url.host, self._trusted):
            raise PrivateAddressError(request.url.host)  # not even through a proxy
        url = httpcore2.URL(
            scheme=request.url.raw_scheme,
            host=request.url.raw_host,
            port=request.url.port,
            target=request.url.raw_path,
        )
        answer = self._pool_for(request.url).handle_request(
            httpcore2.Request(
                method=request.method,
                url=url,
                headers=request.headers.raw,
                content=request.read(),
                extensions=request.extensions,
            )
        )
        return httpx2.Response(
            status_code=answer.status,
            headers=answer.headers,
            stream=_Body(answer),
            extensions=answer.extensions,
        )

    def close(self) -> None:
        """Close all connections."""
        with self._lock:
            for pool in self._pools.values():
                pool.close()

    def _pool_for(self, url: httpx2.URL) -> httpcore2.ConnectionPool:
        origin = url.scheme, url.host
        with self._lock:
            if origin not in self._proxies:  # to look through the environment takes as long as a request
                self._proxies[origin] = find_proxy(*origin)
            proxy = self._proxies[origin]
            if proxy not in self._pools:
                self._pools[proxy] = httpcore2.ConnectionPool(
                    ssl_context=self._ssl_context,
                    proxy=None if proxy is None else _as_proxy(proxy),
                    max_connections=MAX_CONNECTIONS,
                    keepalive_expiry=IDLE_SECONDS,
                    network_backend=_Backend(self._deadline, self._trusted if proxy is None else None),
                )
            return self._pools[proxy]


def is_restricted(host: str, trusted_hosts: frozenset[str]) -> bool:
    """Return whether a host may only have public addresses; trusted hosts may have any."""
    return host not in trusted_hosts and not any(has_private_address(trusted) for trusted in trusted_hosts)


def find_proxy(scheme: str, host: str) -> str | None:
    """Return the proxy that the environment sets for a host, or None."""
    proxies = getproxies()
    proxy = proxies.get(scheme) or proxies.get("all")
    if not proxy or is_loopback(host) or proxy_bypass(host):
        return None
    return proxy if "://" in proxy else f"http://{proxy}"


def has_private_address(host: str) -> bool:
    """Return whether a host's name or number resolves to a private address."""
    try:
        found = socket.getaddrinfo(host.strip("[]"), None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return False
    return any(is_private(str(address[0])) for *_, address in found)


class _Deadline(threading.local):
    """The time by which the answer being received by this thread must be complete."""

    ends_at: float | None = None

    @contextlib.contextmanager
    def running(self, seconds: float) -> Iterator[None]:
        self.ends_at = time.monotonic() + seconds
        try:
            yield
        finally:
            self.ends_at = None

    def limit(self, timeout: float | None, error: type[Exception]) -> float | None:
        """Return a step's timeout, shortened to the time left until the deadline."""
        if self.ends_at is None:
            return timeout
        left = self.ends_at - time.monotonic()
        if left <= 0:
            raise error("the deadline of the whole response has passed")
        return left if timeout is None else min(timeout, left)


class _Backend(httpcore2.SyncBackend):
    """Connects within the deadline, and only to public addresses unless a host is trusted."""

    def __init__(self, deadline: _Deadline, trusted_hosts: frozenset[str] | None) -> None:
        """Take the hosts that may have any address; None: all may, because a proxy connects to them."""
        self._deadline = deadline
        self._trusted = trusted_hosts

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.NetworkStream:
        must_be_public = self._trusted is not None and is_restricted(host, self._trusted)
        if must_be_public and has_private_address(host):
            raise PrivateAddressError(host)
        limit = self._deadline.limit(timeout, httpcore2.ConnectTimeout)
        stream = super().connect_tcp(host, port, limit, local_address, socket_options)
        if must_be_public and is_private(str(stream.get_extra_info("server_addr")[0])):
            stream.close()  # its name resolved differently a moment ago
            raise PrivateAddressError(host)
        return _Stream(stream, self._deadline)


class _Stream(httpcore2.NetworkStream):
    """A connection whose every step ends at the deadline."""

    def __init__(self, stream: httpcore2.NetworkStream, deadline: _Deadline) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._deadline.limit(timeout, httpcore2.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._deadline.limit(timeout, httpcore2.WriteTimeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.NetworkStream:
        limit = self._deadline.limit(timeout, httpcore2.ConnectTimeout)
        return _Stream(self._stream.start_tls(ssl_context, server_hostname, limit), self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


class _Body(httpx2.SyncByteStream):
    """An answer's body while it is received."""

    def __init__(self, answer: httpcore2.Response) -> None:
        self._answer = answer

    def __iter__(self) -> Iterator[bytes]:
        yield from self._answer.iter_stream()

    def close(self) -> None:
        self._answer.close()


@cache
def _ssl_context(_file: str | None, _folder: str | None) -> ssl.SSLContext:
    """Return the trusted certificates that the environment names, or the default ones, read once."""
    return httpx2.create_ssl_context()


def _as_proxy(url: str) -> httpcore2.Proxy:
    proxy = httpx2.Proxy(url)
    if proxy.url.scheme not in ("http", "https"):
        raise httpx2.UnsupportedProtocol("only http and https proxies are supported")
    return httpcore2.Proxy(url=str(proxy.url), auth=proxy.raw_auth, headers=proxy.headers.raw)
