"""Rebuild a run's manifest from its folder if it is missing or damaged.

It is rebuilt from what the checkpoints themselves contain. A checkpoint counts if it is an output of this
version and fits the stage before it: same date, same stations. What it was made from is no longer known; so
``--resume-from`` uses it, as a person requests that, and ``--skip-existing`` makes it again.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from mrt_pipeline.contracts.findings import count_by_severity
from mrt_pipeline.contracts.names import CHECKPOINT_NAMES
from mrt_pipeline.contracts.outputs import Stage2Output, Stage3Output, StageOutput
from mrt_pipeline.contracts.run import UNKNOWN, AttemptRecord, Manifest, RunStatus, StageRecord
from mrt_pipeline.errors import CorruptCheckpointError
from mrt_pipeline.orchestrator.stage_specs import STAGES, StageSpec
from mrt_pipeline.runtime.checkpoints import describe_checkpoint, parse_checkpoint
from mrt_pipeline.runtime.files import read_bytes
from mrt_pipeline.runtime.manifests import MANIFEST_NAME, find_manifest

REASON = "made by an attempt of which only the checkpoint is left"


@dataclass(frozen=True, slots=True)
class Found:
    """What is known about the run in a folder."""

    manifest: Manifest | None
    """None: there is no run in the folder"""
    unfit: Mapping[Path, str]
    """each unusable file, and why; it must be set aside before another one takes its place"""
    remark: str | None = None
    """what to report if the manifest had to be rebuilt"""


def find_or_rebuild(folder: Path) -> Found:
    """Return a folder's manifest, rebuilt from the checkpoints beside it if needed; nothing is written.

    Raises:
        CorruptCheckpointError: if there is an unreadable manifest and no checkpoint of ours.
        StorageError: if a file cannot be read.
    """
    damage: CorruptCheckpointError | None = None
    try:
        if (manifest := find_manifest(folder)) is not None:
            return Found(manifest, {})
    except CorruptCheckpointError as error:
        damage = error
    outputs, unfit = _read_checkpoints(folder)
    if not outputs:
        if damage is not None:
            raise damage
        return Found(None, unfit)
    path = folder / MANIFEST_NAME
    stages = ", ".join(f"stage {number}" for number in sorted(outputs))
    remark = (
        f"{path} {'was missing' if damage is None else 'is damaged'} and was recreated from the "
        f"checkpoints: {stages}. It is not known what these were made from: --resume-from uses them "
        "anyway, --skip-existing makes them again."
    )
    if damage is not None:
        unfit[path] = "is damaged"
    return Found(_make_manifest(folder, outputs), unfit, remark)


def _read_checkpoints(folder: Path) -> tuple[dict[int, StageOutput], dict[Path, str]]:
    """Return the checkpoints that fit together, by stage number, and why the others do not."""
    outputs: dict[int, StageOutput] = {}
    unfit: dict[Path, str] = {}
    for stage in STAGES:
        path = folder / CHECKPOINT_NAMES[stage.name]
        try:
            output: StageOutput = parse_checkpoint(stage.kind, path, read_bytes(path), "")
        except FileNotFoundError:
            continue
        except CorruptCheckpointError:
            unfit[path] = "is not a complete checkpoint of this version"
            continue
        if (fault := _find_misfit(stage, output, outputs.get(1))) is None:
            outputs[stage.number] = output
        else:
            unfit[path] = fault
    return outputs, unfit


def _find_misfit(stage: StageSpec, output: StageOutput, stage1: StageOutput | None) -> str | None:
    """Return why an output belongs to another stage or run, or None if it fits."""
    if output.metadata.stage_name != stage.name:
        return f"is a checkpoint of {output.metadata.stage_name!r}"
    if stage1 is None:
        return None
    if output.metadata.as_of != stage1.metadata.as_of:
        return f"describes {output.metadata.as_of}, stage 1 {stage1.metadata.as_of}"
    if _slugs_of(output) != _slugs_of(stage1):
        return "has other stations than stage 1"
    return None


def _slugs_of(output: StageOutput) -> set[str]:
    places = output.enrichments if isinstance(output, Stage2Output) else output.stations
    return {place.slug for place in places}


def _make_manifest(folder: Path, outputs: Mapping[int, StageOutput]) -> Manifest:
    times = [output.metadata.generated_at for output in outputs.values()]
    stages = {STAGES[number - 1].name: _make_record(folder, number, outputs[number]) for number in outputs}
    attempt = AttemptRecord(
        number=1,
        started_at=min(times),
        ended_at=max(times),
        status=RunStatus.INTERRUPTED,
        command=UNKNOWN,
        stages_run=tuple(stages),
    )
    newest = outputs[max(outputs)]
    return Manifest(
        run_id=f"{min(times):%Y%m%dT%H%M%SZ}-{uuid.uuid4().hex[:8]}",
        timestamp=min(times),
        updated_at=max(times),
        status=RunStatus.INTERRUPTED,
        as_of=newest.metadata.as_of,
        mode=UNKNOWN,
        software_version=UNKNOWN,
        code_version=UNKNOWN,
        config_path=UNKNOWN,
        config={},
        attempts=(attempt,),
        stages=stages,
        checkpoints={f"stage{number}": CHECKPOINT_NAMES[STAGES[number - 1].name] for number in outputs},
        sources={key: value for output in outputs.values() for key, value in output.provenance.items()},
        findings=count_by_severity(newest.findings) if isinstance(newest, Stage3Output) else {},
    )


def _make_record(folder: Path, number: int, output: StageOutput) -> StageRecord:
    stage = STAGES[number - 1]
    return StageRecord(
        status=stage.status_of(output),
        seconds=0.0,
        reused=False,
        reason=REASON,
        attempt=1,
        **stage.figures_of(output),
        checkpoint=describe_checkpoint(folder / CHECKPOINT_NAMES[stage.name]),
    )
