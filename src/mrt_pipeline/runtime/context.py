"""What a run passes to its stages: settings, the date, access to sources, the clock."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from mrt_pipeline.config import PipelineConfig, Settings
from mrt_pipeline.config.paths import read_variable_path
from mrt_pipeline.contracts.outputs import StageMetadata
from mrt_pipeline.network import load_network
from mrt_pipeline.runtime.clock import singapore_date, utc_now
from mrt_pipeline.runtime.reporting import Reporter
from mrt_pipeline.runtime.signals import StopRequest

if TYPE_CHECKING:
    from mrt_pipeline.runtime.source_access import SourceAccess


@dataclass(frozen=True, slots=True)
class EarlierRun:
    """The run before this one, whose finished work may be reused."""

    run_id: str
    folder: Path


@dataclass(frozen=True, slots=True)
class RunContext:
    """Everything outside a stage that may affect its result."""

    settings: Settings
    as_of: date
    """date for which the network is described"""
    access: SourceAccess
    now: Callable[[], datetime] = utc_now
    folder: Path | None = None
    """the run's folder, where a stage may keep what it needs to resume after an interruption"""
    earlier: EarlierRun | None = None
    """the previous run, if anything may be taken over from it"""
    reporter: Reporter = field(default_factory=Reporter)
    stop: StopRequest = field(default_factory=StopRequest)
    retry_failed: bool = False
    """whether stage 2 processes only stations for which a source failed"""
    refuses_gaps: bool = False
    """whether this run refuses to publish a dataset for which a source failed, and reports that"""

    def metadata_of(self, stage_name: str) -> StageMetadata:
        """Return the metadata of a stage's output: for which date, and made now."""
        pipeline = self.settings.pipeline
        return StageMetadata(
            stage_name=stage_name,
            as_of=self.as_of,
            as_known_on=load_network().known_on(self.as_of),
            generated_at=self.now(),
            pipeline_name=pipeline.name,
            pipeline_version=pipeline.version,
            description=pipeline.description,
        )


def default_context(
    config: PipelineConfig, as_of: date | None = None, reporter: Reporter | None = None
) -> RunContext:
    """Return the context of a run in this process: today's network, the user's cache folder and secrets."""
    from mrt_pipeline.runtime.source_access import SourceAccess

    reporter = reporter or Reporter()
    return RunContext(
        settings=config.settings,
        as_of=as_of or singapore_date(utc_now()),
        access=SourceAccess(
            config.settings,
            secrets=config.secrets(),
            cache_dir=cache_folder(),
            now=utc_now,
            notify=reporter.note,
        ),
        reporter=reporter,
    )


def cache_folder() -> Path:
    """Return the folder that keeps answers of live services; ``MRT_PIPELINE_CACHE`` overrides it."""
    if chosen := os.environ.get("MRT_PIPELINE_CACHE"):
        return read_variable_path("MRT_PIPELINE_CACHE", chosen)
    from platformdirs import user_cache_path

    return user_cache_path("mrt-data-pipeline")
