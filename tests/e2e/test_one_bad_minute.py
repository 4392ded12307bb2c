"""A service has a bad minute: it costs one run at most, and the run after it is as if nothing had been."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.command import Workplace, load
from tests.fakes.crash_scene import results_of
from tests.fakes.http_server import RawReply, Reply, SeenRequest, json_reply
from tests.fakes.live_world import SMALL_DAY, LiveWorld

pytestmark = pytest.mark.slow

RUN = ("run", "--as-of", SMALL_DAY)
LOCAL = {"MRT_PIPELINE__STAGES__STAGE2_ENRICHMENT__SOURCES": "[lta_datamall, network]"}
Change = Callable[[Any], Any]


def live(place: Workplace, world: LiveWorld, **variables: str) -> Workplace:
    return place.with_variables(**{**world.variables, **LOCAL, **variables})


def disturb(world: LiveWorld, server: str, path_end: str, change: Change, query: dict[str, str]) -> None:
    """Let a service give another answer to one request for one thing."""
    regular, left = world.servers[server].handler, [None]

    def handle(request: SeenRequest) -> Reply | RawReply:
        reply = regular(request)
        is_it = request.path.endswith(path_end) and query.items() <= request.query.items()
        if not is_it or not left:
            return reply
        left.pop()
        assert isinstance(reply, Reply)
        assert isinstance(reply.body, bytes)
        return json_reply(change(json.loads(reply.body)))

    world.servers[server].handler = handle


def _point(place: Callable[[list[float]], list[float]]) -> Change:
    def change(answer: Any) -> Any:
        names = [feature["properties"]["STATION_NA"] for feature in answer["features"]]
        geometry = answer["features"][names.index("YISHUN MRT STATION")]["geometry"]
        geometry["coordinates"] = place(geometry["coordinates"])
        return answer

    return change


def _stop(lat: float, lng: float) -> Change:
    def change(answer: Any) -> Any:
        answer["value"][0] |= {"Latitude": lat, "Longitude": lng}
        return answer

    return change


Fault = tuple[str, str, Change, dict[str, str], bool]
"""server, end of the path, what becomes of the answer, which request, and whether it costs the run"""
FAULTS: dict[str, Fault] = {
    "half of the exits": (
        "datagov-file",
        "",
        lambda answer: answer | {"features": answer["features"][:300]},
        {},
        True,
    ),
    "a message for exits": (
        "datagov-file",
        "",
        lambda _: {"message": "Endpoint request timed out"},
        {},
        True,
    ),
    "an exit swapped": ("datagov-file", "", _point(lambda point: point[::-1]), {}, True),
    "an exit in the sea": ("datagov-file", "", _point(lambda _: [103.75, 1.12]), {}, True),
    "an exit elsewhere in town": ("datagov-file", "", _point(lambda p: [p[0] + 0.03, p[1]]), {}, True),
    "no hits": ("onemap", "search", lambda answer: answer | {"found": 0, "results": []}, {}, False),
    "an empty page of stops": ("datamall", "BusStops", lambda _: {"value": []}, {"$skip": "500"}, False),
    "an empty page of routes": ("datamall", "BusRoutes", lambda _: {"value": []}, {"$skip": "1500"}, False),
    "a stop at 0,0": ("datamall", "BusStops", _stop(0, 0), {"$skip": "0"}, True),
}


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> Workplace:
    """Return a workplace with a run of services that are well."""
    place = Workplace(tmp_path_factory.mktemp("well"))
    with LiveWorld() as world:
        result = live(place, world).call(*RUN)
    assert result.returncode == 0, result.stderr
    return place


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_the_run_after_a_wrong_answer_is_that_of_services_that_are_well(
    fault: Fault, place: Workplace, expected: Workplace
) -> None:
    server, path_end, change, query, costs_the_run = fault
    with LiveWorld() as world:
        disturb(world, server, path_end, change, query)
        first = live(place, world).call(*RUN)
        assert first.returncode == int(costs_the_run), first.stderr
        second = live(place, world).call(*RUN)
    assert second.returncode == 0, second.stderr
    assert results_of(place.latest) == results_of(expected.latest)


@pytest.mark.parametrize("fault", ["an exit swapped", "an exit elsewhere in town", "a stop at 0,0"])
def test_the_command_that_goes_on_asks_again_for_what_was_wrong(
    fault: str, place: Workplace, expected: Workplace
) -> None:
    server, path_end, change, query, _ = FAULTS[fault]
    with LiveWorld() as world:
        disturb(world, server, path_end, change, query)
        assert live(place, world).call(*RUN).returncode == 1
        [run] = place.runs
        went_on = live(place, world).call(*RUN, "--output-dir", run, "--skip-existing")
        assert went_on.returncode == 0, went_on.stderr
        assert results_of(run) == results_of(expected.latest)
        again = live(place, world).call(*RUN, "--output-dir", run, "--skip-existing")
    assert "Stage 1/3 ingestion: reused" in again.stderr, "what passed is not requested again"


@pytest.fixture
def after_a_live_run(expected: Workplace, tmp_path: Path) -> Workplace:
    """Return a workplace in which the services were well once, with nothing on disk of their answers."""
    shutil.copytree(expected.outputs, tmp_path / "outputs", symlinks=True)
    return Workplace(tmp_path)


def test_a_list_that_ends_too_soon_is_not_published_and_its_source_is_named(
    after_a_live_run: Workplace, expected: Workplace
) -> None:
    published = after_a_live_run.latest.resolve()
    with LiveWorld() as world:
        rows = world.publishers.datamall.rows
        whole = rows["BusRoutes"]
        rows["BusRoutes"] = whole[:2000]
        refused = live(after_a_live_run, world, MRT_PIPELINE__GATES__MAX_ENRICHED_LOST_SHARE="1").call(*RUN)
        assert refused.returncode == 1
        assert "lta-bus-services has " in refused.stderr
        assert "gates.max_records_lost_share allows 5.0%" in refused.stderr
        assert after_a_live_run.latest.resolve() == published
        [loss] = load(after_a_live_run.runs[-1] / "gates.json")["sources"]
        assert (loss["source_id"], loss["new"] < loss["old"]) == ("lta-bus-services", True)
        rows["BusRoutes"] = whole
        second = live(after_a_live_run, world).call(*RUN)
    assert second.returncode == 0, second.stderr
    assert results_of(after_a_live_run.latest) == results_of(expected.latest)
