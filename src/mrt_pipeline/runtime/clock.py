"""The wall clock, passed in wherever time matters."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

SINGAPORE = timezone(timedelta(hours=8), "SGT")


def utc_now() -> datetime:
    """Return the present moment, aware, in UTC."""
    return datetime.now(UTC)


def singapore_date(moment: datetime) -> date:
    """Return the calendar day in Singapore, where the trains run."""
    return moment.astimezone(SINGAPORE).date()
