"""The interface between each stage and the orchestrator."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from pathlib import Path
from typing import Generic, TypeVar

from mrt_pipeline.contracts.outputs import ModelUsage

InputT = TypeVar("InputT")
OutputT = TypeVar("OutputT")


class PipelineStage(ABC, Generic[InputT, OutputT]):
    """One stage: validate its input, do the work, validate the result, save it as a checkpoint."""

    usage: ModelUsage | None = None
    """cost of the model's answers so far; None if it asks no model"""

    taken_over: Mapping[str, int] = {}
    """id of an earlier run to the number of stations whose results were taken from it"""

    @property
    @abstractmethod
    def stage_name(self) -> str:
        """Return the stage's name in configuration, manifest and logs, e.g. ``stage1_ingestion``."""

    @abstractmethod
    def validate_input(self, input_data: InputT) -> None:
        """Raise ``StageInputError`` if the stage cannot work on this input."""

    @abstractmethod
    def execute(self, input_data: InputT) -> OutputT:
        """Do the stage's work and return its output."""

    @abstractmethod
    def validate_output(self, output: OutputT) -> None:
        """Raise ``StageOutputError`` if the output must not be passed on."""

    @abstractmethod
    def save_checkpoint(self, output: OutputT, output_dir: Path | str) -> Path:
        """Write the complete output under its final name and return the path."""
