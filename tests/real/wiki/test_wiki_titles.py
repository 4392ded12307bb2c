"""Finding and fetching pages of a real wiki: batches, titles of every kind, cut answers, lag, refusals."""

from __future__ import annotations

from pathlib import Path

import pytest

from mrt_pipeline.contracts.network import Station
from mrt_pipeline.errors import BlockedError, FetchError, SourceError
from mrt_pipeline.extraction.facts import BusTables
from mrt_pipeline.runtime.context import RunContext
from mrt_pipeline.sources.fandom_wiki.claims import WikiSource
from mrt_pipeline.sources.fandom_wiki.titles import find_heads
from tests.fakes.fake_time import FakeTime
from tests.real.mediawiki import MediaWiki
from tests.real.wiki.run import PAGES, claims_of, open_wiki_source, pages_cited

pytestmark = pytest.mark.real_parts

MAX_REQUESTS = 10
FILLER = "'''{}''' is a station."


@pytest.fixture(scope="module")
def full_wiki(wiki: MediaWiki, all_stations: tuple[Station, ...]) -> MediaWiki:
    """The wiki with a page for every station."""
    titles = [station.wiki_title for station in all_stations if station.wiki_title not in PAGES]
    wiki.write({title: FILLER.format(title) for title in titles}, are_linked=False)
    return wiki


@pytest.fixture
def source(wiki: MediaWiki, tmp_path: Path, snapshot: RunContext, tables: BusTables) -> WikiSource:
    return open_wiki_source(wiki, tmp_path, snapshot, tables)


@pytest.mark.parametrize(
    ("slug", "wanted", "found"),
    [
        ("yishun", "Yishun MRT Station", "Yishun MRT Station"),
        ("yishun", "yishun_MRT  Station", "Yishun MRT Station"),
        ("gardens-by-the-bay", "Gardens By The Bay MRT Station", "Gardens by the Bay MRT Station"),
        ("harbourfront", "Harbourfront MRT Station", "HarbourFront MRT Station"),
        ("macpherson", "Macpherson MRT Station", "MacPherson MRT Station"),
        ("macpherson", "MACPHERSON MRT STATION", "MacPherson MRT Station"),
        ("one-north", "one-north MRT Station", "One-north MRT Station"),
        ("punggol", "Punggol LRT Station", "Punggol MRT/LRT Station"),
        ("punggol", "Punggol MRT/LRT Station", "Punggol MRT/LRT Station"),
        ("sengkang", "Sengkang MRT Station", "Sengkang MRT/LRT Station"),
        ("senja", "Senja MRT Station", "Senja LRT Station"),
    ],
)
def test_a_page_is_found_under_a_title_of_any_form(
    source: WikiSource, stations: dict[str, Station], slug: str, wanted: str, found: str
) -> None:
    station = stations[slug].model_copy(update={"wiki_title": wanted})
    (document,) = pages_cited(claims_of(source, [station])[slug])
    assert document.title == found


def test_a_title_that_leads_to_another_subject_is_not_read(
    wiki: MediaWiki, source: WikiSource, stations: dict[str, Station]
) -> None:
    wiki.write({"Tuas Link MRT Station": "#REDIRECT [[Yishun MRT Station]]"}, at="2026-11-02T00:00:00Z")
    try:
        claimed = claims_of(source, [stations["tuas-link"]])["tuas-link"]
    finally:
        wiki.delete("Tuas Link MRT Station")
    assert not claimed.provenance
    assert "'Yishun MRT Station', a different subject" in claimed.findings[0].message
    assert source.version_for(stations["tuas-link"]) == "missing"


def test_batches_of_more_titles_than_the_wiki_takes_come_out_whole(
    full_wiki: MediaWiki, source: WikiSource, all_stations: tuple[Station, ...]
) -> None:
    titles = [station.wiki_title for station in all_stations[:60]]
    heads = find_heads(source.api, titles)
    assert len(heads) == 60
    missing = [title for title in titles if heads[title] is None]
    assert set(missing) <= {"HarbourFront MRT Station"} - set(PAGES)
    assert source.api.requests >= 3  # the refused one, and its halves


def test_a_batch_that_the_wiki_cuts_comes_out_whole(
    full_wiki: MediaWiki, source: WikiSource, all_stations: tuple[Station, ...]
) -> None:
    titles = [station.wiki_title for station in all_stations[:50]]
    whole = find_heads(source.api, titles)
    with full_wiki.with_settings("$wgAPIMaxResultSize = 1500;"):
        cut = find_heads(source.api, titles)
        assert full_wiki.requests() > 3
    assert cut == whole


def test_an_unchanged_wiki_is_asked_at_most_ten_times_and_gives_the_same_claims(
    full_wiki: MediaWiki,
    tmp_path: Path,
    snapshot: RunContext,
    tables: BusTables,
    all_stations: tuple[Station, ...],
) -> None:
    first = claims_of(open_wiki_source(full_wiki, tmp_path, snapshot, tables), all_stations)
    assert sum(bool(claimed.provenance) for claimed in first.values()) == len(all_stations) == 190
    with full_wiki.with_settings(""):
        again = claims_of(open_wiki_source(full_wiki, tmp_path, snapshot, tables), all_stations)
        assert full_wiki.requests() <= MAX_REQUESTS
    assert again == first


