from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given

from mrt_pipeline.config.registry import all_exports
from mrt_pipeline.contracts.outputs import Stage3Output
from tests.fakes.hostile_datasets import hostile_datasets
from tests.fakes.network_builder import (
    SMALL_NETWORK,
    links_to,
    make_dataset,
    make_exit,
    make_station,
    provenance,
    station_platform,
)
from tests.unit.exports.joining import nest_exits

EXPORTERS = {spec.name: spec for spec in all_exports()}

NS13, NS17, *_ = SMALL_NETWORK.codes


def _render(dataset: Stage3Output) -> Any:
    return json.loads(EXPORTERS["geojson"].render(dataset))


def _only(**changes: Any) -> Any:
    station = make_station(SMALL_NETWORK, "yishun", exits=(make_exit(NS13, **changes),))
    return _render(make_dataset(station))["features"][0]


@given(hostile_datasets())
def test_the_features_are_the_exits_of_the_dataset(dataset: Stage3Output) -> None:
    expected = [
        {
            **found,
            **{axis: round(found[axis], 7) for axis in ("lat", "lng")},
            "landmarks": [landmark["name"] for landmark in found["landmarks"]],
        }
        for found in nest_exits(dataset)
    ]
    told = [
        {
            **feature["properties"],
            "exit_id": feature["id"],
            **dict(zip(("lng", "lat"), feature["geometry"]["coordinates"], strict=True)),
        }
        for feature in _render(dataset)["features"]
    ]
    assert told == expected


def test_every_exit_is_a_feature_whose_id_is_its_exit_id() -> None:
    collection = _render(make_dataset())
    assert collection["type"] == "FeatureCollection"
    assert [feature["id"] for feature in collection["features"]] == [
        "yishun-nsl-A",
        "bishan-nsl-A",
        "bishan-ccl-A",
        "senja-bpl-A",
    ]


def test_a_point_is_longitude_then_latitude() -> None:
    feature = _only(lat=1.4298, lng=103.8351)
    assert feature["type"] == "Feature"
    assert feature["geometry"] == {"type": "Point", "coordinates": [103.8351, 1.4298]}


@pytest.mark.parametrize("digits", [8, 12])
def test_coordinates_have_no_more_than_seven_decimals(digits: int) -> None:
    feature = _only(lat=round(1.123456789012345, digits), lng=round(103.123456789012345, digits))
    assert feature["geometry"]["coordinates"] == [103.1234568, 1.1234568]


def test_a_feature_tells_its_station_and_its_bare_label() -> None:
    properties = _only()["properties"]
    assert (properties["name"], properties["station_id"], properties["exit_code"]) == ("Yishun", "NS13", "A")
    assert properties["access"]["step_free"] == "unknown"


def test_a_platform_is_reported_with_each_exit_that_leads_there() -> None:
    platform = station_platform(NS13, NS17, platform_codes=("A", "D"))
    found = make_exit(NS13, platforms=links_to(platform, is_same_building=False))
    station = make_station(SMALL_NETWORK, "yishun", exits=(found,), platforms=(platform,))
    [told] = _render(make_dataset(station))["features"][0]["properties"]["platforms"]
    assert (told["platform_id"], told["platform_codes"]) == ("yishun-nsl-NS17", ["A", "D"])
    assert (told["next_code"], told["is_same_building"], told["confidence"]) == ("NS17", False, "medium")


def test_the_collection_carries_day_and_attributions_and_no_crs() -> None:
    both = {name: provenance(name) for name in ("b", "a")}
    collection = _render(make_dataset(provenance=both))
    assert collection["as_of"] == "2026-01-05"
    assert collection["attribution"] == ["Contains information from a.", "Contains information from b."]
    assert "crs" not in collection
