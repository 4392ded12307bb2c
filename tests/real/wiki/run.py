"""A run of the wiki source against the real wiki, whose waiting takes no time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from mrt_pipeline.config import Secrets
from mrt_pipeline.config.settings import Settings
from mrt_pipeline.contracts.claims import StationClaims
from mrt_pipeline.contracts.evidence import Provenance
from mrt_pipeline.contracts.network import Station
from mrt_pipeline.extraction.facts import BusTables
from mrt_pipeline.runtime.context import RunContext
from mrt_pipeline.runtime.http import HttpClient, HttpOptions
from mrt_pipeline.runtime.rate_limits import RateLimiter
from mrt_pipeline.runtime.source_access import SourceAccess
from mrt_pipeline.sources.fandom_wiki import SPEC
from mrt_pipeline.sources.fandom_wiki.claims import WikiSource, open_source
from tests.fakes.fake_time import FakeTime
from tests.real.mediawiki import MediaWiki, read_pages

PAGES = read_pages(Path(__file__).with_name("pages"))
"""text of every page by title"""


def open_wiki_source(
    wiki: MediaWiki, cache: Path, snapshot: RunContext, tables: BusTables, time: FakeTime | None = None
) -> WikiSource:
    """Return the source as stage 2 opens it, but that it sleeps in fake time."""
    time = time or FakeTime()
    settings = Settings.model_validate({"apis": {"fandom": {"base_url": wiki.base_url, "mode": "live"}}})
    access = SourceAccess(settings, secrets=Secrets(), cache_dir=cache, now=time.now)
    source = open_source(replace(snapshot, settings=settings, access=access), tables)
    assert isinstance(source, WikiSource)
    source.api.http = HttpClient(
        HttpOptions(base_urls=(wiki.base_url,)),
        now=time.now,
        limiter=RateLimiter(clock=time.clock, sleep=time.sleep),
        sleep=time.sleep,
    )
    source.api.sleep = time.sleep
    return source


def claims_of(source: WikiSource, stations: Iterable[Station]) -> dict[str, StationClaims]:
    """Return what the source says of some stations, by slug."""
    wanted = list(stations)
    source.prepare(wanted)
    return {station.slug: source.claims_for(station, ()) for station in wanted}


def pages_cited(claimed: StationClaims) -> list[Provenance]:
    """Return the pages that a station's claims cite, without the tables that they were held against."""
    return [document for document in claimed.provenance.values() if document.source_id == SPEC.name]
