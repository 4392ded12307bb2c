from __future__ import annotations

import sys
from pathlib import Path

import pytest

from mrt_pipeline.cli.config_file import check_config, init_config
from mrt_pipeline.config import PipelineConfig, Settings, find_config
from mrt_pipeline.config.keys import input_keys
from mrt_pipeline.config.pipeline_config import DEFAULT_PATH
from mrt_pipeline.errors import ConfigError, UsageError
from tests.fakes.surroundings import isolate


@pytest.fixture(autouse=True)
def _bare_surroundings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    isolate(tmp_path, monkeypatch)


def test_the_file_that_is_written_is_the_one_that_is_read_from_then_on(
    capsys: pytest.CaptureFixture[str],
) -> None:
    init_config(DEFAULT_PATH)
    assert find_config() == DEFAULT_PATH
    assert PipelineConfig().settings == Settings()
    check_config(None)
    assert capsys.readouterr().out.splitlines()[1:] == [
        "To use it: mrt-pipeline run",
        "config/pipeline.yaml is a valid configuration.",
    ]


def test_a_file_elsewhere_is_named_in_the_command_that_reads_it(capsys: pytest.CaptureFixture[str]) -> None:
    init_config(Path("my files/mine.yaml"))
    assert "To use it: mrt-pipeline run --config 'my files/mine.yaml'" in capsys.readouterr().out


def test_nothing_is_written_over() -> None:
    Path("file").write_text("mode: live", encoding="utf-8")
    Path("folder").mkdir()
    Path("link").symlink_to("elsewhere")
    for name in ("file", "link"):
        with pytest.raises(UsageError, match=f"{name} already exists"):
            init_config(Path(name))
    with pytest.raises(
        UsageError, match=r"folder is a folder; specify a file, such as folder/pipeline\.yaml"
    ):
        init_config(Path("folder"))
    assert Path("file").read_text(encoding="utf-8") == "mode: live"
    assert not Path("elsewhere").exists()


def test_without_a_file_the_check_says_so_and_how_to_have_one(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    check_config(None)
    assert capsys.readouterr().out.splitlines() == [
        "No configuration file found; the built-in defaults are valid, together with any environment "
        "variables that override them.",
        "Write them to a file with: mrt-pipeline config init",
    ]
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    monkeypatch.setenv("MRT_PIPELINE__OUTPUT__FORMATS", "[geoparquet]")
    with pytest.raises(ConfigError, match="geoparquet needs pyarrow, which is not installed"):
        check_config(None)
    monkeypatch.setenv("MRT_PIPELINE__MODE", "alive")
    with pytest.raises(ConfigError, match="MRT_PIPELINE__MODE"):
        check_config(None)


def test_the_check_warns_of_a_secret_that_a_live_run_needs(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MRT_PIPELINE__APIS__DATAMALL__MODE", "live")
    check_config(None)
    assert "Warning: LTA DataMall needs LTA_ACCOUNT_KEY" in capsys.readouterr().err
    monkeypatch.setenv("LTA_ACCOUNT_KEY", "a-key-of-nobody")
    check_config(None)
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("key", ["apis: {fandom: {vocabulary", "apis: {mrtdown: {checkout"])
def test_a_path_that_does_not_exist_is_reported_by_the_check(
    key: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text(f"{key}: {tmp_path}/there}}}}", encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        check_config(file)
    [fault] = caught.value.faults
    assert fault.endswith(f"is '{tmp_path}/there', which does not exist; correct the path.")
    (tmp_path / "there").mkdir()
    check_config(file)
    assert capsys.readouterr().out == f"{file} is a valid configuration.\n"


def test_a_channel_without_its_url_is_a_warning_since_another_machine_may_have_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text("alerting: {enabled: true, on_failure: [email]}", encoding="utf-8")
    check_config(file)
    said = capsys.readouterr()
    assert said.out == f"{file} is a valid configuration.\n"
    assert said.err.startswith("Warning: ")
    assert "MRT_PIPELINE_ALERT_EMAIL_URL" in said.err
    monkeypatch.setenv("MRT_PIPELINE_ALERT_EMAIL_URL", "mailtos://user:long-password@example.org")
    check_config(file)
    assert capsys.readouterr().err == ""


def test_every_path_that_is_only_read_is_checked() -> None:
    assert set(input_keys()) == {"apis.fandom.vocabulary", "apis.mrtdown.checkout"}
