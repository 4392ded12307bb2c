from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from mrt_pipeline.runtime.clock import singapore_date, utc_now


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (datetime(2026, 7, 11, 15, 59, 59, tzinfo=UTC), date(2026, 7, 11)),
        (datetime(2026, 7, 11, 16, 0, tzinfo=UTC), date(2026, 7, 12)),
        (datetime(2026, 7, 11, 23, 0, tzinfo=timezone(timedelta(hours=-8))), date(2026, 7, 12)),
        (datetime(2026, 12, 31, 16, 0, tzinfo=UTC), date(2027, 1, 1)),
    ],
)
def test_a_day_begins_at_midnight_in_singapore(moment: datetime, day: date) -> None:
    assert singapore_date(moment) == day


def test_now_is_aware_and_in_utc() -> None:
    assert utc_now().utcoffset() == timedelta(0)
