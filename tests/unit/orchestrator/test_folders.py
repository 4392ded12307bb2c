from __future__ import annotations

import re
from pathlib import Path

import pytest

import mrt_pipeline
from mrt_pipeline.errors import MissingCheckpointError, StorageError, UsageError
from mrt_pipeline.orchestrator import folders
from mrt_pipeline.orchestrator.folders import _names_of_a_run, choose_folder, find_folder
from mrt_pipeline.orchestrator.latest import point_latest
from mrt_pipeline.orchestrator.request import RunRequest
from mrt_pipeline.runtime.locks import LOCK_NAME
from mrt_pipeline.runtime.manifests import MANIFEST_NAME, save_manifest
from tests.fakes.manifests import START, make_manifest, output_section, put_runs


def test_a_run_s_folder_is_named_by_its_start(outputs: Path) -> None:
    assert choose_folder(RunRequest(), output_section(outputs), START).name == "20261123_081203"


def test_two_runs_that_start_in_the_same_second_get_two_folders(outputs: Path) -> None:
    names = [choose_folder(RunRequest(), output_section(outputs), START).name for _ in range(3)]
    assert names == ["20261123_081203", "20261123_081203_2", "20261123_081203_3"]


def test_a_named_folder_is_taken_as_it_is(outputs: Path) -> None:
    mine = outputs / "mine"
    mine.mkdir(parents=True)
    assert choose_folder(RunRequest(mine, resume_from=2), output_section(outputs), START) == mine


@pytest.mark.parametrize(
    "request_", [RunRequest(Path("typo"), stage=3), RunRequest(Path("typo"), resume_from=2)]
)
def test_a_folder_to_go_on_in_that_is_not_there_is_not_made(
    outputs: Path, request_: RunRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(outputs.parent)
    with pytest.raises(MissingCheckpointError, match="mrt-pipeline run --output-dir typo"):
        choose_folder(request_, output_section(outputs), START)
    assert not Path("typo").exists()


def test_without_versions_there_is_one_folder(outputs: Path) -> None:
    section = output_section(outputs, versioning=False)
    assert {choose_folder(RunRequest(), section, START) for _ in range(2)} == {outputs / "current"}


def test_going_on_without_a_run_names_the_missing_files_and_the_command(outputs: Path) -> None:
    with pytest.raises(
        MissingCheckpointError, match=r"stage1_deterministic.json and stage2.*mrt-pipeline run"
    ):
        choose_folder(RunRequest(stage=3), output_section(outputs), START)


def test_a_run_that_got_no_further_than_its_log_lets_the_next_one_in(outputs: Path) -> None:
    """Its manifest could not be written: the disk was full, or a limit of file size too low."""
    mine = outputs / "mine"
    mine.mkdir(parents=True)
    (mine / "run.log.jsonl").write_text("{}\n")
    with pytest.raises(UsageError, match=r"contains run\.log\.jsonl but no manifest"):
        choose_folder(RunRequest(mine), output_section(outputs), START)
    (mine / LOCK_NAME).touch()
    assert choose_folder(RunRequest(mine), output_section(outputs), START) == mine


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
    assert choose_folder(RunRequest(outputs / "mine"), output_section(outputs), START) == outputs / "mine"


@pytest.mark.parametrize("name", [".", "latest"])
def test_a_place_that_is_not_for_a_run_is_refused(outputs: Path, name: str) -> None:
    outputs.mkdir()
    with pytest.raises(UsageError, match="name a subfolder, such as"):
        choose_folder(RunRequest(outputs / name), output_section(outputs), START)


def test_the_run_that_latest_shows_may_be_named_by_the_link(outputs: Path) -> None:
    put_runs(outputs, "20261123_081203")
    point_latest(outputs / "20261123_081203", outputs, START)
    named = outputs / "latest"
    assert choose_folder(RunRequest(named, resume_from=2), output_section(outputs), START) == named


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
        ("/", "contains the folder of all runs"),
        ("..", "contains the folder of all runs"),
        ("../../..", "contains the folder of all runs"),
        (".", "contains the folder of all runs"),
        ("outputs", "is the folder of all runs"),
        ("outputs/.", "is the folder of all runs"),
        ("outputs/latest", "is the name of the link"),
        ("link-to-all", "is the folder of all runs"),
        ("link-up", "contains the folder of all runs"),
        ("/proc", "is the root of a file system"),
        ("repository", "is the root of a repository"),
        (str(Path(mrt_pipeline.__file__).parent), "is the program itself"),
        (str(Path(mrt_pipeline.__file__).parents[1]), "contains the program itself"),
    ],
)
def test_a_folder_that_is_or_holds_what_is_not_one_run_s_is_refused(
    at_work: Path, named: str, what: str
) -> None:
    (at_work / "link-to-all").symlink_to("outputs")
    (at_work / "link-up").symlink_to(at_work.parent)
    for folder in ("outputs", "repository/.git"):
        (at_work / folder).mkdir(parents=True)
    with pytest.raises(UsageError, match=f"{what}.*name a subfolder, such as"):
        choose_folder(RunRequest(Path(named)), output_section(Path("outputs")), START)


@pytest.mark.parametrize(
    ("named", "what"),
    [
        (".", "is the working directory"),
        ("..", "contains the working directory"),
        ("../..", "contains the working directory"),
        ("{home}", "is your home folder"),
        ("{home}/..", "contains your home folder"),
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
        choose_folder(RunRequest(folder), output_section(tmp_path / "elsewhere" / "outputs"), START)


def test_a_run_goes_on_in_the_working_directory_where_it_was_made(at_work: Path, tmp_path: Path) -> None:
    save_manifest(at_work, make_manifest())
    section = output_section(tmp_path / "elsewhere")
    assert choose_folder(RunRequest(Path()), section, START) == Path()


def test_a_folder_in_a_run_s_folder_is_refused_because_it_would_go_with_it(outputs: Path) -> None:
    put_runs(outputs, "20261123_081203")
    with pytest.raises(UsageError, match="is inside the run 20261123_081203 and would be removed with it"):
        choose_folder(
            RunRequest(outputs / "20261123_081203" / "deep" / "mine"), output_section(outputs), START
        )


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
            choose_folder(request_, output_section(outputs), START)
        assert str(tmp_path / "outputs") in str(caught.value)


@pytest.mark.parametrize(("kind", "fault"), OBSTACLES.items())
def test_what_stands_in_the_place_of_a_run_s_folder_is_reported(outputs: Path, kind: str, fault: str) -> None:
    outputs.mkdir()
    for name in ("mine", "current"):
        _put_obstacle(outputs / name, kind)
    with pytest.raises(StorageError, match=fault):
        find_folder(RunRequest(outputs / "mine"), output_section(outputs), START)
    with pytest.raises(StorageError, match=fault):
        find_folder(RunRequest(), output_section(outputs, versioning=False), START)


def test_a_run_elsewhere_is_refused_if_latest_could_not_show_it_in_the_end(tmp_path: Path) -> None:
    _put_obstacle(tmp_path / "outputs", "dangling")
    section = output_section(tmp_path / "outputs")
    with pytest.raises(StorageError, match="is a link to nowhere"):
        find_folder(RunRequest(tmp_path / "mine"), section, START)
    assert find_folder(
        RunRequest(tmp_path / "mine"), output_section(tmp_path / "outputs", symlink_latest=False), START
    )
