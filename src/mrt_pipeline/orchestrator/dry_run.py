"""Predict what a run would do and why, without doing it: nothing is created, written, locked or requested.

Each stage is decided by the function that the run itself uses (``reuse.decide_stage``). A plan cannot know
the output of a stage that must run. A later stage whose checkpoint is otherwise valid is reused if that
output is unchanged, and run if not; the plan says so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path

from mrt_pipeline.config import PipelineConfig
from mrt_pipeline.contracts.run import Manifest
from mrt_pipeline.errors import CheckpointError, StorageError
from mrt_pipeline.orchestrator.alerts.alerting import find_missing_urls
from mrt_pipeline.orchestrator.folders import find_folder
from mrt_pipeline.orchestrator.latest import refuse_to_replace_shown
from mrt_pipeline.orchestrator.manifest_recovery import find_or_rebuild
from mrt_pipeline.orchestrator.publishing import IS_NEW, PUBLISHING, decide_publishing, foresee_baseline
from mrt_pipeline.orchestrator.request import RunRequest
from mrt_pipeline.orchestrator.reuse import Decision, choose_day, decide_stage, refuse_useless_request
from mrt_pipeline.orchestrator.stage_specs import STAGES, StageSpec
from mrt_pipeline.runtime.clock import utc_now
from mrt_pipeline.runtime.context import RunContext, default_context
from mrt_pipeline.runtime.locks import is_locked
from mrt_pipeline.runtime.source_access import missing_credentials


class Action(StrEnum):
    """What would happen to a stage."""

    RUN = "run"
    REUSE = "reuse"
    DEPENDS = "depends"
    """reused if the output of the earlier stages is unchanged; otherwise run"""
    SWITCHED_OFF = "switched off"
    """disabled by the configuration"""
    STOP = "stop"
    """the run would end here with an error"""
    UNREACHED = "not reached"
    LEAVE = "leave"
    """not requested"""


@dataclass(frozen=True, slots=True)
class StepPlan:
    """What would happen to one step, and why."""

    name: str
    action: Action
    reason: str


@dataclass(frozen=True, slots=True)
class StagePlan(StepPlan):
    """What would happen to one stage; the manifest would give the same reason."""

    number: int
    moves_aside: str | None = None
    """a damaged checkpoint that would be set aside"""

    @property
    def may_run(self) -> bool:
        """Return whether the stage would run, or might."""
        return self.action in (Action.RUN, Action.DEPENDS)


NOT_ASKED_FOR = "not requested"
ENDS_BEFORE = "the run ends before it"
_WITHOUT_DATASET = {
    Action.LEAVE: (Action.LEAVE, NOT_ASKED_FOR),
    Action.STOP: (Action.UNREACHED, ENDS_BEFORE),
    Action.UNREACHED: (Action.UNREACHED, ENDS_BEFORE),
    Action.SWITCHED_OFF: (Action.SWITCHED_OFF, "the stage that makes the dataset is"),
}
"""what happens to publishing, by what happens to the last stage"""


@dataclass(frozen=True, slots=True)
class RunPlan:
    """What a run would do."""

    command: str
    as_of: date
    folder: str | None
    """where it would work; None: in a new folder, named by the time of its start"""
    outputs: str
    """the folder of all runs"""
    continues: str | None
    """id of the run that it would resume"""
    stages: tuple[StagePlan, ...]
    publishing: StepPlan | None = None
    """what would happen to the formats and the report; None if that depends on an undecided stage"""
    obstacles: tuple[str, ...] = ()
    """why it would end before doing anything; one sentence each, with what to do"""


def make_plan(config: PipelineConfig, request: RunRequest, now: Callable[[], datetime] = utc_now) -> RunPlan:
    """Return what carrying out a request now would do."""
    refuse_useless_request(request, config.settings)
    outputs = config.settings.output.directory
    try:
        folder = find_folder(request, config.settings.output, now())
        manifest = find_or_rebuild(folder).manifest if folder is not None else None
    except (CheckpointError, StorageError) as error:
        day = choose_day(request, None, now())
        return RunPlan(
            command=request.command,
            as_of=day,
            folder=None,
            outputs=outputs,
            continues=None,
            stages=(),
            obstacles=(str(error),),
        )
    as_of = choose_day(request, manifest, now())
    refuse_to_replace_shown(request, folder, Path(outputs), as_of, now())
    context = replace(default_context(config, as_of), folder=folder, now=now)
    stages = tuple(plan_stages(request, manifest, context))
    return RunPlan(
        command=request.command,
        as_of=as_of,
        folder=None if folder is None else str(folder),
        outputs=outputs,
        continues=None if manifest is None else manifest.run_id,
        stages=stages,
        publishing=plan_publishing(stages[-1], manifest, context),
        obstacles=(
            *find_missing_urls(config),
            *_held_by_another(folder),
            *find_missing_credentials(stages, config),
        ),
    )


def plan_stages(request: RunRequest, manifest: Manifest | None, context: RunContext) -> list[StagePlan]:
    """Return what would happen to every stage, in order.

    Args:
        request: the request.
        manifest: manifest of the run that it resumes, if any.
        context: settings, date, sources, clock and folder of the run.
    """
    plans: list[StagePlan] = []
    for stage in STAGES:
        if stage.number > request.last_stage:
            plans.append(StagePlan(stage.name, Action.LEAVE, NOT_ASKED_FOR, stage.number))
        elif any(plan.action is Action.STOP for plan in plans):
            plans.append(StagePlan(stage.name, Action.UNREACHED, ENDS_BEFORE, stage.number))
        else:
            plans.append(_plan_stage(stage, request, manifest, context, plans))
    return plans


def plan_publishing(last: StagePlan, manifest: Manifest | None, context: RunContext) -> StepPlan:
    """Return what would happen to the formats and the report.

    Args:
        last: what would happen to the stage that makes the dataset.
        manifest: manifest of the run that is resumed, if any.
        context: settings and folder of the run.
    """
    if last.action in _WITHOUT_DATASET:
        return StepPlan(PUBLISHING, *_WITHOUT_DATASET[last.action])
    if last.action is Action.RUN or manifest is None or context.folder is None:
        return StepPlan(PUBLISHING, Action.RUN, IS_NEW)
    baseline = foresee_baseline(context.settings, manifest, context.folder)
    decision = decide_publishing(context.settings, manifest, context.folder, baseline, is_new=False)
    if decision.runs:
        return StepPlan(PUBLISHING, Action.RUN, decision.reason)
    if last.action is Action.DEPENDS:
        return StepPlan(PUBLISHING, Action.DEPENDS, f"reused if stage {last.number} is; otherwise run")
    return StepPlan(PUBLISHING, Action.REUSE, decision.reason)


def find_missing_credentials(stages: Iterable[StagePlan], config: PipelineConfig) -> list[str]:
    """Return a sentence for each secret that is missing for a stage which may run."""
    settings = config.settings
    wanted = [api for plan in stages if plan.may_run for api in STAGES[plan.number - 1].apis_in_use(settings)]
    return missing_credentials(settings, config.secrets(), wanted)


def _plan_stage(
    stage: StageSpec,
    request: RunRequest,
    manifest: Manifest | None,
    context: RunContext,
    before: Sequence[StagePlan],
) -> StagePlan:
    unsure = [plan for plan in before if plan.action is not Action.REUSE]
    folder = context.folder or Path()
    try:
        assumed = _assume_outputs(stage, manifest, before)
        decision = decide_stage(stage, request, manifest, context, folder, assumed)
    except (CheckpointError, StorageError) as error:
        return StagePlan(stage.name, Action.STOP, str(error), stage.number)
    action, reason = _settle(decision, unsure)
    aside = None if decision.damaged is None else decision.damaged.name
    return StagePlan(stage.name, action, reason, stage.number, aside)


def _settle(decision: Decision, unsure: Sequence[StagePlan]) -> tuple[Action, str]:
    """Return what a decision means while the outputs of some earlier stages are unknown."""
    if decision.is_disabled:
        return Action.SWITCHED_OFF, decision.reason
    if decision.runs:
        return Action.RUN, decision.reason
    if unsure:
        stages = " and ".join(f"stage {plan.number}" for plan in unsure)
        return Action.DEPENDS, f"reused if the output of {stages} is unchanged; otherwise run"
    return Action.REUSE, decision.reason


def _assume_outputs(
    stage: StageSpec, manifest: Manifest | None, before: Sequence[StagePlan]
) -> dict[str, str]:
    """Return the outputs of the stages before one: the reused one, or the one it was last made from."""
    if manifest is None:
        return {}
    record = manifest.stages.get(stage.name)
    last = record.fingerprint.inputs if record is not None and record.fingerprint is not None else {}
    assumed = {}
    for plan in before:
        earlier = manifest.stages.get(plan.name)
        checkpoint = earlier.checkpoint if earlier is not None else None
        if plan.action is Action.REUSE and checkpoint is not None:
            assumed[plan.name] = checkpoint.content_sha256
        elif plan.name in last:
            assumed[plan.name] = last[plan.name]
    return assumed


def _held_by_another(folder: Path | None) -> list[str]:
    if folder is None or not is_locked(folder):
        return []
    return [f"{folder} is in use by another process. Wait for it to end, or choose another --output-dir."]
