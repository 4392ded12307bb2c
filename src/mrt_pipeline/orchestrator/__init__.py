"""The only place where stages are connected and run."""

from mrt_pipeline.orchestrator.pipeline import PipelineOrchestrator
from mrt_pipeline.orchestrator.request import RunRequest

__all__ = ["PipelineOrchestrator", "RunRequest"]
