"""Decide for each stage whether to run it or to reuse its checkpoint, and say why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from mrt_pipeline.config import Mode
from mrt_pipeline.contracts.run import Fingerprint, Manifest, StageRecord, StageStatus
from mrt_pipeline.errors import CorruptCheckpointError, MissingCheckpointError, StaleCheckpointError
from mrt_pipeline.network import load_network
from mrt_pipeline.orchestrator.request import RunRequest
from mrt_pipeline.orchestrator.stages import StageSpec
from mrt_pipeline.runtime.checkpoints import CHECKPOINT_NAMES, verify_checkpoint
from mrt_pipeline.runtime.context import RunContext
from mrt_pipeline.runtime.fingerprints import code_version, find_differences, flatten

UNCHANGED = "nothing that it depends on has changed"

DOCUMENTS = {
    "datagov": ("lta-station-exits",),
    "onemap": ("onemap-stations",),
    "lta_datamall": ("lta-bus-stops", "lta-bus-services"),
    "fandom_wiki": ("fandom-wiki",),
    "openrouter_llm": ("openrouter-model",),
}
"""the documents of each configured source; the network's own table is an input of every stage"""


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether a stage is run, and why."""

    runs: bool
    reason: str
    checkpoint: bytes | None = None
    """the verified bytes to reuse"""
    damaged: Path | None = None
    """a checkpoint to move aside before another one is written"""


def fingerprint_stage(stage: StageSpec, context: RunContext, earlier: dict[str, str]) -> Fingerprint:
    """Return what a stage's result would depend on now.

    Args:
        stage: the stage.
        context: settings, day and sources of the run.
        earlier: name of each stage before it to the content sha256 of its output.
    """
    settings = context.settings.model_dump(mode="json")
    return Fingerprint(
        code=code_version(stage.code),
        config=flatten(settings, stage.config_keys),
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
    manifest: Manifest,
    fingerprint: Fingerprint,
    folder: Path,
    now: datetime,
    ttl_days: float,
) -> Decision:
    """Decide about one stage of a request that covers it.

    Raises:
        CheckpointError: if a checkpoint that the request needs is missing, damaged, or made otherwise.
    """
    record = manifest.stages.get(stage.name)
    if stage.number < request.first_stage:
        return _require(stage, record, fingerprint, folder)
    if not request.skip_existing:
        return Decision(runs=True, reason="asked for", damaged=_damaged(stage, record, folder))
    if record is None or record.checkpoint is None:
        return Decision(runs=True, reason="there is no checkpoint of it yet")
    if record.status is not StageStatus.COMPLETED:
        return Decision(runs=True, reason=f"it ended as {record.status.value} last time")
    try:
        content = verify_checkpoint(folder, record.checkpoint, _remedy(stage))
    except MissingCheckpointError:
        return Decision(runs=True, reason=f"{record.checkpoint.file} is gone")
    except CorruptCheckpointError as error:
        return Decision(runs=True, reason=f"{record.checkpoint.file} is damaged", damaged=error.path)
    differences = _differences(record, fingerprint) + _expired(stage, manifest, fingerprint, now, ttl_days)
    if differences:
        return Decision(runs=True, reason="; ".join(differences))
    return Decision(runs=False, reason=UNCHANGED, checkpoint=content)


def _require(
    stage: StageSpec, record: StageRecord | None, fingerprint: Fingerprint, folder: Path
) -> Decision:
    """Reuse a checkpoint because the request says so; other code or data is told, other config refused."""
    path = folder / CHECKPOINT_NAMES[stage.name]
    if record is None or record.checkpoint is None:
        raise MissingCheckpointError(path, f"is not there; make it with: {_remedy(stage)}")
    content = verify_checkpoint(folder, record.checkpoint, _remedy(stage))
    if pending := record.counts.get("stations_pending"):
        raise StaleCheckpointError(
            path,
            f"is not whole: the run stopped at its budget with {pending:.0f} stations still to do. "
            f"Go on with: {_remedy(stage)}",
        )
    then = record.fingerprint
    if then is None:
        return Decision(
            runs=False, reason="asked for; what it was made from is not known", checkpoint=content
        )
    refused = find_differences(_what_is_refused(then), _what_is_refused(fingerprint))
    if refused:
        raise StaleCheckpointError(
            path, f"was made otherwise: {'; '.join(refused)}. Go back to that, or run: {_remedy(stage)}"
        )
    told = find_differences(then, fingerprint)
    reason = f"asked for, although {'; '.join(told)}" if told else f"asked for; {UNCHANGED}"
    return Decision(runs=False, reason=reason, checkpoint=content)


def _what_is_refused(fingerprint: Fingerprint) -> Fingerprint:
    return Fingerprint(code="", config=fingerprint.config, inputs={"as_of": fingerprint.inputs["as_of"]})


def _differences(record: StageRecord, fingerprint: Fingerprint) -> list[str]:
    if record.fingerprint is None:
        return ["what it was made from is not known"]
    return find_differences(record.fingerprint, fingerprint)


def _expired(
    stage: StageSpec, manifest: Manifest, fingerprint: Fingerprint, now: datetime, ttl_days: float
) -> list[str]:
    """Name live answers of stage 1 that are older than the configured time to live."""
    if stage.number != 1:
        return []
    return [
        f"{document} was read on {source.retrieved_at:%Y-%m-%d}, more than cache_ttl_days ({ttl_days:g}) ago"
        for document, source in sorted(manifest.sources.items())
        if fingerprint.inputs.get(document, "").startswith("live")
        and now - source.retrieved_at > timedelta(days=ttl_days)
    ]


def _damaged(stage: StageSpec, record: StageRecord | None, folder: Path) -> Path | None:
    """Return the stage's file if it is not what the manifest says was written."""
    path = folder / CHECKPOINT_NAMES[stage.name]
    if record is None or record.checkpoint is None or not path.exists():
        return None
    try:
        verify_checkpoint(folder, record.checkpoint, _remedy(stage))
    except CorruptCheckpointError:
        return path
    return None


def _remedy(stage: StageSpec) -> str:
    return f"mrt-pipeline run --resume-from {stage.number}" if stage.number > 1 else "mrt-pipeline run"


def _source_versions(stage: StageSpec, context: RunContext) -> dict[str, str]:
    section = getattr(context.settings.stages, stage.name)
    return {
        document: _version(document, stage.api_of_source[source], context)
        for source in getattr(section, "sources", ())
        for document in DOCUMENTS.get(source, ())
    }


def _version(document: str, api: str, context: RunContext) -> str:
    if context.access.mode_of(api) is Mode.LIVE:
        return f"live from {getattr(context.settings.apis, api).base_url}"
    return context.access.recorded_sha256(document) or "nothing recorded"
