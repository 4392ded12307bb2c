"""Open the configured sources in the configured order, and give the reason for each that is skipped."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mrt_pipeline.config import Mode
from mrt_pipeline.config.registry import get_source
from mrt_pipeline.contracts.claims import EnrichmentSource
from mrt_pipeline.contracts.findings import Finding

if TYPE_CHECKING:
    from mrt_pipeline.runtime.context import RunContext


@dataclass(frozen=True, slots=True)
class OpenedSources:
    """The sources that stage 2 can use in this run."""

    sources: tuple[EnrichmentSource, ...]
    passed_over: Mapping[str, str]
    """configured source to the reason why it is not used"""
    is_remote: bool
    """whether any of them waits for a service while processing a station"""
    findings: tuple[Finding, ...] = ()
    """findings about LTA's tables, with which the sources are compared"""

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names of the sources in use, in their order."""
        return tuple(source.name for source in self.sources)


SourceOpener = Callable[["RunContext"], OpenedSources]


def open_sources(context: RunContext) -> OpenedSources:
    """Return the configured sources, opened.

    Raises:
        SourceError: if LTA's tables, with which the others are compared, cannot be obtained.
    """
    used, passed_over = choose_sources(context)
    if not used:
        return OpenedSources((), passed_over, is_remote=False)
    from mrt_pipeline.sources.datamall.reading import read_bus_tables

    tables = read_bus_tables(context)
    specs = [get_source(name) for name in used]
    sources = tuple(spec.load(spec.opener)(context, tables) for spec in specs)
    is_remote = any(spec.live_inputs for spec in specs)  # others read their documents beforehand
    return OpenedSources(sources, passed_over, is_remote, tables.findings)


def choose_sources(context: RunContext) -> tuple[list[str], dict[str, str]]:
    """Return the names of the sources to use, and for each other configured source the reason why not."""
    used: list[str] = []
    passed_over: dict[str, str] = {}
    for name in context.settings.stages.stage2_enrichment.sources:
        if reason := _find_reason_against(name, used, context):
            passed_over[name] = reason
        else:
            used.append(name)
    return used, passed_over


def _find_reason_against(name: str, used: Sequence[str], context: RunContext) -> str | None:
    spec = get_source(name)
    if not spec.is_recorded and context.access.mode_of(spec.api) is Mode.SNAPSHOT:
        return f"no recorded copy; set apis.{spec.api}.mode to live to use this source"
    names = context.settings.stages.stage2_enrichment.sources
    for needed in spec.reads:
        if needed in used:
            continue
        if needed in names[: names.index(name)]:
            return f"it reads what {needed} passes on, and {needed} is skipped"
        return f"it reads what {needed} passes on; put {needed} before it in stages.stage2_enrichment.sources"
    return None
