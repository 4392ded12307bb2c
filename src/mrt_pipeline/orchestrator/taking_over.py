"""Take over the checkpoints of the previous run, byte by byte, if this run would receive the same inputs.

A stage's fingerprint covers code, configuration, date and recorded tables; its trace covers what live sources
returned (``verifying.py``). If both are unchanged, the stage would produce the same output, so its checkpoint
and side files are copied instead, and so are the published files. Only a new run does so, from a complete run
with one attempt for the same date: some checks depend on the date.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mrt_pipeline.contracts.names import JOURNAL_NAME
from mrt_pipeline.contracts.outputs import EnrichmentStatus, ModelUsage
from mrt_pipeline.contracts.run import (
    CheckpointRecord,
    Fingerprint,
    Manifest,
    RunStatus,
    StageRecord,
    StageStatus,
)
from mrt_pipeline.errors import CorruptCheckpointError, InternalError, StorageError
from mrt_pipeline.orchestrator.reuse import UNCHANGED, has_no_failure, reads_live
from mrt_pipeline.orchestrator.stage_specs import StageSpec
from mrt_pipeline.orchestrator.verifying import find_change
from mrt_pipeline.runtime.clock import singapore_date
from mrt_pipeline.runtime.files import copy_file
from mrt_pipeline.runtime.fingerprints import find_differences
from mrt_pipeline.runtime.integrity import is_whole, recorded_files
from mrt_pipeline.runtime.manifests import find_manifest

if TYPE_CHECKING:
    from mrt_pipeline.runtime.context import RunContext


@dataclass(frozen=True, slots=True)
class Predecessor:
    """The previous run, and what may be taken over from it."""

    folder: Path
    manifest: Manifest

    @property
    def run_id(self) -> str:
        """Return its id."""
        return self.manifest.run_id

    def find_obstacle(
        self, stage: StageSpec, fingerprint: Fingerprint | None, context: RunContext
    ) -> str | None:
        """Return why a stage's checkpoint is not taken over, or None if it is what the stage would make."""
        obstacle = next(self._obstacles(stage, fingerprint, context), None)
        return None if obstacle is None else f"not carried over from run {self.run_id}: {obstacle}"

    def record_of(self, stage: StageSpec) -> StageRecord:
        """Return the record, for a run that takes it over, of a stage without an obstacle."""
        record = self.manifest.stages[stage.name]
        changes: dict[str, Any] = {
            "reason": f"carried over from run {self.run_id}: {UNCHANGED}",
            "taken_from": self.run_id,
        }
        if stage.works_by_station:
            changes["taken_over"] = {self.run_id: int(record.counts[f"stations_{EnrichmentStatus.DONE}"])}
        return record.model_copy(update=changes)

    def checkpoint_of(self, stage: StageSpec) -> CheckpointRecord:
        """Return the record of such a stage's checkpoint."""
        checkpoint = self.manifest.stages[stage.name].checkpoint
        if checkpoint is None:
            raise InternalError(f"{stage.name} of run {self.run_id} has no checkpoint to take over")
        return checkpoint

    def sha256_of(self, names: Iterable[str]) -> dict[str, str]:
        """Return the sha256 of files that the run's manifest records."""
        recorded = recorded_files(self.manifest)
        return {name: recorded[name] for name in names}

    def copy_files(self, stage: StageSpec, folder: Path) -> bytes:
        """Copy the files of such a stage to a run's folder, its checkpoint last, and return that one."""
        if stage.works_by_station:  # its rows show whether they are intact
            copy_file(self.folder / JOURNAL_NAME, folder / JOURNAL_NAME)
        for name in stage.side_files:
            self.copy(name, folder)
        return self.copy(self.checkpoint_of(stage).file, folder)

    def copy(self, name: str, folder: Path) -> bytes:
        """Copy a file that the run's manifest records to another run's folder, and return its content.

        Raises:
            StorageError: if it has changed since it was checked.
        """
        return copy_file(self.folder / name, folder / name, recorded_files(self.manifest)[name])

    def facts_of(self, stage: StageSpec) -> dict[str, Any]:
        """Return what a stage's output adds to the manifest of a run that takes it over, without its cost."""
        manifest, used = self.manifest, self.record_of(stage).sources
        facts: dict[str, Any] = {
            "sources": {key: it for key, it in manifest.sources.items() if it.source_id in used}
        }
        if stage.works_by_station:
            facts |= {"passed_over": manifest.passed_over, "rejected_claims": manifest.rejected_claims}
            facts |= {"usage": ModelUsage()}
        return facts

    def _obstacles(
        self, stage: StageSpec, fingerprint: Fingerprint | None, context: RunContext
    ) -> Iterator[str]:
        record = self.manifest.stages.get(stage.name)
        if record is None or record.fingerprint is None or fingerprint is None:
            yield "its inputs are unknown"
            return
        yield from find_differences(record.fingerprint, fingerprint)
        if record.status is not StageStatus.COMPLETED or record.checkpoint is None:
            yield f"it ended there as {record.status.value}"
            return
        for name in (record.checkpoint.file, *stage.side_files):
            if not is_whole(self.folder, self.manifest, name):
                yield f"{name} is missing or was changed"
        specs = stage.sources_in_use(context.settings)
        ttl_days = context.settings.stages.stage1_ingestion.cache_ttl_days
        if (change := find_change(record.trace, context.access, specs, ttl_days)) is not None:
            yield change


def find_predecessor(context: RunContext, own: Manifest) -> Predecessor | None:
    """Return the previous run, if a new one may take over anything of it whole.

    A run of recorded tables alone is repeated in full: it requests nothing, and is made to see its result.

    Args:
        context: context of the new run.
        own: manifest of the new run; a resumed run has checkpoints of its own.
    """
    if context.earlier is None or context.retry_failed or len(own.attempts) > 1:
        return None
    try:
        manifest = find_manifest(context.earlier.folder)
    except (CorruptCheckpointError, StorageError):  # what could have been saved is made again
        return None
    if manifest is None or not _is_fit(manifest):
        return None
    today = singapore_date(context.now())
    if any(singapore_date(moment) != today for moment in (manifest.timestamp, manifest.updated_at)):
        return None
    return Predecessor(context.earlier.folder, manifest)


def _is_fit(manifest: Manifest) -> bool:
    return (
        manifest.status is RunStatus.COMPLETED
        and all(it.status is RunStatus.COMPLETED and not it.retries_failed for it in manifest.attempts)
        and has_no_failure(manifest)
        and any(map(reads_live, manifest.stages.values()))
    )
