from __future__ import annotations

import os
import re
from datetime import date, timedelta
from pathlib import Path

import pytest

import mrt_pipeline
from mrt_pipeline.config.settings import OutputSection
from mrt_pipeline.contracts.names import JOURNAL_NAME
from mrt_pipeline.contracts.run import RunStatus
from mrt_pipeline.errors import MissingCheckpointError, StorageError, UsageError
from mrt_pipeline.orchestrator import folders
from mrt_pipeline.orchestrator.folders import (
    LatestMove,
    _names_of_a_run,
    choose_folder,
    find_ahead,
    find_earlier,
    find_folder,
    find_resumable,
    find_shown,
    list_runs,
    point_latest,
    refuse_to_replace_shown,
    remove_old_runs,
)
from mrt_pipeline.orchestrator.request import RunRequest
from mrt_pipeline.runtime.context import EarlierRun
from mrt_pipeline.runtime.locks import HOLDER_NAME, LOCK_NAME, run_lock
from mrt_pipeline.runtime.manifests import MANIFEST_NAME, save_manifest
from tests.fakes.manifests import START, make_manifest, make_stage_record, put_run

ALL = ("stage1_ingestion", "stage2_enrichment", "stage3_merger")


@pytest.fixture
def outputs(tmp_path: Path) -> Path:
    return tmp_path / "outputs"


def _section(outputs: Path, **changes: object) -> OutputSection:
    return OutputSection.model_validate({"directory": str(outputs), **changes})


def _put_runs(outputs: Path, *names: str, **changes: object) -> None:
    for number, name in enumerate(names):
        put_run(outputs / name, *ALL, timestamp=START + timedelta(hours=number), **changes)


def test_a_run_s_folder_is_named_by_its_start(outputs: Path) -> None:
    assert choose_folder(RunRequest(), _section(outputs), START).name == "20261123_081203"


def test_two_runs_that_start_in_the_same_second_get_two_folders(outputs: Path) -> None:
    names = [choose_folder(RunRequest(), _section(outputs), START).name for _ in range(3)]
    assert names == ["20261123_081203", "20261123_081203_2", "20261123_081203_3"]


def test_a_named_folder_is_taken_as_it_is(outputs: Path) -> None:
    mine = outputs / "mine"
    mine.mkdir(parents=True)
    assert choose_folder(RunRequest(mine, resume_from=2), _section(outputs), START) == mine


