"""Completed runs of small datasets, with all recorded files, as required by ``release``."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from mrt_pipeline.contracts.names import FINAL_NAME, FINAL_STAGE
from mrt_pipeline.contracts.outputs import Stage3Output
from mrt_pipeline.contracts.release import Approval
from mrt_pipeline.history.runs import Run, read_run
from mrt_pipeline.releasing.admission import ReleaseCandidate, admit
from mrt_pipeline.releasing.approving import approve
from mrt_pipeline.report import REPORT_FILE, render_report
from mrt_pipeline.runtime.checkpoints import content_sha256
from mrt_pipeline.runtime.files import sha256_of
from mrt_pipeline.runtime.manifests import save_manifest
from mrt_pipeline.runtime.output_files import render_output
from tests.fakes.manifests import make_manifest, make_stage_record
from tests.fakes.network_builder import SMALL_NETWORK, make_dataset

TODAY = date(2026, 11, 23)
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
REVIEWER = "Tan Mei Ling"


def put_completed(folder: Path, dataset: Stage3Output | None = None, **changes: Any) -> Run:
    """Make the folder of a completed run with dataset and report."""
    dataset = dataset or make_dataset()
    content = render_output(dataset)
    record = make_stage_record(FINAL_STAGE, content)
    assert record.checkpoint is not None
    checkpoint = record.checkpoint.model_copy(update={"content_sha256": content_sha256(dataset)})
    final = record.model_copy(update={"checkpoint": checkpoint})
    facts = {"as_of": dataset.metadata.as_of, "stages": {FINAL_STAGE: final}}
    manifest = make_manifest(**facts | changes)
    report = render_report(dataset, manifest, None, SMALL_NETWORK)
    manifest = manifest.model_copy(update={"outputs": {REPORT_FILE: sha256_of(report)}})
    folder.mkdir(parents=True, exist_ok=True)
    (folder / FINAL_NAME).write_bytes(content)
    (folder / REPORT_FILE).write_bytes(report)
    save_manifest(folder, manifest)
    return get_run_of(folder)


def put_candidate(folder: Path, dataset: Stage3Output | None = None, **changes: Any) -> ReleaseCandidate:
    """Make such a run and return it as a candidate for approval."""
    return admit(put_completed(folder, dataset, **changes), TODAY)


def put_approved(folder: Path, dataset: Stage3Output | None = None, **changes: Any) -> ReleaseCandidate:
    """Make such a run and approve it."""
    candidate = put_candidate(folder, dataset, **changes)
    approve_as_is(candidate)
    return candidate


def approve_as_is(candidate: ReleaseCandidate, now: datetime = NOW) -> Approval:
    """Approve without a checklist."""
    return approve(candidate, REVIEWER, None, None, now).approval


def get_run_of(folder: Path) -> Run:
    """Return the run in a folder."""
    run = read_run(folder)
    assert run is not None
    return run
