"""A new live run after one whose sources have not changed since: it does no station again."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from mrt_pipeline.contracts.names import CHECKPOINT_NAMES
from tests.e2e.command import Workplace, load
from tests.fakes.crash_scene import results_of
from tests.fakes.http_server import Reply
from tests.fakes.live_world import SMALL_DAY, LiveWorld

pytestmark = pytest.mark.slow

RUN = ("run", "--as-of", SMALL_DAY)
MAX_REQUESTS = 10


@pytest.fixture
def world() -> Iterator[LiveWorld]:
    with LiveWorld() as running:
        yield running


def _run(place: Workplace, world: LiveWorld, latest: Path | None = None) -> Path:
    """Return the folder of a new run, after all that was asked before is forgotten."""
    for server in world.servers.values():
        server.requests.clear()
    result = place.with_variables(**world.variables).call(*RUN)
    assert result.returncode == 0, result.stderr
    return (latest or place.latest).resolve()


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
    assert sum(len(server.requests) for server in world.servers.values()) <= MAX_REQUESTS
    assert _taken_over(second) == {load(first / "manifest.json")["run_id"]: 42}
    assert results_of(second) == results_of(first)

    shutil.rmtree(place.folder / "cache" / "wiki")
    third = _run(place, world)
    assert _taken_over(third) == {}
    assert sum("action=parse" in request.target for request in world.wiki_server.requests) == 42


def _reasons(folder: Path) -> dict[str, str]:
    return {name: record["reason"] for name, record in load(folder / "manifest.json")["stages"].items()}


def test_an_unchanged_run_takes_every_file_from_the_run_before(place: Workplace, world: LiveWorld) -> None:
    first = _run(place, world)
    second = _run(place, world)
    before, after = load(first / "manifest.json"), load(second / "manifest.json")
    assert {record["taken_from"] for record in after["stages"].values()} == {before["run_id"]}
    assert set(_reasons(second).values()) == {
        f"carried over from run {before['run_id']}: none of its inputs has changed"
    }
    for name in (*CHECKPOINT_NAMES.values(), *before["outputs"], "validation.json", "stage2_rejected.jsonl"):
        assert (second / name).read_bytes() == (first / name).read_bytes(), name
        assert (second / name).stat().st_ino != (first / name).stat().st_ino, name
    assert after["gates"]["reason"] == f"No differences from {first.name}."
    for part in ("findings", "sources", "passed_over", "rejected_claims", "outputs"):
        assert after[part] == before[part], part


def test_what_is_taken_over_is_what_would_be_made(place: Workplace, world: LiveWorld) -> None:
    first = _run(place, world)
    elsewhere = place.with_variables(MRT_PIPELINE__OUTPUT__DIRECTORY="elsewhere")
    made = _run(elsewhere, world, elsewhere.folder / "elsewhere" / "latest")
    assert set(_reasons(made).values()) == {"requested"}
    assert results_of(_run(place, world)) == results_of(made) == results_of(first)


@pytest.mark.parametrize("name", [*CHECKPOINT_NAMES.values(), "stage2_rejected.jsonl"])
def test_a_damaged_file_of_the_run_before_is_not_taken(name: str, place: Workplace, world: LiveWorld) -> None:
    first = _run(place, world)
    expected = results_of(first)
    with (first / name).open("ab") as file:
        file.write(b" ")
    second = _run(place, world)
    [(stage, reason)] = [item for item in _reasons(second).items() if "not carried over" in item[1]]
    assert name in reason
    assert load(second / "manifest.json")["stages"][stage].get("taken_from") is None
    assert results_of(second) == expected


def test_a_run_that_a_source_failed_is_not_taken(place: Workplace, world: LiveWorld) -> None:
    world.wiki_server.handler, answer = lambda _: Reply(500), world.wiki_server.handler
    short = {"MRT_PIPELINE__STAGES__STAGE2_ENRICHMENT__RETRY_DELAY_SECONDS": "0.01"}
    hurried = place.with_variables(**world.variables | short)
    assert hurried.call(*RUN, "--accept-changes").returncode == 0
    world.wiki_server.handler = answer
    assert "requested" in set(_reasons(_run(place, world)).values())


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
    assert sum(len(server.requests) for server in world.servers.values()) <= MAX_REQUESTS
    assert results_of(third) == results_of(second)
