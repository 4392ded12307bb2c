"""Decide for each stage whether to run it or to reuse its checkpoint, and why."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path

from mrt_pipeline.config import Mode, Settings
from mrt_pipeline.config.keys import pace_keys
from mrt_pipeline.config.registry import refuse_missing_packages
from mrt_pipeline.contracts.counting import counted
from mrt_pipeline.contracts.names import CHECKPOINT_NAMES, JOURNAL_NAME
from mrt_pipeline.contracts.outputs import EnrichmentStatus
from mrt_pipeline.contracts.run import (
    REQUESTED,
    CheckpointRecord,
    Fingerprint,
    Manifest,
    StageRecord,
    StageStatus,
)
from mrt_pipeline.errors import (
    CorruptCheckpointError,
    MissingCheckpointError,
    StaleCheckpointError,
    UnrecordedCheckpointError,
    UsageError,
)
from mrt_pipeline.history.resume_command import finish, resume
from mrt_pipeline.network import load_network
from mrt_pipeline.orchestrator.request import RunRequest
from mrt_pipeline.orchestrator.stage_specs import BY_STATION, FINAL, STAGES, StageSpec
from mrt_pipeline.runtime.checkpoints import (
    UNRECORDED,
    find_unrecorded,
    refuse_unrecorded,
    verify_checkpoint,
)
from mrt_pipeline.runtime.clock import singapore_date
from mrt_pipeline.runtime.context import RunContext
from mrt_pipeline.runtime.files import read_bytes
from mrt_pipeline.runtime.fingerprints import find_differences, flatten, stage_version

DISABLED = "disabled in config"
NOTHING_TO_RETRY = "nothing to retry: no source failed for any station"
_TO_RETRY = (EnrichmentStatus.PARTIAL, EnrichmentStatus.FAILED, EnrichmentStatus.PENDING)
UNCHANGED = "none of its inputs has changed"
CLOCK_MAY_BE_OFF = timedelta(days=366)
"""A clock that is off by less does no harm that is not reported elsewhere."""

LIVE = "live"
"""prefix of the version of a document that is requested, not recorded"""


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether a stage is run, and why."""

    runs: bool
    reason: str
    checkpoint: bytes | None = None
    """the verified bytes, if the checkpoint is reused"""
    damaged: Path | None = None
    """a checkpoint to set aside before another one is written"""
    is_disabled: bool = False
    """whether the configuration disables the stage; it is then neither run nor reused"""
    fingerprint: Fingerprint | None = None
    """what the stage's result would now depend on"""


def choose_day(request: RunRequest, earlier: Manifest | None, now: datetime) -> date:
    """Return the date described: the one requested, that of a resumed run, or today.

    Raises:
        UsageError: if a single stage is requested for another date than that of the run in its folder, since
            results of later stages there would pass for that date's; if the date is beyond what the network's
            tables cover and that was not accepted; or if a station was open then that has closed since, whose
            exits no source has.
    """
    if earlier is None or request.as_of != earlier.as_of:  # a resumed run was allowed its date
        _refuse_unknown_day(request, singapore_date(now))
        _refuse_day_without_exits(request.as_of)
    if earlier is None:
        return request.as_of or singapore_date(now)
    is_single = request.stage is not None and bool(earlier.stages)
    if is_single and request.as_of not in (None, earlier.as_of):
        raise UsageError(
            f"--as-of is {request.as_of}, and the run in this folder describes {earlier.as_of}; a single "
            "stage always uses the date of its run. Omit --as-of, or name another folder with --output-dir."
        )
    goes_on = request.continues or is_single
    return request.as_of or (earlier.as_of if goes_on else singapore_date(now))


def refuse_useless_request(request: RunRequest, settings: Settings) -> None:
    """Raise, before any work, if the configuration prevents the request from being carried out or shown."""
    if request.stage is not None and not STAGES[request.stage - 1].is_enabled(settings):
        raise UsageError(
            f"--stage {request.stage} requests a stage that the configuration disables; set "
            f"stages.{STAGES[request.stage - 1].name}.enabled to true."
        )
    if request.retry_failed and not BY_STATION.is_enabled(settings):
        raise UsageError(
            "--retry-failed retries stations of a stage that the configuration disables; set "
            f"stages.{BY_STATION.name}.enabled to true."
        )
    if request.move_latest and not settings.output.symlink_latest:
        raise UsageError("--move-latest has no effect: output.symlink_latest is false. Set it to true.")
    if request.last_stage == FINAL.number:
        refuse_missing_packages(settings.output.formats)
    if settings.execution.reading == "dask":
        from mrt_pipeline.runtime.workers import require_dask

        require_dask()


