"""Command lines that go on with a run, as a person can copy them into a shell."""

from __future__ import annotations

import shlex
from enum import Enum, auto
from pathlib import Path

from mrt_pipeline.config.pipeline_config import DEFAULT_PATH
from mrt_pipeline.contracts.run import Manifest, StageStatus


class Ending(Enum):
    """How a run ended, as far as it decides what a person does next."""

    FAILED = auto()
    """or was interrupted, or killed"""
    AT_BUDGET = auto()
    GAP = auto()
    """a source gave nothing for some stations; going on with what is there would end in the same way"""
    LOSS = auto()
    """more is gone than ``gates`` allows; likewise"""


def remedy(
    folder: Path, manifest: Manifest, ending: Ending, *, stage: int | None = None, retries: bool = False
) -> str:
    """Return the command that goes on with a run that did not end well.

    Args:
        folder: the run's folder.
        manifest: as the run left it.
        ending: how it ended.
        stage: the one stage that was asked for, if one was.
        retries: whether only the stations that failed were asked for.
    """
    if ending is Ending.LOSS:
        return accept_changes(folder, manifest)
    if ending is Ending.GAP:
        return go_on(folder, manifest, "--retry-failed")
    if ending is Ending.AT_BUDGET:
        return go_on(folder, manifest, "--resume-from", "2", "--as-of", str(manifest.as_of))
    if retries:
        return go_on(folder, manifest, "--retry-failed")
    if stage is not None:
        return go_on(folder, manifest, "--stage", str(stage))
    return go_on(folder, manifest, "--skip-existing", "--as-of", str(manifest.as_of))


def go_on(folder: Path, manifest: Manifest | None, *flags: str) -> str:
    """Return the command that goes on with a run in its folder and its configuration, if one is known."""
    words = ["mrt-pipeline", "run", "--output-dir", str(folder), *flags]
    if manifest is not None and Path(manifest.config_path) != DEFAULT_PATH:
        words += ["--config", manifest.config_path]
    return shlex.join(words)


def accept_changes(folder: Path, manifest: Manifest) -> str:
    """Return the command that publishes a dataset although much is gone from it."""
    stage2 = manifest.stages.get("stage2_enrichment")
    is_disabled = stage2 is not None and stage2.status is StageStatus.DISABLED
    first = 2 if is_disabled else 3  # a stage that is switched off leaves no checkpoint to go on from
    return go_on(folder, manifest, "--resume-from", str(first), "--accept-changes")
