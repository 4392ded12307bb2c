"""Some runs killed, at single writes and at random moments, and resumed.

``tests/real/durability`` kills at every write and at 200 random moments.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from mrt_pipeline.contracts.names import CHECKPOINT_NAMES
from mrt_pipeline.orchestrator.stage_specs import STAGES
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

pytestmark = pytest.mark.slow

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


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder of all runs with a complete one."""
    place = Workplace(tmp_path_factory.mktemp("finished"))
    result = place.call(*RUN)
    assert result.returncode == 0, result.stderr
    return place.outputs


def _checkpoint(place: Workplace, number: int) -> Path:
    return place.latest.resolve() / CHECKPOINT_NAMES[STAGES[number - 1].name]


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Workplace]:
    """Return a workplace whose every file is looked at while it changes."""
    place = Workplace(tmp_path)
    with Reader(place.outputs):
        yield place


@pytest.mark.parametrize("number", range(1, KILLS + 1))
def test_a_run_killed_at_a_write_is_resumed(number: int, place: Workplace, undisturbed: Undisturbed) -> None:
    steps, _, expected = undisturbed
    step = steps.index("flush", len(steps) * number // (KILLS + 1)) + 1  # when a temporary file lies there
    killed = fated(place, f"kill:{step}", *RUN)
    assert killed.returncode == -9, killed.stderr
    result = place.call(*RUN, "--skip-existing")
    assert result.returncode == 0, result.stderr
    assert_as_if_nothing_had_happened(place, expected)


@pytest.mark.parametrize("number", range(RANDOM_KILLS))
def test_a_run_killed_at_a_random_moment_is_resumed(
    number: int, place: Workplace, undisturbed: Undisturbed
) -> None:
    _, seconds, expected = undisturbed
    moment = random_moments(SEED, RANDOM_KILLS, seconds)[number]
    print(f"seed {SEED}, moment {moment:.3f} s: {kill_at(place, moment, *RUN)}")  # noqa: T201 # for whoever sees it fail
    result = place.call(*RUN, "--skip-existing")
    assert result.returncode == 0, result.stderr
    assert_as_if_nothing_had_happened(place, expected)


def test_the_empty_folder_of_a_run_killed_at_once_is_cleared_by_a_later_run(
    place: Workplace, undisturbed: Undisturbed
) -> None:
    steps, _, expected = undisturbed
    assert fated(place, f"kill:{steps.index('open') + 1}", *RUN).returncode == -9
    [empty] = place.runs
    assert list(empty.iterdir()) == []
    os.utime(empty, (0, 0))
    result = place.call(*RUN)
    assert result.returncode == 0, result.stderr
    assert place.runs == [place.latest.resolve()]
    assert_as_if_nothing_had_happened(place, expected)


class TestACheckpointThatNobodyGotToRecord:
    """A complete run made again in place, killed when a checkpoint had its name and the manifest not yet."""

    SAID = "was written by an attempt that ended before recording it"

    @pytest.fixture
    def place(self, tmp_path: Path, finished: Path) -> Workplace:
        shutil.copytree(finished, tmp_path / "outputs", symlinks=True)
        return Workplace(tmp_path)

    @staticmethod
    def _kill(place: Workplace, number: int) -> Path:
        path = _checkpoint(place, number)
        before = path.read_bytes()
        result = fated(place, f"named:{path.name}", *RUN, "--resume-from", "1")
        assert result.returncode == -9, result.stderr
        assert path.read_bytes() != before
        return path

    @pytest.mark.parametrize("number", [1, 2, 3])
    def test_it_is_made_again_and_not_called_damaged(
        self, number: int, place: Workplace, undisturbed: Undisturbed
    ) -> None:
        path = self._kill(place, number)
        planned = place.call("plan", *RUN[1:], "--resume-from", str(number))
        result = place.call(*RUN, "--resume-from", str(number))
        assert result.returncode == 0, result.stderr
        for text in (planned.stdout, result.stderr):
            assert f"{path.name} {self.SAID}" in text
            assert "damaged" not in text
        assert not list(path.parent.glob("*.damaged-*"))
        assert_as_if_nothing_had_happened(place, undisturbed[2])

    def test_a_stage_that_needs_it_says_what_it_is_and_how_to_make_it_again(
        self, place: Workplace, undisturbed: Undisturbed
    ) -> None:
        path = self._kill(place, 2)
        result = place.call(*RUN, "--resume-from", "3")
        assert result.returncode == 1
        assert f"Error: outputs/{path.parent.name}/{path.name} {self.SAID}. Recreate it" in result.stderr
        command = result.stderr.partition("Recreate it with: ")[2].split()
        assert place.call(*command[1:]).returncode == 0
        assert_as_if_nothing_had_happened(place, undisturbed[2])

    def test_the_dataset_stays_readable(self, place: Workplace) -> None:
        self._kill(place, 3)
        result = place.call("explain", "NS13")
        assert result.returncode == 0, result.stderr
        assert "Yishun" in result.stdout

    @pytest.mark.parametrize("how", ["cut", "flipped"])
    def test_a_damaged_one_is_still_called_so_and_kept(
        self, how: str, place: Workplace, undisturbed: Undisturbed
    ) -> None:
        """It is that of the kill, cut, or one that was recorded, with another digit."""
        path = self._kill(place, 1)
        if how == "flipped":
            path = _checkpoint(place, 2)
        content = bytearray(path.read_bytes())
        if how == "cut":
            del content[len(content) // 2 :]
        else:
            content[content.rindex(b"7")] ^= 1
        path.write_bytes(content)
        result = place.call(*RUN, "--resume-from", "1")
        assert result.returncode == 0, result.stderr
        [aside] = path.parent.glob("*.damaged-*")
        assert aside.read_bytes() == content
        assert f"{path.name} is damaged; it was renamed to {aside.name}" in result.stderr
        assert_as_if_nothing_had_happened(place, undisturbed[2])

    def test_that_of_a_first_run_is_not_called_missing(self, tmp_path: Path) -> None:
        place = Workplace(tmp_path)
        fated(place, "named:stage1_deterministic.json", *RUN, "--output-dir", "mine")
        result = place.call(*RUN, "--output-dir", "mine", "--resume-from", "2")
        assert result.returncode == 1
        assert f"mine/stage1_deterministic.json {self.SAID}" in result.stderr


def test_no_finished_station_is_requested_again_after_a_kill(place: Workplace, tmp_path: Path) -> None:
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
