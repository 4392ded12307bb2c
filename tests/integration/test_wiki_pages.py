"""What rules read in recorded pages, grounded in the real network, against what a person read in them.

The same pages come from a real MediaWiki in ``tests/real/wiki``; here they come from a file, so that this is
tested wherever the other tests run.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from mrt_pipeline.config import PipelineConfig
from mrt_pipeline.contracts.claims import Passage, StationClaims
from mrt_pipeline.extraction.facts import GroundingFacts
from mrt_pipeline.extraction.grounding import ground
from mrt_pipeline.extraction.page_reading import read_html
from mrt_pipeline.extraction.place_names import PlaceNames
from mrt_pipeline.network import load_network
from mrt_pipeline.runtime.context import default_context
from mrt_pipeline.sources.datamall.reading import read_bus_tables
from mrt_pipeline.sources.fandom_wiki.broken_pages import find_page_fault, is_blank, is_short, shows_source
from mrt_pipeline.sources.fandom_wiki.claims import LICENCE
from mrt_pipeline.stages.stage1_ingestion import Stage1Ingestion
from tests.real.mediawiki import read_pages
from tests.real.wiki.answers import Fact, facts_of, read_sheet, show
from tests.real.wiki.render import PAGES, read_rendered

CONFIG = PipelineConfig(Path(__file__).parents[2] / "config" / "pipeline.yaml")
AS_OF = date(2026, 11, 23)
MIN_RECALL = 0.95


@pytest.fixture(scope="module")
def found() -> set[Fact]:
    """Everything that the rules read and that was grounded."""
    context = default_context(CONFIG, AS_OF)
    tables, network = read_bus_tables(context), load_network()
    facts, names = GroundingFacts(network, AS_OF, tables), PlaceNames.of(network)
    stations = {station.slug: station for station in Stage1Ingestion(CONFIG, context).execute(None).stations}
    read: set[Fact] = set()
    for title, html in read_rendered().items():
        slug = names.slug_of_title(title)
        assert slug is not None, title
        reading = read_html(html, title, names)
        page = Passage(
            document_id=f"wiki:{title}@1", licence=LICENCE.licence_id, text=reading.text, char_start=0
        )
        exits, _, _ = ground([(page, reading.candidates)], stations[slug], facts, source="fandom_wiki")
        read |= facts_of(stations[slug], StationClaims(source="fandom_wiki", exits=exits))
    return read


def test_no_page_is_taken_for_one_that_came_incomplete() -> None:
    sources = read_pages(PAGES)
    for title, html in read_rendered().items():
        assert find_page_fault(html) is None and not is_blank(html), title
        assert not is_short(html, len(sources[title].encode())), title
        assert shows_source(html, sources[title]), title


def test_nothing_is_read_that_the_pages_do_not_say(found: set[Fact]) -> None:
    false = found - read_sheet()
    assert not false, show(false)


def test_nearly_all_that_the_pages_say_is_read(found: set[Fact]) -> None:
    expected = read_sheet()
    missed = expected - found
    assert len(missed) <= (1 - MIN_RECALL) * len(expected), show(missed)
