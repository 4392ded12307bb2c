"""The pipeline in Dagster: stages and publishing are assets, quarters partitions (docs/orchestrators.md).

Dagster reads the annotation of ``context`` when this module is loaded: annotations must not be postponed
here.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import dagster as dg

from mrt_pipeline.config import PipelineConfig, Settings, find_config
from mrt_pipeline.contracts.checks import CHECKS, Group
from mrt_pipeline.contracts.findings import Finding, Severity, describe_rest, group_kinds
from mrt_pipeline.contracts.names import CHECKPOINT_NAMES, VALIDATION_NAME
from mrt_pipeline.contracts.run import Manifest, StageStatus
from mrt_pipeline.errors import MrtPipelineError, RunInterrupted, StageOutputError, UsageError
from mrt_pipeline.history.details import read_findings
from mrt_pipeline.history.resume_command import find_remedy
from mrt_pipeline.orchestrator import PipelineOrchestrator, RunRequest
from mrt_pipeline.orchestrator.dry_run import make_plan
from mrt_pipeline.orchestrator.publishing import PUBLISHING
from mrt_pipeline.orchestrator.reuse import DISABLED
from mrt_pipeline.orchestrator.stage_specs import FINAL, STAGES, StageSpec
from mrt_pipeline.report import REPORT_FILE
from mrt_pipeline.runtime.reporting import Reporter
from mrt_pipeline.runtime.safe_text import printable
from mrt_pipeline.secrecy import SECRETS

PREFIX = "mrt_pipeline"
QUARTERS = dg.TimeWindowPartitionsDefinition(
    start="2026-10-01",
    fmt="%Y-%m-%d",
    cron_schedule="0 0 1 1,4,7,10 *",
    timezone="Asia/Singapore",
    end_offset=1,
)
"""by the first day of a quarter, which is the date described; a partition exists from that day on"""
GROUPS = tuple(group for group in Group if group is not Group.FILES)
"""groups of checks of a dataset; only a finding with severity error blocks downstream assets"""


class DagsterReporter(Reporter):
    """Writes the run's messages to Dagster's log."""

    def __init__(self, log: Any) -> None:
        self._log = log

    def note(self, text: str) -> None:
        """Write a sentence."""
        self._log.info(_shown(text))

    def warn(self, text: str) -> None:
        """Write a warning."""
        self._log.warning(_shown(text))


def _asset(name: str, stage: StageSpec, before: Sequence[str], description: str) -> Any:
    def make(context: dg.AssetExecutionContext) -> Iterator[Any]:
        yield from _make(name, stage, context)

    checks = [dg.AssetCheckSpec(group.value, asset=[PREFIX, name], blocking=True) for group in GROUPS]
    return dg.asset(
        name=name,
        key_prefix=PREFIX,
        group_name=PREFIX,
        pool=PREFIX,
        deps=[dg.AssetKey([PREFIX, earlier]) for earlier in before],
        description=description,
        partitions_def=QUARTERS,
        check_specs=checks if name == FINAL.name else None,
    )(make)


def _make(name: str, stage: StageSpec, context: Any) -> Iterator[Any]:
    """Run a stage in the partition's folder, or write missing or stale published files."""
    day = date.fromisoformat(context.partition_key)
    with _failing_in_our_words():
        config = PipelineConfig(find_config())
        folder = Path(config.settings.output.directory).absolute() / day.isoformat()
        request = RunRequest(
            output_dir=folder, stage=stage.number, as_of=day, skip_existing=name == PUBLISHING
        )
        if name == PUBLISHING:
            _refuse_stale_dataset(config, request)
        try:
            manifest = PipelineOrchestrator(config, reporter=DagsterReporter(context.log)).execute(request)
        except StageOutputError:
            yield from _check(folder, config.settings) if name == FINAL.name else ()
            raise
        checked = _check(folder, config.settings) if name == FINAL.name else []
    yield _result(name, stage, folder, manifest, checked)


