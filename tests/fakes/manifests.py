"""Made-up manifests of runs."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from mrt_pipeline.config.settings import OutputSection
from mrt_pipeline.contracts.names import CHECKPOINT_NAMES
from mrt_pipeline.contracts.run import (
    CheckpointRecord,
    Fingerprint,
    Manifest,
    RunStatus,
    StageRecord,
    StageStatus,
)
from mrt_pipeline.runtime.files import sha256_of
from mrt_pipeline.runtime.manifests import save_manifest

START = datetime(2026, 11, 23, 8, 12, 3, tzinfo=UTC)
FINGERPRINT = Fingerprint(
    code="c" * 64, config={"mode": "snapshot", "pipeline.name": "MRT"}, inputs={"as_of": "2026-11-23"}
)


def make_manifest(**changes: Any) -> Manifest:
    """Return the manifest of a completed run without stages."""
    facts: dict[str, Any] = {
        "run_id": "20261123T081203Z-0badc0de",
        "timestamp": START,
        "updated_at": START,
        "status": RunStatus.COMPLETED,
        "as_of": date(2026, 11, 23),
        "mode": "snapshot",
        "software_version": "2.0.0",
        "code_version": "c" * 64,
        "config_path": "config/pipeline.yaml",
        "config": {},
        "attempts": (),
    }
    return Manifest(**facts | changes)


def make_stage_record(name: str, content: bytes, **changes: Any) -> StageRecord:
    """Return the record of a completed stage whose checkpoint has the given bytes."""
    facts: dict[str, Any] = {
        "status": StageStatus.COMPLETED,
        "seconds": 0.1,
        "reused": False,
        "reason": "requested",
        "attempt": 1,
        "checkpoint": CheckpointRecord(
            file=CHECKPOINT_NAMES[name],
            sha256=sha256_of(content),
            size_bytes=len(content),
            content_sha256=sha256_of(content),
        ),
        "fingerprint": FINGERPRINT,
    }
    return StageRecord(**facts | changes)


def put_run(folder: Path, *stages: str, **changes: Any) -> Manifest:
    """Make a run folder with checkpoints of the given stages and return its manifest."""
    folder.mkdir(parents=True)
    records = {}
    for name in stages:
        content = name.encode()
        (folder / CHECKPOINT_NAMES[name]).write_bytes(content)
        records[name] = make_stage_record(name, content)
    manifest = make_manifest(stages=records, **changes)
    save_manifest(folder, manifest)
    return manifest


ALL_STAGES = ("stage1_ingestion", "stage2_enrichment", "stage3_merger")


def put_runs(outputs: Path, *names: str, **changes: object) -> None:
    """Write complete runs under the given names, each an hour after the one before it."""
    for number, name in enumerate(names):
        put_run(outputs / name, *ALL_STAGES, timestamp=START + timedelta(hours=number), **changes)


def output_section(outputs: Path, **changes: object) -> OutputSection:
    """Return the configuration's section ``output`` with a folder of all runs."""
    return OutputSection.model_validate({"directory": str(outputs), **changes})
