"""The limits of a run: minutes and model requests. Work left at a limit is resumed another day."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from mrt_pipeline.config.settings import Stage2Section
from mrt_pipeline.contracts.claims import MeteredSource
from mrt_pipeline.contracts.outputs import ModelUsage
from mrt_pipeline.runtime.model_usage import add_usage


class Budget:
    """The limits of one attempt and what it has used; both count from its start.

    At a limit, no more stations are started. Those in progress may still send requests: a source that must
    not send even one request too many must enforce the limit itself, and raise a fatal error that may pass.
    """

    def __init__(
        self,
        section: Stage2Section,
        metered: Sequence[MeteredSource] = (),
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.reason: str | None = None
        """why no further station is started; None while more may be"""
        self._minutes = section.daily_timeout_minutes
        self._requests = section.max_model_requests
        self._metered = metered
        self._clock = clock
        self._began = clock()
        self._accounted = ModelUsage()

    @property
    def unaccounted(self) -> ModelUsage:
        """Return the cost of answers that led to no result."""
        spent = ModelUsage()
        for source in self._metered:
            spent = add_usage(spent, source.spent)
        known = self._accounted.model_dump()
        rest = {name: max(round(value - known[name], 9), 0) for name, value in spent.model_dump().items()}
        return ModelUsage(**rest)

    def allows_more(self) -> bool:
        """Return whether another station may be started."""
        sent = self._count_requests()
        if self.reason is None and self._minutes is not None and self._passed_minutes() >= self._minutes:
            self.reason = f"daily_timeout_minutes ({self._minutes:g}) is reached"
        if self.reason is None and self._requests is not None and sent >= self._requests:
            self.reason = f"max_model_requests ({self._requests}) is reached; {sent} were sent"
        return self.reason is None

    def spend(self, usage: ModelUsage) -> None:
        """Add the cost of a finished station."""
        self._accounted = add_usage(self._accounted, usage)

    def exhaust(self, reason: str) -> None:
        """Record that a service gives no more for now."""
        self.reason = self.reason or reason.rstrip(".")

    def _count_requests(self) -> int:
        return max(self._accounted.calls, sum(source.requests_made for source in self._metered))

    def _passed_minutes(self) -> float:
        return (self._clock() - self._began) / 60
