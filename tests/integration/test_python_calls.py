"""The specification's calls from Python, on the network of 1987: five stations."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from mrt_pipeline.contracts.outputs import Stage1Output, Stage2Output, Stage3Output
from mrt_pipeline.errors import MissingCheckpointError, OutOfMemoryError
from mrt_pipeline.orchestrator import PipelineOrchestrator
from mrt_pipeline.runtime.manifests import find_manifest
from mrt_pipeline.runtime.reporting import Reporter

CONFIG = Path(__file__).parents[2] / "config" / "pipeline.yaml"
DAY = date(1987, 11, 8)


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_the_full_pipeline_gives_the_dataset_and_is_resumed_in_its_folder(tmp_path: Path) -> None:
    made = PipelineOrchestrator(CONFIG, as_of=DAY).run_full_pipeline(tmp_path / "mine")
    assert isinstance(made, Stage3Output)
    assert len(made.stations) == 5
    assert made.metadata.as_of == DAY
    again = PipelineOrchestrator(CONFIG).run_full_pipeline(tmp_path / "mine", resume_from=3)
    assert again.stations == made.stations
    assert again.metadata.as_of == DAY


def test_single_stages_give_their_outputs_and_keep_the_day_of_their_folder(tmp_path: Path) -> None:
    first = PipelineOrchestrator(CONFIG, as_of=DAY).run_single_stage(1, tmp_path / "mine")
    second = PipelineOrchestrator(CONFIG).run_single_stage(2, tmp_path / "mine")
    third = PipelineOrchestrator(CONFIG).run_single_stage(3, tmp_path / "mine")
    assert isinstance(first, Stage1Output)
    assert isinstance(second, Stage2Output)
    assert isinstance(third, Stage3Output)
    assert [output.metadata.as_of for output in (first, second, third)] == [DAY] * 3
    assert [station.slug for station in third.stations] == [station.slug for station in first.stations]


def test_a_single_stage_without_what_it_needs_is_refused(tmp_path: Path) -> None:
    with pytest.raises(MissingCheckpointError, match=r"stage1_deterministic\.json"):
        PipelineOrchestrator(CONFIG, as_of=DAY).run_single_stage(2, tmp_path / "mine")


class _Greedy(Reporter):
    def stage_started(self, stage_name: str, reason: str) -> None:
        if stage_name == "stage2_enrichment":
            bytearray(2**60)


def test_a_run_that_gets_no_more_memory_ends_in_a_sentence_and_its_manifest_says_so(tmp_path: Path) -> None:
    with pytest.raises(OutOfMemoryError, match="refused this process more memory"):
        PipelineOrchestrator(CONFIG, as_of=DAY, reporter=_Greedy()).run_full_pipeline(tmp_path / "mine")
    manifest = find_manifest(tmp_path / "mine")
    assert manifest is not None and manifest.error is not None and "more memory" in manifest.error
