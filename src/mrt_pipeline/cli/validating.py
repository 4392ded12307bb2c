"""``mrt-pipeline validate``: the checks of stage 3 on a dataset that exists."""

from __future__ import annotations

from pathlib import Path

from mrt_pipeline.cli.findings import list_findings
from mrt_pipeline.cli.printing import say
from mrt_pipeline.config import PipelineConfig, find_config
from mrt_pipeline.contracts.counting import counted
from mrt_pipeline.contracts.findings import Severity, count_by_severity
from mrt_pipeline.contracts.names import CHECKPOINT_NAMES, FINAL_STAGE
from mrt_pipeline.contracts.outputs import Stage3Output
from mrt_pipeline.errors import EXIT_FAILURE, UsageError
from mrt_pipeline.runtime.checkpoints import parse_checkpoint
from mrt_pipeline.runtime.files import read_bytes


def validate_file(file: Path, config: Path | None, *, shows_all: bool = False) -> int:
    """Print the findings of a dataset and return the exit code: 0, or 1 if one of them is an error.

    Those that it was published with, such as exits that were merged, and those of the checks, made again.
    """
    from mrt_pipeline.stages.stage3_merger import check_dataset

    path = file / CHECKPOINT_NAMES[FINAL_STAGE] if file.is_dir() else file
    try:
        content = read_bytes(path)
    except FileNotFoundError:
        raise UsageError(f"{path} is not there; give a stage3_final.json or a run folder.") from None
    dataset = parse_checkpoint(Stage3Output, path, content, "mrt-pipeline run")
    settings = PipelineConfig(find_config(config)).settings
    again = check_dataset(dataset, settings)
    findings = {(found.check, found.message): found for found in (*dataset.findings, *again)}.values()
    say(*list_findings(findings, None if shows_all else "the same command with --all"))
    counts = count_by_severity(findings)
    shown = ", ".join(f"{number} {severity}" for severity, number in counts.items())
    stations = counted(len(dataset.stations), "station")
    say(f"{path}: {stations} as of {dataset.metadata.as_of}; findings: {shown}.")
    return EXIT_FAILURE if counts[Severity.ERROR.value] else 0
