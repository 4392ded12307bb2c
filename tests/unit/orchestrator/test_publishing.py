"""Whether what a run published is published again, and why."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from mrt_pipeline.config import Settings
from mrt_pipeline.contracts.gates import BaselineRun
from mrt_pipeline.contracts.names import FINAL_STAGE, VALIDATION_NAME
from mrt_pipeline.contracts.run import Manifest
from mrt_pipeline.orchestrator import publishing
from mrt_pipeline.orchestrator.publishing import IS_NEW, decide_publishing
from mrt_pipeline.orchestrator.reuse import UNCHANGED
from mrt_pipeline.runtime.files import sha256_of
from tests.fakes.manifests import make_manifest, make_stage_record

SETTINGS = Settings()
FILES = ("report.html", "mrt_transit_graph.json", "mrt_transit_graph.meta.json")
BASELINE = BaselineRun(run_id="r1", folder="one", as_of=date(2026, 11, 22), content_sha256="b" * 64)


def _publish(folder: Path, settings: Settings = SETTINGS, baseline: BaselineRun | None = None) -> Manifest:
    """Make the files of a run, and the manifest that says what they were made from."""
    for name in (*FILES, VALIDATION_NAME):
        (folder / name).write_bytes(b"made")
    made = make_manifest(
        stages={FINAL_STAGE: make_stage_record(FINAL_STAGE, b"dataset")},
        outputs=dict.fromkeys(FILES, sha256_of(b"made")),
        side_files={VALIDATION_NAME: sha256_of(b"made")},
    )
    decision = decide_publishing(settings, made, folder, baseline, is_new=True)
    assert (decision.runs, decision.reason) == (True, IS_NEW)
    return made.model_copy(update={"publishing": decision.fingerprint})


def _reason(folder: Path, manifest: Manifest, baseline: BaselineRun | None = None) -> str:
    """Return why the files are made again, empty if they are not."""
    decision = decide_publishing(SETTINGS, manifest, folder, baseline, is_new=False)
    assert decision.runs is (decision.reason != UNCHANGED)
    return decision.reason if decision.runs else ""


def test_what_is_there_and_was_made_from_the_same_stays(tmp_path: Path) -> None:
    assert _reason(tmp_path, _publish(tmp_path, baseline=BASELINE), BASELINE) == ""


def test_other_code_publishes_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    manifest = _publish(tmp_path)
    monkeypatch.setattr(publishing, "publishing_version", lambda _formats: "f" * 64)
    assert _reason(tmp_path, manifest).startswith("code version was")


def test_other_formats_publish_again(tmp_path: Path) -> None:
    everything = Settings.model_validate({"output": {"formats": ["json", "geojson"]}})
    reason = _reason(tmp_path, _publish(tmp_path, everything))
    assert "output.formats was ['geojson', 'json'] and is now" in reason


def test_another_dataset_publishes_again(tmp_path: Path) -> None:
    manifest = _publish(tmp_path)
    newer = manifest.model_copy(update={"stages": {FINAL_STAGE: make_stage_record(FINAL_STAGE, b"newer")}})
    assert _reason(tmp_path, newer).startswith("input stage3_merger was")


def test_another_dataset_to_compare_with_publishes_again(tmp_path: Path) -> None:
    assert (
        _reason(tmp_path, _publish(tmp_path), BASELINE)
        == "input baseline was absent and is now r1 (bbbbbbbbbbbb)"
    )


@pytest.mark.parametrize("name", [*FILES, VALIDATION_NAME])
def test_a_file_that_is_gone_or_altered_publishes_again(name: str, tmp_path: Path) -> None:
    manifest = _publish(tmp_path)
    (tmp_path / name).write_bytes(b"altered")
    assert _reason(tmp_path, manifest) == f"{name} is missing or was changed"
    (tmp_path / name).unlink()
    assert _reason(tmp_path, manifest) == f"{name} is missing or was changed"


def test_what_an_older_version_published_is_published_again(tmp_path: Path) -> None:
    manifest = _publish(tmp_path).model_copy(update={"publishing": None})
    assert _reason(tmp_path, manifest) == "its inputs are unknown"


def test_a_run_that_was_stopped_before_it_published_does_so(tmp_path: Path) -> None:
    manifest = _publish(tmp_path).model_copy(update={"outputs": {}})
    assert _reason(tmp_path, manifest) == "nothing has been published yet"
