from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given

from mrt_pipeline.config.registry import all_exports
from mrt_pipeline.contracts.evidence import Confidence
from mrt_pipeline.contracts.network import (
    AccessFeature,
    ExitAccess,
    Landmark,
    Platform,
    StationNames,
    StepFree,
    TowardsKind,
)
from mrt_pipeline.contracts.outputs import Stage3Output
from tests.fakes.hostile_datasets import hostile_datasets
from tests.fakes.network_builder import (
    SMALL_NETWORK,
    cited,
    links_to,
    make_bus_stop,
    make_dataset,
    make_exit,
    make_station,
    provenance,
    station_platform,
)
from tests.unit.exports.joining import nest_exits

EXPORTERS = {spec.name: spec for spec in all_exports()}
META = "mrt_transit_graph.meta.json"
NS13, NS17, *_ = SMALL_NETWORK.codes
PLATFORM_FIELDS = (
    *("station_code", "line_code", "towards_code", "next_code", "is_same_building", "confidence"),
)
PLATFORM = station_platform(
    NS13, NS17, platform_codes=("A",), towards_kind=TowardsKind.TERMINUS, confidence=Confidence.MEDIUM
)


def _dataset(platform: Platform = PLATFORM, *, is_same_building: bool = True) -> Stage3Output:
    found = make_exit(NS13).model_copy(
        update={
            "platforms": links_to(platform, is_same_building=is_same_building),
            "bus_stops": (make_bus_stop(make_exit(NS13)),),
            "access": ExitAccess(
                step_free=StepFree.YES, features=(AccessFeature.ACCESSIBLE_TOILET,), evidence=cited()
            ),
            "landmarks": (Landmark(name="Northpoint City", evidence=cited()),),
        }
    )
    yishun = make_station(SMALL_NETWORK, "yishun", exits=(found,), platforms=(platform,))
    return make_dataset(yishun, make_station(SMALL_NETWORK, "bishan"))


def _render(dataset: Stage3Output) -> Any:
    return json.loads(EXPORTERS["json"].render(dataset))


@given(hostile_datasets())
def test_the_exits_of_the_graph_are_those_of_the_dataset(dataset: Stage3Output) -> None:
    told = [_read_exit(station, found) for station in _render(dataset) for found in station["exits"]]
    assert told == [_as_in_the_graph(found) for found in nest_exits(dataset)]


def _read_exit(station: dict[str, Any], found: dict[str, Any]) -> dict[str, Any]:
    """Return an exit under the dataset's names, the entries of a direction put together again."""
    platforms: dict[str, dict[str, Any]] = {}
    for entry in found["platforms"]:
        kept = {name: entry[name] for name in PLATFORM_FIELDS}
        platform = platforms.setdefault(entry["next_code"], {**kept, "platform_codes": []})
        platform["platform_codes"] += [] if entry["platform_code"] is None else [entry["platform_code"]]
    return {
        **{name: station[name] for name in ("station_id", "slug", "name", "names")},
        **{name: found[name] for name in ("exit_id", "station_code", "line_code", "lat", "lng")},
        "exit_code": found["exit_code"].removeprefix("Exit "),
        "platforms": list(platforms.values()),
        "bus_stops": [{**_without_code(stop), "bus_stop_code": stop["code"]} for stop in found["bus_stops"]],
        "access": {
            **{name: found[name] for name in ("step_free", "out_of_service")},
            "features": [word.replace(" ", "_") for word in found["accessibility"]],
            "confidence": found["access_confidence"],
        },
        "landmarks": found["nearby_landmarks"],
    }


def _without_code(stop: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in stop.items() if name != "code"}


def _as_in_the_graph(found: dict[str, Any]) -> dict[str, Any]:
    """Return an exit of the dataset without what the graph has no place for."""
    left_out = ("road_name", "lat", "lng")
    stops = [{name: stop[name] for name in stop if name not in left_out} for stop in found["bus_stops"]]
    platforms = [
        {name: platform[name] for name in (*PLATFORM_FIELDS, "platform_codes")}
        for platform in found["platforms"]
    ]
    landmarks = [landmark["name"] for landmark in found["landmarks"]]
    return {**found, "platforms": platforms, "bus_stops": stops, "landmarks": landmarks}


def test_the_graph_is_a_list_of_stations_in_the_datasets_order() -> None:
    assert EXPORTERS["json"].file_name == "mrt_transit_graph.json"
    assert [station["slug"] for station in _render(make_dataset())] == ["yishun", "bishan", "senja"]


def test_a_station_stands_in_one_line() -> None:
    lines = EXPORTERS["json"].render(make_dataset()).decode().splitlines()
    assert [lines[0], lines[-1]] == ["[", "]"]
    assert [json.loads(line.rstrip(","))["slug"] for line in lines[1:-1]] == ["yishun", "bishan", "senja"]


