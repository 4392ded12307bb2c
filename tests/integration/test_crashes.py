"""Some runs killed, at single writes and at random moments, and gone on with.

``tests/real/durability`` kills at every write and at 200 random moments.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.command import Workplace
from tests.fakes.crash_scene import (
    Reader,
    assert_as_if_nothing_had_happened,
    fated,
    finished_stations,
    kill_at,
    measure,
    random_moments,
    results_of,
)
from tests.fakes.live_world import SMALL_DAY, LiveWorld

RUN = ("run", "--as-of", SMALL_DAY)
KILLS = 3
RANDOM_KILLS = 3
SEED = 20261123


Undisturbed = tuple[list[str], float, dict[str, bytes]]
"""what a run that nothing stops does to the disk, how long it takes, and what it makes"""


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Undisturbed:
    place = Workplace(tmp_path_factory.mktemp("undisturbed"))
    return (*measure(place, *RUN), results_of(place.latest))


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Workplace]:
    """Return a workplace whose every file is looked at while it changes."""
    place = Workplace(tmp_path)
    with Reader(place.outputs):
        yield place


@pytest.mark.parametrize("number", range(1, KILLS + 1))
def test_a_run_killed_at_a_write_is_gone_on_with(
    number: int, place: Workplace, undisturbed: Undisturbed
) -> None:
    steps, _, expected = undisturbed
    step = steps.index("flush", len(steps) * number // (KILLS + 1)) + 1  # when a temporary file lies there
    killed = fated(place, f"kill:{step}", *RUN)
    assert killed.returncode == -9, killed.stderr
    result = place.call(*RUN, "--skip-existing")
    assert result.returncode == 0, result.stderr
    assert_as_if_nothing_had_happened(place, expected)


@pytest.mark.parametrize("number", range(RANDOM_KILLS))
def test_a_run_killed_at_a_random_moment_is_gone_on_with(
    number: int, place: Workplace, undisturbed: Undisturbed
) -> None:
    _, seconds, expected = undisturbed
    moment = random_moments(SEED, RANDOM_KILLS, seconds)[number]
    print(f"seed {SEED}, moment {moment:.3f} s: {kill_at(place, moment, *RUN)}")  # noqa: T201 # for whoever sees it fail
    result = place.call(*RUN, "--skip-existing")
    assert result.returncode == 0, result.stderr
    assert_as_if_nothing_had_happened(place, expected)


def test_no_finished_station_is_asked_for_again_after_a_kill(place: Workplace, tmp_path: Path) -> None:
    with LiveWorld() as world:
        live = place.with_variables(**world.variables)
        killed = fated(live, "row:20", *RUN)
        assert killed.returncode == -9, killed.stderr
        [run] = live.runs
        finished = finished_stations(run)
        assert len(finished) == 19
        before = len(world.wiki_server.requests)
        result = live.call(*RUN, "--skip-existing")
        assert result.returncode == 0, result.stderr
        again = {world.wiki.station_of(request) for request in world.wiki_server.requests[before:]} - {None}
    assert len(again) <= 42 - 19
    assert again.isdisjoint(finished)
