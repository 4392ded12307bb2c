from __future__ import annotations

from typing import Any

import pytest

from mrt_pipeline.contracts.fields import measure_coverage
from mrt_pipeline.contracts.network import ExitAccess, Landmark, StepFree
from tests.fakes.network_builder import (
    SMALL_NETWORK,
    cited,
    links_to,
    make_bus_stop,
    make_exit,
    make_station,
    station_platform,
)

NS13, NS17, *_ = SMALL_NETWORK.codes


def _filled(**changes: Any) -> set[str]:
    """Return the fields that one exit with these values fills."""
    station = make_station(SMALL_NETWORK, "yishun", exits=(make_exit(NS13, **changes),))
    return {field for field, measured in measure_coverage([station]).items() if measured.filled}


@pytest.mark.parametrize(
    ("changes", "filled"),
    [
        ({}, set()),
        ({"bus_stops": (make_bus_stop(make_exit(NS13)),)}, {"bus_stops"}),
        ({"access": ExitAccess(step_free=StepFree.UNKNOWN, evidence=cited())}, {"access"}),
        ({"access": ExitAccess(step_free=StepFree.NO, evidence=cited())}, {"access", "step_free"}),
        ({"landmarks": (Landmark(name="Northpoint City", evidence=cited()),)}, {"landmarks"}),
    ],
)
def test_a_field_counts_as_filled_when_it_says_something(changes: dict[str, Any], filled: set[str]) -> None:
    assert _filled(**changes) == filled


@pytest.mark.parametrize(
    ("letters", "filled"), [((), {"platforms"}), (("A", "B"), {"platforms", "platform_codes"})]
)
def test_a_letter_of_a_platform_counts_for_the_exits_that_lead_there(
    letters: tuple[str, ...], filled: set[str]
) -> None:
    platform = station_platform(NS13, NS17, platform_codes=letters)
    exits = (make_exit(NS13, platforms=links_to(platform)), make_exit(NS13, "B", east_m=20))
    measured = measure_coverage([make_station(SMALL_NETWORK, "yishun", exits=exits, platforms=(platform,))])
    assert {field for field, share in measured.items() if share.filled} == filled
    assert {measured[field].filled for field in filled} == {1}


def test_without_any_exit_every_share_is_nothing() -> None:
    assert {measured.share for measured in measure_coverage([]).values()} == {0.0}
