"""The model as a source, over pages that another source hands on whole."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from mrt_pipeline.config import Secrets
from mrt_pipeline.config.settings import Settings
from mrt_pipeline.contracts.claims import StationClaims
from mrt_pipeline.contracts.network import Station
from mrt_pipeline.runtime.context import RunContext
from mrt_pipeline.runtime.source_access import SourceAccess
from mrt_pipeline.sources.openrouter.claims import ModelSource, open_source
from tests.fakes.enrichment_sources import SeenReporter
from tests.fakes.http_server import LoopbackServer
from tests.fakes.model_server import base_url_of
from tests.fakes.network_builder import NOW
from tests.fakes.prose_pages import AS_OF, PAGES, bus_tables

HASTE = {"delay_seconds": 0, "retry_delay_seconds": 0, "max_retries": 1}


def make_model_context(
    server: LoopbackServer, cache: Path, *, folder: Path | None = None, timeout: float = 30, **section: Any
) -> RunContext:
    """Return the context of a run with a model on a server, asked as fast as it answers."""
    settings = Settings.model_validate(
        {
            "stages": {"stage2_enrichment": HASTE | section},
            "apis": {"openrouter": {"base_url": base_url_of(server), "model": "m", "timeout": timeout}},
        }
    )
    reporter = SeenReporter()
    access = SourceAccess(settings, secrets=Secrets(), cache_dir=cache, now=lambda: NOW, notify=reporter.note)
    server.at_end.callback(access.close)
    return RunContext(
        settings=settings,
        as_of=AS_OF,
        access=access,
        now=lambda: NOW,
        folder=folder,
        reporter=reporter,
    )


def open_model(server: LoopbackServer, cache: Path, **options: Any) -> ModelSource:
    """Return the source as a run opens it."""
    return open_source(make_model_context(server, cache, **options), bus_tables())


class ProseSource:
    """Says nothing about any exit and hands every page on, as the wiki does with prose."""

    name = "fandom_wiki"

    def prepare(self, stations: Sequence[Station]) -> None:
        """Do nothing."""

    def version_for(self, station: Station) -> str:
        """Return the only version."""
        return "1"

    def claims_for(self, station: Station, earlier: tuple[StationClaims, ...]) -> StationClaims:
        """Return the station's page as a passage."""
        return next(page.claims for page in PAGES if page.slug == station.slug)
