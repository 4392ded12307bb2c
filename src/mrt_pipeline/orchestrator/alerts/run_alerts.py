"""Decide which alerts a run sends: failures, and outcomes that a person should know of."""

from __future__ import annotations

import socket
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from mrt_pipeline.config import Settings
from mrt_pipeline.config.settings import CoverageMinSection
from mrt_pipeline.contracts.counting import counted
from mrt_pipeline.contracts.findings import Finding
from mrt_pipeline.contracts.names import FINAL_STAGE, SOURCE_FAILED, STAGE2_ENRICHMENT
from mrt_pipeline.contracts.outputs import Stage3Output
from mrt_pipeline.contracts.run import AttemptRecord, Manifest, RunStatus, StageStatus
from mrt_pipeline.errors import (
    GateError,
    ModelCallError,
    MrtPipelineError,
    SourceError,
    StageOutputError,
)
from mrt_pipeline.history.resume_command import find_remedy, resume, with_config
from mrt_pipeline.history.runs import DIED, Run, read_history
from mrt_pipeline.orchestrator.alerts.message import Alert, Trigger, level_of
from mrt_pipeline.orchestrator.request import RunRequest


@dataclass(frozen=True, slots=True)
class AlertContext:
    """The current state of a run, for its alerts."""

    settings: Settings
    config_path: Path | None
    request: RunRequest
    run_id: str
    now: datetime
    folder: Path | None = None
    """the run's folder; None if it could not be opened"""
    manifest: Manifest | None = None

    def alert(self, trigger: Trigger, cause: str, **facts: Any) -> Alert | None:
        """Return an alert of this run, or None if nobody is to be notified of its trigger."""
        level = level_of(trigger, self.settings.alerting.triggers)
        if level is None:
            return None
        return Alert(
            pipeline=self.settings.pipeline.name,
            run_id=self.run_id,
            raised_at=self.now,
            level=level,
            trigger=trigger,
            cause=cause,
            folder=None if self.folder is None else str(self.folder),
            host=socket.gethostname(),
            **facts,
        )

    @property
    def remedy(self) -> str:
        """Return the command that resumes this run, which did not end well."""
        if self.folder is None or self.manifest is None:
            return self._again
        return find_remedy(self.folder, self.manifest)

    def resume_command(self, *flags: str) -> str:
        """Return the command that resumes this run."""
        if self.folder is None or self.manifest is None:
            return self._again
        return resume(self.folder, self.manifest, *flags)

    @property
    def _again(self) -> str:
        return with_config(self.request.command, self.config_path)


def alert_of_failure(error: MrtPipelineError, context: AlertContext) -> Alert | None:
    """Return the alert for a run that ended with an error; None if its trigger and stage_failed are off."""
    facts = {
        "stage": _failed_stage(context.manifest),
        "safe": _describe_safe(context),
        "command": context.remedy,
    }
    for trigger in (_trigger_of(error), Trigger.STAGE_FAILED):
        if alert := context.alert(trigger, str(error), **facts):
            return alert
    return None


def alert_of_budget(context: AlertContext) -> Alert | None:
    """Return the alert for a run that stopped at its budget."""
    record = context.manifest.stages.get(STAGE2_ENRICHMENT) if context.manifest is not None else None
    counts = record.counts if record is not None else {}
    pending = counts.get("stations_pending", 0)
    return context.alert(
        Trigger.BUDGET_REACHED,
        f"The run stopped at its budget with {counted(pending, 'station')} unfinished.",
        stage=STAGE2_ENRICHMENT,
        safe="finished stations are kept and not repeated.",
        command=context.remedy,
    )


def alert_of_sources(findings: Iterable[Finding], context: AlertContext) -> Alert | None:
    """Return the alert for a run that ended well although sources returned nothing for some stations."""
    failed = [finding.message for finding in findings if finding.check == SOURCE_FAILED]
    if not failed:
        return None
    return context.alert(
        Trigger.SOURCE_DOWN,
        "\n".join(failed),
        stage=STAGE2_ENRICHMENT,
        safe="what the other sources returned for these stations is kept.",
        command=context.resume_command("--retry-failed"),
    )


def alert_of_coverage(context: AlertContext) -> Alert | None:
    """Return the alert for a dataset that has fewer values than it should."""
    record = context.manifest.stages.get(FINAL_STAGE) if context.manifest is not None else None
    if record is None or record.status is not StageStatus.COMPLETED or record.reused:
        return None
    lows = list(_find_lows(record.counts, context.settings.alerting.coverage_min))
    if not lows:
        return None
    return context.alert(
        Trigger.COVERAGE_LOW,
        "\n".join(lows),
        stage=FINAL_STAGE,
        safe="the dataset passed its checks and was published.",
        command=context.resume_command("--resume-from", "2"),
    )