def _refuse_stale_dataset(config: PipelineConfig, request: RunRequest) -> None:
    """Raise if the dataset would be rebuilt and published without showing it to Dagster's checks."""
    for last in make_plan(config, request).stages[-1:]:
        if last.may_run:
            raise UsageError(f"{last.name} would be made again: {last.reason}. Materialize it first.")


@contextmanager
def _failing_in_our_words() -> Iterator[None]:
    try:
        yield
    except RunInterrupted as error:
        raise dg.DagsterExecutionInterruptedError(_shown(str(error))) from None
    except MrtPipelineError as error:
        raise _failure(str(error), error.go_on_with, is_retryable=error.retryable) from None


def _failure(sentence: str, command: str | None, *, is_retryable: bool = False) -> Any:
    metadata = {"resume_with": _shown(command)} if command else {}
    return dg.Failure(_shown(sentence), metadata, allow_retries=is_retryable)


def _result(name: str, stage: StageSpec, folder: Path, manifest: Manifest, checked: Sequence[Any]) -> Any:
    """Return Dagster's result for an asset.

    Raises:
        Failure: of Dagster, if the stage stopped at its budget.
    """
    record = manifest.stages[stage.name]
    if record.checkpoint is None or record.status is not StageStatus.COMPLETED:
        command = find_remedy(folder, manifest)
        raise _failure(f"{stage.name} stopped at its budget. Materialize it again to resume.", command)
    sizes = manifest.publication.sizes if manifest.publication else {}
    report = dg.MetadataValue.path(str(folder / REPORT_FILE))
    return dg.MaterializeResult(
        metadata={
            "run_id": manifest.run_id,
            "folder": dg.MetadataValue.path(str(folder)),
            **({"report": report, "bytes": dict(sizes)} if name == PUBLISHING else record.counts),
        },
        data_version=dg.DataVersion(record.checkpoint.content_sha256),
        check_results=checked,
    )


def _check(folder: Path, settings: Settings) -> list[Any]:
    """Return the findings about a folder's dataset, by group; a disabled group has not passed."""
    findings, validation = read_findings(folder), settings.stages.stage3_merger.validation
    grouped = {group: [one for one in findings if CHECKS[one.check].group is group] for group in GROUPS}
    return [
        _check_result(group, found, folder / VALIDATION_NAME, is_made=getattr(validation, group.value, True))
        for group, found in grouped.items()
    ]


def _check_result(group: Group, findings: Sequence[Finding], full_list: Path, *, is_made: bool) -> Any:
    severities = {finding.severity for finding in findings}
    level = dg.AssetCheckSeverity
    return dg.AssetCheckResult(
        check_name=group.value,
        asset_key=[PREFIX, FINAL.name],
        passed=is_made and severities <= {Severity.INFO},
        severity=level.ERROR if Severity.ERROR in severities else level.WARN,
        description=None if is_made else DISABLED,
        metadata={
            f"{kind[0].severity} {kind[0].check}": _describe(kind, full_list)
            for kind in group_kinds(findings)
        },
    )


def _describe(kind: Sequence[Finding], full_list: Path) -> str:
    rest = [describe_rest(kind, 1, full_list)] if len(kind) > 1 else []
    return _shown("\n".join([kind[0].message, *rest]))


def _shown(text: str) -> str:
    return "\n".join(map(printable, SECRETS.redact(text).splitlines()))


_NAMES = [stage.name for stage in STAGES]
_JOB = dg.define_asset_job("quarter", selection=dg.AssetSelection.groups(PREFIX))
defs = dg.Definitions(
    assets=[
        *(_asset(one.name, one, _NAMES[: one.number - 1], CHECKPOINT_NAMES[one.name]) for one in STAGES),
        _asset(PUBLISHING, FINAL, [FINAL.name], "report and output.formats"),
    ],
    jobs=[_JOB],
    schedules=[dg.build_schedule_from_partitioned_job(_JOB, name="each_quarter")],
)
"""what ``-m mrt_pipeline.integrations.dagster`` loads"""
