"""What ``validate`` says of the bytes before it looks at what they mean."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from typer.testing import CliRunner

from mrt_pipeline.cli.app import app
from mrt_pipeline.cli.validating import validate_file
from mrt_pipeline.contracts.run import StageStatus
from mrt_pipeline.errors import ConfigError, StorageError, UsageError
from mrt_pipeline.runtime.checkpoints import describe_checkpoint
from mrt_pipeline.runtime.files import sha256_of, write_bytes
from mrt_pipeline.runtime.manifests import save_manifest
from mrt_pipeline.runtime.output_files import render_output
from tests.fakes.manifests import make_manifest, make_stage_record
from tests.fakes.network_builder import AS_OF, make_dataset

GROUPS = ("SCHEMA_CHECK", "COMPLETENESS_CHECK", "SANITY_CHECK")
EXPORT = b"[]\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a run's folder; nothing but its bytes is checked."""
    (tmp_path / "pipeline.yaml").write_text("mode: snapshot")
    monkeypatch.setenv("PIPELINE_CONFIG", str(tmp_path / "pipeline.yaml"))
    for group in GROUPS:
        monkeypatch.setenv(f"MRT_PIPELINE__STAGES__STAGE3_MERGER__VALIDATION__{group}", "false")
    folder = tmp_path / "run"
    folder.mkdir()
    write_bytes(folder / "stage3_final.json", render_output(make_dataset()))
    (folder / "mrt_transit_graph.json").write_bytes(EXPORT)
    checkpoint = describe_checkpoint(folder / "stage3_final.json")
    record = make_stage_record("stage3_merger", b"").model_copy(update={"checkpoint": checkpoint})
    outputs = {"mrt_transit_graph.json": sha256_of(EXPORT)}
    save_manifest(folder, make_manifest(as_of=AS_OF, stages={"stage3_merger": record}, outputs=outputs))
    return folder


def _validate(path: Path) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["validate", str(path)])
    return result.exit_code, result.output


@pytest.mark.parametrize("name", ["", "stage3_final.json", "mrt_transit_graph.json", "manifest.json"])
def test_unchanged_files_pass(name: str, folder: Path) -> None:
    code, said = _validate(folder / name)
    words = "is unchanged since it" if name.startswith("mrt_") else "0 errors, 0 warnings, 0 info"
    assert (code, words in said) == (0, True)


@pytest.mark.parametrize("name", ["stage3_final.json", "mrt_transit_graph.json"])
def test_one_byte_more_is_an_error_for_the_file_and_its_folder(name: str, folder: Path) -> None:
    written = sha256_of((folder / name).read_bytes())
    with (folder / name).open("ab") as file:
        file.write(b"\n")
    found = sha256_of((folder / name).read_bytes())
    for path in (folder, folder / name, folder / "manifest.json"):
        code, said = _validate(path)
        assert code == 1
        assert (
            f"{folder / name} has been changed since it was written: expected sha256 {written}, found {found}"
            in said
        )


@pytest.mark.parametrize("name", ["stage3_final.json", "mrt_transit_graph.json"])
def test_a_missing_file_is_an_error(name: str, folder: Path) -> None:
    (folder / name).unlink()
    for path in (folder, folder / name):
        code, said = _validate(path)
        assert (code, f"{folder / name} is missing" in said) == (1, True)


def test_without_a_manifest_nothing_vouches_for_the_bytes(folder: Path) -> None:
    (folder / "copy.json").write_bytes((folder / "stage3_final.json").read_bytes())
    code, said = _validate(folder / "copy.json")
    assert (code, "json beside it does not list it" in said) == (0, True)
    (folder / "manifest.json").unlink()
    for path in (folder, folder / "stage3_final.json"):
        code, said = _validate(path)
        assert code == 0
        assert f"Cannot verify {folder / 'stage3_final.json'}" in said


def test_a_folder_that_was_received_is_checked_without_any_configuration(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PIPELINE_CONFIG")
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    code, said = _validate(folder)
    assert code == 0
    assert said.count("No configuration file found; using the built-in defaults.") == 1
    monkeypatch.setenv("MRT_PIPELINE__EXPECTED_STATIONS", "many")
    with pytest.raises(
        ConfigError, match=r"in the environment cannot be used:\n.*MRT_PIPELINE__EXPECTED_STATIONS"
    ):
        validate_file(folder, None)
    monkeypatch.setenv("PIPELINE_CONFIG", str(tmp_path / "gone.yaml"))
    with pytest.raises(ConfigError, match="the file does not exist"):
        validate_file(folder, None)


def test_a_word_names_a_run_of_the_configured_folder_unless_a_file_here_has_it(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MRT_PIPELINE__OUTPUT__DIRECTORY", str(tmp_path))
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    (tmp_path / "latest").symlink_to("run")
    for word in ("run", "latest"):
        code, said = _validate(Path(word))
        assert (code, f"No errors in {tmp_path / word}" in said) == (0, True)
    with pytest.raises(UsageError, match=r"Run 'nothing' not found; .* Runs in .*: run"):
        validate_file(Path("nothing"), None)
    Path("latest").write_text("{}")
    assert _validate(Path("latest"))[0] == 1


def test_the_verdict_is_the_last_line_and_stands_alone(folder: Path) -> None:
    assert _validate(folder)[1].splitlines()[-2:][0] == ""
    assert _validate(folder)[1].splitlines()[-1].startswith("No errors in ")
    (folder / "mrt_transit_graph.json").unlink()
    assert _validate(folder)[1].splitlines()[-1].startswith("Errors found in ")


def test_of_a_folder_of_runs_or_releases_one_of_them_is_named(folder: Path) -> None:
    with pytest.raises(UsageError, match=rf"Did you mean {folder}\?"):
        validate_file(folder.parent, None)
    (folder.parent / "latest").symlink_to(folder)
    with pytest.raises(UsageError, match=rf"Did you mean {folder.parent / 'latest'}\?"):
        validate_file(folder.parent, None)


@pytest.mark.parametrize(
    ("status", "advice"),
    [
        (StageStatus.FAILED, "Finish the run with: mrt-pipeline run "),
        (StageStatus.DISABLED, r"Set stages\.stage3_merger\.enabled to true, then finish the run with: "),
    ],
)
def test_a_run_without_a_dataset_is_reported_with_the_command_that_makes_it(
    status: StageStatus, advice: str, folder: Path
) -> None:
    (folder / "stage3_final.json").unlink()
    record = make_stage_record("stage3_merger", b"").model_copy(update={"checkpoint": None, "status": status})
    save_manifest(folder, make_manifest(as_of=AS_OF, stages={"stage3_merger": record}))
    with pytest.raises(UsageError, match=f"{folder} has no dataset. {advice}"):
        validate_file(folder, None)


def test_a_pipe_is_reported_only_as_a_pipe(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(StorageError, match="it is a pipe, not a file"):
        validate_file(tmp_path / "pipe", None)
    assert capsys.readouterr().out == ""


def test_another_day_in_the_manifest_is_an_error(folder: Path) -> None:
    manifest = (folder / "manifest.json").read_text().replace(f'"as_of": "{AS_OF}"', '"as_of": "2020-01-01"')
    (folder / "manifest.json").write_text(manifest)
    code, said = _validate(folder)
    assert (code, "manifest.json gives as_of as 2020-01-01" in said) == (1, True)
