"""Stage 3: merge what stage 2 found into the exits, and check the dataset before it is published."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from mrt_pipeline.config.settings import Settings
from mrt_pipeline.contracts.checks import finding_of
from mrt_pipeline.contracts.counting import counted
from mrt_pipeline.contracts.evidence import Provenance
from mrt_pipeline.contracts.fields import PARTS
from mrt_pipeline.contracts.findings import Finding, Severity
from mrt_pipeline.contracts.names import STAGE3_MERGER
from mrt_pipeline.contracts.network import LinkedExit, Platform, Station, StationExit, TrainTimes
from mrt_pipeline.contracts.outputs import Stage1Output, Stage2Output, Stage3Output, StationEnrichment
from mrt_pipeline.contracts.stage import PipelineStage
from mrt_pipeline.errors import StageInputError, StageOutputError
from mrt_pipeline.network import load_network
from mrt_pipeline.runtime.checkpoints import write_checkpoint
from mrt_pipeline.runtime.clock import singapore_date
from mrt_pipeline.runtime.context import RunContext, default_context
from mrt_pipeline.stages.checks import (
    check_completeness,
    check_features,
    check_freshness,
    check_sanity,
    check_schema,
)
from mrt_pipeline.stages.distant_places import doubt_distant_places
from mrt_pipeline.stages.licensing import restrict

if TYPE_CHECKING:
    from mrt_pipeline.config import PipelineConfig

SHOWN_ERRORS = 20
"""how many findings an error message names; validation.json has them all"""


@dataclass(frozen=True, slots=True)
class Merged:
    """The two stages' outputs combined."""

    stations: tuple[Station, ...]
    provenance: dict[str, Provenance]
    """every document that a stage read, by id"""
    findings: tuple[Finding, ...]
    """findings about what did not fit together"""


class Stage3Merger(PipelineStage[tuple[Stage1Output, Stage2Output], Stage3Output]):
    """Merges the outputs of stages 1 and 2 into the dataset and checks it."""

    def __init__(self, config: PipelineConfig, context: RunContext | None = None) -> None:
        self._context = context or default_context(config)

    @property
    def stage_name(self) -> str:
        """Return ``stage3_merger``."""
        return STAGE3_MERGER

    def validate_input(self, input_data: tuple[Stage1Output, Stage2Output]) -> None:
        """Raise ``StageInputError`` unless both outputs describe the run's date and there is a station."""
        stage1, stage2 = input_data
        for given in (stage1, stage2):
            if given.metadata.as_of != self._context.as_of:
                raise StageInputError(
                    self.stage_name,
                    f"{given.metadata.stage_name} describes {given.metadata.as_of}, this run "
                    f"{self._context.as_of}; run it again, or give --as-of {given.metadata.as_of}.",
                )
        if not stage1.stations:
            raise StageInputError(
                self.stage_name,
                "stage 1 gave no station in operation; expected at least one. Look at its findings, then run "
                "mrt-pipeline run.",
            )

    def execute(self, input_data: tuple[Stage1Output, Stage2Output]) -> Stage3Output:
        """Return the dataset with the findings of all stages, including its own checks."""
        stage1, stage2 = input_data
        settings = self._context.settings
        merged = merge(stage1, stage2)
        whole = Stage3Output(
            metadata=self._context.metadata_of(self.stage_name),
            stations=merged.stations,
            future_stations=stage1.future_stations,
            provenance=merged.provenance,
            findings=(*_findings_so_far(stage1, stage2), *merged.findings),
        )
        dataset = restrict(whole, settings.output.licences)
        stations, distant = doubt_distant_places(dataset.stations)
        dataset = dataset.model_copy(update={"stations": stations})
        found = [*dataset.findings, *distant, *check_dataset(dataset, settings)]
        if settings.stages.stage3_merger.validation.completeness_check:
            found.extend(check_features(stage1.features, dataset.stations))
        return dataset.model_copy(update={"findings": tuple(dict.fromkeys(found))})

    def validate_output(self, output: Stage3Output) -> None:
        """Raise ``StageOutputError`` if any stage found an error: the dataset must not be published."""
        errors = [finding for finding in output.findings if finding.severity is Severity.ERROR]
        if not errors:
            return
        shown = [f"  - {finding.check}: {finding.message}" for finding in errors[:SHOWN_ERRORS]]
        if len(errors) > SHOWN_ERRORS:
            shown.append(f"  - and {len(errors) - SHOWN_ERRORS} more, all of them in validation.json")
        number = counted(len(errors), "error")
        head = f"validation found {number}. Nothing was published:"
        raise StageOutputError(self.stage_name, "\n".join([head, *shown]))

    def save_checkpoint(self, output: Stage3Output, output_dir: Path | str) -> Path:
        """Write ``stage3_final.json`` and return its path."""
        return write_checkpoint(output_dir, self.stage_name, output)


