from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from mrt_pipeline.config import PipelineConfig, Secrets, Settings
from mrt_pipeline.contracts.outputs import Stage1Output
from mrt_pipeline.errors import RunInterrupted, StageOutputError
from mrt_pipeline.runtime.context import RunContext
from mrt_pipeline.runtime.output_files import read_output
from mrt_pipeline.runtime.signals import StopRequest
from mrt_pipeline.runtime.source_access import SourceAccess
from mrt_pipeline.stages.stage1_ingestion import Stage1Ingestion
from tests.fakes.network_builder import NOW

DAY = date(2026, 11, 23)
NO_CONFIG: Any = None
"""the stage takes its settings from the context"""


def _stage(
    folder: Path, as_of: date = DAY, stop: StopRequest | None = None, **section: Any
) -> Stage1Ingestion:
    settings = Settings.model_validate({"stages": {"stage1_ingestion": section}})
    access = SourceAccess(settings, secrets=Secrets(), cache_dir=folder, now=lambda: NOW)
    context = RunContext(settings, as_of, access, now=lambda: NOW, stop=stop or StopRequest())
    return Stage1Ingestion(NO_CONFIG, context)


def _run(stage: Stage1Ingestion) -> Stage1Output:
    stage.validate_input(None)
    output = stage.execute(None)
    stage.validate_output(output)
    return output


def test_the_output_tells_when_and_for_which_day_it_was_made(tmp_path: Path) -> None:
    metadata = _run(_stage(tmp_path)).metadata
    assert metadata.stage_name == "stage1_ingestion"
    assert (metadata.as_of, metadata.generated_at) == (DAY, NOW)
    assert metadata.pipeline_name == Settings().pipeline.name


@pytest.mark.parametrize(
    ("sources", "documents"),
    [
        (["datagov", "onemap"], ["lta-station-exits", "network-table", "onemap-stations"]),
        (["datagov"], ["lta-station-exits", "network-table"]),
    ],
)
def test_onemap_is_read_only_when_it_is_configured(
    tmp_path: Path, sources: list[str], documents: list[str]
) -> None:
    assert list(_run(_stage(tmp_path, sources=sources)).provenance) == documents


def test_the_checkpoint_reads_back_as_what_was_written(tmp_path: Path) -> None:
    stage = _stage(tmp_path)
    output = _run(stage)
    path = stage.save_checkpoint(output, tmp_path)
    assert path == tmp_path / "stage1_deterministic.json"
    assert read_output(Stage1Output, path.read_bytes()) == output


def test_two_runs_of_one_day_give_the_same_bytes(tmp_path: Path) -> None:
    stage = _stage(tmp_path)
    written = [stage.save_checkpoint(_run(stage), tmp_path).read_bytes() for _ in range(2)]
    assert written[0] == written[1]


def test_no_station_at_all_is_an_error_that_names_the_file(tmp_path: Path) -> None:
    stage = _stage(tmp_path, date(1980, 1, 1))
    with pytest.raises(StageOutputError) as raised:
        stage.validate_output(stage.execute(None))
    for part in (
        "stage1_ingestion: ",
        "network/codes.csv",
        "1980-01-01",
        "613 features of lta-station-exits",
    ):
        assert part in str(raised.value)


def test_a_run_that_was_asked_to_stop_reads_nothing(tmp_path: Path) -> None:
    stop = StopRequest()
    stop.signal_number = 2
    with pytest.raises(RunInterrupted):
        _stage(tmp_path, stop=stop).execute(None)


def test_a_configuration_is_all_that_the_stage_needs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MRT_PIPELINE_CACHE", str(tmp_path))
    path = tmp_path / "pipeline.yaml"
    path.write_text("mode: snapshot\n", encoding="utf-8")
    output = Stage1Ingestion(PipelineConfig(str(path))).execute(None)
    assert "yishun" in {station.slug for station in output.stations}
