"""What the orchestrator knows of each stage without importing it: a stage's declaration, said once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mrt_pipeline.config.registry import sources_of
from mrt_pipeline.contracts.counting import counted
from mrt_pipeline.contracts.names import REJECTED_NAME, STAGE1_INGESTION, STAGE2_ENRICHMENT, STAGE3_MERGER
from mrt_pipeline.contracts.outputs import Stage1Output, Stage2Output, Stage3Output, StageOutput
from mrt_pipeline.contracts.run import StageStatus
from mrt_pipeline.contracts.source_spec import SourceSpec
from mrt_pipeline.errors import StageInputError
from mrt_pipeline.orchestrator.summary import (
    count_dataset,
    count_enriched,
    count_ingested,
    count_pending,
    count_rejected,
    shape_of,
)

if TYPE_CHECKING:
    from mrt_pipeline.config import Settings
    from mrt_pipeline.runtime.context import RunContext

OutputOf = Callable[[int], Any]
"""gives the output of the stage of a number"""


def _cite_own(output: StageOutput, _output_of: OutputOf) -> dict[str, object]:
    return {"sources": dict(sorted(output.provenance.items()))}


@dataclass(frozen=True, slots=True, kw_only=True)
class StageSpec:
    """A stage's number and name, what its result depends on, and how a run deals with it."""

    number: int
    name: str
    own_keys: tuple[str, ...]
    """dotted keys of the configuration that concern it, besides those of its sources"""
    kind: type[Any]
    """what it makes"""
    count: Callable[[Any], dict[str, float]]
    """returns the figures of its output by name"""
    input_of: Callable[[OutputOf], Any] = lambda _: None
    """returns its input"""
    status_of: Callable[[Any], StageStatus] = lambda _: StageStatus.COMPLETED
    """returns how it stands after it has given an output"""
    facts_of: Callable[[Any, OutputOf], dict[str, object]] = _cite_own
    """returns what its output adds to the manifest itself"""
    stand_in: Callable[[OutputOf, RunContext], StageOutput] | None = None
    """returns what stands for its output where it is switched off, if the stages after it need that"""
    side_files: tuple[str, ...] = ()
    """what it writes beside its checkpoint"""
    is_needed: bool = False
    """whether the stages after it can do nothing without a checkpoint of it, even where it is switched off"""
    reads_as_it_runs: bool = False
    """whether provenance says when its live documents were asked for; a kept page may be read long after"""
    works_by_station: bool = False
    """whether it can stop at a budget, and do some stations again"""

    @property
    def sources(self) -> tuple[SourceSpec, ...]:
        """Return the sources that it may be configured with."""
        return sources_of(self.name)

    @property
    def config_keys(self) -> tuple[str, ...]:
        """Return the dotted keys of the configuration that concern it."""
        return (*self.own_keys, *(f"apis.{api}" for api in dict.fromkeys(s.api for s in self.sources) if api))

    def is_enabled(self, settings: Settings) -> bool:
        """Return whether the configuration has it switched on."""
        return bool(getattr(settings.stages, self.name).enabled)

    def sources_in_use(self, settings: Settings) -> tuple[SourceSpec, ...]:
        """Return the sources that this stage reads, each once, in the configured order."""
        names = getattr(getattr(settings.stages, self.name), "sources", ())
        always = (spec.name for spec in self.sources if spec.is_always_read)
        by_name = {spec.name: spec for spec in self.sources}
        return tuple(by_name[name] for name in dict.fromkeys((*names, *always)))

    def apis_in_use(self, settings: Settings) -> tuple[str, ...]:
        """Return the sections of ``apis`` that this stage asks, each once; none if it is switched off."""
        if not self.is_enabled(settings):
            return ()
        return tuple(dict.fromkeys(spec.api for spec in self.sources_in_use(settings) if spec.api))

    def figures_of(self, output: Any) -> dict[str, Any]:
        """Return what its record says of its output."""
        return {"counts": self.count(output), **shape_of(output)}

    def find_api(self, document_id: str) -> str | None:
        """Return the section of ``apis`` that says where it has a document from, if one does."""
        return next((spec.api for spec in self.sources if document_id in spec.input_ids), None)


def _whole_enrichment(output_of: OutputOf) -> Stage2Output:
    """Return stage 2's output; a dataset that lacks stations must not come of it."""
    output: Stage2Output = output_of(2)
    if number := count_pending(output):
        raise StageInputError(
            STAGE3_MERGER,
            f"stage 2 stopped at its budget and has {counted(number, 'station')} still to do; expected "
            "none. Let stage 2 finish first.",
        )
    return output


def _status_of_enrichment(output: Stage2Output) -> StageStatus:
    return StageStatus.STOPPED_AT_BUDGET if count_pending(output) else StageStatus.COMPLETED


def _facts_of_enrichment(output: Stage2Output, output_of: OutputOf) -> dict[str, object]:
    sources = {**output_of(1).provenance, **output.provenance}
    return {
        "sources": dict(sorted(sources.items())),
        "passed_over": {use.source: use.reason for use in output.sources if not use.used},
        "rejected_claims": count_rejected(output),
    }


def _stand_in_for_enrichment(output_of: OutputOf, context: RunContext) -> Stage2Output:
    from mrt_pipeline.stages.stage2_enrichment import without_enrichment

    return without_enrichment(output_of(1), context)


STAGES = (
    StageSpec(
        number=1,
        name=STAGE1_INGESTION,
        own_keys=("mode", "pipeline", f"stages.{STAGE1_INGESTION}"),
        kind=Stage1Output,
        count=count_ingested,
        is_needed=True,
        reads_as_it_runs=True,
    ),
    StageSpec(
        number=2,
        name=STAGE2_ENRICHMENT,
        own_keys=("mode", "pipeline", f"stages.{STAGE2_ENRICHMENT}"),
        kind=Stage2Output,
        count=count_enriched,
        input_of=lambda output_of: output_of(1),
        status_of=_status_of_enrichment,
        facts_of=_facts_of_enrichment,
        stand_in=_stand_in_for_enrichment,
        side_files=(REJECTED_NAME,),
        works_by_station=True,
    ),
    StageSpec(
        number=3,
        name=STAGE3_MERGER,
        own_keys=(
            *("pipeline", f"stages.{STAGE3_MERGER}", "expected_stations", "expected_lines"),
            *("sources", "output.licences"),
        ),
        kind=Stage3Output,
        count=count_dataset,
        input_of=lambda output_of: (output_of(1), _whole_enrichment(output_of)),
    ),
)
FINAL = STAGES[-1]
"""the stage whose output is the dataset"""
BY_STATION = next(stage for stage in STAGES if stage.works_by_station)


def stage_named(name: str) -> StageSpec:
    """Return the stage of a name."""
    return next(stage for stage in STAGES if stage.name == name)
