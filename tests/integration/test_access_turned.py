"""An exit whose step-free access is told otherwise is reported everywhere but in the dataset."""

from __future__ import annotations

from pathlib import Path

import pytest

from mrt_pipeline.orchestrator import RunRequest
from mrt_pipeline.runtime.files import sha256_of
from tests.fakes.names import FakeNames
from tests.integration.config_keys.publishing_cases import turn_access
from tests.integration.config_keys.scene import Scene

ALLOWED = {"gates.max_access_turned": 1000}


@pytest.fixture
def scene(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Scene:
    monkeypatch.setenv("MRT_PIPELINE_CACHE", str(tmp_path / "cache"))
    return Scene(tmp_path, FakeNames(), {})


def test_a_turn_is_in_the_findings_the_report_and_the_manifest_and_not_in_the_dataset(scene: Scene) -> None:
    run = turn_access(scene, ALLOWED)
    number = len(run.exits)
    assert run.outcome == "published"
    assert run.load("validation.json")["findings_by_check"]["access-turned"] == number
    manifest = run.load("manifest.json")
    assert len(manifest["gates"]["turns"]) == len(run.load("gates.json")["turns"]) == number
    assert manifest["findings"]["warning"] >= number
    assert manifest["stages"]["stage3_merger"]["counts"]["findings_warning"] >= number
    assert (run.folder / "report.html").read_text(encoding="utf-8").count('"access-turned"') >= number
    assert "access-turned" not in (run.folder / "stage3_final.json").read_text(encoding="utf-8")


def test_findings_that_were_altered_are_written_again_when_the_dataset_is_reused(scene: Scene) -> None:
    place = scene.place_after({})
    [path] = place.glob("outputs/2*/validation.json")
    written = path.read_bytes()
    path.write_bytes(b"{}")
    request = RunRequest(skip_existing=True)
    run = scene.carry_out(place, {}, lambda it: it.execute(request).status.value)
    assert (run.outcome, run.folder) == ("completed", path.parent)
    assert path.read_bytes() == written
    assert run.load("manifest.json")["side_files"][path.name] == sha256_of(written)
