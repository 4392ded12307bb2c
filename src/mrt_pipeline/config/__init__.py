"""The configuration: one YAML file, overrides from the environment, and secrets only from the environment."""

from mrt_pipeline.config.environment import Secrets
from mrt_pipeline.config.pipeline_config import PipelineConfig, find_config, get_config
from mrt_pipeline.config.schema import json_schema
from mrt_pipeline.config.settings import Settings
from mrt_pipeline.contracts.sections import Mode

__all__ = [
    "Mode",
    "PipelineConfig",
    "Secrets",
    "Settings",
    "find_config",
    "get_config",
    "json_schema",
]
