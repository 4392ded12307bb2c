"""``mrt_pipeline.run`` and ``mrt_pipeline.load``, on the network of 1987: five stations."""

from __future__ import annotations

import shutil
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

import mrt_pipeline
from mrt_pipeline.contracts.run import PACKAGED, RunStatus
from mrt_pipeline.errors import ConfigError, CorruptCheckpointError, MissingCheckpointError, UsageError
from mrt_pipeline.history.runs import get_run
from tests.fakes.surroundings import isolate

DAY = date(1987, 11, 8)


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> mrt_pipeline.RunResult:
    """Return a run in an empty folder, which is the working directory."""
    isolate(tmp_path, monkeypatch)
    return mrt_pipeline.run(as_of=DAY, overrides={"output.formats": ["geojson"]})


def test_a_run_goes_by_the_defaults_and_what_is_overridden(made: mrt_pipeline.RunResult) -> None:
    assert made.status is RunStatus.COMPLETED
    assert made.manifest.config_path == PACKAGED
    assert (made.folder / "exits.geojson").is_file()
    assert not (made.folder / "mrt_transit_graph.json").exists()
    assert made.folder.parent == Path("outputs")


def test_a_dataset_is_read_by_each_name_that_a_run_has(made: mrt_pipeline.RunResult) -> None:
    for name in (
        "latest",
        made.folder.name,
        made.folder,
        made.folder.absolute(),
        "outputs/latest",
        made.folder / "stage3_final.json",
    ):
        dataset = mrt_pipeline.load(name)
        assert (dataset.as_of, len(dataset.stations)) == (DAY, 5)
        assert dataset.manifest is not None
        assert dataset.manifest.run_id == made.manifest.run_id
    assert mrt_pipeline.load().stations == made.load().stations


def test_a_run_takes_a_folder_and_a_configuration_file(made: mrt_pipeline.RunResult) -> None:
    Path("mine.yaml").write_text("{output: {formats: [json, geojson]}}", encoding="utf-8")
    result = mrt_pipeline.run("mine.yaml", as_of=str(DAY), output_dir="here")
    assert (result.folder, result.manifest.config_path) == (Path("here"), "mine.yaml")
    assert {"exits.geojson", "mrt_transit_graph.json"} <= result.manifest.outputs.keys()
    assert result.load().stations == made.load().stations


def test_a_file_that_nothing_vouches_for_is_read_with_a_warning(made: mrt_pipeline.RunResult) -> None:
    shutil.copy(made.folder / "stage3_final.json", "received.json")
    with pytest.warns(UserWarning, match=r"Cannot verify received\.json"):
        dataset = mrt_pipeline.load("received.json")
    assert (dataset.manifest, dataset.path) == (None, Path("received.json"))


def test_an_altered_dataset_is_refused(made: mrt_pipeline.RunResult) -> None:
    path = made.folder / "stage3_final.json"
    path.write_bytes(path.read_bytes().replace(b"Yio Chu Kang", b"Yio Chu Kong"))
    with pytest.raises(CorruptCheckpointError, match=r"stage3_final\.json"):
        made.load()


def test_the_dataset_of_a_run_that_failed_is_read_with_a_warning(made: mrt_pipeline.RunResult) -> None:
    manifest = made.folder / "manifest.json"
    text = manifest.read_text(encoding="utf-8")
    manifest.write_text(text.replace('"status": "completed"', '"status": "failed"', 1), encoding="utf-8")
    with pytest.warns(UserWarning, match="was not published: run status failed"):
        mrt_pipeline.load(made.folder)


@pytest.mark.parametrize("name", ["nosuch", "no/such", "nosuch.json", ""])
def test_what_is_not_there_is_refused(made: mrt_pipeline.RunResult, name: str) -> None:
    with pytest.raises(UsageError):
        mrt_pipeline.load(name)


def test_what_a_command_would_warn_of_is_a_warning_once_the_run_has_ended(
    made: mrt_pipeline.RunResult,
) -> None:
    """Under ``-W error`` too, the run that is warned of is whole."""
    without = {"stages.stage3_merger.enabled": False}
    with pytest.warns(UserWarning, match="stage3_merger is disabled"):
        result = mrt_pipeline.run(as_of=DAY, overrides=without, output_dir="two")
    with pytest.raises(MissingCheckpointError):
        result.load()
    with pytest.raises(UserWarning, match="stage3_merger is disabled"):
        mrt_pipeline.run(as_of=DAY, overrides=without, output_dir="three")
    assert get_run("three", made.folder.parent).state == RunStatus.COMPLETED.value


def test_faults_are_reported_before_a_folder_is_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    isolate(tmp_path, monkeypatch)
    with pytest.raises(ConfigError, match="did you mean formats"):
        mrt_pipeline.run(overrides={"output.format": ["json"]})
    with pytest.raises(UsageError, match="expected a day"):
        mrt_pipeline.run(as_of=datetime(1987, 11, 8, tzinfo=UTC))
    for odd in ("8 November 1987", 19871108):
        with pytest.raises(UsageError, match=r"as_of is '?(8 N|19)\S*.*; expected a datetime\.date, or text"):
            mrt_pipeline.run(as_of=odd)  # type: ignore[arg-type] # what the test is about
    assert not list(tmp_path.iterdir())