def refuse_wrong_clock(now: datetime) -> None:
    """Raise if the clock is long before the date of this package's tables, when no run can have taken place.

    Such a run would describe the network of a past date as today's, and be filed before all others.
    """
    known_until, today = load_network().known_until, singapore_date(now)
    if today < known_until - CLOCK_MAY_BE_OFF:
        raise UsageError(
            f"The clock says {today}, but this program knows the network of {known_until}. Correct the "
            "clock; for the network of an earlier day, use --as-of."
        )


def _refuse_unknown_day(request: RunRequest, today: date) -> None:
    """Raise if a date is before the first station opened, or in the future and beyond the table's horizon.

    Today is never refused: a run without ``--as-of`` must work even if the tables have not been updated for
    long. Its dataset says up to which date they are known.
    """
    if request.as_of is None:
        return
    first, horizon = load_network().first_day, load_network().known_until
    if request.as_of < first:
        raise UsageError(
            f"--as-of is {request.as_of}; according to the network table, no station was open before "
            f"{first}. Choose that day or a later one."
        )
    if request.as_of > max(horizon, today) and not request.beyond_horizon:
        raise UsageError(
            f"--as-of is {request.as_of}; the network table covers changes announced by {horizon}. Choose "
            f"{f'today ({today})' if today > horizon else horizon} or an earlier date, or add "
            f"--beyond-horizon to describe that day with the network as it was known on {horizon}."
        )


def _refuse_day_without_exits(as_of: date | None) -> None:
    """Raise if a station was open on a date that is closed now: LTA only lists today's exits."""
    closed = load_network().closed_since(as_of) if as_of is not None else ()
    if closed:
        last = max(closed, key=lambda entry: entry.closed_date or date.max)
        name = load_network().names[last.slug]
        raise UsageError(
            f"--as-of is {as_of}; no source has the exits of {name} ({last.station_code}), which closed on "
            f"{last.closed_date}. Choose a date from {last.closed_date} on, or one before "
            f"{min(entry.opened_date or date.max for entry in closed)}."
        )


def reads_live(record: StageRecord) -> bool:
    """Return whether a stage's result is based on answers of live services."""
    versions = record.fingerprint.inputs.values() if record.fingerprint is not None else ()
    return any(version.startswith(LIVE) for version in versions)


def decide_stage(
    stage: StageSpec,
    request: RunRequest,
    manifest: Manifest | None,
    context: RunContext,
    folder: Path,
    earlier: dict[str, str],
) -> Decision:
    """Decide about one stage when a run reaches it; also used by the dry run.

    Args:
        stage: the stage.
        request: the request.
        manifest: manifest of the run; None if it has not started.
        context: settings, date, sources and clock of the run.
        folder: the run's folder.
        earlier: name of each stage before it to the content sha256 of its output.

    Raises:
        CheckpointError: if a checkpoint that the request needs is missing, damaged, or made differently.
    """
    is_enabled = stage.is_enabled(context.settings)
    if not is_enabled:
        if not stage.is_needed:
            return Decision(runs=False, reason=DISABLED, is_disabled=True)
        request = RunRequest(resume_from=stage.number + 1)  # its checkpoint must exist
    fingerprint = fingerprint_stage(stage, context, earlier)
    ttl_days = context.settings.stages.stage1_ingestion.cache_ttl_days
    try:
        decision = decide(stage, request, manifest, fingerprint, folder, context.now(), ttl_days)
    except MissingCheckpointError as error:
        if is_enabled:
            raise
        key = f"stages.{stage.name}.enabled"
        raise MissingCheckpointError(
            error.path, f"is missing, and {key} is false; set it to true to have it created."
        ) from None
    return replace(decision, fingerprint=fingerprint)


