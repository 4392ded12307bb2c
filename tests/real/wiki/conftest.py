"""One wiki for all tests of this folder, and the real stations and bus stops to ground its pages in."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from mrt_pipeline.config import PipelineConfig
from mrt_pipeline.contracts.network import Station
from mrt_pipeline.extraction.facts import BusTables
from mrt_pipeline.runtime.context import RunContext, default_context
from mrt_pipeline.sources.datamall.reading import read_bus_tables
from mrt_pipeline.stages.stage1_ingestion import Stage1Ingestion
from tests.real.mediawiki import MediaWiki, running_mediawiki
from tests.real.wiki.run import PAGES

CONFIG = PipelineConfig(Path(__file__).parents[3] / "config" / "pipeline.yaml")


@pytest.fixture(scope="session")
def wiki(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MediaWiki]:
    """A wiki with the pages of this folder."""
    with running_mediawiki(tmp_path_factory.mktemp("mediawiki")) as wiki:
        wiki.write(PAGES)
        yield wiki


@pytest.fixture(scope="session")
def snapshot() -> RunContext:
    """A run over the recorded facts, on the day that the pages describe."""
    return default_context(CONFIG, date(2026, 11, 23))


@pytest.fixture(scope="session")
def tables(snapshot: RunContext) -> BusTables:
    return read_bus_tables(snapshot)


@pytest.fixture(scope="session")
def all_stations(snapshot: RunContext) -> tuple[Station, ...]:
    """Every station in operation, and enough future ones to make 190."""
    stage1 = Stage1Ingestion(CONFIG, snapshot).execute(None)
    return (*stage1.stations, *stage1.future_stations)[:190]


@pytest.fixture(scope="session")
def stations(all_stations: tuple[Station, ...]) -> dict[str, Station]:
    return {station.slug: station for station in all_stations}
