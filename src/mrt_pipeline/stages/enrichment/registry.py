"""Open the configured sources in the configured order, and say of each that is passed over why."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING

from mrt_pipeline.config import Mode
from mrt_pipeline.contracts.claims import EnrichmentSource
from mrt_pipeline.contracts.findings import Finding
from mrt_pipeline.contracts.network import Station

if TYPE_CHECKING:
    from mrt_pipeline.runtime.context import RunContext

MODULES = {
    "lta_datamall": "mrt_pipeline.stages.enrichment.lta_source",
    "network": "mrt_pipeline.stages.enrichment.network_source",
    "fandom_wiki": "mrt_pipeline.stages.enrichment.wiki_source",
    "openrouter_llm": "mrt_pipeline.stages.enrichment.model_source",
}
"""each source's module, imported when the source is used; its ``open_source`` makes the source"""

_UNRECORDED = {"fandom_wiki": ("fandom", "read"), "openrouter_llm": ("openrouter", "ask")}
"""sources that exist live only: their section of ``apis``, and what is done with them there"""

_READS = {"openrouter_llm": "fandom_wiki"}
"""a source that works on what another one hands on"""


@dataclass(frozen=True, slots=True)
class OpenedSources:
    """What stage 2 can ask in this run."""

    sources: tuple[EnrichmentSource, ...]
    passed_over: Mapping[str, str]
    """configured source to the reason why it is not used"""
    is_remote: bool
    """whether any of them waits for a service while it works on a station"""
    findings: tuple[Finding, ...] = ()
    """what was odd about LTA's tables, which the sources are held against"""

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names of the sources in use, in their order."""
        return tuple(source.name for source in self.sources)


SourceOpener = Callable[["RunContext", Sequence[Station]], OpenedSources]


def open_sources(context: RunContext, stations: Sequence[Station]) -> OpenedSources:
    """Return the configured sources, opened.

    Raises:
        SourceError: if LTA's tables, which the others are held against, cannot be had.
    """
    used, passed_over = choose_sources(context)
    if not used:
        return OpenedSources((), passed_over, is_remote=False)
    from mrt_pipeline.stages.enrichment.tables import read_bus_tables

    tables = read_bus_tables(context)
    sources = tuple(import_module(MODULES[name]).open_source(context, stations, tables) for name in used)
    is_remote = any(name in _UNRECORDED for name in used)
    return OpenedSources(sources, passed_over, is_remote, tables.findings)


def choose_sources(context: RunContext) -> tuple[list[str], dict[str, str]]:
    """Return the names of the sources to use, and of each other configured one the reason why not."""
    used: list[str] = []
    passed_over: dict[str, str] = {}
    for name in context.settings.stages.stage2_enrichment.sources:
        if reason := _find_reason_against(name, used, context):
            passed_over[name] = reason
        else:
            used.append(name)
    return used, passed_over


def _find_reason_against(name: str, used: Sequence[str], context: RunContext) -> str | None:
    if name in _UNRECORDED:
        api, verb = _UNRECORDED[name]
        if context.access.mode_of(api) is Mode.SNAPSHOT:
            return f"nothing of it is recorded; set apis.{api}.mode to live to {verb} it"
    needed = _READS.get(name)
    if needed is None or needed in used:
        return None
    if needed in context.settings.stages.stage2_enrichment.sources[: _place_of(name, context)]:
        return f"it reads what {needed} hands on, and {needed} is passed over"
    return f"it reads what {needed} hands on; put {needed} before it in stages.stage2_enrichment.sources"


def _place_of(name: str, context: RunContext) -> int:
    names: tuple[str, ...] = context.settings.stages.stage2_enrichment.sources
    return names.index(name)