def fingerprint_stage(stage: StageSpec, context: RunContext, earlier: dict[str, str]) -> Fingerprint:
    """Return what a stage's result would now depend on.

    Args:
        stage: the stage.
        context: settings, date and sources of the run.
        earlier: name of each stage before it to the content sha256 of its output.
    """
    config = flatten(context.settings.model_dump(mode="json"), stage.config_keys)
    config.pop(f"stages.{stage.name}.enabled")  # disabling a stage does not change its result
    return Fingerprint(
        code=stage_version(stage.name),
        config=config,
        inputs={
            "as_of": context.as_of.isoformat(),
            "network": load_network().sha256,
            **_source_versions(stage, context),
            **earlier,
        },
    )


def decide(
    stage: StageSpec,
    request: RunRequest,
    manifest: Manifest | None,
    fingerprint: Fingerprint,
    folder: Path,
    now: datetime,
    ttl_days: float,
) -> Decision:
    """Decide about one stage that a request covers.

    Raises:
        CheckpointError: if a checkpoint that the request needs is missing, damaged, or made differently.
    """
    record = manifest.stages.get(stage.name) if manifest is not None else None
    if stage.number < request.first_stage:
        return _require(stage, manifest, fingerprint, folder)
    has_nothing_to_retry = request.retry_failed and _has_nothing_to_retry(stage, manifest, folder)
    if not request.skip_existing and not has_nothing_to_retry:
        return _run_anew(stage, manifest, folder)
    if manifest is None or record is None or record.checkpoint is None:
        return Decision(runs=True, reason="no checkpoint yet")
    if record.status is not StageStatus.COMPLETED:
        return Decision(runs=True, reason=f"its last attempt ended as {record.status.value}")
    try:
        content = verify_checkpoint(folder, record.checkpoint, finish(folder, manifest))
    except MissingCheckpointError:
        return Decision(runs=True, reason=f"{record.checkpoint.file} is missing")
    except CorruptCheckpointError as error:
        return Decision(runs=True, reason=f"{record.checkpoint.file} is damaged", damaged=error.path)
    differences = _differences(record, fingerprint)
    if not has_nothing_to_retry:
        differences += _expired(stage, manifest, fingerprint, now, ttl_days)
    if record.is_doubted:
        differences.append("the dataset made from it was refused, so its live sources are read again")
    if differences:
        return Decision(runs=True, reason="; ".join(differences))
    is_retried = has_nothing_to_retry and stage is BY_STATION
    return Decision(runs=False, reason=NOTHING_TO_RETRY if is_retried else UNCHANGED, checkpoint=content)


def _has_nothing_to_retry(stage: StageSpec, manifest: Manifest | None, folder: Path) -> bool:
    """Return whether no station failed; raise if the stage that works by station was never begun."""
    record = manifest.stages.get(stage.name) if manifest is not None else None
    is_begun = record is not None and record.status is not StageStatus.DISABLED
    if stage is BY_STATION and not is_begun and not (journal := folder / JOURNAL_NAME).exists():
        raise MissingCheckpointError(
            journal,
            f"is missing: stage {stage.number} has not run yet, so there is nothing to retry. Run it with: "
            f"{resume(folder, manifest, '--resume-from', str(stage.number))}",
        )
    return has_no_failure(manifest)


def has_no_failure(manifest: Manifest | None) -> bool:
    """Return whether all stations of a run are finished, and no source failed for any of them."""
    record = manifest.stages.get(BY_STATION.name) if manifest is not None else None
    if record is None or record.status is not StageStatus.COMPLETED:
        return False
    return not any(record.counts.get(f"stations_{status.value}") for status in _TO_RETRY)


