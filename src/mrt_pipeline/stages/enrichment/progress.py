"""Report the progress of the stage."""

from __future__ import annotations

import time
from collections.abc import Callable

from mrt_pipeline.contracts.outputs import ModelUsage
from mrt_pipeline.runtime.model_usage import add_usage
from mrt_pipeline.runtime.reporting import Reporter


class Progress:
    """Counts finished stations, and reports after each."""

    def __init__(
        self, reporter: Reporter, total: int, kept: int, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """Start counting.

        Args:
            reporter: receives the reports.
            total: number of stations.
            kept: how many of them are already finished.
            clock: seconds, for the rate.
        """
        self._reporter = reporter
        self._total = total
        self._kept = kept
        self._clock = clock
        self._began = clock()
        self._done = 0
        self._failed = 0
        self._usage = ModelUsage()
        self._tell()

    def take(self, usage: ModelUsage, *, is_whole: bool) -> None:
        """Count another station.

        Args:
            usage: its cost.
            is_whole: whether every source answered.
        """
        self._done += 1
        self._failed += not is_whole
        self._usage = add_usage(self._usage, usage)
        self._tell()

    def _tell(self) -> None:
        finished = self._kept + self._done
        self._reporter.progress(finished, self._total, self._details(self._total - finished))

    def _details(self, left: int) -> str:
        parts = [f"{left} left", f"{self._failed} failed"]
        seconds = self._clock() - self._began
        if self._done and seconds > 0:
            parts.append(f"{self._done / seconds:.1f}/s")
        if self._usage.calls:
            tokens = self._usage.prompt_tokens + self._usage.completion_tokens
            parts.append(f"{tokens:,} tokens")
            parts.append(f"${self._usage.cost_usd:.4f}")
        return ", ".join(parts)
