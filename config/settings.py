"""The specification's path to the configuration; the code lives in ``mrt_pipeline.config``."""

from mrt_pipeline.config import PipelineConfig, get_config

__all__ = ["PipelineConfig", "get_config"]
