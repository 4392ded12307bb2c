"""Runs that read LTA's train timetable, its rail map and OpenStreetMap: complete, or told in one sentence."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.e2e.command import Workplace, load
from tests.fakes.http_server import Reply, json_reply
from tests.fakes.live_world import SMALL_DAY, LiveWorld
from tests.fakes.publishers import SCHEDULE, osm_node, rail_map_page
from tests.fakes.train_schedules import entrance, platform, train_schedule

pytestmark = pytest.mark.slow
SOURCES = "[lta_datamall, network, lta_train_gtfs, lta_rail_map, openstreetmap]"


@pytest.fixture
def world() -> Iterator[LiveWorld]:
    with LiveWorld() as running:
        yield running


@pytest.fixture
def place(world: LiveWorld, tmp_path: Path) -> Workplace:
    chosen = {"MRT_PIPELINE__STAGES__STAGE2_ENRICHMENT__SOURCES": SOURCES}
    contact = {"MRT_PIPELINE__CONTACT": "https://example.org/ops"}
    return Workplace(tmp_path).with_variables(**world.variables | chosen | contact)


A, B = (1.4293972, 103.8347836), (1.4296363, 103.8348655)
"""exits of Yishun"""


def test_a_run_publishes_what_all_three_say_each_under_its_licence(
    world: LiveWorld, place: Workplace
) -> None:
    publishers = world.publishers
    stops = [platform("NS13_A", "B"), platform("NS14_A", "A"), entrance("NS13_EA", A, "2")]
    publishers.datamall.schedule = train_schedule(stops, [("NS13_A", "NS14_A")])
    publishers.rail_map.stations = {"NSL/NS13": "Yishun"}
    publishers.rail_map.pages = {"NSL/NS13": rail_map_page("Yishun", {"A": ["Northpoint City"]})}
    publishers.overpass.elements = [
        osm_node(1, A, ref="A", wheelchair="yes"),
        osm_node(2, B, ref="B", wheelchair="yes"),
    ]
    result = place.call("run", "--as-of", SMALL_DAY)
    assert result.returncode == 0, result.stderr
    dataset = load(place.latest / "stage3_final.json")
    (yishun,) = (station for station in dataset["stations"] if station["slug"] == "yishun")
    exits = {found["exit_code"]: found for found in yishun["exits"]}
    assert [one["platform_codes"] for one in yishun["platforms"] if one["next_code"] == "NS14"] == [["B"]]
    assert [one["name"] for one in exits["A"]["landmarks"]] == ["Northpoint City"]
    assert exits["A"]["access"]["step_free"] == "unknown"
    assert (exits["B"]["access"]["step_free"], exits["B"]["access"]["confidence"]) == ("yes", "low")
    licences = {reason["licence"] for reason in yishun["reasons"]}
    assert {"SODL-1.0", "ODbL-1.0", "LicenseRef-LTA-website-facts"} <= licences
    findings = load(place.latest / "validation.json")["findings"]
    (dispute,) = (found for found in findings if found["check"] == "sources-disagree")
    assert {side["speaker"] for side in dispute["sides"]} == {"lta_train_gtfs", "openstreetmap"}
    for path in place.latest.rglob("*"):
        assert b"train-signature" not in path.read_bytes(), path


FAULTS: dict[str, Callable[[LiveWorld], None]] = {
    "lta-train-gtfs": lambda world: world.publishers.datamall.interpose(SCHEDULE, Reply(404)),
    "lta-rail-map": lambda world: world.publishers.rail_map.interpose("index.xml", Reply(body=b"<html>")),
    "osm-entrances": lambda world: world.publishers.overpass.interpose(
        "interpreter", json_reply({"elements": []})
    ),
}


@pytest.mark.parametrize("document_id", FAULTS)
def test_a_run_without_one_of_them_is_not_published_and_says_why(
    world: LiveWorld, place: Workplace, document_id: str
) -> None:
    FAULTS[document_id](world)
    result = place.call("run", "--as-of", SMALL_DAY)
    assert result.returncode == 1
    assert document_id in result.stderr
    assert "Traceback" not in result.stderr
    assert place.call("run", "--resume-from", "2", "--retry-failed").returncode == 0
