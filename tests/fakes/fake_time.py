"""Time that passes only when the code sleeps or a test advances it."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

START = datetime(2026, 11, 23, 8, 12, 3, tzinfo=UTC)


class FakeTime:
    """Clock and sleep in one; ``naps`` lists every sleep in seconds, ``told`` the reports about them."""

    def __init__(self, start: datetime = START) -> None:
        self._start = start
        self._passed_s = 0.0
        self._lock = threading.Lock()
        self.naps: list[float] = []
        self.told: list[str] = []

    def now(self) -> datetime:
        """Return the wall clock, UTC."""
        return self._start + timedelta(seconds=self.clock())

    def clock(self) -> float:
        """Return the monotonic clock, seconds."""
        with self._lock:
            return self._passed_s

    def sleep(self, seconds: float) -> None:
        """Let time pass without waiting for it."""
        with self._lock:
            self.naps.append(seconds)
            self._passed_s += seconds

    def advance(self, *, days: float = 0, seconds: float = 0) -> None:
        """Let time pass without a sleep."""
        with self._lock:
            self._passed_s += days * 86_400 + seconds
