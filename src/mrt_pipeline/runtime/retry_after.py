"""How long a server asks to be left alone."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime

MAX_RETRY_WAIT_S = 120.0
"""A server that asks for a longer pause is not waited for: the run stops and goes on another time."""

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
