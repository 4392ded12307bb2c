from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mrt_pipeline.releasing.naming import choose_version, is_version, order_of

DAYS = st.dates(date(2024, 1, 1), date(2024, 1, 20))


@given(st.lists(DAYS), DAYS)
def test_a_new_version_is_of_its_day_and_comes_after_all_others_of_it(days: list[date], day: date) -> None:
    taken: list[str] = []
    for earlier in days:
        taken.append(choose_version(earlier, taken))
    version = choose_version(day, taken)
    assert len({*taken, version}) == len(taken) + 1
    assert is_version(version)
    assert version.startswith(f"{day:%Y.%m.%d}")
    assert order_of(version) > max(
        (order_of(name) for name in taken if order_of(name)[:3] <= order_of(version)[:3]), default=()
    )


def test_the_tenth_of_a_day_comes_after_its_second() -> None:
    taken = ["2026.07.13", *(f"2026.07.13.{number}" for number in range(1, 10))]
    assert choose_version(date(2026, 7, 13), taken) == "2026.07.13.10"
    assert order_of("2026.07.13.10") > order_of("2026.07.13.2") > order_of("2026.07.13")


@pytest.mark.parametrize("name", ["2026.7.13", "2026.07.13.0", "2026.07.13.01", "latest", "2026.07.13/", ""])
def test_other_names_are_no_versions(name: str) -> None:
    assert not is_version(name)
