from __future__ import annotations

import os
from datetime import date, timedelta
from pathlib import Path

import pytest

from mrt_pipeline.contracts.run import RunStatus
from mrt_pipeline.orchestrator.latest import point_latest
from mrt_pipeline.orchestrator.old_runs import remove_old_runs
from mrt_pipeline.orchestrator.run_list import list_runs
from mrt_pipeline.runtime.locks import HOLDER_NAME, LOCK_NAME, run_lock
from tests.fakes.manifests import ALL_STAGES, START, put_run, put_runs

TODAY, EARLIER, TO_COME = date(2026, 11, 23), date(2026, 7, 11), date(2030, 1, 1)


def test_the_oldest_completed_runs_go_and_nothing_else(outputs: Path) -> None:
    names = [f"2026112{day}_080000" for day in range(5)]
    put_runs(outputs, *names)
    put_run(
        outputs / "20260101_000000",
        *ALL_STAGES,
        status=RunStatus.FAILED,
        timestamp=START - timedelta(days=99),
    )
    put_run(outputs / "quarterly", *ALL_STAGES, timestamp=START - timedelta(days=99))
    point_latest(outputs / names[0], outputs, START)
    assert remove_old_runs(outputs, keep=2, current=outputs / names[4]) == names[1:3]
    left = {folder.name for folder, _ in list_runs(outputs)}
    assert left == {names[0], names[3], names[4], "20260101_000000", "quarterly"}


def test_looks_at_earlier_days_push_out_no_dataset_of_the_latest_day(outputs: Path) -> None:
    names = [f"2026112{day}_080000" for day in range(4)]
    put_runs(outputs, *names[:2], as_of=date(2026, 11, 20))
    for number, name in enumerate(names[2:]):
        timestamp = START + timedelta(days=1 + number)
        put_run(outputs / name, *ALL_STAGES, timestamp=timestamp, as_of=date(1987, 11, 8))
    point_latest(outputs / names[3], outputs, START)
    assert remove_old_runs(outputs, keep=1, current=outputs / names[3]) == [names[0], names[2]]


def test_a_day_to_come_is_not_kept_as_the_newest_and_pushes_out_no_dataset(outputs: Path) -> None:
    names = [f"2026112{day}_080000" for day in range(4)]
    for number, name in enumerate(names):
        day = TO_COME if number % 2 == 0 else TODAY
        put_run(outputs / name, *ALL_STAGES, timestamp=START + timedelta(hours=number), as_of=day)
    elsewhere = put_run(outputs / "mine", *ALL_STAGES, as_of=TODAY)
    assert elsewhere.as_of == TODAY
    assert remove_old_runs(outputs, keep=1, current=outputs / "mine") == names[:3]


def test_an_altered_dataset_is_not_kept_as_the_newest_instead_of_a_whole_one(outputs: Path) -> None:
    names = [f"2026112{day}_080000" for day in range(3)]
    put_runs(outputs, *names[:2], as_of=TODAY)
    (outputs / names[1] / "stage3_final.json").write_bytes(b"edited by hand")
    put_run(outputs / names[2], *ALL_STAGES, timestamp=START + timedelta(days=1), as_of=EARLIER)
    assert remove_old_runs(outputs, keep=1, current=outputs / names[2]) == [names[1]]


def test_a_run_that_a_process_works_in_is_not_removed(outputs: Path) -> None:
    names = ["20261120_080000", "20261121_080000"]
    put_runs(outputs, *names)
    with run_lock(outputs / names[0], START):
        assert remove_old_runs(outputs, keep=1, current=outputs / names[1]) == []


def _leave(folder: Path, *names: str) -> Path:
    folder.mkdir(parents=True)
    for name in names:
        (folder / name).write_bytes(b"")
    return folder


@pytest.mark.parametrize(
    "names",
    [
        (LOCK_NAME, HOLDER_NAME),
        (LOCK_NAME, HOLDER_NAME, "run.log.jsonl"),
        (LOCK_NAME, ".manifest.json.12-34.mrt-tmp"),
    ],
)
def test_the_folder_of_a_run_killed_before_it_had_a_manifest_goes(
    names: tuple[str, ...], outputs: Path
) -> None:
    put_runs(outputs, "20261123_081203")
    killed = _leave(outputs / "20261123_071203", *names)
    point_latest(outputs / "20261123_081203", outputs, START)
    assert not killed.exists()


