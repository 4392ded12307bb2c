"""One policy for asking a server again: only for what may pass, each pause twice the one before, none long.

What a server itself asks for (``Retry-After``) goes before; one that asks for more than ``MAX_RETRY_WAIT_S``
is not waited for.
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
"""A server that asks for a longer pause is not waited for: the run stops and goes on another time."""


@dataclass(frozen=True, slots=True)
class FailedTry:
    """A try that gave no answer, and whether there is to be another one."""

    number: int
    """from 1"""
    error: FetchError | ModelCallError
    pause_s: float | None
    """before the next try; none if there is to be none, because all are used up or none would help"""


def doubling(first_s: float, number: int, most_s: float = MAX_RETRY_WAIT_S) -> list[float]:
    """Return some pauses, each twice the one before, none longer than allowed."""
    return [min(first_s * 2**power, most_s) for power in range(number)]


def ask_again(
    ask: Callable[[], AnswerT], pauses_s: Sequence[float], go_on: Callable[[FailedTry], None]
) -> AnswerT:
    """Return what asking gives at last.

    Args:
        ask: asks once.
        pauses_s: before each further try.
        go_on: takes each failed try, and waits as long as it says or raises.
    """
    for number, pause_s in enumerate((*pauses_s, None), start=1):
        try:
            return ask()
        except (FetchError, ModelCallError) as error:
            failed = FailedTry(number, error, _find_pause(error, pause_s))
        go_on(failed)
    raise AssertionError("after the last try, going on raises")


def _find_pause(error: FetchError | ModelCallError, pause_s: float | None) -> float | None:
    if pause_s is None or not error.retryable:
        return None
    wait_s = max(pause_s, error.retry_after_s or 0.0)
    return wait_s if wait_s <= MAX_RETRY_WAIT_S else None


_SECONDS = re.compile(r"[0-9]{1,15}(?:\.[0-9]{1,9})?")
"""as some servers of models write them, with decimals; more digits are no number of seconds"""


def parse_retry_after(headers: Mapping[str, str], now: datetime) -> float | None:
    """Return the pause that an answer's Retry-After asks for in seconds, or none if it cannot be read.

    A date counts from the answer's own ``Date``, by the same clock, and only without one from ours.

    Field meaning: RFC 9110, section 10.2.3.

    Args:
        headers: of the answer, names in small letters.
        now: the moment by our clock.
    """
    text = headers.get("retry-after", "").strip()
    if _SECONDS.fullmatch(text):
        return float(text)
    moment = _moment(text)
    if moment is None:
        return None
    return max(0.0, (moment - (_moment(headers.get("date", "")) or now)).total_seconds())


def _moment(text: str) -> datetime | None:
    """Return the moment that a header's date names; one without a time zone is UTC."""
    from email.utils import parsedate_to_datetime

    try:
        moment = parsedate_to_datetime(text)
        return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
