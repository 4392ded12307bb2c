"""``mrt-pipeline runs`` and ``mrt-pipeline show``: past runs, and the state of each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from pathlib import Path

from mrt_pipeline.cli.findings import list_findings
from mrt_pipeline.cli.outputs import outputs_of, warn_of_damaged
from mrt_pipeline.cli.printing import align, say, say_json, section
from mrt_pipeline.contracts.counting import age_on, counted
from mrt_pipeline.contracts.evidence import Provenance
from mrt_pipeline.contracts.fields import FIELDS
from mrt_pipeline.contracts.findings import Finding, Severity, describe_counts
from mrt_pipeline.contracts.gates import GateReport, GateStatus
from mrt_pipeline.contracts.names import FINAL_STAGE, VALIDATION_NAME
from mrt_pipeline.contracts.outputs import ModelUsage
from mrt_pipeline.contracts.run import (
    REQUESTED,
    AttemptRecord,
    Manifest,
    RunStatus,
    StageRecord,
    StageStatus,
)
from mrt_pipeline.history.altered_files import describe_altered
from mrt_pipeline.history.details import read_findings
from mrt_pipeline.history.runs import History, Run, get_run, read_history
from mrt_pipeline.releasing.approving import find_approval
from mrt_pipeline.runtime.files import refuse_obstacle, to_json
from mrt_pipeline.runtime.integrity import AlteredFile, find_altered

_SHOWN_BELOW = ("findings_", "coverage_")
"""figures of a stage that are left out: findings have a section, and shares follow from numbers"""
_CLAIMED = frozenset(field.name for field in FIELDS.values() if not field.attribute)
"""figures of stage 2: how many records the sources claimed for exits"""
_LABELS = {"features_set_apart": "features_excluded"}
HEAD = ("run", "status", "as of", "started (UTC)", "took", "stations", "exits", "errors/warnings", "cost", "")


def list_runs(config: Path | None, *, as_json: bool) -> None:
    """Print every run, newest first; a folder that cannot be read is named on stderr.

    Raises:
        StorageError: if the folder of all runs is something else.
    """
    outputs = outputs_of(config)
    refuse_obstacle(outputs)
    history = read_history(outputs)
    if as_json:
        say_json(
            to_json(
                {
                    "outputs": str(history.outputs),
                    "runs": [_summary(run, history) for run in history.runs],
                    "damaged": list(history.damaged),
                }
            )
        )
        return
    warn_of_damaged(history)
    if not history.runs:
        say(f"No runs in {history.outputs}. Start one with: mrt-pipeline run")
        return
    say(*align([HEAD, *(_row(run, history) for run in history.runs)]))


def show_run(name: str, config: Path | None, *, as_json: bool) -> None:
    """Print what is known about one run."""
    run = get_run(name, outputs_of(config, name))
    altered = [] if run.is_alive else list(find_altered(run.folder, run.manifest))
    findings = read_findings(run.folder) if run.manifest.findings else ()
    if as_json:
        say_json(to_json(_render_run(run, findings, altered)))
    else:
        say(*_describe(run, findings, altered))


def find_resume_command(run: Run) -> str | None:
    """Return the command that finishes a run in its folder, or None if there is nothing to finish."""
    if run.state in (RunStatus.COMPLETED.value, RunStatus.RUNNING.value):
        return None
    from mrt_pipeline.history.resume_command import find_remedy

    return find_remedy(run.folder, run.manifest)


def _render_run(run: Run, findings: Iterable[Finding], altered: Iterable[AlteredFile]) -> dict[str, object]:
    return {
        "name": run.name,
        "path": str(run.folder),
        "state": run.state,
        "seconds": run.seconds,
        "go_on_with": find_resume_command(run),
        "altered": [describe_altered(found) for found in altered],
        "findings": [finding.model_dump(mode="json", exclude_none=True) for finding in findings],
        "manifest": run.manifest.model_dump(mode="json", exclude_none=True),
    }


def _summary(run: Run, history: History) -> dict[str, object]:
    """Return a run's entry in the list for programs."""
    manifest = run.manifest
    return {
        "name": run.name,
        "path": str(run.folder),
        "run_id": manifest.run_id,
        "state": run.state,
        "is_latest": history.is_latest(run),
        "as_of": manifest.as_of,
        "mode": manifest.mode,
        "started_at": manifest.timestamp,
        "seconds": run.seconds,
        "attempts": len(manifest.attempts),
        "counts": run.counts,
        "findings": manifest.findings,
        "cost_usd": manifest.usage.cost_usd,
        "model_calls": manifest.usage.calls,
        "error": manifest.error,
    }