@pytest.mark.parametrize(
    ("name", "names"),
    [
        ("20261123_071203", (LOCK_NAME,)),
        ("20261123_071203", (HOLDER_NAME, "notes.txt")),
        ("20261123_071203", (HOLDER_NAME, "manifest.json")),
        ("mine", (LOCK_NAME, HOLDER_NAME)),
    ],
)
def test_a_folder_that_may_belong_to_the_user_is_not_removed(
    name: str, names: tuple[str, ...], outputs: Path
) -> None:
    put_runs(outputs, "20261123_081203")
    folder = _leave(outputs / name, *names)
    point_latest(outputs / "20261123_081203", outputs, START)
    assert {path.name for path in folder.iterdir()} >= set(names)


def _let_grow_old(folder: Path, seconds: float) -> None:
    moment = START.timestamp() - seconds
    os.utime(folder, (moment, moment))


@pytest.mark.parametrize("names", [(), (LOCK_NAME,), (LOCK_NAME, "run.log.jsonl")])
def test_an_empty_folder_goes_once_no_run_can_be_about_to_begin_in_it(
    names: tuple[str, ...], outputs: Path
) -> None:
    put_runs(outputs, "20261123_081203")
    young, old = (_leave(outputs / f"20261123_{hour}1203", *names) for hour in ("07", "06"))
    _let_grow_old(young, 3500)
    _let_grow_old(old, 3700)
    point_latest(outputs / "20261123_081203", outputs, START)
    assert {path.name for path in young.iterdir()} == set(names)
    assert not old.exists()


@pytest.mark.parametrize(
    ("name", "names"),
    [("20261123_071203", (LOCK_NAME, "notes.txt")), ("20261123_071203", ("thesis",)), ("mine", ())],
)
def test_an_old_folder_that_holds_something_or_was_named_by_a_person_stays(
    name: str, names: tuple[str, ...], outputs: Path
) -> None:
    put_runs(outputs, "20261123_081203")
    folder = _leave(outputs / name, *names)
    _let_grow_old(folder, 99_999)
    point_latest(outputs / "20261123_081203", outputs, START)
    assert {path.name for path in folder.iterdir()} == set(names)


def test_a_log_with_a_line_in_it_stays(outputs: Path) -> None:
    put_runs(outputs, "20261123_081203")
    folder = _leave(outputs / "20261123_071203")
    (folder / "run.log.jsonl").write_text("{}\n")
    _let_grow_old(folder, 99_999)
    point_latest(outputs / "20261123_081203", outputs, START)
    assert (folder / "run.log.jsonl").exists()


def test_a_link_to_an_empty_folder_of_the_user_is_not_removed(outputs: Path, tmp_path: Path) -> None:
    put_runs(outputs, "20261123_081203")
    elsewhere = _leave(tmp_path / "elsewhere")
    (outputs / "20261123_071203").symlink_to(elsewhere)
    os.utime(outputs / "20261123_071203", (0, 0), follow_symlinks=False)
    point_latest(outputs / "20261123_081203", outputs, START)
    assert (outputs / "20261123_071203").is_symlink()
    assert list(elsewhere.iterdir()) == []


def test_a_run_that_is_just_beginning_is_let_alone(outputs: Path) -> None:
    put_runs(outputs, "20261123_081203")
    folder = _leave(outputs / "20261123_091203")
    with run_lock(folder, START):
        point_latest(outputs / "20261123_081203", outputs, START)
        assert (folder / HOLDER_NAME).exists()


def test_what_a_kill_left_beside_latest_is_cleared_and_no_run_meanwhile(outputs: Path) -> None:
    put_runs(outputs, "20261123_081203")
    half_removed = outputs / ".20261120_080000.1-2.mrt-tmp"
    put_run(half_removed, *ALL_STAGES)
    (outputs / ".latest.1-2.mrt-tmp").symlink_to("nowhere")
    assert [folder.name for folder, _ in list_runs(outputs)] == ["20261123_081203"]
    point_latest(outputs / "20261123_081203", outputs, START)
    assert not list(outputs.glob("*.mrt-tmp"))
    assert not half_removed.exists()
