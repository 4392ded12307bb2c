"""Tell as OpenLineage events what an attempt reads and makes; telling it never changes how the run ends.

An attempt at a run, each stage it runs, and the writing of the configured formats are OpenLineage runs of
their own: one event when they begin, one when they end. What is reused is not told again. Names, facets and
where the events go: docs/lineage.md.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from mrt_pipeline.config import PipelineConfig
from mrt_pipeline.config.paths import home_folder
from mrt_pipeline.contracts.names import FINAL_STAGE
from mrt_pipeline.contracts.outputs import Stage3Output
from mrt_pipeline.contracts.run import Manifest, RunStatus, StageStatus
from mrt_pipeline.errors import RunInterrupted, StorageError
from mrt_pipeline.lineage import (
    PUBLISHING,
    EventType,
    JobRun,
    Judgement,
    Marker,
    checkpoint_input,
    judge_checks,
    made_checkpoint,
    made_export,
    read_sources,
    run_event,
    without_paths,
)
from mrt_pipeline.orchestrator.session import RunSession
from mrt_pipeline.orchestrator.stages import STAGES
from mrt_pipeline.orchestrator.telling import try_to_tell
from mrt_pipeline.runtime.files import real_path
from mrt_pipeline.runtime.lineage import LINEAGE_NAME, LineageSender, append_events
from mrt_pipeline.runtime.reporting import Reporter
from mrt_pipeline.secrecy import SECRETS

if TYPE_CHECKING:
    from mrt_pipeline.contracts.outputs import StageOutput
    from mrt_pipeline.lineage import Json
    from mrt_pipeline.runtime.run_log import RunLog

INPUT_STAGES = {stage.name: tuple(earlier.name for earlier in STAGES[: stage.number - 1]) for stage in STAGES}
"""each stage, and those whose checkpoints it works on"""

_ENDINGS = {
    RunStatus.COMPLETED: EventType.COMPLETE,
    RunStatus.STOPPED_AT_BUDGET: EventType.COMPLETE,
    RunStatus.FAILED: EventType.FAIL,
    RunStatus.INTERRUPTED: EventType.ABORT,
    RunStatus.RUNNING: EventType.ABORT,  # it ended without saying how
}


class Lineage:
    """Takes what an attempt reads and makes, step by step; the base class tells nobody."""

    def started(self, stage_name: str) -> None:
        """Take that a stage begins."""

    def checked(self, dataset: Stage3Output) -> None:
        """Take what the checks found in a dataset, whether it passed them or not."""

    def ended(self, stage_name: str, output: StageOutput) -> None:
        """Take what a stage has made, once its checkpoint is in the manifest."""

    def publishing(self) -> None:
        """Take that the configured formats are about to be written."""

    def published(self, dataset: Stage3Output, sizes: Mapping[str, int]) -> None:
        """Take which files were written, and how many bytes each has, once they are in the manifest."""

    def end(self) -> None:
        """Take that the attempt has ended, as the manifest says."""


def follow(
    config: PipelineConfig,
    session: RunSession,
    log: RunLog,
    reporter: Reporter,
    now: Callable[[], datetime],
) -> Lineage:
    """Return who is to be told of an attempt that has just begun."""
    section = config.settings.lineage
    if not section.enabled:
        return Lineage()
    sender = None
    if section.transport == "http":
        key = config.secrets().mrt_pipeline_lineage_api_key
        sender = LineageSender(str(section.url), key, section.timeout_seconds)
    outlet = Outlet(session.folder, sender, log, reporter)
    return HarmlessLineage(lambda: EventLineage(session, section.namespace, outlet, now), outlet)


class Outlet:
    """Where the events of one attempt go, and who hears if they cannot."""

    def __init__(self, folder: Path, sender: LineageSender | None, log: RunLog, reporter: Reporter) -> None:
        self.log = log
        self.reporter = reporter
        self._path = folder / LINEAGE_NAME
        self._sender = sender
        self._is_broken = False

    def put(self, event: Json) -> None:
        """Send an event, or add it to the run's file; no secret goes with it."""
        event = SECRETS.redacted(event)
        if self._sender is not None:
            self._sender.send(event)
        else:
            self._keep([event])

    def close(self) -> None:
        """Wait for what is being sent; what did not arrive is kept in the run's file."""
        if self._sender is None or (rest := self._sender.close()) is None:
            return
        self._keep(rest.events)
        self._warn(
            f"{len(rest.events)} lineage events did not reach the server of lineage.url: {rest.reason}. "
            f"They are in {self._path}."
        )

    def _keep(self, events: Sequence[Json]) -> None:
        if self._is_broken:
            return
        try:
            append_events(self._path, events)
        except StorageError as error:
            self._is_broken = True
            self._warn(f"The lineage of this run is not kept: {error}")

    def _warn(self, sentence: str) -> None:
        self.reporter.warn(sentence)
        self.log.warning("lineage", fault=sentence)