def merge(stage1: Stage1Output, stage2: Stage2Output) -> Merged:
    """Return stage 1's stations in order, each exit with what stage 2 found for it."""
    findings: list[Finding] = []
    provenance = _merge_provenance(stage1, stage2, findings)
    enrichments = _enrichments_by_exit(stage1, stage2, findings)
    findings.extend(_exits_without(enrichments, stage1.stations))
    told = {item.slug: item for item in reversed(stage2.enrichments)}
    stations = tuple(
        _enrich_station(station, enrichments, told.get(station.slug)) for station in stage1.stations
    )
    return Merged(stations, provenance, tuple(findings))


def check_dataset(
    dataset: Stage3Output, settings: Settings, today: date | None = None
) -> tuple[Finding, ...]:
    """Return the findings of the configured groups of checks about a dataset.

    Args:
        dataset: the dataset; its existing findings are neither checked nor repeated.
        settings: the groups to run, and the expected counts.
        today: date to which ``expected_stations`` applies; default: the date the dataset was made.
    """
    groups = settings.stages.stage3_merger.validation
    network = load_network()
    findings = list(check_schema(dataset)) if groups.schema_check else []
    if findings:  # the other checks would fail on malformed fields
        return tuple(findings)
    if groups.completeness_check:
        today = today or singapore_date(dataset.metadata.generated_at)
        findings.extend(check_completeness(dataset, network, settings, today))
        findings.extend(check_freshness(dataset, settings))
    if groups.sanity_check:
        findings.extend(check_sanity(dataset, network))
    return tuple(findings)


def _findings_so_far(stage1: Stage1Output, stage2: Stage2Output) -> Iterator[Finding]:
    yield from stage1.findings
    yield from stage2.findings
    for enrichment in stage2.enrichments:
        yield from enrichment.findings


def _enrich_station(
    station: Station, enrichments: dict[str, LinkedExit], told: StationEnrichment | None
) -> Station:
    exits = tuple(_enrich_exit(found, enrichments.get(found.exit_id)) for found in station.exits)
    platforms: tuple[Platform, ...] = () if told is None else told.platforms
    trains: tuple[TrainTimes, ...] = () if told is None else told.trains
    names = None if told is None else told.names
    return station.model_copy(
        update={"platforms": platforms, "trains": trains, "exits": exits, "names": names}
    )


def _enrich_exit(found: StationExit, enrichment: LinkedExit | None) -> StationExit:
    if enrichment is None:
        return found
    return found.model_copy(update={name: getattr(enrichment, name) for name in PARTS})


def _enrichments_by_exit(
    stage1: Stage1Output, stage2: Stage2Output, findings: list[Finding]
) -> dict[str, LinkedExit]:
    """Return the enrichment of each known exit; one for an unknown exit, or a second one, is a finding."""
    known = {found.exit_id for station in stage1.stations for found in station.exits}
    by_exit: dict[str, LinkedExit] = {}
    for station in stage2.enrichments:
        for enrichment in station.exits:
            exit_id = enrichment.exit_id
            if exit_id not in known:
                fault = "enriches it, but stage 1 has no such exit; run both stages again on the same inputs."
                findings.append(_misfit("enrichment-of-unknown-exit", station.slug, exit_id, fault))
            elif exit_id in by_exit:
                fault = "enriches it twice; expected once. The first enrichment was kept."
                findings.append(_misfit("exit-enriched-twice", station.slug, exit_id, fault))
            else:
                by_exit[exit_id] = enrichment
    return by_exit


def _misfit(check: str, slug: str, exit_id: str, fault: str) -> Finding:
    return finding_of(
        check,
        f"{exit_id}: stage 2 {fault}",
        slug=slug,
        exit_id=exit_id,
    )


def _exits_without(enrichments: dict[str, LinkedExit], stations: Iterable[Station]) -> Iterator[Finding]:
    for station in stations:
        bare = [found.exit_id for found in station.exits if found.exit_id not in enrichments]
        if bare:
            yield finding_of(
                "exit-not-enriched",
                f"Stage 2 says nothing about {', '.join(bare)}; their fields stay empty. "
                "Run stage 2 again with: mrt-pipeline run --resume-from 2",
                slug=station.slug,
            )


def _merge_provenance(
    stage1: Stage1Output, stage2: Stage2Output, findings: list[Finding]
) -> dict[str, Provenance]:
    """Return every document read, by id; one that changed between two readings is a finding."""
    united = dict(stage1.provenance)
    for read in (stage2.provenance, *(enrichment.provenance for enrichment in stage2.enrichments)):
        for document_id, document in read.items():
            first = united.setdefault(document_id, document)
            if first.sha256 != document.sha256:
                findings.append(_document_changed(first, document))
    return dict(sorted(united.items()))


def _document_changed(first: Provenance, later: Provenance) -> Finding:
    return finding_of(
        "document-changed",
        f"{first.document_id} was read at {first.retrieved_at:%Y-%m-%d %H:%M} and at "
        f"{later.retrieved_at:%Y-%m-%d %H:%M} UTC with different content; provenance shows the "
        "first reading. Run again from stage 1 to have one reading.",
        record_id=first.document_id,
    )
