"""Run stage 2: keep what is in the journal, and request the rest within the budget."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import closing, nullcontext
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from mrt_pipeline.contracts.claims import MeteredSource
from mrt_pipeline.contracts.counting import counted, verb_of
from mrt_pipeline.contracts.names import STAGE2_ENRICHMENT
from mrt_pipeline.contracts.network import Station
from mrt_pipeline.contracts.outputs import EnrichmentStatus, ModelUsage, StationEnrichment
from mrt_pipeline.errors import ModelCallError, StageError, StageInputError, StorageError, WorkersError
from mrt_pipeline.runtime.model_usage import add_usage
from mrt_pipeline.runtime.threads import ask_all, bounded_map, inline_map, open_threads
from mrt_pipeline.stages.enrichment.budget import Budget
from mrt_pipeline.stages.enrichment.circuit_breaker import CircuitBreaker, Outcome, enrich_station
from mrt_pipeline.stages.enrichment.journal import Journal, JournalRow, read_journal
from mrt_pipeline.stages.enrichment.keys import Basis, StationKey
from mrt_pipeline.stages.enrichment.progress import Progress
from mrt_pipeline.stages.enrichment.registry import OpenedSources

if TYPE_CHECKING:
    from mrt_pipeline.runtime.context import EarlierRun, RunContext

SHOWN_SLUGS = 3
_Refusal = ModelCallError | WorkersError
"""failures that end the stage once the stations in progress are finished"""


@dataclass(frozen=True, slots=True)
class Task:
    """A station to process, and its earlier row."""

    station: Station
    key: StationKey
    before: JournalRow | None


@dataclass(slots=True)
class Plan:
    """Which stations are kept, and which are processed."""

    kept: dict[str, StationEnrichment] = field(default_factory=dict)
    tasks: list[Task] = field(default_factory=list)


class Driver:
    """One attempt at stage 2, in the thread that writes the journal."""

    def __init__(self, context: RunContext, opened: OpenedSources, journal: Journal) -> None:
        self._context = context
        self._section = context.settings.stages.stage2_enrichment
        self._breakers = [CircuitBreaker(source) for source in opened.sources]
        self._is_remote = opened.is_remote
        self._journal = journal
        self._basis = Basis(context, opened.names)
        self._budget = Budget(
            self._section, [source for source in opened.sources if isinstance(source, MeteredSource)]
        )
        self._refusal: _Refusal | None = None
        self.taken_over: Mapping[str, int] = {}
        """id of an earlier run to the number of stations reused from it"""

    @property
    def unavailable(self) -> Mapping[str, str]:
        """Return each source that was or became unavailable, with its last error message."""
        return {breaker.name: breaker.why_closed for breaker in self._breakers if breaker.is_closed}

    def run(self, stations: Sequence[Station]) -> tuple[StationEnrichment, ...]:
        """Return one enrichment per station, in the given order; those beyond the budget are pending.

        Raises:
            RunInterrupted: if a stop was requested; what was in progress is committed.
            StageError: if every further station would fail too until a person acts.
            StorageError: if the journal cannot be written.
        """
        try:
            plan = self._plan_failed(stations) if self._context.retry_failed else self._plan(stations)
        except ModelCallError as error:
            raise _ended_by(error) from error
        finished = dict(plan.kept)
        progress = Progress(self._context.reporter, len(stations), len(finished))
        # results of local sources are quickly found again: their rows are committed together
        at_once = nullcontext() if self._is_remote else self._journal.at_once()
        with self._context.stop.graceful(), at_once, closing(self._work_off(plan.tasks)) as outcomes:
            for task, outcome in outcomes:
                enrichment = self._commit(task, outcome)
                finished[enrichment.slug] = enrichment
                progress.take(outcome.usage, is_whole=enrichment.status is EnrichmentStatus.DONE)
        self._context.stop.check()
        if self._refusal is not None:
            raise _ended_by(self._refusal) from self._refusal
        self._tell_pending(len(stations) - len(finished))
        return tuple(
            finished.get(station.slug)
            or StationEnrichment(slug=station.slug, status=EnrichmentStatus.PENDING)
            for station in stations
        )

    def settle(self) -> None:
        """Record the cost of answers that led to no result, if the disk permits."""
        if self._budget.unaccounted != ModelUsage():
            try:
                self._journal.add_expense(self._budget.unaccounted)
            except StorageError as error:
                self._context.reporter.warn(f"Requests that failed are not counted in the cost: {error}")

    def _plan(self, stations: Sequence[Station]) -> Plan:
        """Keep rows that are still valid; process stations that were never tried first, then the others."""
        self._prepare(stations, stations)
        plan = Plan()
        for station in stations:
            key = self._key_of(station)
            row = self._journal.find(station.slug)
            if row is not None and row.is_done and key.is_met_by(row.key):
                plan.kept[station.slug] = row.enrichment
            else:
                plan.tasks.append(Task(station, key, row))
        if plan.tasks and self._is_remote and self._context.earlier is not None:  # otherwise asking is quick
            self._take_over(plan, self._context.earlier)
        plan.tasks.sort(key=lambda task: task.before.attempt if task.before else 0)
        return plan

    def _take_over(self, plan: Plan, earlier: EarlierRun) -> None:
        """Reuse an earlier run's results for stations with the same key; they cost this run nothing."""
        taken: dict[str, JournalRow] = {}
        try:
            with read_journal(earlier.folder) as journal:
                for task in plan.tasks:
                    if (row := self._find_same(task, journal)) is not None:
                        taken[task.station.slug] = row
        except StorageError as error:
            self._context.reporter.note(f"Reused nothing from run {earlier.run_id}: {error}")
        if not taken:
            return
        with self._journal.at_once():
            for row in taken.values():
                self._journal.commit(row)
        plan.kept.update({slug: row.enrichment for slug, row in taken.items()})
        plan.tasks = [task for task in plan.tasks if task.station.slug not in taken]
        self.taken_over = {earlier.run_id: len(taken)}
        number = counted(len(taken), "station")
        self._context.reporter.note(f"Took over {number} from run {earlier.run_id}: no source has changed.")

    def _find_same(self, task: Task, earlier: Journal) -> JournalRow | None:
        """Return an earlier run's row for a task, with the cost and number of this run's own attempts."""
        row, before = earlier.find(task.station.slug, task.key.basis), task.before
        if row is None or not row.is_done or not task.key.is_known_as(row.key):
            return None
        if not all(breaker.keeps(task.station) for breaker in self._breakers):
            return None
        return replace(
            row,
            usage=before.usage if before else ModelUsage(),
            attempt=before.attempt if before else 0,
        )

    def _plan_failed(self, stations: Sequence[Station]) -> Plan:
        """Keep all stations except those for which a source failed, without comparing them with newer pages.

        Raises:
            StageInputError: if a station is not in the journal as it is now.
        """
        plan = Plan()
        missing: list[str] = []
        failed: list[tuple[Station, JournalRow]] = []
        for station in stations:
            row = self._journal.find(station.slug)
            if row is None or row.key.basis != self._basis.of(station):
                missing.append(station.slug)
            elif row.is_done:
                plan.kept[station.slug] = row.enrichment
            else:
                failed.append((station, row))
        if missing:
            raise StageInputError(
                STAGE2_ENRICHMENT,
                f"--retry-failed only retries stations where a source failed, but {_describe(missing)}. "
                "Process them with --resume-from 2 instead of --retry-failed.",
            )
        if failed:
            self._prepare([station for station, _ in failed], stations)
        plan.tasks = [Task(station, self._key_of(station), row) for station, row in failed]
        return plan

    def _prepare(self, asked: Sequence[Station], stations: Sequence[Station]) -> None:
        if self._is_remote:
            for prepared in ask_all(self._breakers, lambda breaker: breaker.prepare(asked, stations)):
                prepared.result()
        else:
            for breaker in self._breakers:
                breaker.prepare(asked, stations)

    def _key_of(self, station: Station) -> StationKey:
        versions = {breaker.name: breaker.version_for(station) for breaker in self._breakers}
        return StationKey(self._basis.of(station), versions)

    def _work_off(self, tasks: Sequence[Task]) -> Generator[tuple[Task, Outcome], None, None]:
        """Yield finished stations until all are done, or no further one may start."""
        if self._is_remote and tasks:
            width = min(self._section.batch_size, len(tasks))
            with open_threads(width) as threads:
                yield from self._successes(bounded_map(tasks, self._do, threads, width, self._may_begin))
        else:
            yield from self._successes(inline_map(tasks, self._do, self._may_begin))

    def _successes(
        self, results: Iterator[tuple[Task, Outcome | _Refusal]]
    ) -> Iterator[tuple[Task, Outcome]]:
        for task, outcome in results:
            if isinstance(outcome, Outcome):
                self._budget.spend(outcome.usage)
                yield task, outcome
            elif outcome.retryable:  # today's allowance is used up
                self._budget.exhaust(str(outcome))
            else:
                self._refusal = self._refusal or outcome

    def _do(self, task: Task) -> tuple[Task, Outcome | _Refusal]:
        """Enrich a station; return an error that ends the stage, so that the others are finished."""
        try:
            return task, enrich_station(task.station, self._breakers, self._context.as_of)
        except (ModelCallError, WorkersError) as error:
            return task, error

    def _may_begin(self) -> bool:
        is_stopped = self._context.stop.signal_number is not None or self._refusal is not None
        return not is_stopped and self._budget.allows_more()

    def _commit(self, task: Task, outcome: Outcome) -> StationEnrichment:
        """Commit a finished station, and return its current enrichment."""
        before = task.before
        row = JournalRow(
            key=task.key,
            enrichment=outcome.enrichment,
            usage=add_usage(before.usage, outcome.usage) if before else outcome.usage,
            attempt=before.attempt + 1 if before else 1,
        )
        if before is not None and _is_better(before, row):
            row = JournalRow(before.key, before.enrichment, row.usage, row.attempt)
        self._journal.commit(row)
        return row.enrichment

    def _tell_pending(self, number: int) -> None:
        if number:
            left = f"{counted(number, 'station')} {verb_of(number)} left for a later run"
            self._context.reporter.note(f"{left}: {self._budget.reason}.")


def _describe(missing: Sequence[str]) -> str:
    """Return which stations ``--retry-failed`` can neither keep nor retry, and why."""
    have, their = ("has", "its") if len(missing) == 1 else ("have", "their")
    return (
        f"{counted(len(missing), 'station')} {have} not been processed yet, or {their} inputs have changed "
        f"({shorten(missing)})"
    )


def shorten(slugs: Sequence[str]) -> str:
    """Return the first few of many names, and the number of the others."""
    more = len(slugs) - SHOWN_SLUGS
    return ", ".join(slugs[:SHOWN_SLUGS]) + (f" and {more} more" if more > 0 else "")


def _is_better(before: JournalRow, now: JournalRow) -> bool:
    """Return whether an earlier attempt got answers to the same questions from more sources."""
    return (
        now.key.is_met_by(before.key) and before.enrichment.failures.keys() < now.enrichment.failures.keys()
    )


def _ended_by(error: _Refusal) -> StageError:
    return StageError(STAGE2_ENRICHMENT, f"{error} Progress saved.")
