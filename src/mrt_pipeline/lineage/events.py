"""Run events: that an attempt at a run, or one of its steps, started and ended, derived from the manifest.

Each attempt is a run of the job ``mrt_pipeline``; each step that it carries out is a run of its own job,
with the attempt as its parent. Ids are derived from the run's id, the attempt's number and the step's name,
so that they are always the same for the same run. Reused results are not reported again.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import takewhile

from mrt_pipeline.contracts.findings import Finding
from mrt_pipeline.contracts.names import CHECKPOINT_NAMES, FINAL_STAGE
from mrt_pipeline.contracts.run import AttemptRecord, Manifest, RunStatus, StageStatus
from mrt_pipeline.lineage.checks import Judgement, judge_checks
from mrt_pipeline.lineage.datasets import Datasets
from mrt_pipeline.lineage.facets import EVENT_SCHEMA, OWNER, Json, make_facets, owned_by, producer_of, tags
from mrt_pipeline.runtime.clock import SINGAPORE

PIPELINE_JOB = "mrt_pipeline"
PUBLISHING = "publishing"

_TASKS = {
    PIPELINE_JOB: ("The whole pipeline: from public sources to one checked dataset", ""),
    "stage1_ingestion": ("Ingest stations and exits", "stages/stage1_ingestion.py"),
    "stage2_enrichment": ("Find what belongs to each exit", "stages/stage2_enrichment.py"),
    "stage3_merger": ("Merge the stages' outputs and check the result", "stages/stage3_merger.py"),
    PUBLISHING: ("Write the dataset in the configured formats", "exports"),
}
"""each step's description, and the place of its code in the package"""

START, COMPLETE = "START", "COMPLETE"
_ENDINGS = {
    RunStatus.COMPLETED: COMPLETE,
    RunStatus.STOPPED_AT_BUDGET: COMPLETE,
    RunStatus.FAILED: "FAIL",
    RunStatus.INTERRUPTED: "ABORT",
    RunStatus.RUNNING: "ABORT",  # it ended without recording how
}
_COMPLETED = StageStatus.COMPLETED


@dataclass(frozen=True, slots=True)
class Step:
    """What is reported about an attempt, or one of its steps."""

    name: str
    started_at: datetime
    ended_at: datetime
    status: str
    """how it ended, as a status of the manifest"""
    is_done: bool
    reason: str | None = None
    """why it was run"""
    taken_over: Sequence[str] = ()
    """ids of the runs whose finished work was taken over"""
    given: Sequence[Json] = ()
    """inputs known when it started"""
    read: Sequence[Json] = ()
    """inputs known once it was completed"""
    made: Sequence[Json] = ()
    tests: Sequence[Judgement] = ()


def run_events(
    manifest: Manifest,
    found: Manifest,
    namespace: str,
    findings: Sequence[Finding] | None = None,
    hide: Callable[[str], str] = str,
) -> list[Json]:
    """Return the events of a run's last attempt, after those of earlier attempts that were killed.

    Args:
        manifest: the manifest after the attempt.
        found: the manifest before it; a killed attempt could not report itself.
        namespace: distinguishes the jobs and files of this installation.
        findings: findings about the dataset, if known.
        hide: removes from an error what nobody else may see.
    """
    judgements = judge_checks(findings, manifest.config) if findings is not None else ()
    killed = takewhile(lambda attempt: attempt.status is RunStatus.RUNNING, reversed(found.attempts))
    told = [AttemptEvents(found, attempt.number, namespace) for attempt in killed][::-1]
    told.append(AttemptEvents(manifest, len(manifest.attempts), namespace, judgements, hide))
    return [event for story in told for event in story.events()]


