"""One retry policy for all servers: only failures that may pass are retried, after doubling, bounded pauses.

A server's own ``Retry-After`` takes precedence; if it exceeds ``MAX_RETRY_WAIT_S``, the request is not
retried.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeVar

from mrt_pipeline.errors import FetchError, ModelCallError

AnswerT = TypeVar("AnswerT")
MAX_RETRY_WAIT_S = 120.0
"""A longer pause requested by a server is not waited for: the run stops and is resumed another time."""


@dataclass(frozen=True, slots=True)
class FailedTry:
    """A failed attempt, and whether there is to be another one."""

    number: int
    """from 1"""
    error: FetchError | ModelCallError
    pause_s: float | None
    """before the next attempt; None if there is to be none, because all are used or none would help"""


def doubling(first_s: float, number: int, most_s: float = MAX_RETRY_WAIT_S) -> list[float]:
    """Return pauses, each twice the one before, none longer than allowed."""
    return [min(first_s * 2**power, most_s) for power in range(number)]


def ask_again(
    ask: Callable[[], AnswerT], pauses_s: Sequence[float], on_failure: Callable[[FailedTry], None]
) -> AnswerT:
    """Return the result of asking, after as many retries as needed.

    Args:
        ask: asks once.
        pauses_s: pauses before each further attempt.
        on_failure: receives each failed attempt; waits as long as it says, or raises.
    """
    for number, pause_s in enumerate((*pauses_s, None), start=1):
        try:
            return ask()
        except (FetchError, ModelCallError) as error:
            failed = FailedTry(number, error, _find_pause(error, pause_s))
        on_failure(failed)
    raise AssertionError("after the last try, going on raises")


def _find_pause(error: FetchError | ModelCallError, pause_s: float | None) -> float | None:
    if pause_s is None or not error.retryable:
        return None
    wait_s = max(pause_s, error.retry_after_s or 0.0)
    return wait_s if wait_s <= MAX_RETRY_WAIT_S else None


_SECONDS = re.compile(r"[0-9]{1,15}(?:\.[0-9]{1,9})?")
"""the format of some model servers, with decimals; more digits are not a number of seconds"""


def parse_retry_after(headers: Mapping[str, str], now: datetime) -> float | None:
    """Return the pause in seconds that an answer's Retry-After requests, or None if it cannot be read.

    A date is relative to the answer's own ``Date``, from the same clock; without that, to our clock.

    Field meaning: RFC 9110, section 10.2.3.

    Args:
        headers: headers of the answer, names in lower case.
        now: the time by our clock.
    """
    text = headers.get("retry-after", "").strip()
    if _SECONDS.fullmatch(text):
        return float(text)
    moment = _moment(text)
    if moment is None:
        return None
    return max(0.0, (moment - (_moment(headers.get("date", "")) or now)).total_seconds())


def _moment(text: str) -> datetime | None:
    """Return the time that a header's date denotes; UTC if it has no time zone."""
    from email.utils import parsedate_to_datetime

    try:
        moment = parsedate_to_datetime(text)
        return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
