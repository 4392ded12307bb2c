"""The manifest of a run in progress: every change is on disk before the next step."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from mrt_pipeline.contracts.names import CHECKPOINT_NAMES
from mrt_pipeline.contracts.run import (
    AttemptRecord,
    CheckpointRecord,
    Fingerprint,
    Manifest,
    PublicationRecord,
    RunStatus,
    StageRecord,
    StageStatus,
)
from mrt_pipeline.orchestrator.stage_specs import STAGES, stage_named
from mrt_pipeline.runtime.manifests import save_manifest

NOTHING: Mapping[str, Any] = {}

OF_AN_ATTEMPT = ("as_of", "mode", "software_version", "code_version", "config_path", "config")
"""fields of the manifest that describe the current or last attempt"""


class RunSession:
    """One attempt at a run: keeps its manifest up to date on disk from start to end."""

    def __init__(
        self,
        folder: Path,
        manifest: Manifest,
        now: Callable[[], datetime],
        remarks: Sequence[str] = (),
        earlier: Manifest | None = None,
    ) -> None:
        """Take the state of the run; nothing is written yet.

        Args:
            folder: the run's folder.
            manifest: the current manifest.
            now: the wall clock.
            remarks: what was odd about the manifest found.
            earlier: the manifest before this attempt, whose date and configuration may differ.
        """
        self.folder = folder
        self.manifest = manifest
        self.remarks = remarks
        self._now = now
        self._opened = manifest
        self.stood = earlier or manifest

    @property
    def attempted(self) -> Manifest:
        """Return the manifest with what was requested of this attempt, even if it left the run unchanged."""
        asked = {name: getattr(self._opened, name) for name in OF_AN_ATTEMPT}
        return self.manifest.model_copy(update=asked)

    def begin(self, command: str, *, stage: int | None = None, retries_failed: bool = False) -> None:
        """Open a new attempt, with what was requested."""
        attempt = AttemptRecord(
            number=len(self.manifest.attempts) + 1,
            started_at=self._now(),
            status=RunStatus.RUNNING,
            command=command,
            stage=stage,
            retries_failed=retries_failed,
        )
        self.update(status=RunStatus.RUNNING, attempts=(*self.manifest.attempts, attempt), error=None)

    def end(self, status: RunStatus, error: str | None = None) -> None:
        """Close the attempt, if one was started; one in which no stage ran leaves the run unchanged."""
        if not self.manifest.attempts:
            return
        self._update_attempt(ended_at=self._now(), status=status, error=error)
        is_refused = status is not RunStatus.COMPLETED and not self._attempt.stages_run
        if is_refused and self.stood.status is not RunStatus.RUNNING:
            stood = {name: getattr(self.stood, name) for name in OF_AN_ATTEMPT}
            self.manifest = self.manifest.model_copy(update=stood)
            status, error = self.stood.status, self.stood.error
        self.update(status=status, error=error, stages=self._stages_at_end(status))

    def stage_started(self, name: str, reason: str) -> None:
        """Record that a stage is running; its earlier results stay recorded."""
        self._update_attempt(stages_run=(*self._attempt.stages_run, name))
        self._put_stage(
            name,
            status=StageStatus.RUNNING,
            started_at=self._now(),
            seconds=0.0,
            reused=False,
            reason=reason,
            error=None,
        )

    def stage_ended(
        self,
        name: str,
        *,
        status: StageStatus,
        seconds: float,
        checkpoint: CheckpointRecord,
        fingerprint: Fingerprint | None,
        figures: Mapping[str, Any],
        facts: Mapping[str, Any],
    ) -> None:
        """Record at once the checkpoint that a stage has written, and the facts that its result adds."""
        key = f"stage{stage_named(name).number}"
        self._put_stage(
            name,
            {**facts, "checkpoints": {**self.manifest.checkpoints, key: checkpoint.file}},
            status=status,
            seconds=round(seconds, 3),
            checkpoint=checkpoint,
            fingerprint=fingerprint,
            **figures,
            attempt=self._attempt.number,
            is_doubted=False,
        )

    def stage_failed(
        self, name: str, status: StageStatus, seconds: float, error: str, **facts: object
    ) -> None:
        """Record that a stage gave no result, with any facts known nevertheless.

        An earlier checkpoint of the stage stays recorded.
        """
        self.manifest = self.manifest.model_copy(update=facts)
        self._put_stage(name, status=status, seconds=round(seconds, 3), error=error)

    def stage_reused(self, name: str, reason: str) -> None:
        """Record that an earlier checkpoint is reused for a stage."""
        self._put_stage(name, reused=True, reason=reason)

    def stage_taken(
        self,
        name: str,
        record: StageRecord,
        *,
        seconds: float,
        facts: Mapping[str, Any],
    ) -> None:
        """Record a stage's record from another run as this run's."""
        taken = {"attempt": self._attempt.number, "reused": True, "seconds": round(seconds, 3)}
        key = f"stage{stage_named(name).number}"
        self.update(
            stages={**self.manifest.stages, name: record.model_copy(update=taken)},
            checkpoints={**self.manifest.checkpoints, key: CHECKPOINT_NAMES[name]},
            **facts,
        )

    def doubt_stages(self, names: Collection[str]) -> None:
        """Record which stages must query their live sources again; all others need not."""
        stages = {
            name: record.model_copy(update={"is_doubted": name in names})
            for name, record in self.manifest.stages.items()
        }
        if stages != self.manifest.stages:
            self.update(stages=stages)

    def stage_disabled(self, name: str, reason: str) -> None:
        """Record that the configuration disables a stage; findings about an older dataset are removed."""
        if stage_named(name) is STAGES[-1]:
            self.manifest = self.manifest.model_copy(update={"findings": {}})
        self._put_stage(name, status=StageStatus.DISABLED, seconds=0.0, reused=False, reason=reason)

    def validated(self, **facts: Any) -> None:
        """Record that this attempt wrote the findings about a dataset."""
        self._update_attempt(has_validated=True)
        self.update(**facts)

    def publishing(self) -> None:
        """Record that the configured formats are about to be written."""
        self.update(publication=PublicationRecord(attempt=self._attempt.number, started_at=self._now()))

    def published(
        self, sha256: Mapping[str, str], sizes: Mapping[str, int], fingerprint: Fingerprint | None
    ) -> None:
        """Record the files that were written."""
        if self.manifest.publication is not None:
            ended = {"ended_at": self._now(), "sizes": dict(sizes)}
            publication = self.manifest.publication.model_copy(update=ended)
            self.update(publication=publication, outputs=dict(sha256), publishing=fingerprint)

    def publication_taken(
        self, before: Manifest, fingerprint: Fingerprint, side_files: Mapping[str, str]
    ) -> None:
        """Record that files published and findings written by another run were copied."""
        self._update_attempt(has_validated=True)
        now = self._now()
        sizes = before.publication.sizes if before.publication is not None else {}
        self.update(
            publication=PublicationRecord(
                attempt=self._attempt.number, started_at=now, ended_at=now, sizes=sizes
            ),
            outputs=before.outputs,
            publishing=fingerprint,
            findings=before.findings,
            side_files={**self.manifest.side_files, **side_files},
        )

    def update(self, **changes: Any) -> None:
        """Change the manifest and write it."""
        self.manifest = self.manifest.model_copy(update={**changes, "updated_at": self._now()})
        save_manifest(self.folder, self.manifest)

    def _stages_at_end(self, status: RunStatus) -> dict[str, StageRecord]:
        """Return the stages; one whose end was never recorded ended as the run did."""
        ended = StageStatus.INTERRUPTED if status is RunStatus.INTERRUPTED else StageStatus.FAILED
        return {
            name: record.model_copy(update={"status": ended})
            if record.status is StageStatus.RUNNING
            else record
            for name, record in self.manifest.stages.items()
        }

    @property
    def _attempt(self) -> AttemptRecord:
        return self.manifest.attempts[-1]

    def _update_attempt(self, **changes: Any) -> None:
        latest = self._attempt.model_copy(update=changes)
        self.manifest = self.manifest.model_copy(update={"attempts": (*self.manifest.attempts[:-1], latest)})

    def _put_stage(self, name: str, facts: Mapping[str, Any] = NOTHING, /, **changes: Any) -> None:
        record = self.manifest.stages.get(name)
        if record is None:
            blank = {"seconds": 0.0, "reused": False, "reason": "", "attempt": self._attempt.number}
            record = StageRecord.model_validate({"status": StageStatus.RUNNING, **blank, **changes})
        else:
            record = record.model_copy(update=changes)
        self.update(stages={**self.manifest.stages, name: record}, **facts)
