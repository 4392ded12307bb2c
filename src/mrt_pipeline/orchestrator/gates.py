"""Compare a new dataset with the last published one before it takes its place.

The gate runs before the dataset's checkpoint is written. So a run that fails it changes nothing published,
even if it works in the folder that ``latest`` points to; the checkpoints of earlier stages stay, and
``--accept-changes`` continues from them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from mrt_pipeline.compare.access_turns import warn_of_lost_answer, warn_of_turn
from mrt_pipeline.contracts.findings import Finding
from mrt_pipeline.contracts.gates import BaselineRun, GateReport, GateStatus
from mrt_pipeline.contracts.names import FINAL_STAGE, LATEST, SOURCE_FAILED, STAGE2_ENRICHMENT
from mrt_pipeline.contracts.outputs import Stage3Output
from mrt_pipeline.contracts.run import Manifest, RunStatus
from mrt_pipeline.errors import CheckpointError, GateError, SourceGapError, StorageError, UsageError
from mrt_pipeline.history.datasets import load_run, load_unverified
from mrt_pipeline.history.resume_command import accept_changes, resume
from mrt_pipeline.history.runs import Run, get_run, read_history, read_run
from mrt_pipeline.orchestrator.gate_limits import (
    SHOWN,
    describe_silences,
    find_excesses,
    summarise_lost_answers,
    summarise_turns,
)
from mrt_pipeline.orchestrator.live_manifest import RunSession
from mrt_pipeline.orchestrator.request import RunRequest
from mrt_pipeline.runtime.checkpoints import content_sha256
from mrt_pipeline.runtime.context import RunContext
from mrt_pipeline.runtime.files import real_path, sha256_of, write_record
from mrt_pipeline.runtime.integrity import has_whole_dataset

GATES_NAME = "gates.json"


class PublicationGate:
    """Lets the dataset of an attempt pass, or raises.

    Attributes:
        baseline: the dataset that it was compared with, if one was read.
    """

    def __init__(self, request: RunRequest, context: RunContext, session: RunSession) -> None:
        self.baseline: Stage3Output | None = None
        self._request = request
        self._context = context
        self._session = session
        self._outputs = Path(context.settings.output.directory)
        self._warn = context.reporter.warn

    def check(self, dataset: Stage3Output) -> None:
        """Compare a dataset that was just made with the last published one.

        Raises:
            SourceGapError: if a source failed for some of its stations, and that was not accepted.
            GateError: if losses exceed the limits, and were not accepted.
        """
        if not self._request.accept_changes:
            self._refuse_gaps(dataset)
        self._check(dataset, self._candidates())

    def check_reused(self, load: Callable[[], Stage3Output]) -> None:
        """Compare a dataset made earlier with one that another run has published since, if any.

        Raises:
            GateError: if losses exceed the limits, and were not accepted.
        """
        newer = find_newer(self._outputs, self._session.folder, self._session.manifest, self._warn)
        if newer is not None:
            self._check(load(), [newer])

    def check_taken(self, content: str, load: Callable[[], Stage3Output]) -> None:
        """Compare a dataset taken over from another run, by its content sha256 if that suffices.

        Raises:
            GateError: if losses exceed the limits, and were not accepted.
        """
        candidates = self._candidates()
        same = next(iter(candidates), None)
        if same is not None and _says_same(content, same):
            self._record(_no_differences(same))
        else:
            self._check(load(), candidates)

    def recall(self) -> Stage3Output | None:
        """Return what the dataset was compared with, by this attempt or an earlier one; None if missing."""
        gates = self._session.manifest.gates
        if self.baseline is None and gates is not None and gates.baseline is not None:
            self.baseline = self._read_again(gates.baseline)
        return self.baseline

    def _read_again(self, baseline: BaselineRun) -> Stage3Output | None:
        try:
            run = get_run(baseline.folder, self._outputs)
            if baseline.content_sha256 in (None, _content_of(run.manifest)):
                return load_run(run).dataset
            why = f"{run.name} now holds a different dataset."
        except (CheckpointError, StorageError, UsageError) as error:
            why = str(error).partition("\n")[0]
        self._context.reporter.note(
            f"The report omits changes since run {baseline.run_id}, whose dataset is no longer available: "
            f"{why}"
        )
        return None

    def _check(self, dataset: Stage3Output, candidates: Iterable[Run]) -> None:
        content: str | None = None
        altered: list[Run] = []
        for run in candidates:
            content = content or content_sha256(dataset)
            if _says_same(content, run):
                self.baseline = _as_made_for(dataset, run.manifest)
                self._record(_no_differences(run))
                return
            try:
                self.baseline = load_run(run).dataset
            except (CheckpointError, StorageError) as error:
                self._context.reporter.warn(f"Not compared with {run.name}: {error}")
                altered.append(run)
                continue
            self._judge(dataset, self.baseline, run)
            return
        if not self._judge_by_altered(dataset, altered):
            self._record(_not_compared("No earlier dataset to compare with."))

    def _judge_by_altered(self, dataset: Stage3Output, runs: Iterable[Run]) -> bool:
        """Compare with the first dataset that is readable although its bytes differ from those written.

        That is better than publishing unchecked: if the dataset is refused for it, a person can accept it.
        """
        for run in runs:
            try:
                self.baseline = load_unverified(run).dataset
            except (CheckpointError, StorageError, FileNotFoundError):
                continue  # the reason was reported on first reading it
            self._judge(dataset, self.baseline, run)
            return True
        return False

    def _judge(self, dataset: Stage3Output, baseline: Stage3Output, run: Run) -> None:
        described = describe_baseline(run, baseline)
        if dataset.metadata.as_of < baseline.metadata.as_of:
            reason = (
                f"Not compared with {run.name}: it describes {baseline.metadata.as_of}, a later date than "
                f"this run's ({dataset.metadata.as_of})."
            )
            self._context.reporter.note(reason)
            self._record(_not_compared(reason, described))
            return
        from mrt_pipeline.compare.regressions import find_losses, find_silences

        limits = self._context.settings.gates
        losses = find_losses(baseline, dataset)
        excesses = tuple(find_excesses(losses, limits)) if limits.enabled else ()
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
            turns=losses.turns,
            lost_answers=tuple(
                it for it in losses.lost_answers if not it.sources or set(it.sources) - skipped.keys()
            ),
            sources=losses.sources,
        )
        self._record(report)
        for sentence in describe_silences(silences, run.name, GATES_NAME):
            self._context.reporter.warn(sentence)
        self._warn_of_access(report)
        if status is GateStatus.ACCEPTED:
            self._context.reporter.note(f"Published despite losses since {run.name} (--accept-changes).")
        if status is GateStatus.FAILED:
            raise self._refusal(report, _explain_losses(baseline, dataset))

    def _warn_of_access(self, report: GateReport) -> None:
        """Show each exit whose access is reversed or no longer known; if many, some and their number."""
        turns, lost = report.turns, report.lost_answers
        self._warn_of_each([warn_of_turn(it) for it in turns], lambda: summarise_turns(turns))
        self._warn_of_each([warn_of_lost_answer(it) for it in lost], lambda: summarise_lost_answers(lost))

    def _warn_of_each(self, found: Sequence[Finding], sum_up: Callable[[], str]) -> None:
        warn = self._context.reporter.warn
        if len(found) <= SHOWN:
            for finding in found:
                warn(finding.message)
        else:
            place = self._session.folder / GATES_NAME
            warn(f"{sum_up()}. Verify them before relying on this dataset; full list: {place}")

    def _refuse_gaps(self, dataset: Stage3Output) -> None:
        """Refuse a dataset that would be smaller only because a source failed for some stations."""
        failed = [finding for finding in dataset.findings if finding.check == SOURCE_FAILED]
        if not failed:
            return
        gaps = tuple(finding.message for finding in failed)
        reason = "A source returned nothing for some of the requested stations."
        self._record(GateReport(status=GateStatus.FAILED, reason=reason, gaps=gaps))
        folder, manifest = self._session.folder, self._session.manifest
        raise SourceGapError(
            failed[0].source or STAGE2_ENRICHMENT,
            "no data for the stations below, so nothing was published. To retry them: "
            f"{resume(folder, manifest, '--retry-failed')}; to publish without this data: "
            f"{accept_changes(folder, manifest)}",
            gaps,
        )

    def _status(self, excesses: Sequence[str]) -> GateStatus:
        if not self._context.settings.gates.enabled:
            return GateStatus.NOT_COMPARED
        if not excesses:
            return GateStatus.PASSED
        return GateStatus.ACCEPTED if self._request.accept_changes else GateStatus.FAILED

    def _record(self, report: GateReport) -> None:
        """Write a report to gates.json, and without the exits that lack a value to the manifest."""
        content = write_record(self._session.folder / GATES_NAME, report)
        fields = tuple(field.model_copy(update={"exits": ()}) for field in report.fields)
        self._session.update(
            gates=report.model_copy(update={"fields": fields}),
            side_files={**self._session.manifest.side_files, GATES_NAME: sha256_of(content)},
        )

    def _refusal(self, report: GateReport, why: str) -> GateError:
        command = accept_changes(self._session.folder, self._session.manifest)
        place = self._session.folder / GATES_NAME
        return GateError(
            f"{report.reason}{why} Nothing was published. Full list: {place}. If the losses are "
            f"correct, publish with: {command}",
            report.excesses,
        )

    def _candidates(self) -> list[Run]:
        """Return the runs to compare with, best first: those for the nearest earlier date, newest first.

        A run for a date long ago (``--as-of``) must not become the baseline for the current network.
        """
        day = self._context.as_of
        runs: dict[Path, Run] = {}
        for run in self._published():
            runs.setdefault(real_path(run.folder), run)
        return sorted(
            runs.values(), key=lambda run: (run.manifest.as_of > day, -run.manifest.as_of.toordinal())
        )

    def _published(self) -> Iterator[Run]:
        """Yield the runs whose dataset may be the last published one, likeliest first."""
        if (shown := _find_latest(self._outputs, self._warn)) is not None:
            yield shown
        own = self._session.manifest
        if _content_of(own) and own.outputs:
            yield Run(self._session.folder, own, is_alive=True)
        for run in read_history(self._outputs).runs:
            if run.manifest.status is RunStatus.COMPLETED and _content_of(run.manifest):
                yield run


def find_newer(
    outputs: Path, folder: Path, manifest: Manifest, warn: Callable[[str], None] = lambda _: None
) -> Run | None:
    """Return the run that ``latest`` points to, if it is another run with another dataset.

    Args:
        outputs: the folder of all runs.
        folder: folder of the run whose dataset is to be reused.
        manifest: manifest of that run.
        warn: receives the reason if the other run cannot be read.
    """
    shown = _find_latest(outputs, warn)
    if shown is None or real_path(shown.folder) == real_path(folder):
        return None
    return None if _says_same(_content_of(manifest), shown) else shown


def _find_latest(outputs: Path, warn: Callable[[str], None]) -> Run | None:
    """Return the run that ``latest`` points to, if it is readable and has a dataset."""
    link = outputs / LATEST
    try:
        run = read_run(real_path(link)) if link.is_symlink() else None
    except (CheckpointError, StorageError) as error:
        warn(f"Not compared with the dataset that {link} points to: {error}")
        return None
    return run if run is not None and _content_of(run.manifest) else None


_REASONS = {
    GateStatus.NOT_COMPARED: "gates.enabled is false in the configuration: losses since {run} "
    "are not checked.",
    GateStatus.PASSED: "Losses since {run} are within the gate limits.",
    GateStatus.FAILED: "Losses since {run} exceed the gate limits.",
    GateStatus.ACCEPTED: "Losses since {run} exceed the gate limits; accepted with --accept-changes.",
}


def _explain_losses(old: Stage3Output, new: Stage3Output) -> str:
    """Return the differences between the runs, rather than the network, that may explain losses."""
    sources, why = _sources_missing(old, new), ""
    if sources:
        why = f" That dataset used {', '.join(sources)}; this run did not."
    then, now = (
        made if isinstance(made, str) else ", ".join(made)
        for made in (old.metadata.licences, new.metadata.licences)
    )
    if then != now:
        why += (
            f" That dataset was made with output.licences {then}, this one with {now}. Give each set of "
            "licences its own output.directory."
        )
    return why


def _sources_missing(old: Stage3Output, new: Stage3Output) -> list[str]:
    """Return the sources with a document in an older dataset and none in a newer one."""
    then, now = ({document.source_id for document in side.provenance.values()} for side in (old, new))
    return sorted(then - now)


def _says_same(content: str | None, run: Run) -> bool:
    """Return whether the dataset of a run has the given content and is intact."""
    return _content_of(run.manifest) == content and has_whole_dataset(run.folder, run.manifest)


def _no_differences(run: Run) -> GateReport:
    reason = f"No differences from {run.name}."
    return GateReport(status=GateStatus.PASSED, reason=reason, baseline=describe_baseline(run))


def _as_made_for(dataset: Stage3Output, earlier: Manifest) -> Stage3Output:
    """Return an earlier run's dataset that equals this one, without parsing it."""
    made = {"generated_at": earlier.updated_at, "as_of": earlier.as_of}
    return dataset.model_copy(update={"metadata": dataset.metadata.model_copy(update=made)})


def _not_compared(reason: str, baseline: BaselineRun | None = None) -> GateReport:
    return GateReport(status=GateStatus.NOT_COMPARED, reason=reason, baseline=baseline)


def describe_baseline(run: Run, dataset: Stage3Output | None = None) -> BaselineRun:
    """Return the description, for the manifest, of a run whose dataset another one is compared with."""
    return BaselineRun(
        run_id=run.manifest.run_id,
        folder=run.name,
        as_of=dataset.metadata.as_of if dataset is not None else run.manifest.as_of,
        generated_at=dataset.metadata.generated_at if dataset is not None else None,
        content_sha256=_content_of(run.manifest),
    )


def _content_of(manifest: Manifest) -> str | None:
    """Return what identifies the content of a run's dataset, or None if it has none."""
    record = manifest.stages.get(FINAL_STAGE)
    return record.checkpoint.content_sha256 if record is not None and record.checkpoint is not None else None
