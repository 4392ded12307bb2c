"""What the orchestrator knows of each stage without importing it."""

from __future__ import annotations

from dataclasses import dataclass

from mrt_pipeline.config import Settings
from mrt_pipeline.contracts.names import STAGE1_INGESTION, STAGE2_ENRICHMENT, STAGE3_MERGER
from mrt_pipeline.runtime.fingerprints import STAGE_CODE


@dataclass(frozen=True, slots=True)
class StageSpec:
    """A stage's number and name, and what its result depends on."""

    number: int
    name: str
    config_keys: tuple[str, ...]
    """dotted keys of the configuration that concern it"""
    code: tuple[str, ...]
    """source files and folders, relative to the package, whose change makes its checkpoint stale"""
    api_of_source: dict[str, str]
    """each source it may be configured with, and the section of ``apis`` that says how it is had"""
    pace_keys: tuple[str, ...] = ()
    """those of its keys that change when and how fast it is done, not what comes of it"""
    always_read: tuple[str, ...] = ()
    """sources that it reads even if they are not configured"""

    def sources_in_use(self, settings: Settings) -> tuple[str, ...]:
        """Return the sources that this stage reads, each once."""
        section = getattr(settings.stages, self.name)
        return tuple(dict.fromkeys((*getattr(section, "sources", ()), *self.always_read)))

    def apis_in_use(self, settings: Settings) -> tuple[str, ...]:
        """Return the sections of ``apis`` that this stage asks, each once; none if it is switched off."""
        if not getattr(settings.stages, self.name).enabled:
            return ()
        names = (self.api_of_source[source] for source in self.sources_in_use(settings))
        return tuple(dict.fromkeys(name for name in names if name))


STAGES = (
    StageSpec(
        number=1,
        name=STAGE1_INGESTION,
        config_keys=("mode", "pipeline", "stages.stage1_ingestion", "apis.datagov", "apis.onemap"),
        code=STAGE_CODE[STAGE1_INGESTION],
        api_of_source={"datagov": "datagov", "onemap": "onemap"},
        pace_keys=(
            "stages.stage1_ingestion.cache_ttl_days",
            "apis.datagov.timeout",
            "apis.onemap.timeout",
        ),
    ),
    StageSpec(
        number=2,
        name=STAGE2_ENRICHMENT,
        config_keys=(
            "mode",
            "pipeline",
            "stages.stage2_enrichment",
            "apis.datamall",
            "apis.fandom",
            "apis.openrouter",
        ),
        code=STAGE_CODE[STAGE2_ENRICHMENT],
        api_of_source={
            "lta_datamall": "datamall",
            "network": "",
            "fandom_wiki": "fandom",
            "openrouter_llm": "openrouter",
        },
        pace_keys=(
            "stages.stage2_enrichment.batch_size",
            "stages.stage2_enrichment.delay_seconds",
            "stages.stage2_enrichment.max_retries",
            "stages.stage2_enrichment.retry_delay_seconds",
            "stages.stage2_enrichment.daily_timeout_minutes",
            "stages.stage2_enrichment.max_model_requests",
            "apis.datamall.timeout",
            "apis.fandom.timeout",
            "apis.openrouter.timeout",
        ),
        always_read=("lta_datamall",),  # what a page says of bus stops is held against LTA's tables
    ),
    StageSpec(
        number=3,
        name=STAGE3_MERGER,
        config_keys=("pipeline", "stages.stage3_merger", "expected_stations", "expected_lines"),
        code=STAGE_CODE[STAGE3_MERGER],
        api_of_source={},
    ),
)


def stage_named(name: str) -> StageSpec:
    """Return the stage of a name."""
    return next(stage for stage in STAGES if stage.name == name)
