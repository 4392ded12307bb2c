"""Add up the cost of model calls, per station and per run."""

from __future__ import annotations

import threading

from mrt_pipeline.contracts.outputs import ModelUsage


class Ledger:
    """The cost for one purpose; several threads may add to it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._total = ModelUsage()

    @property
    def total(self) -> ModelUsage:
        """Return the total cost so far."""
        with self._lock:
            return self._total

    def add(self, usage: ModelUsage) -> None:
        """Add the cost of a call."""
        with self._lock:
            self._total = add_usage(self._total, usage)


def add_usage(one: ModelUsage, other: ModelUsage) -> ModelUsage:
    """Return the sum of two costs."""
    return ModelUsage(
        calls=one.calls + other.calls,
        cached_calls=one.cached_calls + other.cached_calls,
        prompt_tokens=one.prompt_tokens + other.prompt_tokens,
        completion_tokens=one.completion_tokens + other.completion_tokens,
        cost_usd=one.cost_usd + other.cost_usd,
    )
