"""One attempt at a run: stages in order, each reused or run, and recorded as soon as it is done."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mrt_pipeline.compare.access_turns import warn_of_lost_answer, warn_of_turn
from mrt_pipeline.config import Mode
from mrt_pipeline.contracts.findings import Finding, count_by_severity
from mrt_pipeline.contracts.names import CHECKPOINT_NAMES, FINAL_STAGE, VALIDATION_NAME
from mrt_pipeline.contracts.outputs import Stage3Output, StageOutput
from mrt_pipeline.contracts.run import Fingerprint, Manifest, RunStatus, StageStatus
from mrt_pipeline.contracts.stage import PipelineStage
from mrt_pipeline.errors import (
    GateError,
    MissingCheckpointError,
    MrtPipelineError,
    RunInterrupted,
    SourceError,
    StageInputError,
    StageOutputError,
)
from mrt_pipeline.history.resume_command import find_remedy, finish
from mrt_pipeline.orchestrator.live_manifest import RunSession
from mrt_pipeline.orchestrator.request import RunRequest
from mrt_pipeline.orchestrator.reuse import Decision, decide_stage, reads_live
from mrt_pipeline.orchestrator.stage_specs import FINAL, STAGES, StageSpec
from mrt_pipeline.orchestrator.taking_over import Predecessor, find_predecessor
from mrt_pipeline.orchestrator.verifying import complete_trace
from mrt_pipeline.runtime.checkpoints import (
    content_sha256,
    describe_checkpoint,
    move_aside,
    parse_checkpoint,
)
from mrt_pipeline.runtime.files import sha256_of, sha256_of_file, write_bytes
from mrt_pipeline.runtime.reporting import Reporter, after_failure

if TYPE_CHECKING:
    from mrt_pipeline.orchestrator.gates import PublicationGate
    from mrt_pipeline.orchestrator.stage_set import StageSet
    from mrt_pipeline.runtime.run_log import RunLog


class Attempt:
    """Carries out a request in one run folder, whose lock the caller holds."""

    def __init__(
        self,
        request: RunRequest,
        stages: StageSet,
        session: RunSession,
        gate: PublicationGate,
        log: RunLog,
    ) -> None:
        self._request = request
        self._context = stages.context
        self._session = session
        self._stages = stages
        self._gate = gate
        self._log = log
        self._outputs: dict[int, StageOutput] = {}
        self.findings: dict[int, tuple[Finding, ...]] = {}
        """those of each stage that this attempt has run, by its number"""
        self._reusable: dict[int, bytes] = {}
        self._contents: dict[str, str] = {}
        self._predecessor = find_predecessor(stages.context, session.manifest)

    @property
    def manifest(self) -> Manifest:
        """Return the manifest in its state on disk."""
        return self._session.manifest

    @property
    def folder(self) -> Path:
        """Return the run's folder."""
        return self._session.folder

    @property
    def baseline(self) -> Stage3Output | None:
        """Return the dataset published before, if the new one was compared with it."""
        return self._gate.baseline

    @property
    def session(self) -> RunSession:
        """Return the session, which keeps the manifest up to date."""
        return self._session

    @property
    def reporter(self) -> Reporter:
        """Return the receiver of progress reports."""
        return self._context.reporter

    @property
    def predecessor(self) -> Predecessor | None:
        """Return the previous run, if this one may take over anything of it."""
        return self._predecessor

    def recall_baseline(self) -> Stage3Output | None:
        """Return the dataset with which the last attempt that compared this one did so."""
        return self._gate.recall()

    def run(self) -> RunStatus:
        """Run or reuse every requested stage, and return the state of the run."""
        for stage in STAGES:
            if stage.number > self._request.last_stage:
                break
            self._context.stop.check()
            self._run_or_reuse(stage)
            if (status := self.status_after(stage.number)) is not RunStatus.COMPLETED:
                return status
        return RunStatus.COMPLETED

    def status_after(self, number: int) -> RunStatus:
        """Return the state of the run after a stage that has not failed."""
        record = self.manifest.stages.get(STAGES[number - 1].name)
        is_at_budget = record is not None and record.status is StageStatus.STOPPED_AT_BUDGET
        return RunStatus.STOPPED_AT_BUDGET if is_at_budget else RunStatus.COMPLETED

    def end(self, status: RunStatus) -> None:
        """Close the attempt in the manifest."""
        self._session.end(status)
        self._log.info("attempt ended", status=status.value)

    def run_given(self, number: int, given: dict[int, StageOutput]) -> StageOutput:
        """Run or reuse one stage on outputs that the caller provides, and return its output."""
        for earlier, output in given.items():
            kind = STAGES[earlier - 1].kind
            if not isinstance(output, kind):
                raise StageInputError(
                    STAGES[number - 1].name,
                    f"received {type(output).__name__}; expected the {kind.__name__} of stage {earlier}.",
                )
            self._outputs[earlier] = output
            self._contents[STAGES[earlier - 1].name] = content_sha256(output)
        self._run_or_reuse(STAGES[number - 1])
        made: StageOutput = self.output(number)
        return made

    def output(self, number: int) -> Any:
        """Return a stage's output, read from its verified checkpoint if this attempt did not make it.

        Raises:
            MissingCheckpointError: if the stage has neither run nor been reused.
        """
        if number not in self._outputs:
            stage = STAGES[number - 1]
            path = self._session.folder / CHECKPOINT_NAMES[stage.name]
            if number not in self._reusable:
                is_whole = self.manifest.status is RunStatus.COMPLETED
                remedy = self._finish() if is_whole else find_remedy(self.folder, self.manifest)
                raise MissingCheckpointError(path, f"is missing. Create it with: {remedy}")
            content = self._reusable.pop(number)
            self._outputs[number] = parse_checkpoint(stage.kind, path, content, self._finish())
        return self._outputs[number]

    def _finish(self) -> str:
        return finish(self.folder, self.manifest)

    def _run_or_reuse(self, stage: StageSpec) -> None:
        decision = decide_stage(
            stage,
            self._request,
            self.manifest,
            self._context,
            self._session.folder,
            dict(self._contents),
        )
        if decision.is_disabled:
            self._pass_over(stage, decision.reason)
            return
        if decision.damaged is not None:
            self._keep_damaged(decision)
        if not decision.runs:
            self._reuse(stage, decision)
        elif self._predecessor is None:
            self._execute(stage, decision)
        else:
            began = time.monotonic()
            obstacle = self._predecessor.find_obstacle(stage, decision.fingerprint, self._context)
            if obstacle is None:
                self._take_over(stage, self._predecessor, began)
            else:
                self._execute(stage, replace(decision, reason=f"{decision.reason}; {obstacle}"))

    def _execute(self, stage: StageSpec, decision: Decision) -> None:
        reason = decision.reason
        self._session.stage_started(stage.name, reason)
        self._context.reporter.stage_started(stage.name, reason)
        self._log.info("stage started", stage=stage.name, reason=reason)
        began = time.monotonic()
        try:
            self._outputs[stage.number] = self._make(stage, decision.fingerprint, began)
        except BaseException as error:
            # However a stage ends, the manifest must not keep saying that it is running.
            is_stop = isinstance(error, (RunInterrupted, KeyboardInterrupt))
            status = StageStatus.INTERRUPTED if is_stop else StageStatus.FAILED
            if isinstance(error, SourceError):
                self._advise(error, stage)
            shown = str(error) if isinstance(error, MrtPipelineError) else type(error).__name__
            seconds, spent = time.monotonic() - began, self._spent_by(stage)
            with after_failure(error, self._context.reporter, self._log):
                self._session.stage_failed(stage.name, status, seconds, shown, **spent)
            raise
        seconds = time.monotonic() - began
        self._context.reporter.stage_finished(stage.name, seconds)
        self._log.info("stage finished", stage=stage.name, seconds=round(seconds, 3))

    def _advise(self, error: SourceError, stage: StageSpec) -> None:
        """Report how to continue without a live source, unless the error says so itself."""
        api = stage.find_api(error.source_id)
        is_live = api is not None and self._context.access.mode_of(api) is Mode.LIVE
        if is_live and not error.names_way_out:
            error.advise(f"To use the recorded copy instead, set apis.{api}.mode to snapshot.")

    def _make(self, stage: StageSpec, fingerprint: Fingerprint | None, began: float) -> StageOutput:
        """Run a stage's five steps; if one fails, no checkpoint is left behind."""
        runner = self._stages[stage.number]
        given = stage.input_of(self.output)
        runner.validate_input(given)
        access = self._context.access
        access.tracer.begin()
        output = reported = runner.execute(given)
        del given
        self.findings[stage.number] = output.findings
        if stage is FINAL:
            self._let_go_of_inputs()
        specs = stage.sources_in_use(self._context.settings)
        trace = complete_trace(access.tracer.trace, access, specs)
        if stage is FINAL:
            reported = self._judge(runner, output)
        else:
            runner.validate_output(output)
        path = runner.save_checkpoint(output, self._session.folder)
        checkpoint = describe_checkpoint(path)
        self._contents[stage.name] = checkpoint.content_sha256
        self._session.stage_ended(
            stage.name,
            status=stage.status_of(output),
            seconds=time.monotonic() - began,
            checkpoint=checkpoint,
            fingerprint=fingerprint,
            figures={
                "trace": trace,
                "taken_from": None,
                **stage.figures_of(reported),
                **({"taken_over": dict(runner.taken_over)} if runner.taken_over else {}),
            },
            facts={**self._facts_of(stage, output), **self._spent_by(stage)},
        )
        made: StageOutput = output
        return made

    def _let_go_of_inputs(self) -> None:
        """Drop the outputs that only the last stage reads; ``findings`` keeps what alerts need of them."""
        for number in range(1, FINAL.number):
            self._outputs.pop(number, None)
            self._reusable.pop(number, None)

    def _judge(self, runner: PipelineStage[Any, Any], dataset: Stage3Output) -> Stage3Output:
        """Check a dataset, compare it with the one published before, and return it with findings for reports.

        Findings are written whether the checks passed or not. Only if the gate refuses the dataset do the
        findings about a readable dataset already in this folder stay unchanged.
        """
        is_first = not (self.folder / CHECKPOINT_NAMES[FINAL_STAGE]).exists()
        try:
            runner.validate_output(dataset)
            self._gate.check(dataset)
        except MrtPipelineError as error:
            if is_first or not isinstance(error, GateError):
                self.write_validation(dataset)
            if isinstance(error, StageOutputError | GateError):
                self._doubt_live_answers()
            raise
        reported = self.with_gate_findings(dataset)
        self.write_validation(reported)
        self._session.doubt_stages(())
        return reported

    def _doubt_live_answers(self) -> None:
        """Let the next run query live sources again: a service's temporary fault must not affect it too."""
        live = [name for name, record in self._session.manifest.stages.items() if reads_live(record)]
        if live:
            self._session.doubt_stages(live)
            self._context.access.forget_answers()

    def with_gate_findings(self, dataset: Stage3Output) -> Stage3Output:
        """Return a dataset with the gate's findings, for reports; these are not part of what is published.

        They depend on what was published before, and the dataset must not.
        """
        if (gates := self.manifest.gates) is None:
            return dataset
        found = (*map(warn_of_turn, gates.turns), *map(warn_of_lost_answer, gates.lost_answers))
        return dataset.model_copy(update={"findings": (*dataset.findings, *found)})

    def write_validation(self, dataset: Stage3Output) -> None:
        """Write the findings about a dataset, beside it and in the manifest."""
        from mrt_pipeline.exports.validation_report import render_validation

        content = render_validation(dataset)
        write_bytes(self._session.folder / VALIDATION_NAME, content)
        self._session.validated(
            findings=count_by_severity(dataset.findings),
            side_files={**self.manifest.side_files, VALIDATION_NAME: sha256_of(content)},
        )

    def _spent_by(self, stage: StageSpec) -> dict[str, object]:
        """Return the cost of a stage's model calls so far, however it ended."""
        usage = self._stages[stage.number].usage
        return {} if usage is None else {"usage": usage}

    def _reuse(self, stage: StageSpec, decision: Decision) -> None:
        record = self.manifest.stages[stage.name]
        if decision.checkpoint is not None:
            self._reusable[stage.number] = decision.checkpoint
        if record.checkpoint is not None:
            self._contents[stage.name] = record.checkpoint.content_sha256
        if stage is FINAL:
            self._gate.check_reused(lambda: self.output(stage.number))
        self._session.stage_reused(stage.name, decision.reason)
        self._context.reporter.stage_reused(stage.name, decision.reason)
        self._log.info("stage reused", stage=stage.name, reason=decision.reason)

    def _take_over(self, stage: StageSpec, predecessor: Predecessor, began: float) -> None:
        """Copy the checkpoint of the previous run, which equals what the stage would make now."""
        checkpoint = predecessor.checkpoint_of(stage)
        self._reusable[stage.number] = predecessor.copy_files(stage, self.folder)
        self._contents[stage.name] = checkpoint.content_sha256
        if stage is FINAL:
            self._gate.check_taken(checkpoint.content_sha256, lambda: self.output(stage.number))
        record = predecessor.record_of(stage)
        facts = predecessor.facts_of(stage)
        side_files = {**self.manifest.side_files, **predecessor.sha256_of(stage.side_files)}
        self._session.stage_taken(
            stage.name, record, seconds=time.monotonic() - began, facts={**facts, "side_files": side_files}
        )
        self._context.reporter.stage_reused(stage.name, record.reason)
        self._log.info("stage taken over", stage=stage.name, reason=record.reason)

    def _pass_over(self, stage: StageSpec, reason: str) -> None:
        """Skip a stage that the configuration disables."""
        path = self.folder / CHECKPOINT_NAMES[stage.name]
        earlier = f" {path} was made by an earlier attempt." if path.exists() else ""
        self._context.reporter.warn(
            f"{stage.name} is disabled in the configuration and was not run.{earlier}"
        )
        self._log.warning("stage disabled", stage=stage.name)
        if stage.output_if_disabled is not None:
            output = self._outputs[stage.number] = stage.output_if_disabled(self.output, self._context)
            self._contents[stage.name] = content_sha256(output)
        self._session.stage_disabled(stage.name, reason)

    def _keep_damaged(self, decision: Decision) -> None:
        if decision.damaged is None:
            return
        aside = move_aside(decision.damaged, self._context.now())
        self._context.reporter.warn(f"{decision.damaged} is damaged; it was renamed to {aside.name}.")
        self._log.warning("damaged checkpoint kept aside", file=decision.damaged.name, kept_as=aside.name)

    def _facts_of(self, stage: StageSpec, output: StageOutput) -> dict[str, object]:
        """Return what a stage adds to the manifest itself."""
        written = {name: sha256_of_file(self.folder / name) for name in stage.side_files}
        return {
            **stage.facts_of(output, self.output),
            "side_files": {**self.manifest.side_files, **written},
        }
