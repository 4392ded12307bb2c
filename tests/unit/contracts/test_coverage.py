from __future__ import annotations

from typing import Any

import pytest

from mrt_pipeline.contracts.coverage import measure_coverage
from mrt_pipeline.contracts.network import ExitAccess, Landmark, StepFree
from tests.fakes.network_builder import (
    SMALL_NETWORK,
    cited,
    make_bus_stop,
    make_exit,
    make_platform,
    make_station,
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
        ({"platforms": (make_platform(NS13, NS17),)}, {"platforms"}),
        ({"platforms": (make_platform(NS13, NS17, platform_code="A"),)}, {"platforms", "platform_codes"}),
        ({"bus_stops": (make_bus_stop(make_exit(NS13)),)}, {"bus_stops"}),
        ({"access": ExitAccess(step_free=StepFree.UNKNOWN, evidence=cited())}, {"access"}),
        ({"access": ExitAccess(step_free=StepFree.NO, evidence=cited())}, {"access", "step_free"}),
        ({"landmarks": (Landmark(name="Northpoint City", evidence=cited()),)}, {"landmarks"}),
    ],
)
def test_a_field_counts_as_filled_when_it_says_something(changes: dict[str, Any], filled: set[str]) -> None:
    assert _filled(**changes) == filled


def test_without_any_exit_every_share_is_nothing() -> None:
    assert {measured.share for measured in measure_coverage([]).values()} == {0.0}
