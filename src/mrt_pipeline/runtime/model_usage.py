"""Add up what model calls cost, per station and per run."""

from __future__ import annotations

import threading

from mrt_pipeline.contracts.outputs import ModelUsage


class Ledger:
    """What was spent for one purpose; several threads may write to it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._total = ModelUsage()

    @property
    def total(self) -> ModelUsage:
        """Return all that was spent so far."""
        with self._lock:
            return self._total

    def add(self, usage: ModelUsage) -> None:
        """Take one more expense."""
        with self._lock:
            self._total = add_usage(self._total, usage)


def add_usage(one: ModelUsage, other: ModelUsage) -> ModelUsage:
    """Return the sum of two expenses."""
    return ModelUsage(
        calls=one.calls + other.calls,
        cached_calls=one.cached_calls + other.cached_calls,
        prompt_tokens=one.prompt_tokens + other.prompt_tokens,
        completion_tokens=one.completion_tokens + other.completion_tokens,
        cost_usd=one.cost_usd + other.cost_usd,
    )
