"""A release killed at its writes, and released again."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.fakes.crash_scene import fated
from tests.fakes.release_crash_scene import (
    RELEASE,
    assert_as_if_nothing_had_happened,
    assert_whole,
    copy_of,
    count_steps,
    prepare,
)
from tests.figures import Say
from tests.real.durability.extent import spread

pytestmark = pytest.mark.real_parts

EVERY_NTH_WRITE = 5


def test_a_release_killed_at_any_write_leaves_a_whole_state_and_is_finished(tmp_path: Path, say: Say) -> None:
    prepared = prepare(tmp_path / "prepared")
    steps = count_steps(prepared, tmp_path / "counted")
    at = spread(range(1, steps + 1), EVERY_NTH_WRITE)
    for step in at:
        place = copy_of(prepared, tmp_path / "killed")
        releases = place.folder / "releases"
        assert fated(place, f"kill:{step}", *RELEASE).returncode == -9
        assert_whole(releases)
        assert place.call(*RELEASE).returncode == 0
        assert_as_if_nothing_had_happened(releases)
        shutil.rmtree(place.folder)
    say(f"a release killed at {len(at)} of its {steps} writes: each time whole, and finished by the next")