def alert_of_recovery(
    dataset: Stage3Output | None, baseline: Stage3Output | None, context: AlertContext
) -> Alert | None:
    """Return the alert for a run that succeeded after failures, with the changes since the previous dataset.

    Args:
        dataset: the published dataset, if any.
        baseline: the dataset published before it, if it was read.
        context: the run.
    """
    failures = list(_find_failures(context))
    if not failures:
        return None
    return context.alert(
        Trigger.RECOVERED,
        "\n".join(["The run finished after these failures:", *failures]),
        safe="the requested stages completed." if dataset is None else "the dataset was published.",
        details=tuple(_describe_changes(dataset, baseline, context)),
    )


def _trigger_of(error: MrtPipelineError) -> Trigger:
    if isinstance(error, GateError):
        return Trigger.GATE_FAILED
    # Stage 2 refuses its output only if every source failed for every station.
    is_empty = isinstance(error, StageOutputError) and error.stage_name == STAGE2_ENRICHMENT
    is_source = any(isinstance(found, SourceError | ModelCallError) for found in (error, error.__cause__))
    return Trigger.SOURCE_DOWN if is_source or is_empty else Trigger.STAGE_FAILED


def _failed_stage(manifest: Manifest | None) -> str | None:
    """Return the stage that ended the last attempt, if any."""
    if manifest is None or not manifest.attempts or not manifest.attempts[-1].stages_run:
        return None
    last = manifest.attempts[-1].stages_run[-1]
    return last if manifest.stages[last].status is StageStatus.FAILED else None


def _describe_safe(context: AlertContext) -> str:
    manifest = context.manifest
    if manifest is None:
        return "nothing was started, and earlier runs are untouched."
    kept = ", ".join(manifest.checkpoints.values()) or "no checkpoint was written yet"
    return f"all files in the run's folder are intact ({kept}), and no earlier run was touched."


def _find_lows(counts: dict[str, float], least: CoverageMinSection) -> Iterator[str]:
    for field, share in least:
        found = counts.get(f"coverage_{field}", 0.0)
        if found < share:
            yield f"{found:.2%} of exits have {field}; alerting.coverage_min.{field} expects {share:.2%}."


def _find_failures(context: AlertContext) -> Iterator[str]:
    """Yield a line for each failed attempt, of any run, since the last success, oldest first."""
    failures: list[str] = []
    for _, run, attempt in sorted(_list_attempts(context), key=lambda item: item[0], reverse=True):
        if attempt.status is RunStatus.COMPLETED:
            break
        if attempt.status is RunStatus.FAILED:
            failures.append(_describe_attempt(run, attempt, (attempt.error or "?").splitlines()[0]))
        elif attempt.status is RunStatus.RUNNING and run.state == DIED:
            failures.append(_describe_attempt(run, attempt, "the process was killed"))
    return reversed(failures)


def _list_attempts(context: AlertContext) -> Iterator[tuple[datetime, Run, AttemptRecord]]:
    """Yield every attempt before the current one."""
    for run in read_history(Path(context.settings.output.directory)).runs:
        if run.manifest.run_id != context.run_id:
            yield from ((attempt.started_at, run, attempt) for attempt in run.manifest.attempts)
    if context.manifest is not None and context.folder is not None:
        own = Run(context.folder, context.manifest, is_alive=False)
        yield from ((attempt.started_at, own, attempt) for attempt in context.manifest.attempts[:-1])


def _describe_attempt(run: Run, attempt: AttemptRecord, reason: str) -> str:
    return f"{attempt.started_at:%Y-%m-%d %H:%M} UTC, {run.name}: {reason}"


def _describe_changes(
    dataset: Stage3Output | None, baseline: Stage3Output | None, context: AlertContext
) -> Iterator[str]:
    """Yield lines with what changed since the dataset published before."""
    if dataset is None:
        return
    if baseline is None:
        gates = context.manifest.gates if context.manifest is not None else None
        yield f"Changes: {gates.reason}" if gates is not None else "Changes: see mrt-pipeline diff."
        return
    from mrt_pipeline.compare.comparison import compare_datasets
    from mrt_pipeline.compare.wording import describe, headline

    comparison = compare_datasets(baseline, dataset)
    yield f"Changes since the dataset of {baseline.metadata.generated_at:%Y-%m-%d}: {headline(comparison)}"
    for section in describe(comparison):
        yield f"{section.title}:"
        yield from (f"  {line}" for entry in section.lines for line in entry.splitlines())
