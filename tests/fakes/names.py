"""Host names controlled by tests, so that no test queries a name server."""

from __future__ import annotations

import socket
from collections.abc import Callable
from typing import Any

import pytest


class FakeNames:
    """Replaces the resolver: numbers and localhost are real, other names are those registered."""

    def __init__(self) -> None:
        self.addresses: dict[str, list[str]] = {}
        """a name to its address at each look-up; the last one repeats"""
        self.asked: set[str] = set()
        """every unknown name that was looked up"""
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
