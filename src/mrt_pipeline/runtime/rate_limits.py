"""Rate limits of services, shared by all threads that query them.

Hosts of one service share one limit: ``data.gov.sg`` covers every host below it. Loopback hosts are unlimited
unless named. This is a sliding window of our own, not pyrate-limiter: that one always sleeps with
``time.sleep``, so that no test could run without waiting, and supports neither services that take one request
at a time nor pauses that a service requests.

Each source states what its services allow (``SourceSpec.rates``).
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from ipaddress import ip_address

from mrt_pipeline.config.registry import rates_by_host
from mrt_pipeline.contracts.source_spec import Rate, RateLimit

REPORTED_FROM_S = 2.0
"""shorter waits are not reported"""


DEFAULT_PACE = RateLimit((Rate(10, 1),))


class RateLimiter:
    """Lets each request start when its service allows it."""

    def __init__(
        self,
        paces: Mapping[str, RateLimit] | None = None,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        notify: Callable[[str], None] = lambda _: None,
    ) -> None:
        """Take the limits, the time, and the receiver of reports about noticeable waits.

        By default the limits are those of all sources.
        """
        self._paces = rates_by_host() if paces is None else paces
        self._clock = clock
        self._sleep = sleep
        self._notify = notify
        self._services: dict[str, _Service] = {}
        self._lock = threading.Lock()

    @contextlib.contextmanager
    def turn(self, host: str) -> Iterator[None]:
        """Wait until a request to a host may start; the request is the block."""
        service = self._service_of(host)
        with service.one_at_a_time if service.pace.is_serial else contextlib.nullcontext():
            now = self._clock()
            moment = service.book(now)
            wait = moment - now
            # a requested pause is reported elsewhere
            if wait >= REPORTED_FROM_S and moment > service.held_until:
                self._notify(f"Next request to {host} in {wait:.0f} s (limit: {service.pace.describe()}).")
            if wait > 0:
                self._sleep(wait)
            yield

    def hold(self, host: str, seconds: float) -> None:
        """Let no request to a host start for a time, because the service asked for that."""
        self._service_of(host).hold_until(self._clock() + seconds)

    def _service_of(self, host: str) -> _Service:
        name = self._service_name(host)
        with self._lock:
            if name not in self._services:
                self._services[name] = _Service(
                    self._paces.get(name) or (RateLimit() if is_loopback(host) else DEFAULT_PACE)
                )
            return self._services[name]

    def _service_name(self, host: str) -> str:
        return next((name for name in self._paces if host == name or host.endswith("." + name)), host)


@dataclass(slots=True)
class _Service:
    """The times at which requests to one service started or will start, newest last."""

    pace: RateLimit
    begun: deque[float] = field(default_factory=deque)
    held_until: float = float("-inf")
    one_at_a_time: threading.Lock = field(default_factory=threading.Lock)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def book(self, now: float) -> float:
        """Take the next free time and return it."""
        with self.lock:
            moment = max(now, self.held_until, *(self._earliest(rate) for rate in self.pace.rates))
            self.begun.append(moment)
            while len(self.begun) > max((rate.requests for rate in self.pace.rates), default=0):
                self.begun.popleft()
            return moment

    def hold_until(self, moment: float) -> None:
        with self.lock:
            self.held_until = max(self.held_until, moment)

    def _earliest(self, rate: Rate) -> float:
        """Return when one more request keeps within a rate limit."""
        if len(self.begun) < rate.requests:
            return float("-inf")
        return self.begun[-rate.requests] + rate.seconds


def is_loopback(host: str) -> bool:
    """Return whether a host is this machine, by its name or address alone."""
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


class Allowance:
    """The time left for one answer including redirects and attempts; pauses between them do not count."""

    def __init__(self, seconds: float) -> None:
        """Take how long the whole exchange may take."""
        self.seconds = self.left_s = seconds

    @contextlib.contextmanager
    def spending(self) -> Iterator[float]:
        """Yield how long a block may take, and count the time it takes."""
        began = time.monotonic()
        try:
            yield max(0.0, self.left_s)
        finally:
            self.left_s -= time.monotonic() - began


@dataclass(frozen=True, slots=True)
class TimeLimit:
    """The time that all requests of a stage may take."""

    key: str
    """configuration key that sets it"""
    minutes: float
    began: datetime

    def left_s(self, now: datetime) -> float:
        """Return how many seconds are left, below 0 if none."""
        return (self.began + timedelta(minutes=self.minutes) - now).total_seconds()

    @property
    def is_over(self) -> str:
        """Return the message for a request that would exceed it."""
        return (
            f"could not be completed within the {self.minutes:g} minutes of {self.key}. "
            f"Run again later, set the source's mode to snapshot, or raise {self.key}"
        )
