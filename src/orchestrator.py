"""The specification's path to the orchestrator; the code lives in ``mrt_pipeline.orchestrator``."""

from pathlib import Path

from mrt_pipeline.orchestrator import PipelineOrchestrator

__all__ = ["PipelineOrchestrator"]

if __name__ == "__main__":
    from mrt_pipeline.cli import run_main

    run_main(Path(__file__).parent.parent / "config" / "pipeline.yaml")