def _row(run: Run, history: History) -> tuple[str, ...]:
    manifest, findings = run.manifest, run.manifest.findings
    return (
        run.name,
        run.state,
        str(manifest.as_of),
        _moment(manifest.timestamp),
        f"{run.seconds:.1f} s",
        _count(run.counts, "stations"),
        _count(run.counts, "exits"),
        f"{findings.get('error', 0)}/{findings.get('warning', 0)}" if findings else "-",
        f"${manifest.usage.cost_usd:.4f}",
        "latest" if history.is_latest(run) else "",
    )


def _describe(run: Run, findings: Iterable[Finding], altered: Iterable[AlteredFile]) -> Iterator[str]:
    manifest = run.manifest
    yield f"{run.name}: {run.state}, as of {manifest.as_of}"
    yield from align(
        [
            ("folder", str(run.folder)),
            ("run id", manifest.run_id),
            ("started", f"{_moment(manifest.timestamp)} UTC"),
            ("took", f"{run.seconds:.1f} s in {counted(len(manifest.attempts), 'attempt')}"),
            ("mode", _mode(manifest)),
            ("program", f"{manifest.software_version}, code {manifest.code_version[:12]}"),
            ("config", manifest.config_path),
            *_approval(run),
        ]
    )
    yield from section("Files changed since they were written", map(describe_altered, altered))
    yield from section("Attempts", map(_attempt, manifest.attempts))
    yield from section("Stages", (line for it in manifest.stages.items() for line in _stage(*it)))
    yield from section(
        f"Sources, and their age on {manifest.as_of}",
        (_source(read, manifest.as_of) for read in manifest.sources.values()),
    )
    yield from section("Skipped", (f"{name}: {why}" for name, why in manifest.passed_over.items()))
    yield from section("Findings", _findings(manifest, findings, str(run.folder / VALIDATION_NAME)))
    yield from section("Gates", _gates(manifest.gates))
    yield from section("Rejected claims", (f"{n} {why}" for why, n in manifest.rejected_claims.items()))
    yield from section("Model", _usage(manifest.usage))
    yield from section("Outputs", (f"{name}  sha256 {sha}" for name, sha in manifest.outputs.items()))
    yield from section("Error", [manifest.error] if manifest.error else [])
    if command := find_resume_command(run):
        yield f"Resume with: {command}"


def _approval(run: Run) -> Iterator[tuple[str, str]]:
    """Yield who approved the dataset in the folder; an approval of another dataset does not count."""
    approval = find_approval(run)
    final = run.manifest.stages.get(FINAL_STAGE)
    if approval is None or final is None or final.checkpoint is None:
        return
    is_void = approval.dataset_sha256 != final.checkpoint.sha256
    void = ", void: the dataset has changed since" if is_void else ""
    yield "approved", f"by {approval.approved_by}, {_moment(approval.approved_at)} UTC{void}"


def _attempt(attempt: AttemptRecord) -> str:
    did = ", ".join(attempt.stages_run) or "no stage"
    end = f" to {_moment(attempt.ended_at)}" if attempt.ended_at else ""
    when = f"{_moment(attempt.started_at)}{end}"
    return f"{attempt.number}  {when}  {attempt.status.value}: {attempt.command}; ran {did}"


