"""``mrt-pipeline plan``: what a run would do, and why."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import orjson

from mrt_pipeline.cli.printing import align, say, say_json
from mrt_pipeline.config import PipelineConfig, find_config
from mrt_pipeline.orchestrator.dry_run import RunPlan, make_plan
from mrt_pipeline.orchestrator.request import RunRequest


def show_plan(config: Path | None, request: RunRequest, *, as_json: bool) -> None:
    """Print what carrying out a request would do."""
    plan = make_plan(PipelineConfig(find_config(config)), request)
    if as_json:
        say_json(orjson.dumps(plan, option=orjson.OPT_INDENT_2))
        return
    say(*_describe(plan))


def _describe(plan: RunPlan) -> Iterator[str]:
    if plan.stages:
        yield f"{plan.command} would write to {_where(plan)}, as of {plan.as_of}:"
    steps = (*plan.stages, *([plan.publishing] if plan.publishing is not None else []))
    yield from align((f"  {step.name}", step.action.value, step.reason) for step in steps)
    for stage in plan.stages:
        if stage.moves_aside:
            yield f"{stage.moves_aside} is damaged and would be renamed."
    if plan.obstacles:
        yield f"{'This run' if plan.stages else plan.command} would fail before doing anything:"
        for obstacle in plan.obstacles:
            first, *further = obstacle.split("\n")
            yield from (f"  - {first}", *(f"  {line}" for line in further))


def _where(plan: RunPlan) -> str:
    if plan.folder is None:
        return f"a new folder in {plan.outputs}"
    goes_on = f", resuming run {plan.continues}" if plan.continues else ""
    return f"{plan.folder}{goes_on}"