def run_uuid(namespace: str, run_id: str, attempt: int, step: str = PIPELINE_JOB) -> str:
    """Return the id of an attempt, or of one of its steps, in OpenLineage's format."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"{namespace}/{run_id}/{attempt}/{step}"))


@dataclass(frozen=True, slots=True)
class AttemptEvents:
    """What a manifest records about one attempt."""

    manifest: Manifest
    number: int
    namespace: str
    judgements: Sequence[Judgement] = ()
    hide: Callable[[str], str] = str

    def events(self) -> Iterator[Json]:
        """Yield the events in order."""
        attempt = self._attempt
        is_done = _ENDINGS[attempt.status] == COMPLETE
        whole = Step(PIPELINE_JOB, attempt.started_at, self._ended_at, attempt.status, is_done)
        yield self._event(whole, has_begun=True)
        for step in (*self._stages(), *self._publishing()):
            yield self._event(step, has_begun=True)
            yield self._event(step)
        yield self._event(whole)

    def _stages(self) -> Iterator[Step]:
        """Yield the stages that the attempt ran; those that a later attempt ran again belong to that one."""
        later = {name for attempt in self.manifest.attempts[self.number :] for name in attempt.stages_run}
        return (self._stage(name) for name in self._attempt.stages_run if name not in later)

    def _stage(self, name: str) -> Step:
        record, stages = self.manifest.stages[name], list(CHECKPOINT_NAMES)
        datasets, is_done = self._datasets, record.status in (_COMPLETED, StageStatus.STOPPED_AT_BUDGET)
        started_at = record.started_at or self._attempt.started_at
        return Step(
            name,
            started_at,
            started_at + timedelta(seconds=record.seconds) if is_done else self._ended_at,
            record.status,
            is_done,
            reason=record.reason or None,
            taken_over=tuple(record.taken_over) if is_done else (),
            given=datasets.checkpoints_of(stages[: stages.index(name)]),
            read=datasets.sources_of(name) if is_done and name != FINAL_STAGE else (),
            made=datasets.made_by(name) if is_done else (),
            tests=self.judgements if name == FINAL_STAGE and self._attempt.has_validated else (),
        )

    def _publishing(self) -> Iterator[Step]:
        record, datasets = self.manifest.publication, self._datasets
        if record is None or record.attempt != self.number:
            return
        is_done = record.ended_at is not None
        yield Step(
            PUBLISHING,
            record.started_at,
            record.ended_at or self._ended_at,
            _COMPLETED if is_done else self._attempt.status,
            is_done,
            given=datasets.checkpoints_of([FINAL_STAGE], self.judgements),
            made=datasets.published() if is_done else (),
        )

    @property
    def _attempt(self) -> AttemptRecord:
        return self.manifest.attempts[self.number - 1]

    @property
    def _ended_at(self) -> datetime:
        """Return when the attempt ended; if it was killed, its last sign of life."""
        return self._attempt.ended_at or self.manifest.updated_at

    @property
    def _datasets(self) -> Datasets:
        return Datasets(self.manifest, self.namespace)

    @property
    def _error(self) -> Json:
        attempt = self._attempt
        how = "The process was killed." if attempt.status is RunStatus.RUNNING else attempt.status.value
        return {"message": self.hide(attempt.error or how), "programmingLanguage": "PYTHON"}

    def _event(self, step: Step, *, has_begun: bool = False) -> Json:
        """Return the event that a step started or ended, as a JSON object."""
        kind = START if has_begun else COMPLETE if step.is_done else _ENDINGS[self._attempt.status]
        version = self.manifest.software_version
        run, job = self._named(step.name)
        return {
            "eventType": kind,
            "eventTime": (step.started_at if has_begun else step.ended_at).isoformat(),
            "producer": producer_of(version),
            "schemaURL": EVENT_SCHEMA,
            "run": run | {"facets": make_facets("run", version, **self._run_facets(step, kind))},
            "job": job | {"facets": make_facets("job", version, **_job_facets(step.name, self.manifest))},
            "inputs": [*step.given, *(() if has_begun else step.read)],
            "outputs": [] if has_begun else list(step.made),
        }

    def _named(self, step: str = PIPELINE_JOB) -> tuple[Json, Json]:
        """Return the names of a run of the step, and of its job."""
        name = step if step == PIPELINE_JOB else f"{PIPELINE_JOB}.{step}"
        run_id = run_uuid(self.namespace, self.manifest.run_id, self.number, step)
        return {"runId": run_id}, {"namespace": self.namespace, "name": name}

    def _run_facets(self, step: Step, kind: str) -> dict[str, Json | None]:
        manifest, (run, job) = self.manifest, self._named()
        day = datetime.combine(manifest.as_of, datetime.min.time(), SINGAPORE)
        told = tags(
            run_id=manifest.run_id,
            attempt=self.number,
            as_of=manifest.as_of,
            mode=manifest.mode,
            status=RunStatus.RUNNING if kind == START else step.status,
            reason=step.reason,
            taken_over_from=", ".join(step.taken_over) or None,
        )
        whole = {"run": run, "job": job}
        tests = [judgement.as_test() for judgement in step.tests] if kind != START else []
        return {
            "nominalTime": {
                "nominalStartTime": day.isoformat(),
                "nominalEndTime": (day + timedelta(days=1)).isoformat(),
            },
            "processing_engine": {"version": manifest.software_version, "name": "mrt-data-pipeline"},
            "tags": told,
            "parent": None if step.name == PIPELINE_JOB else {**whole, "root": whole},
            "errorMessage": None if kind in (START, COMPLETE) else self._error,
            "test": {"tests": tests} if tests else None,
        }


def _job_facets(step: str, manifest: Manifest) -> Json:
    description, code = _TASKS[step]
    kind = "PIPELINE" if step == PIPELINE_JOB else "TASK"
    return {
        "documentation": {"description": description},
        "jobType": {"processingType": "BATCH", "integration": "MRT_PIPELINE", "jobType": kind},
        "ownership": owned_by(maintainer=OWNER, contact=manifest.config.get("contact")),
        "sourceCodeLocation": {
            "type": "package",
            "url": producer_of(manifest.software_version),
            "path": f"mrt_pipeline/{code}".rstrip("/"),
            "version": manifest.code_version,
        },
    }
