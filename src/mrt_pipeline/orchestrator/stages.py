"""What the orchestrator knows of each stage without importing it."""

from __future__ import annotations

from dataclasses import dataclass

from mrt_pipeline.config import Settings
from mrt_pipeline.config.registry import sources_of
from mrt_pipeline.contracts.names import STAGE1_INGESTION, STAGE2_ENRICHMENT, STAGE3_MERGER
from mrt_pipeline.contracts.source_spec import SourceSpec


@dataclass(frozen=True, slots=True)
class StageSpec:
    """A stage's number and name, and what its result depends on."""

    number: int
    name: str
    own_keys: tuple[str, ...]
    """dotted keys of the configuration that concern it, besides those of its sources"""

    @property
    def sources(self) -> tuple[SourceSpec, ...]:
        """Return the sources that it may be configured with."""
        return sources_of(self.name)

    @property
    def config_keys(self) -> tuple[str, ...]:
        """Return the dotted keys of the configuration that concern it."""
        return (*self.own_keys, *(f"apis.{api}" for api in dict.fromkeys(s.api for s in self.sources) if api))

    def sources_in_use(self, settings: Settings) -> tuple[SourceSpec, ...]:
        """Return the sources that this stage reads, each once, in the configured order."""
        names = getattr(getattr(settings.stages, self.name), "sources", ())
        always = (spec.name for spec in self.sources if spec.is_always_read)
        by_name = {spec.name: spec for spec in self.sources}
        return tuple(by_name[name] for name in dict.fromkeys((*names, *always)))

    def apis_in_use(self, settings: Settings) -> tuple[str, ...]:
        """Return the sections of ``apis`` that this stage asks, each once; none if it is switched off."""
        if not getattr(settings.stages, self.name).enabled:
            return ()
        return tuple(dict.fromkeys(spec.api for spec in self.sources_in_use(settings) if spec.api))


STAGES = (
    StageSpec(1, STAGE1_INGESTION, ("mode", "pipeline", f"stages.{STAGE1_INGESTION}")),
    StageSpec(2, STAGE2_ENRICHMENT, ("mode", "pipeline", f"stages.{STAGE2_ENRICHMENT}")),
    StageSpec(
        3, STAGE3_MERGER, ("pipeline", f"stages.{STAGE3_MERGER}", "expected_stations", "expected_lines")
    ),
)


def stage_named(name: str) -> StageSpec:
    """Return the stage of a name."""
    return next(stage for stage in STAGES if stage.name == name)
