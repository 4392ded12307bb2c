"""What a real wiki says when it cannot show a page whole, and when there is nothing to show."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from mrt_pipeline.contracts.network import Station
from mrt_pipeline.extraction.facts import BusTables
from mrt_pipeline.runtime.context import RunContext
from mrt_pipeline.sources.fandom_wiki.broken_pages import PageFault
from mrt_pipeline.sources.fandom_wiki.claims import WikiSource
from mrt_pipeline.sources.fandom_wiki.pages import BrokenPageError
from tests.real.mediawiki import MediaWiki
from tests.real.wiki.run import claims_of, open_wiki_source, pages_cited

pytestmark = pytest.mark.real_parts

TITLE = "Mattar MRT Station"
EXITS = "== Exits ==\n* Exit A: lift\n\n"
LATER = "2026-11-05T00:00:00Z"
TEMPLATES = {
    "Template:Loop": "x {{Loop}}",
    "Template:Big": "x" * 50_000,
    "Template:Many": "{{{a|}}}" * 3000,
    "Template:Deep": "{{Deeper}}",
    "Template:Deeper": "{{Deepest}}",
    "Template:Deepest": "x",
}


@pytest.fixture(scope="module")
def troubled(wiki: MediaWiki) -> MediaWiki:
    """The wiki with templates that go wrong."""
    wiki.write(TEMPLATES)
    return wiki


@pytest.fixture
def source(
    troubled: MediaWiki, tmp_path: Path, snapshot: RunContext, tables: BusTables
) -> Iterator[WikiSource]:
    yield open_wiki_source(troubled, tmp_path, snapshot, tables)
    troubled.delete(TITLE)


@pytest.mark.parametrize(
    ("text", "settings", "fault"),
    [
        ("{{Loop}}", "", PageFault.ERROR),
        ("{{Big}}" * 60, "", PageFault.LEFT_OUT),
        ("{{Many}}" * 3, "$wgMaxPPNodeCount = 20;", PageFault.ERROR),
        ("{{Deep}}", "$wgMaxPPExpandDepth = 2;", PageFault.ERROR),
    ],
)
def test_a_page_that_the_wiki_could_not_show_whole_fails_and_is_well_once_the_wiki_can(
    troubled: MediaWiki,
    source: WikiSource,
    stations: dict[str, Station],
    text: str,
    settings: str,
    fault: PageFault,
) -> None:
    troubled.write({TITLE: EXITS + text}, at=LATER)
    source.prepare([stations["mattar"]])
    with troubled.with_settings(settings), pytest.raises(BrokenPageError) as raised:
        source.claims_for(stations["mattar"], ())
    assert raised.value.fault is fault
    if settings:
        assert source.claims_for(stations["mattar"], ()).exits


@pytest.mark.parametrize("text", ["", "[[Category:Stations]]\n<!-- moved elsewhere -->"])
def test_a_blanked_page_is_a_warning_and_no_failure(
    troubled: MediaWiki, source: WikiSource, stations: dict[str, Station], text: str
) -> None:
    troubled.write({TITLE: text}, at=LATER)
    claimed = claims_of(source, [stations["mattar"]])["mattar"]
    assert [finding.check for finding in claimed.findings] == ["wiki-page-blank"]


def test_a_double_redirect_is_followed_and_a_circle_of_them_is_a_missing_page(
    troubled: MediaWiki, source: WikiSource, stations: dict[str, Station]
) -> None:
    titles = "Mattar (Singapore)", "Mattar Downtown Line", "Mattar A", "Mattar B"
    troubled.write(
        {
            TITLE: EXITS,
            titles[0]: f"#REDIRECT [[{titles[1]}]]",
            titles[1]: f"#REDIRECT [[{TITLE}]]",
            titles[2]: f"#REDIRECT [[{titles[3]}]]",
            titles[3]: f"#REDIRECT [[{titles[2]}]]",
        },
        at=LATER,
    )
    try:
        by_title = {
            title: claims_of(source, [stations["mattar"].model_copy(update={"wiki_title": title})])["mattar"]
            for title in (titles[0], titles[2])
        }
    finally:
        troubled.delete(*titles)
    assert [document.title for document in pages_cited(by_title[titles[0]])] == [TITLE]
    assert [finding.check for finding in by_title[titles[2]].findings] == ["wiki-page-missing"]