class HarmlessLineage(Lineage):
    """Passes on what an attempt does, until that fails once: lineage with a hole in it would mislead."""

    def __init__(self, open_lineage: Callable[[], Lineage], outlet: Outlet) -> None:
        """Take what tells it, not begun yet, and where its events go."""
        self._outlet = outlet
        self._inner = Lineage()
        self._try(lambda: self._open(open_lineage))

    def started(self, stage_name: str) -> None:
        """Pass on that a stage begins."""
        self._try(lambda: self._inner.started(stage_name))

    def checked(self, dataset: Stage3Output) -> None:
        """Pass on what the checks found."""
        self._try(lambda: self._inner.checked(dataset))

    def ended(self, stage_name: str, output: StageOutput) -> None:
        """Pass on what a stage has made."""
        self._try(lambda: self._inner.ended(stage_name, output))

    def publishing(self) -> None:
        """Pass on that the configured formats are about to be written."""
        self._try(lambda: self._inner.publishing())

    def published(self, dataset: Stage3Output, sizes: Mapping[str, int]) -> None:
        """Pass on which files were written."""
        self._try(lambda: self._inner.published(dataset, sizes))

    def end(self) -> None:
        """Pass on that the attempt has ended, and let go of the outlet whatever came of that.

        The run is over: not even a signal changes how it ended.
        """
        self._try(lambda: self._inner.end(), passing=())
        self._try(self._outlet.close, passing=())

    def _open(self, open_lineage: Callable[[], Lineage]) -> None:
        self._inner = open_lineage()

    def _try(
        self, tell: Callable[[], None], passing: tuple[type[RunInterrupted], ...] = (RunInterrupted,)
    ) -> None:
        loss = "The lineage of this run is not told from here on"
        if not try_to_tell(tell, loss, self._outlet.reporter, self._outlet.log, passing=passing):
            self._inner = Lineage()