def _require(stage: StageSpec, manifest: Manifest | None, fingerprint: Fingerprint, folder: Path) -> Decision:
    """Reuse a checkpoint as requested; report different code or data, refuse different configuration."""
    path, remedy = folder / CHECKPOINT_NAMES[stage.name], finish(folder, manifest)
    record = manifest.stages.get(stage.name) if manifest is not None else None
    if manifest is None or record is None or record.checkpoint is None:
        if manifest is not None and path.exists():
            refuse_unrecorded(path, read_bytes(path), find_unrecorded(manifest, stage.name), remedy)
        raise MissingCheckpointError(path, f"is missing. Create it with: {remedy}")
    content = _verify(stage, manifest, record.checkpoint, folder)
    if pending := record.counts.get("stations_pending"):
        raise StaleCheckpointError(
            path,
            f"is incomplete: the run stopped at its budget with {counted(pending, 'station')} unfinished. "
            f"Resume with: {remedy}",
        )
    then = record.fingerprint
    if then is None:
        return Decision(runs=False, reason="its inputs are unknown", checkpoint=content)
    refused = find_differences(_what_is_refused(then), _what_is_refused(fingerprint))
    if refused:
        raise StaleCheckpointError(
            path,
            f"was made from different inputs: {'; '.join(refused)}. Undo that change, or run: {remedy}",
        )
    told = find_differences(then, fingerprint)
    reason = f"{REQUESTED}, although {'; '.join(told)}" if told else UNCHANGED
    return Decision(runs=False, reason=reason, checkpoint=content)


def _what_is_refused(fingerprint: Fingerprint) -> Fingerprint:
    config = {key: value for key, value in fingerprint.config.items() if key not in pace_keys()}
    return Fingerprint(code="", config=config, inputs={"as_of": fingerprint.inputs["as_of"]})


def _differences(record: StageRecord, fingerprint: Fingerprint) -> list[str]:
    if record.fingerprint is None:
        return ["its inputs are unknown"]
    return find_differences(record.fingerprint, fingerprint)


def _expired(
    stage: StageSpec, manifest: Manifest, fingerprint: Fingerprint, now: datetime, ttl_days: float
) -> list[str]:
    """Return the live answers that are older than the configured time to live."""
    if not stage.reads_as_it_runs:
        return _made_too_long_ago(stage, manifest, fingerprint, now, ttl_days)
    return [
        f"{document} was read on {source.retrieved_at:%Y-%m-%d}, more than cache_ttl_days ({ttl_days:g}) ago"
        for document, source in sorted(manifest.sources.items())
        if fingerprint.inputs.get(document, "").startswith(LIVE)
        and now - source.retrieved_at > timedelta(days=ttl_days)
    ]


def _made_too_long_ago(
    stage: StageSpec, manifest: Manifest, fingerprint: Fingerprint, now: datetime, ttl_days: float
) -> list[str]:
    """Return a stage's live documents whose pages may have been read long before they were requested."""
    made_in = manifest.stages[stage.name].attempt
    asked_at = next(
        (attempt.started_at for attempt in manifest.attempts if attempt.number == made_in), manifest.timestamp
    )
    if now - asked_at <= timedelta(days=ttl_days):
        return []
    return [
        f"{document} was requested on {asked_at:%Y-%m-%d}, more than cache_ttl_days ({ttl_days:g}) ago"
        for document, version in sorted(fingerprint.inputs.items())
        if version.startswith(LIVE)
    ]


def _run_anew(stage: StageSpec, manifest: Manifest | None, folder: Path) -> Decision:
    """Run a stage as requested; report a file that exists under its checkpoint's name if it is odd."""
    record = manifest.stages.get(stage.name) if manifest is not None else None
    if manifest is None or record is None or record.checkpoint is None:
        return Decision(runs=True, reason=REQUESTED)
    try:
        _verify(stage, manifest, record.checkpoint, folder)
    except CorruptCheckpointError as error:
        return Decision(runs=True, reason=REQUESTED, damaged=error.path)
    except UnrecordedCheckpointError as error:
        return Decision(runs=True, reason=f"{REQUESTED}; {error.path.name} {UNRECORDED}")
    except MissingCheckpointError:
        pass
    return Decision(runs=True, reason=REQUESTED)


def _verify(stage: StageSpec, manifest: Manifest, checkpoint: CheckpointRecord, folder: Path) -> bytes:
    return verify_checkpoint(
        folder, checkpoint, finish(folder, manifest), find_unrecorded(manifest, stage.name)
    )


def _source_versions(stage: StageSpec, context: RunContext) -> dict[str, str]:
    return {
        document: _version(document, spec.api, context)
        for spec in stage.sources_in_use(context.settings)
        for document in spec.input_ids
    }


def _version(document: str, api: str, context: RunContext) -> str:
    if context.access.mode_of(api) is Mode.LIVE:
        return f"{LIVE} from {getattr(context.settings.apis, api).base_url}"
    return context.access.recorded_sha256(document) or "nothing recorded"
