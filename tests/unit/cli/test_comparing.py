"""Which two datasets ``diff`` compares."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from mrt_pipeline.cli.app import app
from mrt_pipeline.cli.comparing import show_differences
from mrt_pipeline.errors import UsageError
from mrt_pipeline.runtime.files import to_json
from mrt_pipeline.runtime.manifests import save_manifest
from tests.fakes.manifests import START, make_manifest, make_stage_record
from tests.fakes.network_builder import make_dataset

FINAL = "stage3_merger"


@pytest.fixture
def outputs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder with two completed runs, ``old`` and ``new``, which ``latest`` shows."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pipeline.yaml").write_text("mode: snapshot")
    monkeypatch.setenv("PIPELINE_CONFIG", str(tmp_path / "pipeline.yaml"))
    outputs = tmp_path / "outputs"
    content = to_json(make_dataset())
    for hours, name in enumerate(("old", "new")):
        (outputs / name).mkdir(parents=True)
        (outputs / name / "stage3_final.json").write_bytes(content)
        stages = {FINAL: make_stage_record(FINAL, content)}
        save_manifest(outputs / name, make_manifest(stages=stages, timestamp=START + timedelta(hours=hours)))
    (outputs / "latest").symlink_to("new")
    return outputs


@pytest.mark.parametrize("words", ["", "old", "old new", "old latest"])
def test_the_newest_run_is_compared_with_the_one_that_is_named_or_the_one_before(
    words: str, outputs: Path
) -> None:
    said = CliRunner().invoke(app, ["diff", *words.split()])
    assert said.exit_code == 0
    assert [name.split()[0] for name in said.output.splitlines()[0].split(" → ")] == ["old", "new"]


@pytest.mark.parametrize("name", ["new", "latest", "outputs/new", "outputs/latest/stage3_final.json"])
def test_the_newest_run_is_not_compared_with_itself(name: str, outputs: Path) -> None:
    with pytest.raises(UsageError, match=f"{name} is the newest successful run; name the run to compare"):
        show_differences(name, None, None, as_json=False, exit_code=False)
