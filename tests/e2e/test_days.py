"""Runs for other days than today, and what `latest` shows after them."""

from __future__ import annotations

import shlex

import pytest

from mrt_pipeline.network import load_network
from tests.e2e.command import Workplace, load

pytestmark = pytest.mark.slow

HORIZON = load_network().known_until


def _command_in(stderr: str) -> list[str]:
    """Return the arguments of the command that moves ``latest``."""
    return shlex.split(stderr.partition("To point it to this run: mrt-pipeline ")[2].splitlines()[0])


def test_a_look_at_the_past_does_not_move_latest_until_that_is_requested(after_a_run: Workplace) -> None:
    present = after_a_run.latest.resolve()
    result = after_a_run.call("run", "--as-of", "2026-07-01")
    assert result.returncode == 0, result.stderr
    assert after_a_run.latest.resolve() == present
    assert "latest still points to the dataset for" in result.stderr
    moved = after_a_run.call(*_command_in(result.stderr))
    assert moved.returncode == 0, moved.stderr
    assert after_a_run.latest.resolve() == after_a_run.runs[-1] != present
    assert "latest moved back from" in moved.stderr


def test_a_look_at_the_past_does_not_take_the_place_of_a_link_that_was_lost(after_a_run: Workplace) -> None:
    present = after_a_run.latest.resolve()
    after_a_run.latest.unlink()
    result = after_a_run.call("run", "--as-of", "2026-07-11")
    assert result.returncode == 0, result.stderr
    assert after_a_run.latest.resolve() == present
    assert "latest was missing, and now points to the dataset for" in result.stderr


@pytest.mark.parametrize("command", ["run", "plan"])
def test_a_day_beyond_the_horizon_is_refused_and_leaves_nothing(command: str, place: Workplace) -> None:
    result = place.call(command, "--as-of", "2030-01-01")
    assert result.returncode == 2
    assert f"--as-of is 2030-01-01; the network table covers changes announced by {HORIZON}" in result.stderr
    assert not place.outputs.exists()


def test_a_day_beyond_the_horizon_is_described_as_known_then_and_gives_way_to_the_present(
    after_a_run: Workplace,
) -> None:
    present = after_a_run.latest.resolve()
    ahead = after_a_run.call("run", "--as-of", "2030-01-01", "--beyond-horizon")
    assert ahead.returncode == 0, ahead.stderr
    future = after_a_run.runs[-1]
    assert load(future / "stage3_final.json")["metadata"]["as_known_on"] == HORIZON.isoformat()
    assert load(future / "validation.json")["findings_by_check"]["beyond-network-horizon"] == 1
    assert after_a_run.latest.resolve() == present
    assert after_a_run.call(*_command_in(ahead.stderr)).returncode == 0
    assert after_a_run.latest.resolve() == future
    few = after_a_run.with_variables(MRT_PIPELINE__OUTPUT__KEEP_LAST_N_VERSIONS="1")
    assert few.call("run").returncode == 0
    assert few.runs == [few.latest.resolve()], "neither the day to come nor the older present is kept"


def test_what_latest_shows_is_not_replaced_in_place_by_the_past(place: Workplace) -> None:
    single = place.with_variables(MRT_PIPELINE__OUTPUT__VERSIONING="false")
    assert single.call("run").returncode == 0
    before = load(single.latest / "manifest.json")
    for command in ("run", "plan"):
        result = single.call(command, "--as-of", "2026-07-01")
        assert result.returncode == 2
        assert "outputs/latest points to outputs/current" in result.stderr
    assert load(single.latest / "manifest.json") == before
    assert single.call("run", "--as-of", "2026-07-01", "--move-latest").returncode == 0
    assert load(single.latest / "manifest.json")["as_of"] == "2026-07-01"


def test_moving_latest_where_nothing_is_published_or_no_link_is_kept_is_refused(place: Workplace) -> None:
    result = place.call("run", "--stage", "1", "--move-latest")
    assert (result.returncode, "--move-latest applies to publishing" in result.stderr) == (2, True)
    result = place.with_variables(MRT_PIPELINE__OUTPUT__SYMLINK_LATEST="false").call("run", "--move-latest")
    assert (result.returncode, "output.symlink_latest is false" in result.stderr) == (2, True)
    assert not place.outputs.exists()