def _stage(name: str, record: StageRecord) -> Iterator[str]:
    if record.status is StageStatus.DISABLED:
        yield f"{name}: not run, {record.reason}"
        if record.checkpoint:
            yield f"  {record.checkpoint.file} was made by attempt {record.attempt}"
        return
    how = "reused" if record.reused else "ran"
    yield f"{name}: {record.status.value} in {record.seconds:.1f} s (attempt {record.attempt})"
    if record.reason != REQUESTED:
        yield f"  {how} ({record.reason})"
    if counts := {key: value for key, value in record.counts.items() if not key.startswith(_SHOWN_BELOW)}:
        yield "  " + ", ".join(f"{_label(key)} {value:,.0f}" for key, value in counts.items())
    if record.checkpoint:
        checkpoint = record.checkpoint
        yield f"  {checkpoint.file}  sha256 {checkpoint.sha256}  {checkpoint.size_bytes:,} bytes"
    if record.error:
        yield from (f"  {line}" for line in record.error.split("\n"))


def _label(key: str) -> str:
    """Return what a figure of a stage counts."""
    if key in _CLAIMED:
        key = f"claimed_{key}"
    return _LABELS.get(key, key).replace("known_", "exits_with_known_").replace("_", " ")


def _source(document: Provenance, as_of: date) -> str:
    revision = f", revision {document.revision}" if document.revision else ""
    return (
        f"{document.document_id}: “{document.title}”, {document.publisher}{revision}, "
        f"{_dates(document, as_of)}, "
        f"{counted(document.records, 'record')}, {document.licence}"
    )


def _mode(manifest: Manifest) -> str:
    """Return the mode of a run, and the services for which its configuration sets another."""
    modes = {name: api.get("mode") for name, api in manifest.config.get("apis", {}).items()}
    others = [f"{name} {mode}" for name, mode in modes.items() if mode not in (None, manifest.mode)]
    return f"{manifest.mode}, but {', '.join(others)}" if others else manifest.mode


def _dates(document: Provenance, as_of: date) -> str:
    days = document.age_days(as_of)
    age = f", {age_on('that day', days)}" if days else ""
    read = f"read {document.retrieved_at:%Y-%m-%d}"
    return f"dated {document.content_date}{age}, {read}" if document.content_date else f"{read}{age}"


def _findings(manifest: Manifest, findings: Iterable[Finding], full_list: str) -> Iterator[str]:
    """Yield the numbers of findings, and those that a person should look at."""
    if manifest.findings:
        yield describe_counts(manifest.findings)
    ordered = sorted(findings, key=lambda finding: finding.severity is not Severity.ERROR)
    to_look_at = [finding for finding in ordered if finding.severity is not Severity.INFO]
    yield from list_findings(to_look_at, full_list)


def _gates(report: GateReport | None) -> Iterator[str]:
    if report is not None:
        is_reason_enough = report.status is GateStatus.NOT_COMPARED
        yield report.reason if is_reason_enough else f"{report.status.value}: {report.reason}"
        yield from report.excesses
        if report.turns:
            exits = counted(len(report.turns), "exit")
            yield f"step-free access changed at {exits} (see Findings)"
        if report.lost_answers:
            exits = counted(len(report.lost_answers), "exit")
            yield f"step-free access is no longer known for {exits} (see Findings)"


def _usage(usage: ModelUsage) -> Iterator[str]:
    if usage.calls or usage.cached_calls:
        tokens = f"{usage.prompt_tokens + usage.completion_tokens:,} tokens"
        calls = f"{counted(usage.calls, 'call')}, {usage.cached_calls:,} from the cache"
        yield f"{calls}, {tokens}, ${usage.cost_usd:.4f}"


def _count(counts: Mapping[str, float], name: str) -> str:
    return f"{counts[name]:.0f}" if name in counts else "-"


def _moment(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M}"
