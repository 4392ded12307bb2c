"""The three stages of one run, created when they are first used."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from mrt_pipeline.contracts.outputs import Stage1Output, Stage2Output, Stage3Output
from mrt_pipeline.contracts.stage import PipelineStage

if TYPE_CHECKING:
    from mrt_pipeline.config import PipelineConfig
    from mrt_pipeline.runtime.context import RunContext


class StageSet:
    """The stages that work in one context; a run that needs only one imports only its module."""

    def __init__(self, config: PipelineConfig, context: RunContext) -> None:
        self.context = context
        self._config = config

    def __getitem__(self, number: int) -> PipelineStage[Any, Any]:
        """Return a stage by its number."""
        return (self.stage1, self.stage2, self.stage3)[number - 1]

    @cached_property
    def stage1(self) -> PipelineStage[None, Stage1Output]:
        """Return stage 1."""
        from mrt_pipeline.stages.stage1_ingestion import Stage1Ingestion

        return Stage1Ingestion(self._config, self.context)

    @cached_property
    def stage2(self) -> PipelineStage[Stage1Output, Stage2Output]:
        """Return stage 2."""
        from mrt_pipeline.stages.stage2_enrichment import Stage2Enrichment

        return Stage2Enrichment(self._config, self.context)

    @cached_property
    def stage3(self) -> PipelineStage[tuple[Stage1Output, Stage2Output], Stage3Output]:
        """Return stage 3."""
        from mrt_pipeline.stages.stage3_merger import Stage3Merger

        return Stage3Merger(self._config, self.context)