def test_only_a_changed_page_is_fetched_again(
    full_wiki: MediaWiki,
    tmp_path: Path,
    snapshot: RunContext,
    tables: BusTables,
    all_stations: tuple[Station, ...],
    stations: dict[str, Station],
) -> None:
    wanted = all_stations[:20]
    first = open_wiki_source(full_wiki, tmp_path, snapshot, tables)
    claims_of(first, wanted)
    changed = next(station for station in wanted if station.wiki_title not in PAGES)
    text = f"{FILLER}\n\n== Exits ==\n* Exit A: lift"
    full_wiki.write({changed.wiki_title: text}, at="2026-11-03T00:00:00Z")
    second = open_wiki_source(full_wiki, tmp_path, snapshot, tables)
    with full_wiki.with_settings(""):
        claims_of(second, wanted)
        assert full_wiki.requests() == 2
    versions = [
        station.slug for station in wanted if first.version_for(station) != second.version_for(station)
    ]
    assert versions == [changed.slug]


def test_a_page_deleted_between_its_revision_and_its_text_is_missing(
    wiki: MediaWiki, source: WikiSource, stations: dict[str, Station]
) -> None:
    station = stations["mattar"].model_copy(update={"wiki_title": "Mattar MRT station"})
    wiki.write({station.wiki_title: FILLER}, at="2026-11-02T00:00:00Z", are_linked=False)
    source.prepare([station])
    wiki.delete(station.wiki_title)
    claimed = source.claims_for(station, ())
    assert not claimed.provenance
    assert claimed.findings[0].check == "wiki-page-missing"


LAG = "$wgHooks['ApiMaxLagInfo'][] = function ( &$lag ) use ( $count ) { $lag['lag'] = %s; };"


def test_a_lagging_wiki_is_waited_for(
    wiki: MediaWiki,
    tmp_path: Path,
    snapshot: RunContext,
    tables: BusTables,
    stations: dict[str, Station],
) -> None:
    time = FakeTime()
    source = open_wiki_source(wiki, tmp_path, snapshot, tables, time)
    with wiki.with_settings(LAG % "$count <= 2 ? 30 : 0"):
        claimed = claims_of(source, [stations["yishun"]])
        assert wiki.requests() == 4
    assert claimed["yishun"].provenance
    assert len(time.naps) == 2 and min(time.naps) >= 5


def test_a_wiki_that_lags_for_good_is_given_up(
    wiki: MediaWiki, source: WikiSource, stations: dict[str, Station]
) -> None:
    with wiki.with_settings(LAG % "30"), pytest.raises(FetchError, match="maxlag") as failure:
        source.prepare([stations["yishun"]])
    assert failure.value.retryable
    assert source.version_for(stations["yishun"]) is None


def test_a_wiki_that_is_busy_is_asked_again_when_it_says(
    wiki: MediaWiki,
    tmp_path: Path,
    snapshot: RunContext,
    tables: BusTables,
    stations: dict[str, Station],
) -> None:
    time = FakeTime()
    source = open_wiki_source(wiki, tmp_path, snapshot, tables, time)
    busy = "if ( $count % 2 ) { http_response_code( 503 ); header( 'Retry-After: 7' ); exit; }"
    with wiki.with_settings(busy):
        claimed = claims_of(source, [stations["yishun"]])
    assert claimed["yishun"].provenance
    assert sum(time.naps) >= 2 * 7


REFUSED = "http_response_code( 403 ); exit;"


def test_a_wiki_that_refuses_us_is_distinguished_from_one_without_the_page(
    wiki: MediaWiki, source: WikiSource, stations: dict[str, Station]
) -> None:
    with wiki.with_settings(REFUSED):
        with pytest.raises(BlockedError):
            source.prepare([stations["yishun"]])
        assert source.version_for(stations["yishun"]) is None
        with pytest.raises(BlockedError):
            source.claims_for(stations["yishun"], ())
        assert wiki.requests() == 1


def test_once_refused_the_wiki_is_left_alone(
    wiki: MediaWiki, source: WikiSource, stations: dict[str, Station]
) -> None:
    wanted = [stations["yishun"], stations["khatib"], stations["bishan"]]
    source.prepare(wanted)
    with wiki.with_settings(REFUSED):
        for station in wanted:
            with pytest.raises(BlockedError):
                source.claims_for(station, ())
        assert wiki.requests() == 1


def test_what_is_no_wiki_is_reported(
    wiki: MediaWiki, source: WikiSource, stations: dict[str, Station]
) -> None:
    page = "echo '<html>Just a moment</html>'; exit;"
    with wiki.with_settings(page), pytest.raises(SourceError, match=r"expected JSON; check apis\.fandom"):
        source.prepare([stations["yishun"]])
