from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from mrt_pipeline.config import Mode, PipelineConfig
from mrt_pipeline.runtime.clock import singapore_date, utc_now
from mrt_pipeline.runtime.context import cache_folder, default_context


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> PipelineConfig:
    monkeypatch.chdir(tmp_path)  # no .env of ours
    monkeypatch.setenv("MRT_PIPELINE_CACHE", str(tmp_path / "cache"))
    (tmp_path / "pipeline.yaml").write_text("mode: snapshot\n")
    return PipelineConfig(tmp_path / "pipeline.yaml")


def test_the_cache_is_where_the_environment_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MRT_PIPELINE_CACHE", "somewhere/cache")
    assert cache_folder() == Path("somewhere/cache")


def test_without_a_word_the_cache_is_among_those_of_the_user(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("MRT_PIPELINE_CACHE", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache_folder().name == "mrt-data-pipeline"


def test_a_run_is_about_today_unless_another_day_is_requested(config: PipelineConfig) -> None:
    before = singapore_date(utc_now())
    assert before <= default_context(config).as_of <= singapore_date(utc_now())
    assert default_context(config, date(2025, 1, 1)).as_of == date(2025, 1, 1)


def test_a_context_carries_the_configuration_and_writes_nothing(
    config: PipelineConfig, tmp_path: Path
) -> None:
    context = default_context(config)
    assert context.settings is config.settings
    assert context.access.mode_of("datagov") is Mode.SNAPSHOT
    assert context.access.cache_dir == tmp_path / "cache"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["pipeline.yaml"]


def test_whoever_watches_a_run_may_hear_nothing(config: PipelineConfig) -> None:
    reporter = default_context(config).reporter
    reporter.note("x")
    reporter.warn("x")
    reporter.stage_started("stage1_ingestion", "requested")
    reporter.stage_reused("stage1_ingestion", "requested")
    reporter.stage_finished("stage1_ingestion", 0.1)
    reporter.progress(1, 2)
