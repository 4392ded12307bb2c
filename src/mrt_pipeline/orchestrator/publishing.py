"""Write the dataset's formats and the report beside its checkpoint, once every check has passed.

This is a separate step with its own fingerprint: a change in the report's style makes no stage stale, and
files published from the same dataset, by the same code, in the same formats are left unchanged.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

from mrt_pipeline.config import Settings
from mrt_pipeline.config.registry import all_exports
from mrt_pipeline.contracts.export_spec import ExportSpec
from mrt_pipeline.contracts.gates import BaselineRun
from mrt_pipeline.contracts.names import FINAL_STAGE, VALIDATION_NAME
from mrt_pipeline.contracts.outputs import Stage3Output
from mrt_pipeline.contracts.run import Fingerprint, Manifest, StageStatus
from mrt_pipeline.orchestrator.attempt import Attempt
from mrt_pipeline.orchestrator.gates import describe_baseline, find_newer
from mrt_pipeline.orchestrator.reuse import UNCHANGED, Decision
from mrt_pipeline.report import REPORT_FILE
from mrt_pipeline.runtime.files import sha256_of, storage_errors, write_bytes
from mrt_pipeline.runtime.fingerprints import find_differences, publishing_version
from mrt_pipeline.runtime.integrity import is_whole

PUBLISHING = "publishing"
BASELINE = "baseline"
"""in the fingerprint: the dataset that the report compares with"""
IS_NEW = "the dataset is new"


def publish(attempt: Attempt, settings: Settings) -> None:
    """Write the report and every configured format, unless they exist as they would be written now."""
    final = attempt.manifest.stages.get(FINAL_STAGE)
    if final is None or final.status is not StageStatus.COMPLETED:
        return
    gates = attempt.manifest.gates
    baseline = gates.baseline if gates is not None else None
    decision = decide_publishing(
        settings, attempt.manifest, attempt.folder, baseline, is_new=not final.reused
    )
    if not decision.runs:
        attempt.reporter.stage_reused(PUBLISHING, decision.reason)
        return
    if final.taken_from is not None and _take_over(attempt, settings, decision.fingerprint):
        attempt.reporter.stage_reused(PUBLISHING, final.reason)
        return
    attempt.reporter.stage_started(PUBLISHING, decision.reason)
    began = time.monotonic()
    if final.reused:
        attempt.write_validation(attempt.with_gate_findings(attempt.output(3)))
    _write_all(attempt, settings, decision.fingerprint)
    attempt.reporter.stage_finished(PUBLISHING, time.monotonic() - began)


def _take_over(attempt: Attempt, settings: Settings, fingerprint: Fingerprint | None) -> bool:
    """Copy what the previous run has published, if it equals what would be published; return whether it does.

    Its report names that run, which made the dataset, and shows the changes then; there were none since.
    """
    before, gates = attempt.predecessor, attempt.manifest.gates
    if before is None or fingerprint is None or before.manifest.publishing is None:
        return False
    then = before.manifest.publishing
    is_same = _without_baseline(then) == _without_baseline(fingerprint)
    says_more = any(it is not None and (it.turns or it.lost_answers) for it in (gates, before.manifest.gates))
    names = (VALIDATION_NAME, *before.manifest.outputs)
    if not is_same or says_more or not all(is_whole(before.folder, before.manifest, it) for it in names):
        return False
    for name in names:
        before.copy(name, attempt.folder)
    attempt.session.publication_taken(before.manifest, fingerprint, before.sha256_of([VALIDATION_NAME]))
    return True


def _without_baseline(fingerprint: Fingerprint) -> Fingerprint:
    inputs = {name: version for name, version in fingerprint.inputs.items() if name != BASELINE}
    return fingerprint.model_copy(update={"inputs": inputs})


def decide_publishing(
    settings: Settings, manifest: Manifest, folder: Path, baseline: BaselineRun | None, *, is_new: bool
) -> Decision:
    """Decide whether a run's dataset is to be published, and why; also used by the dry run.

    Args:
        settings: the configuration.
        manifest: manifest of the run, which has a dataset.
        folder: folder of the run.
        baseline: dataset that the report compares with.
        is_new: whether this attempt made the dataset.
    """
    fingerprint = _fingerprint(settings, manifest, baseline)
    if is_new:
        return Decision(runs=True, reason=IS_NEW, fingerprint=fingerprint)
    reasons = list(_find_reasons(settings, manifest, folder, fingerprint))
    return Decision(bool(reasons), "; ".join(reasons) or UNCHANGED, fingerprint=fingerprint)


def foresee_baseline(settings: Settings, manifest: Manifest, folder: Path) -> BaselineRun | None:
    """Return what the gate will compare a reused dataset with, or has compared it with before."""
    if settings.gates.enabled:
        newer = find_newer(Path(settings.output.directory), folder, manifest)
        if newer is not None:
            return describe_baseline(newer)
    return manifest.gates.baseline if manifest.gates is not None else None


def _fingerprint(settings: Settings, manifest: Manifest, baseline: BaselineRun | None) -> Fingerprint:
    formats = sorted(set(settings.output.formats))
    checkpoint = manifest.stages[FINAL_STAGE].checkpoint
    inputs = {FINAL_STAGE: checkpoint.sha256} if checkpoint is not None else {}
    if baseline is not None:
        inputs[BASELINE] = f"{baseline.run_id} ({(baseline.content_sha256 or 'unknown')[:12]})"
    return Fingerprint(code=publishing_version(formats), config={"output.formats": formats}, inputs=inputs)


def _find_reasons(
    settings: Settings, manifest: Manifest, folder: Path, fingerprint: Fingerprint
) -> Iterator[str]:
    """Yield why the published files cannot stay; nothing if they can."""
    if not manifest.outputs:
        yield "nothing has been published yet"
        return
    if manifest.publishing is None:
        yield "its inputs are unknown"
    else:
        yield from find_differences(manifest.publishing, fingerprint)
    wanted = (VALIDATION_NAME, REPORT_FILE, *(name for spec in _exporters(settings) for name in spec.files))
    for name in wanted:
        if not is_whole(folder, manifest, name):
            yield f"{name} is missing or was changed"


def _write_all(attempt: Attempt, settings: Settings, fingerprint: Fingerprint | None) -> None:
    attempt.session.publishing()
    dataset: Stage3Output = attempt.output(3)
    contents = {name: render(dataset) for spec in _exporters(settings) for name, render in spec.files.items()}
    contents[REPORT_FILE] = _render_report(attempt, attempt.with_gate_findings(dataset))
    for name, content in contents.items():
        write_bytes(attempt.folder / name, content)
    for name in (
        attempt.manifest.outputs.keys() - contents.keys()
    ):  # no longer wanted, and would become outdated
        with storage_errors(attempt.folder / name, "could not be removed"):
            (attempt.folder / name).unlink(missing_ok=True)
    attempt.session.published(
        {name: sha256_of(content) for name, content in contents.items()},
        {name: len(content) for name, content in contents.items()},
        fingerprint,
    )


def _exporters(settings: Settings) -> list[ExportSpec]:
    return [spec for spec in all_exports() if spec.name in settings.output.formats]


def _render_report(attempt: Attempt, dataset: Stage3Output) -> bytes:
    """Return the report on a dataset, with the changes since the one it was compared with."""
    from mrt_pipeline.report import render_report

    baseline = attempt.recall_baseline()
    if baseline is None:
        return render_report(dataset, attempt.manifest)
    from mrt_pipeline.compare.comparison import compare_datasets

    return render_report(dataset, attempt.manifest, compare_datasets(baseline, dataset))
