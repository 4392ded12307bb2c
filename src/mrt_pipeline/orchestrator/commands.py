"""Command lines that go on with a run, as a person can copy them into a shell."""

from __future__ import annotations

import shlex
from pathlib import Path

from mrt_pipeline.config.pipeline_config import DEFAULT_PATH
from mrt_pipeline.contracts.run import Manifest, StageStatus


def go_on(folder: Path, manifest: Manifest, *flags: str) -> str:
    """Return the command that goes on with a run in its folder and with its configuration."""
    words = ["mrt-pipeline", "run", "--output-dir", str(folder), *flags]
    if Path(manifest.config_path) != DEFAULT_PATH:
        words += ["--config", manifest.config_path]
    return shlex.join(words)


def accept_changes(folder: Path, manifest: Manifest) -> str:
    """Return the command that publishes a dataset although much is gone from it."""
    stage2 = manifest.stages.get("stage2_enrichment")
    is_disabled = stage2 is not None and stage2.status is StageStatus.DISABLED
    first = 2 if is_disabled else 3  # a stage that is switched off leaves no checkpoint to go on from
    return go_on(folder, manifest, "--resume-from", str(first), "--accept-changes")