def test_a_station_has_the_names_of_old_and_ours_beside_them() -> None:
    station, _ = _render(_dataset())
    del station["exits"]
    assert station == {
        "official_name": "YISHUN MRT STATION",
        "mrt_codes": ["NS13"],
        "lines_served": ["North-South Line"],
        "station_id": "NS13",
        "slug": "yishun",
        "name": "Yishun",
        "names": {"zh_hans": None, "ms": None, "ta": None},
        "station_type": "mrt",
        "lines": ["NSL"],
        "lat": 1.4294,
        "lng": 103.835,
    }


def test_names_in_other_languages_stand_beside_the_english_one_and_unknown_ones_are_null() -> None:
    names = StationNames(zh_hans="义顺", ta="யீஷூன்", evidence=cited())
    dataset = make_dataset(make_station(SMALL_NETWORK, "yishun", names=names))
    [station] = _render(dataset)
    assert station["names"] == {"zh_hans": "义顺", "ms": None, "ta": "யீஷூன்"}
    [feature, *_] = json.loads(EXPORTERS["geojson"].render(dataset))["features"]
    assert feature["properties"]["names"] == station["names"]


def test_a_station_of_lrt_lines_alone_is_called_so() -> None:
    names = {station["slug"]: station["official_name"] for station in _render(make_dataset())}
    assert names["senja"] == "SENJA LRT STATION"
    assert names["bishan"] == "BISHAN MRT STATION"


def test_an_exit_is_spelled_with_the_word_exit_and_has_plain_values() -> None:
    [found] = _render(_dataset())[0]["exits"]
    assert (found["exit_id"], found["exit_code"], found["station_code"]) == ("yishun-nsl-A", "Exit A", "NS13")
    assert (found["accessibility"], found["step_free"]) == (["accessible toilet"], "yes")
    assert found["access_confidence"] == "high"
    assert found["nearby_landmarks"] == ["Northpoint City"]
    [stop] = found["bus_stops"]
    assert (stop["code"], stop["services"], stop["relation"]) == ("59069", ["85", "85A"], "at")


def test_a_platform_names_line_and_direction_in_words_and_in_codes() -> None:
    [platform] = _render(_dataset())[0]["exits"][0]["platforms"]
    assert platform == {
        "platform_code": "A",
        "line": "North-South Line",
        "direction": "Bishan",
        "station_code": "NS13",
        "line_code": "NSL",
        "towards_code": "NS17",
        "next_code": "NS17",
        "is_same_building": True,
        "confidence": "medium",
    }


@pytest.mark.parametrize(("letters", "told"), [((), [None]), (("A",), ["A"]), (("A", "D"), ["A", "D"])])
def test_a_direction_has_an_entry_for_each_sign_and_one_where_none_is_known(
    letters: tuple[str, ...], told: list[str | None]
) -> None:
    platform = PLATFORM.model_copy(update={"platform_codes": letters})
    listed = _render(_dataset(platform))[0]["exits"][0]["platforms"]
    assert [item["platform_code"] for item in listed] == told


@pytest.mark.parametrize(
    ("is_same_building", "confidence", "told"),
    [
        (True, Confidence.HIGH, "high"),
        (False, Confidence.HIGH, "medium"),
        (False, Confidence.LOW, "low"),
    ],
)
def test_a_way_to_a_platform_is_no_surer_than_the_platform_and_the_way_to_it(
    is_same_building: bool, confidence: Confidence, told: str
) -> None:
    platform = PLATFORM.model_copy(update={"confidence": confidence})
    [listed] = _render(_dataset(platform, is_same_building=is_same_building))[0]["exits"][0]["platforms"]
    assert (listed["confidence"], listed["is_same_building"]) == (told, is_same_building)


def test_a_direction_beyond_the_dataset_is_reported_by_its_code() -> None:
    platform = PLATFORM.model_copy(update={"towards_code": "NS28"})
    assert _render(_dataset(platform))[0]["exits"][0]["platforms"][0]["direction"] == "NS28"


def test_where_no_source_speaks_access_is_unknown_and_lists_are_empty() -> None:
    found = _render(make_dataset())[0]["exits"][0]
    assert (found["step_free"], found["access_confidence"]) == ("unknown", None)
    assert (
        found["platforms"] == found["bus_stops"] == found["nearby_landmarks"] == found["accessibility"] == []
    )


def test_neither_evidence_nor_times_are_in_the_graph() -> None:
    content = EXPORTERS["json"].render(_dataset())
    assert b"evidence" not in content
    assert b"_at" not in content


def test_the_day_and_the_licences_stand_in_a_file_beside_it() -> None:
    both = {name: provenance(name, licence=f"{name}-1.0") for name in ("b", "a")}
    meta = json.loads(EXPORTERS["json"].files[META](make_dataset(provenance=both)))
    assert (meta["file"], meta["as_of"], meta["stations"]) == ("mrt_transit_graph.json", "2026-01-05", 3)
    assert [(item["document_id"], item["licence"]) for item in meta["documents"]] == [
        ("b", "b-1.0"),
        ("a", "a-1.0"),
    ]
    assert meta["documents"][0]["attribution"] == "Contains information from b."
