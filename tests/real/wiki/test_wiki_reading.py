"""What rules alone read in pages of a real wiki, held against what a person read in them."""

from __future__ import annotations

import pytest

from mrt_pipeline.contracts.claims import StationClaims
from mrt_pipeline.contracts.evidence import Evidence, Published
from mrt_pipeline.contracts.network import ExitAccess, Station
from mrt_pipeline.extraction.facts import BusTables
from mrt_pipeline.extraction.page_text import read_page_text
from mrt_pipeline.runtime.context import RunContext
from mrt_pipeline.sources.fandom_wiki.claims import LICENCE
from tests.real.mediawiki import MediaWiki
from tests.real.wiki.answers import facts_of, read_sheet, show
from tests.real.wiki.render import read_rendered, render
from tests.real.wiki.run import PAGES, claims_of, open_wiki_source, pages_cited

pytestmark = pytest.mark.real_parts

MIN_RECALL = 0.9
MIN_PAGES = 25


@pytest.fixture(scope="module")
def claims(
    wiki: MediaWiki,
    tmp_path_factory: pytest.TempPathFactory,
    snapshot: RunContext,
    tables: BusTables,
    stations: dict[str, Station],
) -> dict[str, StationClaims]:
    source = open_wiki_source(wiki, tmp_path_factory.mktemp("cache"), snapshot, tables)
    return claims_of(source, stations.values())


def test_rules_alone_claim_nothing_that_the_pages_do_not_say_and_nine_tenths_of_what_they_do(
    claims: dict[str, StationClaims], stations: dict[str, Station]
) -> None:
    expected = read_sheet()
    found = {fact for slug in claims for fact in facts_of(stations[slug], claims[slug])}
    assert not found - expected, f"claimed, but no page says so:\n{show(found - expected)}"
    recall = len(found & expected) / len(expected)
    assert recall >= MIN_RECALL, f"{recall:.3f}; not read:\n{show(expected - found)}"


def test_the_sheet_is_about_enough_pages_of_which_none_is_skipped(
    claims: dict[str, StationClaims],
) -> None:
    read = {slug for slug, claimed in claims.items() if claimed.provenance}
    written = [title for title, text in PAGES.items() if not title.startswith("Template:") and text[0] != "#"]
    assert len(read) == len(written) >= MIN_PAGES
    assert {fact.slug for fact in read_sheet()} < read


def test_every_quote_stands_in_the_text_that_its_document_names(
    claims: dict[str, StationClaims], stations: dict[str, Station]
) -> None:
    for claimed in claims.values():
        for reason in _evidence_of(claimed):
            if reason.licence != LICENCE.licence_id:
                continue
            assert reason.document_id in claimed.provenance
            assert reason.quote and reason.char_start is not None and reason.char_end is not None
            assert reason.char_end - reason.char_start == len(reason.quote)


def test_a_page_is_cited_with_its_revision_and_licence(claims: dict[str, StationClaims]) -> None:
    (document,) = pages_cited(claims["punggol"])
    assert document.document_id == f"wiki:Punggol MRT/LRT Station@{document.revision}"
    assert document.url.endswith(f"/wiki/Punggol_MRT/LRT_Station?oldid={document.revision}")
    assert (document.licence, document.records) == ("CC-BY-SA-3.0", 1)
    assert "Punggol MRT/LRT Station" in document.attribution


def test_a_page_that_addresses_machines_is_refused_by_reason(claims: dict[str, StationClaims]) -> None:
    reasons = {claim.reason for claim in claims["outram-park"].rejected}
    assert "hostile-text" in reasons
    assert not any("instructions" in passage.text for passage in claims["outram-park"].passages)


def test_what_rules_could_not_read_is_handed_on_in_few_short_stretches(
    claims: dict[str, StationClaims],
) -> None:
    chinatown = " ".join(passage.text for passage in claims["chinatown"].passages)
    assert "By lift from the concourse" in chinatown
    assert not claims["redhill"].passages
    assert all(len(passage.text) <= 2000 for claimed in claims.values() for passage in claimed.passages)
    assert all(len(claimed.passages) <= 8 for claimed in claims.values())


def test_a_station_without_a_page_is_reported_and_fails_nothing(claims: dict[str, StationClaims]) -> None:
    (finding,) = claims["dakota"].findings
    assert (finding.check, finding.severity.value) == ("wiki-page-missing", "info")
    assert "Dakota MRT Station" in finding.message


def _evidence_of(claimed: StationClaims) -> list[Evidence]:
    records: list[Published] = []
    for item in claimed.exits:
        access: tuple[ExitAccess, ...] = (item.access,) if item.access else ()
        records += [*item.platforms, *item.bus_stops, *access, *item.landmarks]
    return [reason for record in records for reasons in record.evidence.values() for reason in reasons]


def test_the_recorded_pages_read_as_those_of_the_wiki(wiki: MediaWiki) -> None:
    for title, html in read_rendered().items():
        assert read_page_text(html, title).text == read_page_text(render(wiki, title), title).text