class EventLineage(Lineage):
    """Tells each step as an event."""

    def __init__(
        self, session: RunSession, namespace: str, outlet: Outlet, now: Callable[[], datetime]
    ) -> None:
        """Tell that the attempt begins, and that the one before it was given up if it was killed."""
        self._session = session
        self._namespace = namespace
        self._outlet = outlet
        self._now = now
        self._marker = Marker(session.manifest.software_version)
        self._open: list[JobRun] = []
        """runs that have begun and not ended, the attempt's own first"""
        self._judgements: tuple[Judgement, ...] = ()
        self._abandon_killed()
        self._start(self._run())

    def started(self, stage_name: str) -> None:
        """Tell that a stage begins, and which checkpoints it works on."""
        self._start(self._run(stage_name), self._checkpoints(INPUT_STAGES[stage_name]))

    def checked(self, dataset: Stage3Output) -> None:
        """Keep what became of each check, for the event that ends the stage."""
        self._judgements = judge_checks(dataset.findings, self._manifest.config)

    def ended(self, stage_name: str, output: StageOutput) -> None:
        """Tell what a stage has read and made."""
        record = self._manifest.stages[stage_name].checkpoint
        made = []
        if record is not None:
            made.append(made_checkpoint(stage_name, record, output, self._namespace, self._marker))
        self._finish(EventType.COMPLETE, self._read_by(stage_name, output), made)

    def publishing(self) -> None:
        """Tell that the dataset is about to be written in the configured formats."""
        self._start(self._run(PUBLISHING), self._checkpoints([FINAL_STAGE]))

    def published(self, dataset: Stage3Output, sizes: Mapping[str, int]) -> None:
        """Tell which files were written, and what was checked before."""
        sha256 = self._manifest.outputs
        made = [
            made_export(name, sha256[name], size, dataset, self._namespace, self._marker)
            for name, size in sizes.items()
        ]
        judgements = judge_checks(dataset.findings, self._manifest.config)
        self._finish(EventType.COMPLETE, self._checkpoints([FINAL_STAGE], judgements), made)

    def end(self) -> None:
        """Tell how the attempt ended, and any step that ended with it."""
        attempt = self._manifest.attempts[-1]
        error = attempt.error or attempt.status.value
        while self._open:
            kind = _ENDINGS[attempt.status]
            self._finish(kind, error=None if kind is EventType.COMPLETE else self._safe(error))

    @property
    def _manifest(self) -> Manifest:
        return self._session.manifest

    def _run(self, step: str | None = None, back: int = 0) -> JobRun:
        """Return the OpenLineage run of a step of the present attempt, or of one before it."""
        number = len(self._manifest.attempts) - back
        return JobRun(
            self._manifest.run_id, number, self._namespace, **({} if step is None else {"step": step})
        )

    def _start(self, job_run: JobRun, inputs: Sequence[Json] = ()) -> None:
        self._open.append(job_run)
        event = run_event(EventType.START, job_run, self._manifest, self._now(), inputs=inputs)
        self._outlet.put(event)

    def _finish(
        self,
        kind: EventType,
        inputs: Sequence[Json] = (),
        outputs: Sequence[Json] = (),
        error: str | None = None,
    ) -> None:
        """End the run that began last."""
        job_run = self._open.pop()
        is_checked = job_run.step == FINAL_STAGE
        event = run_event(
            kind,
            job_run,
            self._manifest,
            self._now(),
            inputs=inputs,
            outputs=outputs,
            error=error,
            tests=[judgement.as_test() for judgement in self._judgements] if is_checked else (),
        )
        self._outlet.put(event)

    def _abandon_killed(self) -> None:
        """End what an attempt left open whose process was killed; it could not do so itself."""
        attempts = self._manifest.attempts
        if len(attempts) < 2 or attempts[-2].status is not RunStatus.RUNNING:
            return
        self._open.append(self._run(back=1))
        for name in attempts[-2].stages_run[-1:]:
            if self._manifest.stages[name].status is StageStatus.RUNNING:
                self._open.append(self._run(name, back=1))
        while self._open:
            self._finish(EventType.ABORT, error="The process was killed.")

    def _read_by(self, stage_name: str, output: StageOutput) -> list[Json]:
        """Return what a stage has read: checkpoints, and documents of publishers."""
        checkpoints = self._checkpoints(INPUT_STAGES[stage_name])
        if isinstance(output, Stage3Output):  # its documents are those of the stages before
            return checkpoints
        return [*checkpoints, *read_sources(output.provenance.values(), self._marker)]

    def _checkpoints(self, stage_names: Sequence[str], judgements: Sequence[Judgement] = ()) -> list[Json]:
        """Return the checkpoints of some stages as inputs, as far as there are any."""
        records = [self._manifest.stages[name] for name in stage_names if name in self._manifest.stages]
        return [
            checkpoint_input(record.checkpoint, self._namespace, self._marker, judgements)
            for record in records
            if record.checkpoint is not None and record.status is not StageStatus.DISABLED
        ]

    def _safe(self, error: str) -> str:
        """Return an error's sentence with file names where it has paths."""
        folder = self._session.folder
        home = home_folder() or folder.absolute()
        return without_paths(error, (folder.absolute(), real_path(folder), Path.cwd(), home))
