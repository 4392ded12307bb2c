"""Run events: that an attempt at a run, or one step of it, began or ended.

Each attempt is a run of the job ``mrt_pipeline``; each step that it carries out is a run of a job of its own,
with the attempt as its parent. Their ids follow from the run's id, the attempt's number and the step's name,
so the same run is always told under the same ids.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from mrt_pipeline.contracts.run import Manifest
from mrt_pipeline.lineage.facets import Json, Marker, schema_url, tags
from mrt_pipeline.runtime.clock import SINGAPORE

PIPELINE_JOB = "mrt_pipeline"
PUBLISHING = "publishing"

_TASKS = {
    PIPELINE_JOB: ("The whole pipeline: from public sources to one checked dataset", ""),
    "stage1_ingestion": ("Ingest stations and exits", "stages/stage1_ingestion.py"),
    "stage2_enrichment": ("Find what hangs on each exit", "stages/stage2_enrichment.py"),
    "stage3_merger": ("Merge the stages' outputs and check the whole", "stages/stage3_merger.py"),
    PUBLISHING: ("Write the dataset in the configured formats", "exports"),
}
"""each step: what it does, and where its code is within the package"""


class EventType(StrEnum):
    """What happened to a run, in OpenLineage's words."""

    START = "START"
    COMPLETE = "COMPLETE"
    FAIL = "FAIL"
    ABORT = "ABORT"


@dataclass(frozen=True, slots=True)
class JobRun:
    """An attempt at a run, or one step of it."""

    run_id: str
    """the pipeline's own id of the run"""
    attempt: int
    namespace: str
    step: str = PIPELINE_JOB

    @property
    def job_name(self) -> str:
        """Return the job's name within its namespace."""
        return self.step if self.step == PIPELINE_JOB else f"{PIPELINE_JOB}.{self.step}"

    @property
    def id(self) -> str:
        """Return the run's id as OpenLineage wants it."""
        return str(
            uuid.uuid5(uuid.NAMESPACE_URL, f"{self.namespace}/{self.run_id}/{self.attempt}/{self.step}")
        )

    @property
    def reference(self) -> Json:
        """Return what names this run in another run's facets."""
        return {"run": {"runId": self.id}, "job": {"namespace": self.namespace, "name": self.job_name}}

    @property
    def parent(self) -> JobRun | None:
        """Return the attempt that this is a step of."""
        if self.step == PIPELINE_JOB:
            return None
        return JobRun(self.run_id, self.attempt, self.namespace)


def run_event(
    kind: EventType,
    job_run: JobRun,
    manifest: Manifest,
    time: datetime,
    *,
    inputs: Sequence[Json] = (),
    outputs: Sequence[Json] = (),
    error: str | None = None,
    tests: Sequence[Json] = (),
) -> Json:
    """Return the event that something happened to a run, as a JSON object.

    Args:
        kind: what happened.
        job_run: to which run.
        manifest: the run's manifest at that moment.
        time: when.
        inputs: datasets that it reads.
        outputs: datasets that it wrote.
        error: why it did not end well, without paths of this machine.
        tests: what was checked in it.
    """
    marker = Marker(manifest.software_version)
    return {
        "eventType": kind.value,
        "eventTime": time.isoformat(),
        "producer": marker.producer,
        "schemaURL": schema_url("RunEvent"),
        "run": {"runId": job_run.id, "facets": _run_facets(job_run, manifest, marker, error, tests)},
        "job": {
            "namespace": job_run.namespace,
            "name": job_run.job_name,
            "facets": _job_facets(job_run, manifest, marker),
        },
        "inputs": list(inputs),
        "outputs": list(outputs),
    }


def _run_facets(
    job_run: JobRun, manifest: Manifest, marker: Marker, error: str | None, tests: Sequence[Json]
) -> Json:
    day = datetime.combine(manifest.as_of, datetime.min.time(), SINGAPORE)
    engine = marker.facet(
        "ProcessingEngineRunFacet", version=manifest.software_version, name="mrt-data-pipeline"
    )
    facets = {
        "nominalTime": marker.facet(
            "NominalTimeRunFacet",
            nominalStartTime=day.isoformat(),
            nominalEndTime=(day + timedelta(days=1)).isoformat(),
        ),
        "processing_engine": engine,
        "tags": marker.facet("TagsRunFacet", tags=_run_tags(job_run, manifest)),
    }
    if job_run.parent is not None:
        reference = job_run.parent.reference
        facets["parent"] = marker.facet("ParentRunFacet", **reference, root=reference)
    if error is not None:
        facets["errorMessage"] = marker.facet(
            "ErrorMessageRunFacet", message=error, programmingLanguage="PYTHON"
        )
    if tests:
        facets["test"] = marker.facet("TestRunFacet", tests=list(tests))
    return facets


def _run_tags(job_run: JobRun, manifest: Manifest) -> list[Json]:
    record = manifest.stages.get(job_run.step)
    whole = None if job_run.parent is not None else manifest.attempts[job_run.attempt - 1]
    return tags(
        run_id=manifest.run_id,
        attempt=job_run.attempt,
        as_of=manifest.as_of,
        mode=manifest.mode,
        status=record.status if record is not None else whole.status if whole is not None else None,
        reason=record.reason or None if record is not None else None,
    )


def _job_facets(job_run: JobRun, manifest: Manifest, marker: Marker) -> Json:
    description, code = _TASKS[job_run.step]
    return {
        "documentation": marker.facet("DocumentationJobFacet", description=description),
        "jobType": marker.facet(
            "JobTypeJobFacet",
            processingType="BATCH",
            integration="MRT_PIPELINE",
            jobType="PIPELINE" if job_run.parent is None else "TASK",
        ),
        "ownership": marker.facet("OwnershipJobFacet", owners=_owners(manifest)),
        "sourceCodeLocation": marker.facet(
            "SourceCodeLocationJobFacet",
            type="package",
            url=marker.producer,
            path=f"mrt_pipeline/{code}".rstrip("/"),
            version=manifest.code_version,
        ),
    }


def _owners(manifest: Manifest) -> list[Json]:
    """Return who answers for a job: the program, and whom the configuration names as contact."""
    contact = manifest.config.get("contact")
    operator = [{"name": contact, "type": "CONTACT"}] if contact else []
    return [{"name": "application:mrt-data-pipeline", "type": "MAINTAINER"}, *operator]
