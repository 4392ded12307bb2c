"""Hold a new dataset against the one published last, before it takes its place.

The gate stands before the dataset's checkpoint is written. So a run that fails it changes nothing that was
published, even where it works in the very folder that ``latest`` shows; the checkpoints of the stages before
stay, and ``--accept-changes`` goes on from them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from mrt_pipeline.config.model import GatesSection
from mrt_pipeline.contracts.counting import counted, verb_of
from mrt_pipeline.contracts.gates import (
    BaselineRun,
    FieldLoss,
    GateReport,
    GateStatus,
    LostStation,
    SilentSource,
)
from mrt_pipeline.contracts.names import FINAL_STAGE, LATEST
from mrt_pipeline.contracts.outputs import Stage3Output
from mrt_pipeline.contracts.run import Manifest, RunStatus
from mrt_pipeline.errors import CheckpointError, GateError, SourceGapError, StorageError
from mrt_pipeline.orchestrator.commands import accept_changes, go_on
from mrt_pipeline.orchestrator.request import RunRequest
from mrt_pipeline.orchestrator.session import RunSession
from mrt_pipeline.report.datasets import load_run
from mrt_pipeline.report.history import Run, read_history, read_run
from mrt_pipeline.runtime.checkpoints import content_sha256
from mrt_pipeline.runtime.context import RunContext
from mrt_pipeline.runtime.files import real_path, write_record

if TYPE_CHECKING:
    from mrt_pipeline.report.losses import Losses

GATES_NAME = "gates.json"
SOURCE_FAILED = "source-failed"
"""the check by which stage 2 says that a source gave nothing for some stations"""
SHOWN = 10
"""a message names so many stations or exits; gates.json has them all"""


class PublicationGate:
    """Lets a dataset of one attempt pass, or raises.

    Attributes:
        baseline: the dataset that it was held against, if one was read.
    """

    def __init__(self, request: RunRequest, context: RunContext, session: RunSession) -> None:
        self.baseline: Stage3Output | None = None
        self._request = request
        self._context = context
        self._session = session
        self._outputs = Path(context.settings.output.directory)

    def check(self, dataset: Stage3Output) -> None:
        """Compare a dataset that was just made with the one published last.

        Raises:
            SourceGapError: if a source failed for some of its stations, and nobody said that this may be.
            GateError: if more is gone than is allowed, and nobody said that this is right.
        """
        if not self._request.accept_changes:
            self._refuse_gaps(dataset)
        if not self._context.settings.gates.enabled:
            self._record(_not_compared("gates.enabled is false in the configuration."))
            return
        self._check(dataset, self._candidates())

    def check_reused(self, load: Callable[[], Stage3Output]) -> None:
        """Compare a dataset made earlier with what another run published since then, if one did.

        Raises:
            GateError: if more is gone than is allowed, and nobody said that this is right.
        """
        if not self._context.settings.gates.enabled:
            return
        shown = self._find_latest()
        content = _content_of(self._session.manifest)
        if shown is not None and content != _content_of(shown.manifest):
            self._check(load(), [shown])

    def _check(self, dataset: Stage3Output, candidates: Iterable[Run]) -> None:
        content: str | None = None
        for run in candidates:
            content = content or content_sha256(dataset)
            if _content_of(run.manifest) == content:
                reason = f"It says the same as {run.name}."
                self.baseline = _as_made_at(dataset, run.manifest.updated_at)
                self._record(GateReport(status=GateStatus.PASSED, reason=reason, baseline=_describe(run)))
                return
            try:
                self.baseline = load_run(run).dataset
            except (CheckpointError, StorageError) as error:
                self._context.reporter.warn(f"The dataset published last cannot be compared with: {error}")
                continue
            self._judge(dataset, self.baseline, run)
            return
        self._record(_not_compared("There is no earlier dataset to compare with."))

    def _judge(self, dataset: Stage3Output, baseline: Stage3Output, run: Run) -> None:
        described = _describe(run, baseline)
        if dataset.metadata.as_of < baseline.metadata.as_of:
            reason = (
                f"This run describes {dataset.metadata.as_of}, and {run.name} a later day, "
                f"{baseline.metadata.as_of}; so they were not compared."
            )
            self._context.reporter.note(reason)
            self._record(_not_compared(reason, described))
            return
        from mrt_pipeline.report.losses import find_losses
        from mrt_pipeline.report.silences import find_silences

        losses = find_losses(baseline, dataset)
        excesses = tuple(find_excesses(losses, self._context.settings.gates))
        status = self._status(excesses)
        skipped = self._session.manifest.passed_over
        silences = tuple(it for it in find_silences(baseline, dataset) if it.source_id not in skipped)
        report = GateReport(
            status=status,
            reason=_REASONS[status].format(run=run.name),
            baseline=described,
            excesses=excesses,
            stations=losses.stations,
            exits=losses.exits,
            fields=losses.fields,
            silences=silences,
        )
        self._record(report)
        for sentence in _describe_silences(silences, run):
            self._context.reporter.warn(sentence)
        if status is GateStatus.ACCEPTED:
            self._context.reporter.note(
                f"Published although much is gone since {run.name}: --accept-changes."
            )
        if status is GateStatus.FAILED:
            raise self._refusal(report, _sources_missing(baseline, dataset))

    def _refuse_gaps(self, dataset: Stage3Output) -> None:
        """Refuse a dataset that would be smaller only because a source could not be read everywhere."""
        gaps = tuple(finding.message for finding in dataset.findings if finding.check == SOURCE_FAILED)
        if not gaps:
            return
        reason = "A source gave nothing for some stations."
        self._record(GateReport(status=GateStatus.FAILED, reason=reason, gaps=gaps))
        folder, manifest = self._session.folder, self._session.manifest
        raise SourceGapError(
            gaps[0].partition(" ")[0],
            "what it says of some stations is missing, and nothing was published. Try these stations again "
            f"with: {go_on(folder, manifest, '--retry-failed')}; or publish without it with: "
            f"{accept_changes(folder, manifest)}",
            gaps,
        )

    def _status(self, excesses: Sequence[str]) -> GateStatus:
        if not excesses:
            return GateStatus.PASSED
        return GateStatus.ACCEPTED if self._request.accept_changes else GateStatus.FAILED

    def _record(self, report: GateReport) -> None:
        """Put a report into gates.json, and without the exits that lack a value into the manifest."""
        write_record(self._session.folder / GATES_NAME, report)
        fields = tuple(field.model_copy(update={"exits": ()}) for field in report.fields)
        self._session.update(gates=report.model_copy(update={"fields": fields}))

    def _refusal(self, report: GateReport, sources: Sequence[str]) -> GateError:
        why = f" Read for that dataset and not for this one: {', '.join(sources)}." if sources else ""
        command = accept_changes(self._session.folder, self._session.manifest)
        place = self._session.folder / GATES_NAME
        return GateError(
            f"{report.reason}{why} Nothing was published. All that is gone stands in {place}; if this is "
            f"right, publish it with: {command}",
            report.excesses,
        )

    def _candidates(self) -> list[Run]:
        """Return the runs to compare with, the best first: that of the nearest day before, published last.

        A look at a day long ago (``--as-of``) must not become what the present network is held against.
        """
        day = self._context.as_of
        return sorted(
            self._published(), key=lambda run: (run.manifest.as_of > day, -run.manifest.as_of.toordinal())
        )

    def _published(self) -> Iterator[Run]:
        """Yield the runs whose dataset may be the one published last, the likeliest first."""
        if (shown := self._find_latest()) is not None:
            yield shown
        own = self._session.manifest
        if _content_of(own) and own.outputs:
            yield Run(self._session.folder, own, is_alive=True)
        for run in read_history(self._outputs).runs:
            if run.manifest.status is RunStatus.COMPLETED and _content_of(run.manifest):
                yield run

    def _find_latest(self) -> Run | None:
        """Return the run that ``latest`` shows, if it can be read and has a dataset."""
        link = self._outputs / LATEST
        try:
            run = read_run(real_path(link)) if link.is_symlink() else None
        except (CheckpointError, StorageError) as error:
            self._context.reporter.warn(f"What {link} shows cannot be compared with: {error}")
            return None
        return run if run is not None and _content_of(run.manifest) else None


def find_excesses(losses: Losses, limits: GatesSection) -> Iterator[str]:
    """Yield a sentence for each limit that is exceeded, naming what is gone."""
    if (number := len(losses.stations)) > (allowed := limits.max_stations_lost):
        names, gone = _shorten(map(_name_station, losses.stations)), f"{verb_of(number)} gone"
        yield f"{counted(number, 'station')} {gone}; gates.max_stations_lost allows {allowed}: {names}."
    if (number := len(losses.exits)) > (allowed := limits.max_exits_lost):
        names = _shorten(found.exit_id for found in losses.exits)
        gone = f"of other stations {verb_of(number)} gone"
        yield f"{counted(number, 'exit')} {gone}; gates.max_exits_lost allows {allowed}: {names}."
    for field in losses.fields:
        if field.lost / field.old > limits.max_enriched_lost_share:
            yield _describe_field(field, limits.max_enriched_lost_share)


_REASONS = {
    GateStatus.PASSED: "No more is gone since {run} than gates allows.",
    GateStatus.FAILED: "More is gone since {run} than gates allows.",
    GateStatus.ACCEPTED: "More is gone since {run} than gates allows, and --accept-changes was given.",
}


def _describe_field(field: FieldLoss, allowed: float) -> str:
    return (
        f"{field.lost} of {counted(field.old, 'value')} of {field.field} ({field.share:.1%}) "
        f"{verb_of(field.lost)} gone; "
        f"gates.max_enriched_lost_share allows {allowed:.1%}: at {_shorten(field.exits)}."
    )


def _describe_silences(silences: Sequence[SilentSource], run: Run) -> Iterator[str]:
    """Yield a sentence for each station, or for each source that is silent about very many."""
    by_source: dict[str, list[SilentSource]] = {}
    for silence in silences:
        by_source.setdefault(silence.source_id, []).append(silence)
    for source_id, listed in by_source.items():
        if len(listed) > SHOWN:
            names = _shorten(silence.name for silence in listed)
            yield (
                f"{len(listed)} stations lost all values from {source_id} since {run.name}: {names}. "
                f"Full list: {GATES_NAME}."
            )
            continue
        for silence in listed:
            yield (
                f"{silence.name}: lost all values from {source_id} ({silence.values}) since {run.name}. "
                f"Check {', '.join(silence.documents)}."
            )


def _name_station(station: LostStation) -> str:
    return f"{station.name} ({', '.join(station.codes)}, {counted(len(station.exits), 'exit')})"


def _shorten(names: Iterable[str]) -> str:
    listed = list(names)
    more = len(listed) - SHOWN
    return ", ".join(listed[:SHOWN]) + (f" and {more} more" if more > 0 else "")


def _sources_missing(old: Stage3Output, new: Stage3Output) -> list[str]:
    """Return the sources that gave a document of an older dataset and none of a newer one."""
    then, now = ({document.source_id for document in side.provenance.values()} for side in (old, new))
    return sorted(then - now)


def _as_made_at(dataset: Stage3Output, moment: datetime) -> Stage3Output:
    """Return an earlier dataset that says the same as this one, without reading it."""
    return dataset.model_copy(
        update={"metadata": dataset.metadata.model_copy(update={"generated_at": moment})}
    )


def _not_compared(reason: str, baseline: BaselineRun | None = None) -> GateReport:
    return GateReport(status=GateStatus.NOT_COMPARED, reason=reason, baseline=baseline)


def _describe(run: Run, dataset: Stage3Output | None = None) -> BaselineRun:
    return BaselineRun(
        run_id=run.manifest.run_id,
        folder=run.name,
        as_of=dataset.metadata.as_of if dataset is not None else run.manifest.as_of,
        generated_at=dataset.metadata.generated_at if dataset is not None else None,
    )


def _content_of(manifest: Manifest) -> str | None:
    """Return what tells a run's dataset from others, none if it has no dataset."""
    record = manifest.stages.get(FINAL_STAGE)
    return record.checkpoint.content_sha256 if record is not None and record.checkpoint is not None else None
