"""``PipelineOrchestrator``: opens a run folder, carries out a request in it, publishes the result."""

from __future__ import annotations

import contextlib
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import mrt_pipeline
from mrt_pipeline.config import PipelineConfig
from mrt_pipeline.config.pipeline_config import NO_FILE
from mrt_pipeline.contracts.outputs import Stage1Output, Stage2Output, Stage3Output, StageOutput
from mrt_pipeline.contracts.run import Manifest, RunStatus
from mrt_pipeline.contracts.stage import PipelineStage
from mrt_pipeline.errors import (
    CredentialError,
    InternalError,
    MrtPipelineError,
    OutOfMemoryError,
    RunInterrupted,
    UsageError,
)
from mrt_pipeline.history.resume_command import find_remedy
from mrt_pipeline.network import load_network
from mrt_pipeline.orchestrator.alerts.alerting import Alerting
from mrt_pipeline.orchestrator.attempt import Attempt
from mrt_pipeline.orchestrator.folders import choose_folder, find_folder
from mrt_pipeline.orchestrator.gates import PublicationGate
from mrt_pipeline.orchestrator.latest import refuse_to_replace_shown, update_latest
from mrt_pipeline.orchestrator.lineage import report_lineage
from mrt_pipeline.orchestrator.live_manifest import RunSession
from mrt_pipeline.orchestrator.manifest_recovery import find_or_rebuild
from mrt_pipeline.orchestrator.old_runs import remove_old_runs
from mrt_pipeline.orchestrator.publishing import publish
from mrt_pipeline.orchestrator.request import RunRequest
from mrt_pipeline.orchestrator.reuse import choose_day, refuse_useless_request, refuse_wrong_clock
from mrt_pipeline.orchestrator.run_list import find_ahead, find_earlier
from mrt_pipeline.orchestrator.stage_set import StageSet
from mrt_pipeline.orchestrator.stage_specs import FINAL, STAGES
from mrt_pipeline.runtime.checkpoints import move_aside
from mrt_pipeline.runtime.clock import singapore_date, utc_now
from mrt_pipeline.runtime.context import RunContext, default_context
from mrt_pipeline.runtime.files import remove_leftovers
from mrt_pipeline.runtime.fingerprints import code_version
from mrt_pipeline.runtime.locks import run_lock
from mrt_pipeline.runtime.memory import Need, refuse_small_memory
from mrt_pipeline.runtime.reporting import Reporter, after_failure
from mrt_pipeline.runtime.run_log import open_run_log
from mrt_pipeline.runtime.signals import StopRequest

if TYPE_CHECKING:
    from mrt_pipeline.runtime.run_log import RunLog


