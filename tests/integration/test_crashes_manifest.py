"""A manifest that is gone or damaged is made again from the checkpoints beside it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.e2e.command import Workplace, how_stages_ran, load, stations_bytes
from tests.fakes.live_world import SMALL_DAY

pytestmark = pytest.mark.slow

RUN = ("run", "--as-of", SMALL_DAY, "--output-dir", "mine")
STAGES = ("stage1_ingestion", "stage2_enrichment", "stage3_merger")


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = Workplace(tmp_path_factory.mktemp("finished"))
    result = place.call(*RUN)
    assert result.returncode == 0, result.stderr
    return place.folder / "mine"


@pytest.fixture
def place(finished: Path, tmp_path: Path) -> Workplace:
    shutil.copytree(finished, tmp_path / "mine")
    return Workplace(tmp_path)


def test_a_run_without_a_manifest_is_resumed_from_its_checkpoints(place: Workplace) -> None:
    run = place.folder / "mine"
    before = stations_bytes(run)
    (run / "manifest.json").unlink()
    result = place.call(*RUN, "--resume-from", "3")
    assert result.returncode == 0, result.stderr
    assert "manifest.json was missing and was recreated" in result.stderr
    assert [how_stages_ran(run)[name][0] for name in STAGES] == [True, True, False]
    assert stations_bytes(run) == before
    manifest = load(run / "manifest.json")
    assert [attempt["status"] for attempt in manifest["attempts"]] == ["interrupted", "completed"]
    assert manifest["as_of"] == SMALL_DAY
    assert "lta-station-exits" in manifest["sources"]


def test_an_existing_checkpoint_is_made_again_if_its_inputs_are_unknown(place: Workplace) -> None:
    run = place.folder / "mine"
    before = stations_bytes(run)
    (run / "manifest.json").write_bytes((run / "manifest.json").read_bytes()[:700])
    result = place.call(*RUN, "--skip-existing")
    assert result.returncode == 0, result.stderr
    assert "manifest.json is damaged; it was kept as manifest.json.damaged-" in result.stderr
    [aside] = run.glob("manifest.json.damaged-*")
    assert aside.stat().st_size == 700
    assert how_stages_ran(run)["stage1_ingestion"] == (False, "its inputs are unknown")
    assert stations_bytes(run) == before


def test_a_checkpoint_that_fits_no_other_is_kept_aside(place: Workplace) -> None:
    run = place.folder / "mine"
    (run / "manifest.json").unlink()
    (run / "stage2_enrichment.json").write_bytes(b'{"schema_version": "1"}')
    result = place.call(*RUN, "--resume-from", "3")
    assert result.returncode == 1
    assert (
        "stage2_enrichment.json is not a complete checkpoint of this version; it was kept as" in result.stderr
    )
    assert "mrt-pipeline run --output-dir mine --skip-existing --as-of 1990-12-20" in result.stderr
    assert place.call(*RUN, "--resume-from", "2").returncode == 0


def test_a_checkpoint_of_another_day_is_refused(place: Workplace) -> None:
    (place.folder / "mine" / "manifest.json").unlink()
    result = place.call("run", "--as-of", "2026-11-23", "--output-dir", "mine", "--resume-from", "2")
    assert result.returncode == 1
    assert f"describes {SMALL_DAY}" in result.stderr
    assert result.stderr.count("Error:") == 1
