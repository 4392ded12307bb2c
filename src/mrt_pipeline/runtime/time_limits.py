"""How long asking may take: one answer with all its redirects and tries, and all that a stage asks."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta


class Allowance:
    """What is left of the time for one answer with its redirects and tries; pauses between them cost none."""

    def __init__(self, seconds: float) -> None:
        """Take how long the exchange of the whole answer may last."""
        self.seconds = self.left_s = seconds

    @contextlib.contextmanager
    def spending(self) -> Iterator[float]:
        """Give how long a block may take, and count how long it takes."""
        began = time.monotonic()
        try:
            yield max(0.0, self.left_s)
        finally:
            self.left_s -= time.monotonic() - began


@dataclass(frozen=True, slots=True)
class TimeLimit:
    """How long all requests of a stage may take."""

    key: str
    """of the configuration, which sets it"""
    minutes: float
    began: datetime

    def left_s(self, now: datetime) -> float:
        """Return how many seconds are left, below 0 if none."""
        return (self.began + timedelta(minutes=self.minutes) - now).total_seconds()

    @property
    def is_over(self) -> str:
        """Return what is to be said of a request that would go beyond it."""
        return (
            f"was not requested to the end: the {self.minutes:g} minutes of {self.key} are over. "
            f"Run again later, set the source's mode to snapshot, or raise {self.key}"
        )
