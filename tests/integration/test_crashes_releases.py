"""Releases killed at single writes, or out of room, and released again.

``tests/real/durability`` kills at every write.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.e2e.command import Workplace
from tests.fakes.crash_scene import fated
from tests.fakes.release_crash_scene import (
    RELEASE,
    assert_as_if_nothing_had_happened,
    assert_whole,
    copy_of,
    count_steps,
    prepare,
)

pytestmark = pytest.mark.slow

FROM_THE_END = (0, 1, 4, 6, 7, 9, 10, 12, 13, 30)
"""the page, the link, the list of versions, the folder's name, a file of it"""


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Workplace:
    return prepare(tmp_path_factory.mktemp("prepared"))


@pytest.fixture(scope="module")
def steps(prepared: Workplace, tmp_path_factory: pytest.TempPathFactory) -> int:
    return count_steps(prepared, tmp_path_factory.mktemp("counted"))


@pytest.mark.parametrize("before_the_end", FROM_THE_END)
def test_a_killed_release_leaves_a_whole_state_and_is_finished_by_the_next(
    before_the_end: int, prepared: Workplace, steps: int, tmp_path: Path
) -> None:
    place = copy_of(prepared, tmp_path)
    releases = place.folder / "releases"
    killed = fated(place, f"kill:{steps - before_the_end}", *RELEASE)
    assert killed.returncode == -9, killed.stderr
    assert_whole(releases)
    result = place.call(*RELEASE)
    assert result.returncode == 0, result.stderr
    assert_as_if_nothing_had_happened(releases)


@pytest.mark.parametrize("before_the_end", [3, 12, 30])
def test_a_full_disk_costs_the_release_and_nothing_else(
    before_the_end: int, prepared: Workplace, steps: int, tmp_path: Path
) -> None:
    place = copy_of(prepared, tmp_path)
    releases = place.folder / "releases"
    failed = fated(place, f"limit:{steps - before_the_end}", *RELEASE)
    assert failed.returncode == 1
    assert failed.stderr.startswith("Error: ")
    assert_whole(releases)
    assert not list(releases.glob(".*mrt-tmp"))
    assert place.call(*RELEASE).returncode == 0
    assert_as_if_nothing_had_happened(releases)
