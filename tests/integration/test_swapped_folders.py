"""A run writes into the folder that it locked, or nowhere: on the network of 1987, five stations."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from mrt_pipeline.contracts.run import RunStatus
from mrt_pipeline.errors import StorageError
from mrt_pipeline.orchestrator import PipelineOrchestrator
from mrt_pipeline.runtime.integrity import find_altered
from mrt_pipeline.runtime.locks import LOCK_NAME
from mrt_pipeline.runtime.manifests import find_manifest
from mrt_pipeline.runtime.reporting import Reporter

CONFIG = Path(__file__).parents[2] / "config" / "pipeline.yaml"
DAY = date(1987, 11, 8)


class Attacker(Reporter):
    """Does harm once a stage has begun."""

    def __init__(self, stage_name: str, harm: Callable[[], object]) -> None:
        self.warnings: list[str] = []
        self._stage_name = stage_name
        self._harm = harm

    def stage_started(self, stage_name: str, reason: str) -> None:
        if stage_name == self._stage_name:
            self._harm()

    def warn(self, text: str) -> None:
        self.warnings.append(text)


@pytest.mark.parametrize("stage_name", ["stage1_ingestion", "stage2_enrichment", "publishing"])
def test_a_folder_that_is_swapped_for_a_link_leads_nothing_elsewhere(
    stage_name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    folder, target = tmp_path / "mine", tmp_path / "target"
    target.mkdir()

    def swap() -> None:
        folder.rename(tmp_path / "away")
        folder.symlink_to(target)

    attacker = Attacker(stage_name, swap)
    with pytest.raises(StorageError, match="is no longer the folder that this run locked"):
        PipelineOrchestrator(CONFIG, as_of=DAY, reporter=attacker).run_full_pipeline(folder)
    assert list(target.iterdir()) == []
    assert not (tmp_path / "outputs" / "latest").exists()


@pytest.mark.slow
def test_a_run_whose_lock_was_removed_ends_before_it_writes_beside_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    folder, second = tmp_path / "mine", list[int]()
    run = [sys.executable, "-m", "mrt_pipeline", "run", "--output-dir", str(folder), "--as-of", str(DAY)]

    def let_a_second_one_in() -> None:
        (folder / LOCK_NAME).unlink()
        second.append(subprocess.run(run, capture_output=True, check=False).returncode)

    attacker = Attacker("stage3_merger", let_a_second_one_in)
    with pytest.raises(StorageError, match="its lock file was removed"):
        PipelineOrchestrator(CONFIG, as_of=DAY, reporter=attacker).run_full_pipeline(folder)
    assert second == [0]
    manifest = find_manifest(folder)
    assert manifest is not None and manifest.status is RunStatus.COMPLETED
    assert not list(find_altered(folder, manifest))
