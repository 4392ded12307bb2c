"""What every stage offers to the orchestrator."""

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
    """what the model's answers have cost it so far; none if it asks no model"""

    taken_over: Mapping[str, int] = {}
    """id of an earlier run to how many stations' results were taken from it unchanged"""

    @property
    @abstractmethod
    def stage_name(self) -> str:
        """Return the name the stage has in config, manifest and logs, e.g. ``stage1_ingestion``."""

    @abstractmethod
    def validate_input(self, input_data: InputT) -> None:
        """Raise ``StageInputError`` when the stage cannot work on this input."""

    @abstractmethod
    def execute(self, input_data: InputT) -> OutputT:
        """Do the stage's work and return its output."""

    @abstractmethod
    def validate_output(self, output: OutputT) -> None:
        """Raise ``StageOutputError`` when the output must not be passed on."""

    @abstractmethod
    def save_checkpoint(self, output: OutputT, output_dir: Path | str) -> Path:
        """Write the output whole under its final name and return the path."""
