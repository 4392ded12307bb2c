from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from mrt_pipeline.errors import StorageError, UsageError
from mrt_pipeline.orchestrator.latest import LatestMove, find_shown, point_latest, refuse_to_replace_shown
from mrt_pipeline.orchestrator.old_runs import remove_old_runs
from mrt_pipeline.orchestrator.request import RunRequest
from tests.fakes.manifests import ALL_STAGES, START, put_run, put_runs


def test_latest_is_relative_and_shows_the_new_run(outputs: Path) -> None:
    put_runs(outputs, "20261123_081203", "20261123_091203")
    for name in ("20261123_081203", "20261123_091203"):
        assert point_latest(outputs / name, outputs, START) is LatestMove.MOVED
        assert (outputs / "latest").readlink() == Path(name)


def test_latest_goes_on_showing_a_dataset_when_a_run_has_none(outputs: Path) -> None:
    put_runs(outputs, "20261123_081203")
    put_run(outputs / "20261123_091203", ALL_STAGES[0])
    point_latest(outputs / "20261123_081203", outputs, START)
    assert point_latest(outputs / "20261123_091203", outputs, START) is LatestMove.NO_DATASET
    assert (outputs / "latest").readlink() == Path("20261123_081203")


TODAY, EARLIER, TO_COME = date(2026, 11, 23), date(2026, 7, 11), date(2030, 1, 1)


@pytest.mark.parametrize(
    ("shown", "day", "move"),
    [
        (TODAY, TODAY, LatestMove.MOVED),
        (EARLIER, TODAY, LatestMove.MOVED),
        (TODAY, EARLIER, LatestMove.EARLIER_DAY),
        (TODAY, date(2026, 11, 22), LatestMove.EARLIER_DAY),
        (TODAY, TO_COME, LatestMove.DAY_TO_COME),
        (EARLIER, date(2026, 11, 24), LatestMove.DAY_TO_COME),
        (TO_COME, TO_COME, LatestMove.MOVED),
        (TO_COME, TODAY, LatestMove.MOVED),
        (TO_COME, EARLIER, LatestMove.MOVED),
    ],
)
def test_latest_moves_to_no_earlier_day_and_to_none_to_come(
    shown: date, day: date, move: LatestMove, outputs: Path
) -> None:
    put_run(outputs / "a", *ALL_STAGES, as_of=shown)
    assert point_latest(outputs / "a", outputs, START) is LatestMove.MOVED, "nothing is shown yet"
    put_run(outputs / "b", *ALL_STAGES, as_of=day)
    assert point_latest(outputs / "b", outputs, START) is move
    assert (outputs / "latest").readlink() == Path("b" if move is LatestMove.MOVED else "a")
    assert point_latest(outputs / "b", outputs, START, is_wanted=True) is LatestMove.MOVED
    assert (outputs / "latest").readlink() == Path("b")


def test_latest_is_not_blocked_by_a_run_that_was_made_while_the_clock_was_years_fast(outputs: Path) -> None:
    then = START + timedelta(days=7000)
    put_run(outputs / "a", *ALL_STAGES, as_of=then.date(), timestamp=then, updated_at=then)
    assert point_latest(outputs / "a", outputs, then) is LatestMove.MOVED
    put_run(outputs / "b", *ALL_STAGES, as_of=TODAY)
    assert point_latest(outputs / "b", outputs, START) is LatestMove.MOVED


@pytest.mark.parametrize("lost", ["removed", "dangling"])
def test_a_lost_link_is_made_again_to_what_it_showed_rather_than_to_an_earlier_day(
    lost: str, outputs: Path
) -> None:
    put_run(outputs / "a", *ALL_STAGES, as_of=TODAY, timestamp=START)
    put_run(outputs / "b", *ALL_STAGES, as_of=EARLIER, timestamp=START + timedelta(hours=1))
    if lost == "dangling":
        (outputs / "latest").symlink_to("gone")
    assert point_latest(outputs / "b", outputs, START) is LatestMove.EARLIER_DAY
    assert (outputs / "latest").readlink() == Path("a")
    assert point_latest(outputs / "b", outputs, START, is_wanted=True) is LatestMove.MOVED


def test_a_lost_link_shows_a_new_run_of_the_latest_day(outputs: Path) -> None:
    put_run(outputs / "a", *ALL_STAGES, as_of=EARLIER)
    put_run(outputs / "damaged", *ALL_STAGES, as_of=TODAY + timedelta(days=1))
    (outputs / "damaged" / "stage3_final.json").write_bytes(b"{}")
    put_run(outputs / "b", *ALL_STAGES, as_of=TODAY)
    assert point_latest(outputs / "b", outputs, START) is LatestMove.MOVED
    assert (outputs / "latest").readlink() == Path("b")


@pytest.mark.parametrize("day", [EARLIER, TO_COME])
def test_what_latest_shows_is_not_replaced_in_place_by_another_day(day: date, outputs: Path) -> None:
    put_runs(outputs, "a", "b", as_of=TODAY)
    point_latest(outputs / "a", outputs, START)
    for named in (outputs / "a", outputs / "latest"):
        with pytest.raises(UsageError, match=r"latest points to .*; this run would replace it with"):
            refuse_to_replace_shown(RunRequest(named, as_of=day), named, outputs, day, START)
        wanted = RunRequest(named, as_of=day, move_latest=True)
        refuse_to_replace_shown(wanted, named, outputs, day, START)
        refuse_to_replace_shown(RunRequest(named), named, outputs, TODAY, START)
        refuse_to_replace_shown(RunRequest(named, stage=1), named, outputs, day, START)
    refuse_to_replace_shown(RunRequest(outputs / "b", as_of=day), outputs / "b", outputs, day, START)
    refuse_to_replace_shown(RunRequest(as_of=day), None, outputs, day, START)


def test_something_of_a_person_s_under_the_name_latest_is_left_alone(outputs: Path) -> None:
    put_runs(outputs, "20261123_081203")
    (outputs / "latest").mkdir()
    with pytest.raises(StorageError, match="is not a link"):
        point_latest(outputs / "20261123_081203", outputs, START)
    assert (outputs / "latest").is_dir()


@pytest.mark.parametrize("target", ["latest", "20260101_000000"])
def test_a_latest_that_leads_nowhere_is_put_right_by_the_next_run(outputs: Path, target: str) -> None:
    put_runs(outputs, "20261123_081203")
    (outputs / "latest").symlink_to(target)
    assert find_shown(outputs) is None
    assert remove_old_runs(outputs, keep=1, current=outputs / "20261123_081203") == []
    assert point_latest(outputs / "20261123_081203", outputs, START) is LatestMove.MOVED
    assert (outputs / "latest").readlink() == Path("20261123_081203")
