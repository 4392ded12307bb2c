"""What the orchestrator knows about each stage without importing it: the declarations of all stages."""

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
"""returns the output of a stage by number"""


def _cite_own(output: StageOutput, _output_of: OutputOf) -> dict[str, object]:
    return {"sources": dict(sorted(output.provenance.items()))}


@dataclass(frozen=True, slots=True, kw_only=True)
class StageSpec:
    """A stage's number and name, what its result depends on, and how a run handles it."""

    number: int
    name: str
    own_keys: tuple[str, ...]
    """dotted keys of the configuration that affect it, besides those of its sources"""
    kind: type[Any]
    """type of its output"""
    count: Callable[[Any], dict[str, float]]
    """returns the figures of an output by name"""
    input_of: Callable[[OutputOf], Any] = lambda _: None
    """returns its input"""
    status_of: Callable[[Any], StageStatus] = lambda _: StageStatus.COMPLETED
    """returns the stage's status after it has produced an output"""
    facts_of: Callable[[Any, OutputOf], dict[str, object]] = _cite_own
    """returns what an output adds to the manifest itself"""
    output_if_disabled: Callable[[OutputOf, RunContext], StageOutput] | None = None
    """returns a substitute for its output if it is disabled and later stages need one"""
    side_files: tuple[str, ...] = ()
    """files that it writes beside its checkpoint"""
    is_needed: bool = False
    """whether later stages need a checkpoint of it, even if it is disabled"""
    reads_as_it_runs: bool = False
    """whether provenance gives the time live documents were requested; a kept page may have been read long
    before"""
    works_by_station: bool = False
    """whether it can stop at a budget, and repeat some stations"""

    @property
    def sources(self) -> tuple[SourceSpec, ...]:
        """Return the sources that may be configured for it."""
        return sources_of(self.name)

    @property
    def config_keys(self) -> tuple[str, ...]:
        """Return the dotted keys of the configuration that affect it."""
        return (*self.own_keys, *(f"apis.{api}" for api in dict.fromkeys(s.api for s in self.sources) if api))

    def is_enabled(self, settings: Settings) -> bool:
        """Return whether the configuration enables it."""
        return bool(getattr(settings.stages, self.name).enabled)

    def sources_in_use(self, settings: Settings) -> tuple[SourceSpec, ...]:
        """Return the sources that this stage reads, each once, in the configured order."""
        names = getattr(getattr(settings.stages, self.name), "sources", ())
        always = (spec.name for spec in self.sources if spec.is_always_read)
        by_name = {spec.name: spec for spec in self.sources}
        return tuple(by_name[name] for name in dict.fromkeys((*names, *always)))

    def apis_in_use(self, settings: Settings) -> tuple[str, ...]:
        """Return the sections of ``apis`` that this stage uses, each once; empty if it is disabled."""
        if not self.is_enabled(settings):
            return ()
        return tuple(dict.fromkeys(spec.api for spec in self.sources_in_use(settings) if spec.api))

    def figures_of(self, output: Any) -> dict[str, Any]:
        """Return what the stage's record contains about an output."""
        return {"counts": self.count(output), **shape_of(output)}

    def find_api(self, document_id: str) -> str | None:
        """Return the section of ``apis`` that a document is requested with, or None."""
        return next((spec.api for spec in self.sources if document_id in spec.input_ids), None)


def _whole_enrichment(output_of: OutputOf) -> Stage2Output:
    """Return stage 2's output; refuse it if stations are missing, as no dataset may be made from it."""
    output: Stage2Output = output_of(2)
    if number := count_pending(output):
        raise StageInputError(
            STAGE3_MERGER,
            f"stage 2 stopped at its budget and has {counted(number, 'station')} unfinished; expected "
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


def _output_without_enrichment(output_of: OutputOf, context: RunContext) -> Stage2Output:
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
        output_if_disabled=_output_without_enrichment,
        side_files=(REJECTED_NAME,),
        works_by_station=True,
    ),
    StageSpec(
        number=3,
        name=STAGE3_MERGER,
        own_keys=(
            "pipeline",
            f"stages.{STAGE3_MERGER}",
            "expected_stations",
            "expected_lines",
            "sources",
            "output.licences",
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
    """Return the stage with a name."""
    return next(stage for stage in STAGES if stage.name == name)
