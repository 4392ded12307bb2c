"""Put the dataset's formats beside its checkpoint once every check has passed."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from mrt_pipeline.contracts.names import VALIDATION_NAME
from mrt_pipeline.contracts.outputs import Stage3Output
from mrt_pipeline.contracts.run import StageStatus
from mrt_pipeline.orchestrator.attempt import Attempt
from mrt_pipeline.orchestrator.stages import STAGES
from mrt_pipeline.runtime.files import read_bytes, sha256_of, storage_errors, write_bytes


def publish(attempt: Attempt, formats: Iterable[str]) -> None:
    """Write the report and every configured format, unless they are there as they were published."""
    final = attempt.manifest.stages.get(STAGES[-1].name)
    if final is None or final.status is not StageStatus.COMPLETED:
        return
    from mrt_pipeline.config.registry import all_exports
    from mrt_pipeline.report import REPORT_FILE

    exporters = [spec for spec in all_exports() if spec.name in formats]
    wanted = [REPORT_FILE, *(exporter.file_name for exporter in exporters)]
    published = attempt.manifest.outputs
    findings = attempt.manifest.side_files.get(VALIDATION_NAME)
    if final.reused and not _is_intact(attempt.folder / VALIDATION_NAME, findings):
        attempt.write_validation(attempt.with_gate_findings(attempt.output(3)))
    if final.reused and all(_is_intact(attempt.folder / name, published.get(name)) for name in wanted):
        return
    attempt.session.publishing()
    dataset: Stage3Output = attempt.output(3)
    contents = {exporter.file_name: exporter.render(dataset) for exporter in exporters}
    contents[REPORT_FILE] = _render_report(attempt, attempt.with_gate_findings(dataset))
    for name, content in contents.items():
        write_bytes(attempt.folder / name, content)
    for name in published.keys() - contents.keys():  # a format that is no longer wanted must not grow old
        with storage_errors(attempt.folder / name, "could not be removed"):
            (attempt.folder / name).unlink(missing_ok=True)
    attempt.session.published(
        {name: sha256_of(content) for name, content in contents.items()},
        {name: len(content) for name, content in contents.items()},
    )


def _render_report(attempt: Attempt, dataset: Stage3Output) -> bytes:
    """Return the report on a dataset, with what changed since the one it was held against."""
    from mrt_pipeline.report import render_report

    if attempt.baseline is None:
        return render_report(dataset, attempt.manifest)
    from mrt_pipeline.compare.comparison import compare_datasets

    return render_report(dataset, attempt.manifest, compare_datasets(attempt.baseline, dataset))


def _is_intact(path: Path, sha256: str | None) -> bool:
    try:
        return sha256 is not None and sha256_of(read_bytes(path)) == sha256
    except FileNotFoundError:
        return False
