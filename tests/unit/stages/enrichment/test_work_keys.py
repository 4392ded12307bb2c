from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from mrt_pipeline.config.settings import Settings
from mrt_pipeline.stages.enrichment.keys import Basis, StationKey
from tests.fakes.enrichment_sources import make_context
from tests.fakes.network_builder import open_stations

YISHUN, *_ = open_stations()
NAMES = ("lta_datamall", "network", "fandom_wiki")


def _basis(settings: dict[str, Any] | None = None, *names: str, as_of: date = date(2026, 1, 5)) -> str:
    context = replace(make_context(as_of=as_of), settings=Settings.model_validate(settings or {}))
    return Basis(context, names or NAMES).of(YISHUN)


def _stage2(**section: Any) -> dict[str, Any]:
    return {"stages": {"stage2_enrichment": section}}


@pytest.mark.parametrize(
    "settings",
    [
        {},
        _stage2(batch_size=1, delay_seconds=0, max_retries=0, retry_delay_seconds=0),
        _stage2(max_model_requests=5, daily_timeout_minutes=5),
        {"apis": {"datamall": {"timeout": 5}}},
        {"apis": {"openrouter": {"model": "another/model"}}},
        {"expected_stations": 3},
    ],
)
def test_pace_budget_and_what_concerns_no_source_in_use_do_not_matter(settings: dict[str, Any]) -> None:
    assert _basis(settings) == _basis()


@pytest.mark.parametrize(
    "other",
    [
        _basis(_stage2(bus_stop_radius_m=100)),
        _basis({"apis": {"fandom": {"base_url": "https://example.org/wiki"}}}),
        _basis({"apis": {"datamall": {"mode": "live"}}}),
        _basis({}, "lta_datamall", "network"),
        _basis({}, "network", "lta_datamall", "fandom_wiki"),
        _basis(as_of=date(2026, 1, 6)),
    ],
)
def test_a_station_is_done_again_when_what_matters_changes(other: str) -> None:
    assert other != _basis()


def test_a_station_is_done_again_when_stage_1_says_something_else_of_it() -> None:
    basis = Basis(make_context(), NAMES)
    moved = YISHUN.exits[0].model_copy(update={"lat": 1.43})
    assert basis.of(YISHUN.model_copy(update={"exits": (moved,)})) != basis.of(YISHUN)


@pytest.mark.parametrize(
    ("now", "is_met"),
    [
        (StationKey("b", {"network": "1", "fandom_wiki": "r7"}), True),
        (StationKey("b", {"network": "1", "fandom_wiki": "r8"}), False),
        (StationKey("b", {"network": "2", "fandom_wiki": "r7"}), False),
        (StationKey("c", {"network": "1", "fandom_wiki": "r7"}), False),
        (StationKey("b", {"network": "1", "fandom_wiki": None}), True),
        (StationKey("b", {"network": "2", "fandom_wiki": None}), False),
    ],
)
def test_a_row_is_met_by_equal_versions_and_by_a_source_that_cannot_be_asked_now(
    now: StationKey, is_met: bool
) -> None:
    assert now.is_met_by(StationKey("b", {"network": "1", "fandom_wiki": "r7"})) is is_met
