"""Host names as a test wants them, so that no test asks a name server."""

from __future__ import annotations

import socket
from collections.abc import Callable
from typing import Any

import pytest


class FakeNames:
    """Stands in for the resolver: numbers and localhost are what they are, other names what was told."""

    def __init__(self) -> None:
        self.addresses: dict[str, list[str]] = {}
        """a name to its address at each look-up; the last one goes on for ever"""
        self.asked: set[str] = set()
        """every name that was looked up and is now unknown"""
        self._ask: Callable[..., Any] = socket.getaddrinfo

    def install(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Answer in place of the system's resolver until the test ends."""
        monkeypatch.setattr(socket, "getaddrinfo", self._answer)

    def _answer(self, host: str, port: Any, *args: Any, **kwargs: Any) -> Any:
        known = self.addresses.get(host, [])
        if known:
            return self._ask(known.pop(0) if len(known) > 1 else known[0], port, *args, **kwargs)
        if host == "localhost":
            return self._ask(host, port, *args, **kwargs)
        kwargs["flags"] = socket.AI_NUMERICHOST
        try:
            return self._ask(host, port, *args, **kwargs)
        except socket.gaierror:
            self.asked.add(host)
            raise