@pytest.mark.parametrize(
    "request_", [RunRequest(Path("typo"), stage=3), RunRequest(Path("typo"), resume_from=2)]
)
def test_a_folder_to_go_on_in_that_is_not_there_is_not_made(
    outputs: Path, request_: RunRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(outputs.parent)
    with pytest.raises(MissingCheckpointError, match="mrt-pipeline run --output-dir typo"):
        choose_folder(request_, _section(outputs), START)
    assert not Path("typo").exists()


def test_without_versions_there_is_one_folder(outputs: Path) -> None:
    section = _section(outputs, versioning=False)
    assert {choose_folder(RunRequest(), section, START) for _ in range(2)} == {outputs / "current"}


def test_going_on_takes_the_newest_run_that_has_what_is_needed(outputs: Path) -> None:
    put_run(outputs / "older", *ALL, timestamp=START)
    put_run(outputs / "newest", ALL[0], timestamp=START + timedelta(hours=2))
    put_run(outputs / "newer", *ALL[:2], timestamp=START + timedelta(hours=1))
    found = {stage: find_resumable(outputs, stage, START + timedelta(hours=3)) for stage in (1, 2, 3)}
    assert found == {1: outputs / "newest", 2: outputs / "newest", 3: outputs / "newer"}


def test_going_on_without_a_run_names_the_missing_files_and_the_command(outputs: Path) -> None:
    with pytest.raises(
        MissingCheckpointError, match=r"stage1_deterministic.json and stage2.*mrt-pipeline run"
    ):
        choose_folder(RunRequest(stage=3), _section(outputs), START)


def test_folders_that_are_not_runs_are_skipped(outputs: Path) -> None:
    _put_runs(outputs, "20261123_081203")
    (outputs / "notes").mkdir()
    (outputs / "damaged").mkdir()
    (outputs / "damaged" / "manifest.json").write_text("{")
    (outputs / "latest").symlink_to("20261123_081203")
    assert [folder.name for folder, _ in list_runs(outputs)] == ["20261123_081203"]


def test_latest_is_relative_and_shows_the_new_run(outputs: Path) -> None:
    _put_runs(outputs, "20261123_081203", "20261123_091203")
    for name in ("20261123_081203", "20261123_091203"):
        assert point_latest(outputs / name, outputs, START) is LatestMove.MOVED
        assert (outputs / "latest").readlink() == Path(name)


def test_latest_goes_on_showing_a_dataset_when_a_run_has_none(outputs: Path) -> None:
    _put_runs(outputs, "20261123_081203")
    put_run(outputs / "20261123_091203", ALL[0])
    point_latest(outputs / "20261123_081203", outputs, START)
    assert point_latest(outputs / "20261123_091203", outputs, START) is LatestMove.NO_DATASET
    assert (outputs / "latest").readlink() == Path("20261123_081203")


TODAY = date(2026, 11, 23)
EARLIER, TO_COME = date(2026, 7, 11), date(2030, 1, 1)


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
    put_run(outputs / "a", *ALL, as_of=shown)
    assert point_latest(outputs / "a", outputs, START) is LatestMove.MOVED, "nothing is shown yet"
    put_run(outputs / "b", *ALL, as_of=day)
    assert point_latest(outputs / "b", outputs, START) is move
    assert (outputs / "latest").readlink() == Path("b" if move is LatestMove.MOVED else "a")
    assert point_latest(outputs / "b", outputs, START, is_wanted=True) is LatestMove.MOVED
    assert (outputs / "latest").readlink() == Path("b")


def test_latest_is_not_blocked_by_a_run_that_was_made_while_the_clock_was_years_fast(outputs: Path) -> None:
    then = START + timedelta(days=7000)
    put_run(outputs / "a", *ALL, as_of=then.date(), timestamp=then, updated_at=then)
    assert point_latest(outputs / "a", outputs, then) is LatestMove.MOVED
    put_run(outputs / "b", *ALL, as_of=TODAY)
    assert point_latest(outputs / "b", outputs, START) is LatestMove.MOVED


def test_a_run_that_a_fast_clock_named_is_pointed_out_and_is_neither_resumed_nor_taken_over_from(
    outputs: Path,
) -> None:
    then = START + timedelta(days=7000)
    ahead = f"{then:%Y%m%d_%H%M%S}"
    put_run(outputs / ahead, *ALL, timestamp=then)
    (outputs / ahead / JOURNAL_NAME).touch()
    assert find_ahead(outputs, START) == outputs / ahead
    assert find_ahead(outputs, then) is None
    assert find_earlier(outputs, outputs / "own", START) is None
    assert find_resumable(outputs, 3, START) == outputs / ahead, "there is no other"
    put_run(outputs / "now", *ALL, timestamp=START)
    assert find_resumable(outputs, 3, START) == outputs / "now"
    assert find_resumable(outputs, 3, then) == outputs / ahead


def test_a_run_that_got_no_further_than_its_log_lets_the_next_one_in(outputs: Path) -> None:
    """Its manifest could not be written: the disk was full, or a limit of file size too low."""
    mine = outputs / "mine"
    mine.mkdir(parents=True)
    (mine / "run.log.jsonl").write_text("{}\n")
    with pytest.raises(UsageError, match=r"contains run\.log\.jsonl but no manifest"):
        choose_folder(RunRequest(mine), _section(outputs), START)
    (mine / LOCK_NAME).touch()
    assert choose_folder(RunRequest(mine), _section(outputs), START) == mine


@pytest.mark.parametrize("lost", ["removed", "dangling"])
def test_a_lost_link_is_made_again_to_what_it_showed_rather_than_to_an_earlier_day(
    lost: str, outputs: Path
) -> None:
    put_run(outputs / "a", *ALL, as_of=TODAY, timestamp=START)
    put_run(outputs / "b", *ALL, as_of=EARLIER, timestamp=START + timedelta(hours=1))
    if lost == "dangling":
        (outputs / "latest").symlink_to("gone")
    assert point_latest(outputs / "b", outputs, START) is LatestMove.EARLIER_DAY
    assert (outputs / "latest").readlink() == Path("a")
    assert point_latest(outputs / "b", outputs, START, is_wanted=True) is LatestMove.MOVED


def test_a_lost_link_shows_a_new_run_of_the_latest_day(outputs: Path) -> None:
    put_run(outputs / "a", *ALL, as_of=EARLIER)
    put_run(outputs / "damaged", *ALL, as_of=TODAY + timedelta(days=1))
    (outputs / "damaged" / "stage3_final.json").write_bytes(b"{}")
    put_run(outputs / "b", *ALL, as_of=TODAY)
    assert point_latest(outputs / "b", outputs, START) is LatestMove.MOVED
    assert (outputs / "latest").readlink() == Path("b")


@pytest.mark.parametrize("day", [EARLIER, TO_COME])
def test_what_latest_shows_is_not_replaced_in_place_by_another_day(day: date, outputs: Path) -> None:
    _put_runs(outputs, "a", "b", as_of=TODAY)
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
    _put_runs(outputs, "20261123_081203")
    (outputs / "latest").mkdir()
    with pytest.raises(StorageError, match="is not a link"):
        point_latest(outputs / "20261123_081203", outputs, START)
    assert (outputs / "latest").is_dir()


def test_the_oldest_completed_runs_go_and_nothing_else(outputs: Path) -> None:
    names = [f"2026112{day}_080000" for day in range(5)]
    _put_runs(outputs, *names)
    put_run(outputs / "20260101_000000", *ALL, status=RunStatus.FAILED, timestamp=START - timedelta(days=99))
    put_run(outputs / "quarterly", *ALL, timestamp=START - timedelta(days=99))
    point_latest(outputs / names[0], outputs, START)
    assert remove_old_runs(outputs, keep=2, current=outputs / names[4]) == names[1:3]
    left = {folder.name for folder, _ in list_runs(outputs)}
    assert left == {names[0], names[3], names[4], "20260101_000000", "quarterly"}


def test_looks_at_earlier_days_push_out_no_dataset_of_the_latest_day(outputs: Path) -> None:
    names = [f"2026112{day}_080000" for day in range(4)]
    _put_runs(outputs, *names[:2], as_of=date(2026, 11, 20))
    for number, name in enumerate(names[2:]):
        timestamp = START + timedelta(days=1 + number)
        put_run(outputs / name, *ALL, timestamp=timestamp, as_of=date(1987, 11, 8))
    point_latest(outputs / names[3], outputs, START)
    assert remove_old_runs(outputs, keep=1, current=outputs / names[3]) == [names[0], names[2]]


def test_a_day_to_come_is_not_kept_as_the_newest_and_pushes_out_no_dataset(outputs: Path) -> None:
    names = [f"2026112{day}_080000" for day in range(4)]
    for number, name in enumerate(names):
        day = TO_COME if number % 2 == 0 else TODAY
        put_run(outputs / name, *ALL, timestamp=START + timedelta(hours=number), as_of=day)
    elsewhere = put_run(outputs / "mine", *ALL, as_of=TODAY)
    assert elsewhere.as_of == TODAY
    assert remove_old_runs(outputs, keep=1, current=outputs / "mine") == names[:3]


def test_an_altered_dataset_is_not_kept_as_the_newest_instead_of_a_whole_one(outputs: Path) -> None:
    names = [f"2026112{day}_080000" for day in range(3)]
    _put_runs(outputs, *names[:2], as_of=TODAY)
    (outputs / names[1] / "stage3_final.json").write_bytes(b"edited by hand")
    put_run(outputs / names[2], *ALL, timestamp=START + timedelta(days=1), as_of=EARLIER)
    assert remove_old_runs(outputs, keep=1, current=outputs / names[2]) == [names[1]]


def test_a_run_that_a_process_works_in_is_not_removed(outputs: Path) -> None:
    names = ["20261120_080000", "20261121_080000"]
    _put_runs(outputs, *names)
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
    _put_runs(outputs, "20261123_081203")
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
    _put_runs(outputs, "20261123_081203")
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
    _put_runs(outputs, "20261123_081203")
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
    _put_runs(outputs, "20261123_081203")
    folder = _leave(outputs / name, *names)
    _let_grow_old(folder, 99_999)
    point_latest(outputs / "20261123_081203", outputs, START)
    assert {path.name for path in folder.iterdir()} == set(names)


def test_a_log_with_a_line_in_it_stays(outputs: Path) -> None:
    _put_runs(outputs, "20261123_081203")
    folder = _leave(outputs / "20261123_071203")
    (folder / "run.log.jsonl").write_text("{}\n")
    _let_grow_old(folder, 99_999)
    point_latest(outputs / "20261123_081203", outputs, START)
    assert (folder / "run.log.jsonl").exists()


def test_a_link_to_an_empty_folder_of_the_user_is_not_removed(outputs: Path, tmp_path: Path) -> None:
    _put_runs(outputs, "20261123_081203")
    elsewhere = _leave(tmp_path / "elsewhere")
    (outputs / "20261123_071203").symlink_to(elsewhere)
    os.utime(outputs / "20261123_071203", (0, 0), follow_symlinks=False)
    point_latest(outputs / "20261123_081203", outputs, START)
    assert (outputs / "20261123_071203").is_symlink()
    assert list(elsewhere.iterdir()) == []


def test_a_run_that_is_just_beginning_is_let_alone(outputs: Path) -> None:
    _put_runs(outputs, "20261123_081203")
    folder = _leave(outputs / "20261123_091203")
    with run_lock(folder, START):
        point_latest(outputs / "20261123_081203", outputs, START)
        assert (folder / HOLDER_NAME).exists()


def test_what_a_kill_left_beside_latest_is_cleared_and_no_run_meanwhile(outputs: Path) -> None:
    _put_runs(outputs, "20261123_081203")
    half_removed = outputs / ".20261120_080000.1-2.mrt-tmp"
    put_run(half_removed, *ALL)
    (outputs / ".latest.1-2.mrt-tmp").symlink_to("nowhere")
    assert [folder.name for folder, _ in list_runs(outputs)] == ["20261123_081203"]
    point_latest(outputs / "20261123_081203", outputs, START)
    assert not list(outputs.glob("*.mrt-tmp"))
    assert not half_removed.exists()


def test_every_file_of_a_run_is_known_as_one() -> None:
    page = (Path(__file__).parents[3] / "docs/architecture.md").read_text(encoding="utf-8")
    listed = page.partition("outputs/20261123_081203/\n")[2].partition("```")[0]
    documented = set(re.findall(r"^  ([\w.]+)", listed, re.MULTILINE))
    assert documented | {"run.log"} == {*_names_of_a_run(), MANIFEST_NAME}


def test_a_run_that_starts_while_its_folder_is_inspected_is_recognised(
    outputs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (outputs / "mine").mkdir(parents=True)

    def begin() -> list[str]:
        save_manifest(outputs / "mine", make_manifest())
        (outputs / "mine" / "run.log.jsonl").write_text("{}\n")
        return ["run.log.jsonl"]

    monkeypatch.setattr(folders, "_names_of_a_run", begin)
    assert choose_folder(RunRequest(outputs / "mine"), _section(outputs), START) == outputs / "mine"


@pytest.mark.parametrize("name", [".", "latest"])
def test_a_place_that_is_not_for_a_run_is_refused(outputs: Path, name: str) -> None:
    outputs.mkdir()
    with pytest.raises(UsageError, match="name a folder in it, such as"):
        choose_folder(RunRequest(outputs / name), _section(outputs), START)


def test_the_run_that_latest_shows_may_be_named_by_the_link(outputs: Path) -> None:
    _put_runs(outputs, "20261123_081203")
    point_latest(outputs / "20261123_081203", outputs, START)
    named = outputs / "latest"
    assert choose_folder(RunRequest(named, resume_from=2), _section(outputs), START) == named


@pytest.fixture
def at_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in a folder below a home folder, each of them somewhere in another one."""
    place = tmp_path / "above" / "home" / "project" / "work"
    place.mkdir(parents=True)
    monkeypatch.setenv("HOME", str(tmp_path / "above" / "home"))
    monkeypatch.chdir(place)
    return place


@pytest.mark.parametrize(
    ("named", "what"),
    [
        ("/", "holds the folder of all runs"),
        ("..", "holds the folder of all runs"),
        ("../../..", "holds the folder of all runs"),
        (".", "holds the folder of all runs"),
        ("outputs", "is the folder of all runs"),
        ("outputs/.", "is the folder of all runs"),
        ("outputs/latest", "is the name of the link"),
        ("link-to-all", "is the folder of all runs"),
        ("link-up", "holds the folder of all runs"),
        ("/proc", "is the root of a file system"),
        ("repository", "is the root of a repository"),
        (str(Path(mrt_pipeline.__file__).parent), "is the program itself"),
        (str(Path(mrt_pipeline.__file__).parents[1]), "holds the program itself"),
    ],
)
def test_a_folder_that_is_or_holds_what_is_not_one_run_s_is_refused(
    at_work: Path, named: str, what: str
) -> None:
    (at_work / "link-to-all").symlink_to("outputs")
    (at_work / "link-up").symlink_to(at_work.parent)
    for folder in ("outputs", "repository/.git"):
        (at_work / folder).mkdir(parents=True)
    with pytest.raises(UsageError, match=f"{what}.*name a folder in it, such as"):
        choose_folder(RunRequest(Path(named)), _section(Path("outputs")), START)


@pytest.mark.parametrize(
    ("named", "what"),
    [
        (".", "is the working directory"),
        ("..", "holds the working directory"),
        ("../..", "holds the working directory"),
        ("{home}", "is your home folder"),
        ("{home}/..", "holds your home folder"),
    ],
)
def test_the_working_directory_and_the_home_folder_are_refused_even_if_runs_are_elsewhere(
    tmp_path: Path, at_work: Path, named: str, what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if "{home}" in named:
        (tmp_path / "far").mkdir()
        monkeypatch.chdir(tmp_path / "far")
    folder = Path(named.format(home=tmp_path / "above" / "home"))
    with pytest.raises(UsageError, match=what):
        choose_folder(RunRequest(folder), _section(tmp_path / "elsewhere" / "outputs"), START)


def test_a_run_goes_on_in_the_working_directory_where_it_was_made(at_work: Path, tmp_path: Path) -> None:
    save_manifest(at_work, make_manifest())
    section = _section(tmp_path / "elsewhere")
    assert choose_folder(RunRequest(Path()), section, START) == Path()


def test_a_folder_in_a_run_s_folder_is_refused_because_it_would_go_with_it(outputs: Path) -> None:
    _put_runs(outputs, "20261123_081203")
    with pytest.raises(UsageError, match="is inside the run 20261123_081203 and would be removed with it"):
        choose_folder(RunRequest(outputs / "20261123_081203" / "deep" / "mine"), _section(outputs), START)


def _put_obstacle(path: Path, kind: str) -> None:
    if kind == "file":
        path.write_text("precious")
    else:
        path.symlink_to({"dangling": "nowhere", "loop": path.name, "to a file": "note"}[kind])
    (path.parent / "note").touch()


OBSTACLES = {
    "file": "is a file; expected a folder",
    "dangling": "is a link to nowhere, which does not exist; expected a folder",
    "loop": "is a link that leads back to itself; expected a folder",
    "to a file": "is a link to note, a file; expected a folder",
}


@pytest.mark.parametrize(("kind", "fault"), OBSTACLES.items())
@pytest.mark.parametrize(
    "request_", [RunRequest(), RunRequest(skip_existing=True), RunRequest(resume_from=1)]
)
def test_what_stands_in_the_place_of_the_folder_of_all_runs_is_reported_before_any_work(
    tmp_path: Path, kind: str, fault: str, request_: RunRequest
) -> None:
    _put_obstacle(tmp_path / "outputs", kind)
    for outputs in (tmp_path / "outputs", tmp_path / "outputs" / "below"):
        with pytest.raises(StorageError, match=fault) as caught:
            choose_folder(request_, _section(outputs), START)
        assert str(tmp_path / "outputs") in str(caught.value)


@pytest.mark.parametrize(("kind", "fault"), OBSTACLES.items())
def test_what_stands_in_the_place_of_a_run_s_folder_is_reported(outputs: Path, kind: str, fault: str) -> None:
    outputs.mkdir()
    for name in ("mine", "current"):
        _put_obstacle(outputs / name, kind)
    with pytest.raises(StorageError, match=fault):
        find_folder(RunRequest(outputs / "mine"), _section(outputs), START)
    with pytest.raises(StorageError, match=fault):
        find_folder(RunRequest(), _section(outputs, versioning=False), START)


def test_a_run_elsewhere_is_refused_if_latest_could_not_show_it_in_the_end(tmp_path: Path) -> None:
    _put_obstacle(tmp_path / "outputs", "dangling")
    section = _section(tmp_path / "outputs")
    with pytest.raises(StorageError, match="is a link to nowhere"):
        find_folder(RunRequest(tmp_path / "mine"), section, START)
    assert find_folder(
        RunRequest(tmp_path / "mine"), _section(tmp_path / "outputs", symlink_latest=False), START
    )


@pytest.mark.parametrize("target", ["latest", "20260101_000000"])
def test_a_latest_that_leads_nowhere_is_put_right_by_the_next_run(outputs: Path, target: str) -> None:
    _put_runs(outputs, "20261123_081203")
    (outputs / "latest").symlink_to(target)
    assert find_shown(outputs) is None
    assert remove_old_runs(outputs, keep=1, current=outputs / "20261123_081203") == []
    assert point_latest(outputs / "20261123_081203", outputs, START) is LatestMove.MOVED
    assert (outputs / "latest").readlink() == Path("20261123_081203")


def _with_journal(outputs: Path, name: str, **record: object) -> Path:
    folder = outputs / name
    folder.mkdir(parents=True)
    (folder / JOURNAL_NAME).touch()
    stage = make_stage_record("stage2_enrichment", b"", **record)
    save_manifest(folder, make_manifest(run_id=f"id-of-{name}", stages={"stage2_enrichment": stage}))
    return folder


def test_rows_are_taken_over_from_the_newest_other_run_with_a_journal(tmp_path: Path) -> None:
    assert find_earlier(tmp_path, tmp_path / "20261124_000000", START) is None
    _with_journal(tmp_path, "20261121_000000")
    newest = _with_journal(tmp_path, "20261122_000000")
    own = _with_journal(tmp_path, "20261124_000000")
    _with_journal(tmp_path, "zz-somebody-elses")
    _put_runs(tmp_path, "20261123_000000")  # has no journal
    assert find_earlier(tmp_path, own, START) == EarlierRun("id-of-20261122_000000", newest)


def test_nothing_is_taken_over_from_a_run_whose_dataset_was_refused_or_that_cannot_be_read(
    tmp_path: Path,
) -> None:
    _with_journal(tmp_path, "20261121_000000")
    folder = _with_journal(tmp_path, "20261122_000000", is_doubted=True)
    assert find_earlier(tmp_path, tmp_path / "20261124_000000", START) is None
    (folder / MANIFEST_NAME).write_text("{")
    assert find_earlier(tmp_path, tmp_path / "20261124_000000", START) is None
