from __future__ import annotations

from typing import Any

import pytest

from mrt_pipeline.contracts.network import Station
from mrt_pipeline.stages.checks import check_schema
from tests.fakes.network_builder import NOW, make_dataset, open_stations, provenance


def _broken(**changes: Any) -> Station:
    """Return a station that was changed without validation, as a faulty merge would."""
    return open_stations()[0].model_copy(update=changes)


def test_a_sound_dataset_reads_back_as_itself() -> None:
    assert list(check_schema(make_dataset())) == []


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"lat": 103.8}, "stations.0.lat"),
        ({"lat": "far north"}, "stations.0.lat"),
        ({"lat": float("nan")}, "stations.0.lat"),
        ({"evidence": {}}, "stations.0"),
        ({"slug": None}, "stations.0.slug"),
        ({"exits": ("Exit A",)}, "stations.0.exits.0"),
    ],
)
def test_a_field_that_its_own_model_refuses_is_named(changes: dict[str, Any], where: str) -> None:
    dataset = make_dataset().model_copy(update={"stations": (_broken(**changes),)})
    assert [finding.message.split(":")[0] for finding in check_schema(dataset)] == [where]


def test_a_value_that_would_read_back_differently_is_reported() -> None:
    dataset = make_dataset().model_copy(update={"stations": (_broken(lines=["NSL"]),)})
    [finding] = check_schema(dataset)
    assert finding.check == "schema-round-trip"
    assert finding.message.startswith("stations.0.lines would read back")


def test_an_invalid_station_is_identified_by_its_position() -> None:
    dataset = make_dataset().model_copy(update={"future_stations": ("Keppel",)})
    [finding] = check_schema(dataset)
    assert finding.message.startswith("future_stations.0: ")


def test_every_fault_is_reported_at_once() -> None:
    dataset = make_dataset().model_copy(update={"stations": (_broken(lat=200, lng=200),)})
    assert len(list(check_schema(dataset))) == 2


def test_a_provenance_without_a_time_zone_is_refused() -> None:
    naive = provenance().model_copy(update={"retrieved_at": NOW.replace(tzinfo=None)})
    dataset = make_dataset().model_copy(update={"provenance": {"lta-station-exits": naive}})
    [finding] = check_schema(dataset)
    assert "retrieved_at" in finding.message