class PipelineOrchestrator:
    """Runs the stages of the MRT Data Pipeline with checkpoints, resume and a manifest.

    Attributes:
        config: the configuration.
        run_id: identifies the run; sorts by its start.
        run_timestamp: start of this process's run, UTC.
        output_base_dir: the run's folder, once there is one.
        checkpoints: ``stage1`` … to the checkpoint's file name, as in the manifest.
    """

    def __init__(
        self,
        config_path: str | Path | PipelineConfig | None = "config/pipeline.yaml",
        *,
        as_of: date | None = None,
        beyond_horizon: bool = False,
        reporter: Reporter | None = None,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        self.config = config_path if isinstance(config_path, PipelineConfig) else PipelineConfig(config_path)
        self.run_timestamp = now()
        self.run_id = f"{self.run_timestamp:%Y%m%dT%H%M%SZ}-{uuid.uuid4().hex[:8]}"
        self.output_base_dir: Path | None = None
        self.checkpoints: dict[str, str] = {}
        self._asked = RunRequest(as_of=as_of, beyond_horizon=beyond_horizon)
        self._now = now
        self._reporter = reporter or Reporter()
        self._stop = StopRequest(self._reporter.note)
        self._opened: StageSet | None = None

    def run_full_pipeline(
        self, output_dir: str | Path | None = None, resume_from: int | None = None
    ) -> Stage3Output:
        """Run all stages, or those from ``resume_from`` on, and return the dataset.

        Raises:
            UsageError: if the configuration disables the stage that makes the dataset; nothing is started
                then.
            MrtPipelineError: if it could not be made; the manifest on disk says so too.
        """
        if not FINAL.is_enabled(self.config.settings):
            raise UsageError(
                "run_full_pipeline returns the dataset, but the configuration disables the stage that "
                f"makes it; set stages.{FINAL.name}.enabled to true, or call execute(RunRequest()), "
                "which returns the manifest."
            )
        request = replace(self._asked, output_dir=_path(output_dir), resume_from=resume_from)
        with self._attempt(request) as attempt:
            self._carry_out(request, attempt)
        final: Stage3Output = attempt.output(FINAL.number)
        return final

    def run_single_stage(self, stage: int, output_dir: str | Path | None = None) -> StageOutput:
        """Run one stage on the checkpoints before it and return its output."""
        request = replace(self._asked, output_dir=_path(output_dir), stage=stage)
        with self._attempt(request) as attempt:
            self._carry_out(request, attempt)
            output: StageOutput = attempt.output(stage)
        return output

    def run_stage1(self, skip_if_exists: bool = False) -> Stage1Output:
        """Run or reuse stage 1 in this orchestrator's folder and return its output."""
        output: Stage1Output = self._run_given(1, {}, skip_if_exists)
        return output

    def run_stage2(self, stage1_output: Stage1Output, skip_if_exists: bool = False) -> Stage2Output:
        """Run or reuse stage 2 on a given output of stage 1 and return its output."""
        output: Stage2Output = self._run_given(2, {1: stage1_output}, skip_if_exists)
        return output

    def run_stage3(
        self, stage1_output: Stage1Output, stage2_output: Stage2Output, skip_if_exists: bool = False
    ) -> Stage3Output:
        """Run or reuse stage 3 on given outputs of stages 1 and 2 and return the dataset."""
        given: dict[int, StageOutput] = {1: stage1_output, 2: stage2_output}
        output: Stage3Output = self._run_given(3, given, skip_if_exists)
        return output

    def execute(self, request: RunRequest) -> Manifest:
        """Carry out a request, and return the resulting manifest.

        Raises:
            MrtPipelineError: if it failed; the manifest on disk says so too.
        """
        with self._attempt(request) as attempt:
            self._carry_out(request, attempt)
            return attempt.manifest

    @property
    def stage1(self) -> PipelineStage[None, Stage1Output]:
        """Return stage 1 of the current run."""
        return self._stages.stage1

    @property
    def stage2(self) -> PipelineStage[Stage1Output, Stage2Output]:
        """Return stage 2 of the current run."""
        return self._stages.stage2

    @property
    def stage3(self) -> PipelineStage[tuple[Stage1Output, Stage2Output], Stage3Output]:
        """Return stage 3 of the current run."""
        return self._stages.stage3

    @property
    def _stages(self) -> StageSet:
        """Return the stages of the last attempt; before the first one, stages that know no folder."""
        if self._opened is None:
            as_of = self._asked.as_of or singapore_date(self.run_timestamp)
            self._opened = StageSet(self.config, self._make_context(as_of))
        return self._opened

    def _run_given(self, number: int, given: dict[int, StageOutput], skip_if_exists: bool) -> Any:
        request = replace(
            self._asked, output_dir=self.output_base_dir, stage=number, skip_existing=skip_if_exists
        )
        folder_is_ours = self.output_base_dir is not None or number > 1
        with self._attempt(request if folder_is_ours else replace(request, skip_existing=False)) as attempt:
            output = attempt.run_given(number, given)
            self._finish(request, attempt, attempt.status_after(number))
        return output

    def _carry_out(self, request: RunRequest, attempt: Attempt) -> None:
        self._finish(request, attempt, attempt.run())

    def _finish(self, request: RunRequest, attempt: Attempt, status: RunStatus) -> None:
        """Publish what was requested, and let ``latest`` point to it."""
        output = self.config.settings.output
        has_dataset = self._makes_dataset(request)
        if status is RunStatus.COMPLETED and has_dataset:
            publish(attempt, self.config.settings)
        attempt.end(status)
        if status is not RunStatus.COMPLETED or self.output_base_dir is None:
            return
        outputs = Path(output.directory)
        if output.symlink_latest:
            update_latest(
                request,
                attempt.manifest,
                attempt.folder,
                outputs,
                self._now(),
                self._reporter,
                has_made_dataset=has_dataset,
            )
        if output.versioning:
            for name in remove_old_runs(
                outputs, output.keep_last_n_versions, self.output_base_dir, self._reporter.warn
            ):
                self._reporter.note(f"Removed old run {name} (keep_last_n_versions).")

    def _makes_dataset(self, request: RunRequest) -> bool:
        return request.last_stage == FINAL.number and FINAL.is_enabled(self.config.settings)

    @contextlib.contextmanager
    def _attempt(self, request: RunRequest) -> Iterator[Attempt]:
        """Open a run folder for one attempt; its end is recorded and its lock released in any case."""
        alerting = Alerting(self.config, request, self.run_id, self._reporter, self._now)
        with contextlib.ExitStack() as stack:
            with _telling_failure(alerting):
                session, log = self._open(request, stack)
            alerting.attach(session, log)
            with self._recording_failure(session, log, alerting):
                self._begin(request, session, log)
                # after the manifest says how the attempt ended
                stack.callback(report_lineage, self.config, session, log, self._reporter, self._now)
                self._refuse_missing_credentials(request, session.manifest)
                gate = PublicationGate(request, self._stages.context, session)
                attempt = Attempt(request, self._stages, session, gate, log)
                yield attempt
                alerting.ended(attempt)

    def _open(self, request: RunRequest, stack: contextlib.ExitStack) -> tuple[RunSession, RunLog]:
        """Hold a run folder until the stack is closed, and return its session and log."""
        settings = self.config.settings
        from mrt_pipeline.runtime.source_access import is_any_live

        refuse_small_memory(Need.LIVE_RUN if is_any_live(settings) else Need.RUN)
        refuse_wrong_clock(self._now())
        refuse_useless_request(request, settings)
        if request.as_of is not None:
            earlier = find_folder(request, settings.output, self.run_timestamp)
            manifest = find_or_rebuild(earlier).manifest if earlier is not None else None
            choose_day(request, manifest, self.run_timestamp)  # before creating a folder that stays empty
        folder = choose_folder(request, settings.output, self.run_timestamp)
        self.output_base_dir = folder
        stack.enter_context(run_lock(folder, self._now()))
        stack.enter_context(self._stop.watching())
        remove_leftovers(folder)
        session = self._open_session(folder, request)
        log = stack.enter_context(open_run_log(folder, settings.logging, run_id=session.manifest.run_id))
        return session, log

    def _begin(self, request: RunRequest, session: RunSession, log: RunLog) -> None:
        session.begin(request.command, stage=request.stage, retries_failed=request.retry_failed)
        log.info(
            "attempt started",
            command=request.command,
            as_of=str(session.manifest.as_of),
            config=self.config.label,
        )
        if self.config.path is None:
            self._reporter.note(NO_FILE)
        if (horizon := load_network().known_on(session.manifest.as_of)) is not None:
            self._reporter.warn(
                f"The network is described as it was known on {horizon}; changes announced since then are "
                "not included."
            )
        if (ahead := find_ahead(Path(self.config.settings.output.directory), self._now())) is not None:
            self._reporter.warn(
                f"According to this machine's clock, {ahead} began in the future, so it does not count as "
                "the newest run. Correct the clock, or remove that folder."
            )
        for remark in session.remarks:
            self._reporter.warn(remark)
            log.warning("manifest recreated", remark=remark)

    def _make_context(self, as_of: date, folder: Path | None = None) -> RunContext:
        outputs = Path(self.config.settings.output.directory)
        return replace(
            default_context(self.config, as_of, self._reporter),
            folder=folder,
            earlier=find_earlier(outputs, folder, self._now()) if folder is not None else None,
            stop=self._stop,
            now=self._now,
        )

    def _open_session(self, folder: Path, request: RunRequest) -> RunSession:
        """Return the folder's session: an existing manifest is continued, with this run's configuration."""
        found = find_or_rebuild(folder)
        earlier = found.manifest
        as_of = choose_day(request, earlier, self.run_timestamp)
        refuse_to_replace_shown(
            request, folder, Path(self.config.settings.output.directory), as_of, self._now()
        )
        context = replace(
            self._make_context(as_of, folder),
            retry_failed=request.retry_failed,
            refuses_gaps=self._makes_dataset(request) and not request.accept_changes,
        )
        self._opened = StageSet(self.config, context)
        settings = self.config.settings
        present = {
            "updated_at": self._now(),
            "as_of": as_of,
            "mode": settings.mode.value,
            "software_version": mrt_pipeline.__version__,
            "code_version": code_version(),
            "config_path": self.config.label,
            "config": settings.model_dump(mode="json"),
        }
        if earlier is None:
            manifest = Manifest(
                run_id=self.run_id,
                timestamp=self.run_timestamp,
                status=RunStatus.RUNNING,
                attempts=(),
                **present,
            )
        else:
            manifest = earlier.model_copy(update=present)
            self.run_id, self.run_timestamp = earlier.run_id, earlier.timestamp
        remarks = [*self._keep_aside(found.unfit), *([found.remark] if found.remark else ())]
        return RunSession(folder, manifest, self._now, remarks, earlier)

    def _keep_aside(self, unfit: Mapping[Path, str]) -> Iterator[str]:
        """Set unusable files aside under another name, and yield a sentence for each."""
        for path, why in unfit.items():
            yield f"{path} {why}; it was kept as {move_aside(path, self._now()).name}."

    def _refuse_missing_credentials(self, request: RunRequest, manifest: Manifest) -> None:
        """Report, before any work, which secrets are missing for the stages to be run."""
        from mrt_pipeline.orchestrator.dry_run import find_missing_credentials, plan_stages
        from mrt_pipeline.runtime.source_access import missing_credentials

        settings = self.config.settings
        asked = STAGES[request.first_stage - 1 : request.last_stage]
        apis = [api for stage in asked for api in stage.apis_in_use(settings)]
        if not missing_credentials(settings, self.config.secrets(), apis):
            return  # the usual case; the plan reads checkpoints
        stages = plan_stages(request, manifest, self._stages.context)
        if faults := find_missing_credentials(stages, self.config):
            raise CredentialError("Missing credentials:", tuple(faults))

    @contextlib.contextmanager
    def _recording_failure(self, session: RunSession, log: RunLog, alerting: Alerting) -> Iterator[None]:
        try:
            yield
        except (RunInterrupted, KeyboardInterrupt) as error:
            self._record_interruption(session, log, error)
            raise
        except MrtPipelineError as error:
            self._end_if_stopped(session, log, error)
            self._record_failure(session, log, alerting, error)
            raise
        except MemoryError as error:
            out_of_memory = OutOfMemoryError()
            self._record_failure(session, log, alerting, out_of_memory)
            raise out_of_memory from error
        except Exception as error:
            self._end_if_stopped(session, log, error)
            # The only place that catches our own bugs: manifest and alert must still say what happened.
            log.exception("bug")
            bug = InternalError(
                f"An internal error stopped the run ({type(error).__name__}: {error}). "
                f"Completed work is kept in {session.folder}; the details are in its log."
            )
            self._record_failure(session, log, alerting, bug)
            raise bug from error
        finally:
            self.checkpoints = dict(session.manifest.checkpoints)
            self._stages.context.access.close()

    def _end_if_stopped(self, session: RunSession, log: RunLog, error: Exception) -> None:
        """Raise ``RunInterrupted`` if a signal caused an error: code in C passes it on as its own."""
        if (number := self._stop.signal_number) is None:
            return
        stopped = RunInterrupted(number)
        self._record_interruption(session, log, stopped)
        raise stopped from error

    def _record_interruption(self, session: RunSession, log: RunLog, error: BaseException) -> None:
        log.warning("interrupted", reason=str(error))
        self._end(session, log, RunStatus.INTERRUPTED, error)
        if isinstance(error, RunInterrupted):
            error.go_on_with = find_remedy(session.folder, session.manifest)

    def _record_failure(
        self, session: RunSession, log: RunLog, alerting: Alerting, error: MrtPipelineError
    ) -> None:
        log.error("failed", error=str(error), error_type=type(error).__name__)
        self._end(session, log, RunStatus.FAILED, error)
        error.go_on_with = find_remedy(session.folder, session.manifest)
        alerting.failed(error)

    def _end(self, session: RunSession, log: RunLog, status: RunStatus, error: BaseException) -> None:
        """Close the attempt; a full disk must not keep the reason for its end from being reported."""
        with after_failure(error, self._reporter, log):
            session.end(status, str(error))


@contextlib.contextmanager
def _telling_failure(alerting: Alerting) -> Iterator[None]:
    """Alert about a run that cannot even start."""
    try:
        yield
    except (RunInterrupted, KeyboardInterrupt):
        raise
    except MrtPipelineError as error:
        alerting.failed(error)
        raise


def _path(path: str | Path | None) -> Path | None:
    return None if path is None else Path(path)
