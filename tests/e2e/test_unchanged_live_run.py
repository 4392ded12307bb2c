"""A new live run after one whose sources have not changed since: it does no station again."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.command import Workplace, load
from tests.fakes.crash_scene import results_of
from tests.fakes.live_world import SMALL_DAY, LiveWorld

pytestmark = pytest.mark.slow

RUN = ("run", "--as-of", SMALL_DAY)
MOST_REQUESTS = 10


@pytest.fixture
def world() -> Iterator[LiveWorld]:
    with LiveWorld() as running:
        yield running


def _run(place: Workplace, world: LiveWorld) -> Path:
    """Return the folder of a new run, after all that was asked before is forgotten."""
    for server in world.servers.values():
        server.requests.clear()
    result = place.with_variables(**world.variables).call(*RUN)
    assert result.returncode == 0, result.stderr
    return place.latest.resolve()


def _taken_over(folder: Path) -> dict[str, int]:
    taken: dict[str, int] = load(folder / "manifest.json")["stages"]["stage2_enrichment"].get(
        "taken_over", {}
    )
    return taken


def test_an_unchanged_run_asks_for_revisions_alone_until_the_cache_is_cleared(
    place: Workplace, world: LiveWorld
) -> None:
    first = _run(place, world)
    second = _run(place, world)
    assert sum(len(server.requests) for server in world.servers.values()) <= MOST_REQUESTS
    assert _taken_over(second) == {load(first / "manifest.json")["run_id"]: 42}
    assert results_of(second) == results_of(first)

    shutil.rmtree(place.folder / "cache" / "wiki")
    third = _run(place, world)
    assert _taken_over(third) == {}
    assert sum("action=parse" in request.target for request in world.wiki_server.requests) == 42


def test_only_the_station_whose_page_was_revised_is_done_again(place: Workplace, world: LiveWorld) -> None:
    _run(place, world)
    world.wiki.revise("Yishun MRT Station")
    second = _run(place, world)
    assert list(_taken_over(second).values()) == [41]
    [asked] = [request for request in world.wiki_server.requests if "action=parse" in request.target]
    assert world.wiki.station_of(asked) == "yishun"


@pytest.mark.parametrize(("more", "taken_over"), [("", 42), ("<p>Exit B has a lift.</p>", 41)])
def test_a_page_whose_template_was_edited_is_fetched_and_done_again_only_if_it_shows_something_else(
    more: str, taken_over: int, place: Workplace, world: LiveWorld
) -> None:
    _run(place, world)
    world.wiki.touch("Yishun MRT Station", more)
    second = _run(place, world)
    assert list(_taken_over(second).values()) == [taken_over]
    [asked] = [request for request in world.wiki_server.requests if "action=parse" in request.target]
    assert world.wiki.station_of(asked) == "yishun"

    third = _run(place, world)
    assert sum(len(server.requests) for server in world.servers.values()) <= MOST_REQUESTS
    assert results_of(third) == results_of(second)
