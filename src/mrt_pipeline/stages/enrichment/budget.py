"""How far a run may go: minutes and model requests. What is left at the limit is gone on with another day."""

from __future__ import annotations

import time
from collections.abc import Callable

from mrt_pipeline.config.model import Stage2Section


class Budget:
    """The limits of one attempt; both count from its start."""

    def __init__(self, section: Stage2Section, clock: Callable[[], float] = time.monotonic) -> None:
        self.reason: str | None = None
        """the sentence that says why no further station is begun, once that is so"""
        self._minutes = section.daily_timeout_minutes
        self._requests = section.max_model_requests
        self._clock = clock
        self._began = clock()
        self._sent = 0
        self._most_per_station = 0

    def allows(self, in_flight: int) -> bool:
        """Tell whether another station may be begun beside those in flight; ask again when one has ended.

        Each in flight is expected to need as many requests as the neediest station so far, and until one is
        known stations are begun one by one, so that what is under way does not exceed a daily allowance.
        """
        minutes = (self._clock() - self._began) / 60
        if self._minutes is not None and minutes >= self._minutes:
            self.reason = self.reason or f"daily_timeout_minutes ({self._minutes:g}) are over."
        return self.reason is None and (self._requests is None or self._has_requests_for(in_flight + 1))

    def spend(self, requests: int) -> None:
        """Take what a finished station needed."""
        self._sent += requests
        self._most_per_station = max(self._most_per_station, requests)

    def exhaust(self, reason: str) -> None:
        """Take that a service gives no more for the time being."""
        self.reason = self.reason or reason

    def _has_requests_for(self, stations: int) -> bool:
        limit = self._requests or 0
        if not self._most_per_station:
            return stations == 1
        if self._sent + stations * self._most_per_station <= limit:
            return True
        if stations == 1:
            self.reason = f"max_model_requests is {limit}, and {self._sent} were sent."
        return False
