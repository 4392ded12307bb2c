from __future__ import annotations

import json
from typing import Any

from mrt_pipeline.config.registry import all_exports
from mrt_pipeline.contracts.network import AccessFeature, ExitAccess, Landmark, StationNames, StepFree
from mrt_pipeline.contracts.outputs import Stage3Output
from tests.fakes.network_builder import (
    SMALL_NETWORK,
    cited,
    make_bus_stop,
    make_dataset,
    make_exit,
    make_platform,
    make_station,
)

EXPORTERS = {spec.name: spec for spec in all_exports()}
NS13, NS17, *_ = SMALL_NETWORK.codes


def _dataset() -> Stage3Output:
    found = make_exit(NS13).model_copy(
        update={
            "platforms": (make_platform(NS13, NS17, platform_code="A"),),
            "bus_stops": (make_bus_stop(make_exit(NS13)),),
            "access": ExitAccess(step_free=StepFree.YES, features=(AccessFeature.LIFT,), evidence=cited()),
            "landmarks": (Landmark(name="Northpoint City", evidence=cited()),),
        }
    )
    return make_dataset(make_station(SMALL_NETWORK, "yishun", exits=(found,)))


def _render(dataset: Stage3Output) -> Any:
    return json.loads(EXPORTERS["json"].render(dataset))


def test_the_graph_is_a_list_of_stations_in_the_datasets_order() -> None:
    assert EXPORTERS["json"].file_name == "mrt_transit_graph.json"
    assert [station["slug"] for station in _render(make_dataset())] == ["yishun", "bishan", "senja"]


def test_a_station_keeps_its_fields_under_their_names() -> None:
    [station] = _render(_dataset())
    del station["exits"]
    assert station == {
        "station_id": "NS13",
        "slug": "yishun",
        "name": "Yishun",
        "names": {"zh_hans": None, "ms": None, "ta": None},
        "station_type": "mrt",
        "status": "operational",
        "mrt_codes": ["NS13"],
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


def test_every_letter_of_a_direction_is_there() -> None:
    platform = make_platform(NS13, NS17, platform_code="A", further_codes=("D", "E"))
    found = make_exit(NS13).model_copy(update={"platforms": (platform,)})
    [station] = _render(make_dataset(make_station(SMALL_NETWORK, "yishun", exits=(found,))))
    [plain] = station["exits"][0]["platforms"]
    assert (plain["platform_code"], plain["further_codes"]) == ("A", ["D", "E"])


def test_an_exit_is_spelled_with_the_word_exit_and_has_plain_values() -> None:
    [found] = _render(_dataset())[0]["exits"]
    assert (found["exit_id"], found["exit_code"], found["station_code"]) == ("yishun-nsl-A", "Exit A", "NS13")
    assert found["platforms"][0]["platform_code"] == "A"
    assert found["platforms"][0]["towards_code"] == "NS17"
    assert found["bus_stops"][0]["services"] == ["85", "85A"]
    assert found["access"] == {
        "step_free": "yes",
        "features": ["lift"],
        "out_of_service": None,
        "confidence": "high",
    }
    assert found["landmarks"] == ["Northpoint City"]


def test_where_no_source_speaks_access_is_unknown_and_lists_are_empty() -> None:
    found = _render(make_dataset())[0]["exits"][0]
    assert found["access"]["step_free"] == "unknown"
    assert found["platforms"] == found["bus_stops"] == found["landmarks"] == []


def test_neither_evidence_nor_times_are_in_the_graph() -> None:
    content = EXPORTERS["json"].render(_dataset())
    assert b"evidence" not in content
    assert b"_at" not in content
