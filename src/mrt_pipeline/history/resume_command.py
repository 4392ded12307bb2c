"""Command lines that resume a run, to be copied into a shell.

Console, alert and ``show`` give the same one: ``find_remedy`` derives it from the manifest of the run.
"""

from __future__ import annotations

import shlex
from enum import Enum, auto
from pathlib import Path

from mrt_pipeline.config.pipeline_config import DEFAULT_PATH
from mrt_pipeline.contracts.gates import GateStatus
from mrt_pipeline.contracts.names import FINAL_STAGE, STAGE2_ENRICHMENT
from mrt_pipeline.contracts.run import PACKAGED, UNKNOWN, Manifest, RunStatus, StageStatus

_UNFINISHED = (StageStatus.RUNNING, StageStatus.FAILED, StageStatus.INTERRUPTED)


class Ending(Enum):
    """How a run ended, as far as it affects the next step."""

    FAILED = auto()
    """failed, interrupted, or killed"""
    AT_BUDGET = auto()
    GAP = auto()
    """a source returned nothing for some stations; resuming without retrying it would end in the same way"""
    LOSS = auto()
    """losses exceed ``gates``; likewise"""


def find_remedy(folder: Path, manifest: Manifest) -> str:
    """Return the command that resumes a run that did not end well."""
    ending = _ending_of(manifest)
    if ending is Ending.LOSS:
        return accept_changes(folder, manifest)
    if ending is Ending.GAP:
        return resume(folder, manifest, "--retry-failed")
    if ending is Ending.AT_BUDGET:
        return resume(folder, manifest, "--resume-from", "2", "--as-of", str(manifest.as_of))
    worked = next((attempt for attempt in reversed(manifest.attempts) if attempt.stages_run), None)
    if worked is not None and worked.retries_failed:
        return resume(folder, manifest, "--retry-failed")
    if worked is not None and worked.stage is not None:
        return resume(folder, manifest, "--stage", str(worked.stage))
    return finish(folder, manifest)


def finish(folder: Path, manifest: Manifest | None) -> str:
    """Return the command that completes whatever is missing, damaged or stale in a run's folder."""
    flags = () if manifest is None else ("--skip-existing", "--as-of", str(manifest.as_of))
    return resume(folder, manifest, *flags)


def resume(folder: Path, manifest: Manifest | None, *flags: str) -> str:
    """Return the command that resumes a run in its folder and with its configuration, if one is known."""
    command = shlex.join(["mrt-pipeline", "run", "--output-dir", str(folder), *flags])
    if manifest is None or manifest.config_path in (PACKAGED, UNKNOWN):
        return command
    return with_config(command, Path(manifest.config_path))


def with_config(command: str, config_path: Path | None) -> str:
    """Return a command with the option for this configuration, unless it is the default or there is none."""
    if config_path in (None, DEFAULT_PATH):
        return command
    return f"{command} {shlex.join(['--config', str(config_path)])}"


def move_latest(folder: Path, manifest: Manifest) -> str:
    """Return the command that lets ``latest`` point to a run for an earlier or a future date."""
    return resume(folder, manifest, "--skip-existing", "--as-of", str(manifest.as_of), "--move-latest")


def accept_changes(folder: Path, manifest: Manifest) -> str:
    """Return the command that publishes a dataset despite its losses."""
    stage2 = manifest.stages.get(STAGE2_ENRICHMENT)
    is_disabled = stage2 is not None and stage2.status is StageStatus.DISABLED
    first = 2 if is_disabled else 3  # a disabled stage leaves no checkpoint to resume from
    return resume(folder, manifest, "--resume-from", str(first), "--accept-changes")


def _ending_of(manifest: Manifest) -> Ending:
    """Return how a run ended; the gate's verdict on an earlier attempt does not apply to a later one."""
    if manifest.status is RunStatus.STOPPED_AT_BUDGET:
        return Ending.AT_BUDGET
    ran = [name for attempt in manifest.attempts[-1:] for name in attempt.stages_run]
    record = manifest.stages.get(ran[-1]) if ran else None
    is_before = record is not None and record.status in _UNFINISHED and ran[-1] != FINAL_STAGE
    if is_before or manifest.gates is None or manifest.gates.status is not GateStatus.FAILED:
        return Ending.FAILED
    return Ending.GAP if manifest.gates.gaps else Ending.LOSS
