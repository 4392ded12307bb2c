"""Stage 2: values of each exit from the configured sources; each finished station is saved at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import orjson

from mrt_pipeline.contracts.checks import finding_of
from mrt_pipeline.contracts.claims import RemarkingSource
from mrt_pipeline.contracts.counting import counted
from mrt_pipeline.contracts.evidence import Provenance
from mrt_pipeline.contracts.findings import Finding, Severity, describe_rest, group_kinds
from mrt_pipeline.contracts.names import CHECKPOINT_NAMES, REJECTED_NAME, SOURCE_FAILED
from mrt_pipeline.contracts.names import STAGE2_ENRICHMENT as STAGE
from mrt_pipeline.contracts.network import LinkedExit
from mrt_pipeline.contracts.outputs import (
    EnrichmentStatus,
    ModelUsage,
    SourceUse,
    Stage1Output,
    Stage2Output,
    StationEnrichment,
)
from mrt_pipeline.contracts.stage import PipelineStage
from mrt_pipeline.errors import StageInputError, StageOutputError
from mrt_pipeline.runtime.checkpoints import write_checkpoint
from mrt_pipeline.runtime.context import RunContext, default_context
from mrt_pipeline.runtime.files import write_parts
from mrt_pipeline.runtime.reporting import after_failure
from mrt_pipeline.stages.enrichment.driver import Driver, shorten
from mrt_pipeline.stages.enrichment.journal import Journal, open_journal
from mrt_pipeline.stages.enrichment.registry import OpenedSources, SourceOpener, open_sources

if TYPE_CHECKING:
    from mrt_pipeline.config import PipelineConfig

SHOWN_AT_ONCE = frozenset({"wiki-page-blank"})
"""checks of single stations that the console reports too, since a person has to look"""
MAX_SHOWN_OF_KIND = 5
"""how many findings of one kind are shown while the stage runs"""


class Stage2Enrichment(PipelineStage[Stage1Output, Stage2Output]):
    """Adds to the exits of stage 1 what sources say about them."""

    def __init__(
        self,
        config: PipelineConfig,
        context: RunContext | None = None,
        opener: SourceOpener = open_sources,
    ) -> None:
        self._context = context or default_context(config)
        self._open_sources = opener
        self.usage: ModelUsage = ModelUsage()
        """cost of the model's answers in this run's journal; complete once ``execute`` has ended"""

    @property
    def stage_name(self) -> str:
        """Return ``stage2_enrichment``."""
        return STAGE

    def validate_input(self, input_data: Stage1Output) -> None:
        """Raise ``StageInputError`` unless the input describes the run's date and its slugs are unique."""
        if input_data.metadata.as_of != self._context.as_of:
            raise StageInputError(
                STAGE,
                f"stage 1 describes {input_data.metadata.as_of}, this run {self._context.as_of}; "
                f"run it again, or give --as-of {input_data.metadata.as_of}.",
            )
        counted = Counter(station.slug for station in input_data.stations)
        if not counted:
            raise StageInputError(STAGE, "stage 1 gave no station in operation; expected at least one.")
        if twice := [slug for slug, number in counted.items() if number > 1]:
            raise StageInputError(
                STAGE, f"stage 1 gave {shorten(twice)} more than once; expected each slug once."
            )

    def execute(self, input_data: Stage1Output) -> Stage2Output:
        """Return one enrichment per station.

        Raises:
            RunInterrupted: if a stop was requested; finished stations are in the journal.
            StageError: if continuing is useless until a person acts; finished stations are in the journal.
        """
        context = self._context
        opened = self._open_sources(context)
        with open_journal(
            context.folder, now=context.now(), notify=context.reporter.warn, is_costly=opened.is_remote
        ) as journal:
            driver = Driver(context, opened, journal)
            try:
                enrichments = driver.run(input_data.stations)
            except BaseException as error:
                with after_failure(error, context.reporter):
                    self._settle(driver, journal)
                raise
            self._settle(driver, journal)
            self.taken_over = driver.taken_over
        output = self._assemble(enrichments, opened, driver.unavailable)
        self._warn(output)
        return output

    def validate_output(self, output: Stage2Output) -> None:
        """Raise ``StageOutputError`` if every source failed for every station."""
        if output.enrichments and all(item.status is EnrichmentStatus.FAILED for item in output.enrichments):
            failures = output.enrichments[0].failures
            raise StageOutputError(
                STAGE,
                "no source returned anything for any station; expected at least one to. Remove the cause, "
                f"then run again: {'; '.join(failures.values())}",
            )

    def save_checkpoint(self, output: Stage2Output, output_dir: Path | str) -> Path:
        """Write ``stage2_enrichment.json``, with the rejected claims beside it, and return its path."""
        write_parts(Path(output_dir) / REJECTED_NAME, _rejected_lines(output))
        return write_checkpoint(output_dir, STAGE, output)

    def _warn(self, output: Stage2Output) -> None:
        """Show what a person should look at: the first findings of each kind, and their number.

        A failed source is not shown here if the run will be refused for it, since that shows it.
        """
        is_whole = not any(item.status is EnrichmentStatus.PENDING for item in output.enrichments)
        unshown = {SOURCE_FAILED} if self._context.refuses_gaps and is_whole else set()
        found = (*output.findings, *_told_by_station(output.enrichments))
        told = [it for it in found if it.severity is not Severity.INFO and it.check not in unshown]
        full_list = (self._context.folder or Path()) / CHECKPOINT_NAMES[STAGE]
        for kind in group_kinds(told):
            for finding in kind[:MAX_SHOWN_OF_KIND]:
                self._context.reporter.warn(finding.message)
            if len(kind) > MAX_SHOWN_OF_KIND:
                rest = describe_rest(kind, MAX_SHOWN_OF_KIND, f"findings in {full_list}")
                self._context.reporter.warn(f"{kind[0].check}: {rest}")

    def _settle(self, driver: Driver, journal: Journal) -> None:
        driver.settle()
        self.usage = journal.total_usage()

    def _assemble(
        self, enrichments: Sequence[StationEnrichment], opened: OpenedSources, unavailable: Mapping[str, str]
    ) -> Stage2Output:
        provenance, placed = hoist_provenance(enrichments)
        used = opened.names
        return Stage2Output(
            metadata=self._context.metadata_of(STAGE),
            sources=tuple(
                _use_of(name, opened, unavailable, enrichments)
                for name in self._context.settings.stages.stage2_enrichment.sources
                if name in used or name in opened.passed_over
            ),
            enrichments=placed,
            provenance=provenance,
            findings=(*opened.findings, *_remarks(opened), *_findings(used, enrichments)),
        )


def without_enrichment(stage1_output: Stage1Output, context: RunContext) -> Stage2Output:
    """Return the output of a disabled stage 2: every exit without values, and a finding."""
    reason = "stage2_enrichment is disabled in the configuration"
    return Stage2Output(
        metadata=context.metadata_of(STAGE),
        sources=tuple(
            SourceUse(source=name, used=False, reason=reason)
            for name in context.settings.stages.stage2_enrichment.sources
        ),
        enrichments=tuple(
            StationEnrichment(
                slug=station.slug,
                status=EnrichmentStatus.DONE,
                exits=tuple(LinkedExit(exit_id=found.exit_id) for found in station.exits),
            )
            for station in stage1_output.stations
        ),
        provenance={},
        findings=(
            finding_of(
                "enrichment-disabled",
                f"{reason}: nothing is known about any exit. Set "
                "stages.stage2_enrichment.enabled to true to enrich them.",
            ),
        ),
    )


def hoist_provenance(
    enrichments: Sequence[StationEnrichment],
) -> tuple[dict[str, Provenance], tuple[StationEnrichment, ...]]:
    """Return every document once, by id, and the enrichments without them.

    If a document was read again with a different result, its later reading stays with the stations that have
    it.
    """
    first: dict[str, Provenance] = {}
    for item in enrichments:
        for document_id, document in item.provenance.items():
            first.setdefault(document_id, document)
    placed = tuple(
        item.model_copy(
            update={"provenance": {key: read for key, read in item.provenance.items() if read != first[key]}}
        )
        for item in enrichments
    )
    return dict(sorted(first.items())), placed


def _use_of(
    name: str, opened: OpenedSources, unavailable: Mapping[str, str], enrichments: Sequence[StationEnrichment]
) -> SourceUse:
    if name in opened.passed_over:
        return SourceUse(source=name, used=False, reason=opened.passed_over[name])
    if name not in unavailable:
        return SourceUse(source=name, used=True, reason="asked about every station")
    reason = f"could not be asked about every station: {unavailable[name]}"
    is_used = any(
        name not in item.failures for item in enrichments if item.status is not EnrichmentStatus.PENDING
    )
    return SourceUse(source=name, used=is_used, reason=reason)


def _remarks(opened: OpenedSources) -> Iterator[Finding]:
    """Yield the sources' findings that concern no single station."""
    for source in opened.sources:
        if isinstance(source, RemarkingSource):
            yield from source.findings


def _findings(used: Sequence[str], enrichments: Sequence[StationEnrichment]) -> Iterator[Finding]:
    """Yield findings about many stations: no source at all, or one that failed for some of them."""
    if not used:
        yield finding_of(
            "no-source-used",
            "No configured source could be used: nothing is known about any exit. "
            "See which were skipped, and why.",
        )
    for name in used:
        failed = [item for item in enrichments if name in item.failures]
        slugs = shorten([item.slug for item in failed])
        if failed:
            yield finding_of(
                "source-failed",
                f"{name} returned nothing for {counted(len(failed), 'station')} ({slugs}). "
                f"The first error: {failed[0].failures[name].rstrip('.')}.",
                source=name,
            )


def _told_by_station(enrichments: Sequence[StationEnrichment]) -> Iterator[Finding]:
    """Yield the findings about single stations that the console reports at once."""
    for item in enrichments:
        yield from (finding for finding in item.findings if finding.check in SHOWN_AT_ONCE)


def _rejected_lines(output: Stage2Output) -> Iterator[bytes]:
    for item in output.enrichments:
        for claim in item.rejected:
            line = {"slug": item.slug, **claim.model_dump(exclude_none=True)}
            yield orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE)
