"""LTA's rail map over HTTP: its index, its pages, and all that may go wrong with either."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from mrt_pipeline.contracts.claims import EnrichmentSource, StationClaims
from mrt_pipeline.contracts.network import Station
from mrt_pipeline.errors import SourceError
from mrt_pipeline.runtime.context import RunContext
from mrt_pipeline.sources.lta_rail_map.claims import open_source
from tests.fakes.enrichment_sources import NO_CONFIG
from tests.fakes.http_server import Reply, gzip_bomb
from tests.fakes.publishers import LocalAccess, Publishers, bad_replies, rail_map_page
from tests.fakes.real_stations import real_station

HOUGANG = real_station("hougang", NE14="A B C")
BUGIS = real_station("bugis", EW12="A", DT14="E")
EXPO = real_station("expo", CG1="B", DT35="B")


@pytest.fixture
def publishers() -> Iterator[Publishers]:
    with Publishers() as running:
        yield running


@pytest.fixture
def access(publishers: Publishers, tmp_path: Path) -> LocalAccess:
    return publishers.access(tmp_path)


def prepared(access: LocalAccess) -> EnrichmentSource:
    source = open_source(RunContext(access.settings, date(2026, 11, 23), access), NO_CONFIG)
    source.prepare([])
    return source


def landmarks(said: StationClaims) -> dict[str, list[str]]:
    return {found.exit_id: [one.name for one in found.landmarks] for found in said.exits}


def claims(access: LocalAccess, station: Station) -> StationClaims:
    return prepared(access).claims_for(station, ())


def test_landmarks_are_claimed_in_ltas_words_each_from_the_page_of_its_station(access: LocalAccess) -> None:
    source = prepared(access)
    said = source.claims_for(BUGIS, ())
    assert landmarks(said) == {"bugis-dtl-E": ["Duo Tower", "Natl Design Ctr"]}
    (document,) = said.provenance.values()
    assert document.document_id == "lta-rail-map:EWL/EW12-DT14"
    assert document.url.endswith("/map/mrt/EWL/EW12-DT14.html")
    assert document.licence == "LicenseRef-LTA-website-facts"
    (reason,) = said.exits[0].landmarks[1].evidence_for("name")
    assert reason.record_id == "EWL/EW12-DT14/E/landmark/Natl Design Ctr"
    assert landmarks(source.claims_for(HOUGANG, ())) == {
        "hougang-nel-A": ["Hougang Mall"],
        "hougang-nel-B": ["Hougang Pk"],
    }


def test_pages_are_kept_and_not_requested_again(publishers: Publishers, access: LocalAccess) -> None:
    first = prepared(access).version_for(BUGIS)
    assert prepared(access).version_for(BUGIS) == first
    assert len(publishers.rail_map_server.requests) == 3


def test_of_exits_that_share_a_label_a_page_of_all_buildings_tells_none(
    publishers: Publishers, access: LocalAccess
) -> None:
    publishers.rail_map.stations["EWL/CG1"] = "Expo"
    publishers.rail_map.pages["EWL/CG1"] = rail_map_page("Expo", {"B": ["Hall 1"], "Z": ["Hall 2"]})
    said = claims(access, EXPO)
    assert said.exits == ()
    assert [finding.check for finding in said.findings] == ["access-exit-ambiguous", "access-exit-unknown"]


CUT = Reply(body=b"<h4>Hougang</h4><h5>Exit Information</h5><table><tr><td>A</td><td>Mall")
FAULTS = [
    *(reply for _, reply in bad_replies()),
    *(Reply(404, b"<html>not found</html>"), Reply(body=b"<html>not found</html>"), Reply(406), Reply(504)),
    *(CUT, gzip_bomb(64)),
]


@pytest.mark.parametrize("reply", FAULTS)
def test_a_bad_page_fails_its_station_alone_and_is_requested_again(
    publishers: Publishers, access: LocalAccess, reply: Reply
) -> None:
    publishers.rail_map.faults["NEL/NE14"] = reply
    source = prepared(access)
    assert source.version_for(HOUGANG) is None
    with pytest.raises(SourceError, match="lta-rail-map"):
        source.claims_for(HOUGANG, ())
    assert landmarks(source.claims_for(BUGIS, ()))
    publishers.rail_map.faults.clear()
    assert landmarks(claims(access, HOUGANG))


@pytest.mark.parametrize("reply", [*(reply for _, reply in bad_replies()), Reply(404), Reply(504), Reply()])
def test_an_invalid_index_is_reported_and_not_kept(
    publishers: Publishers, access: LocalAccess, reply: Reply
) -> None:
    publishers.rail_map.interpose("index.xml", *[reply] * 10)
    with pytest.raises(SourceError, match="lta-rail-map"):
        prepared(access)
    assert not list((access.cache_dir / "http").glob("*"))


def test_a_site_that_fails_page_after_page_is_left_alone(publishers: Publishers, access: LocalAccess) -> None:
    publishers.rail_map.stations = {f"NEL/NE{number}": "Hougang" for number in range(20)}
    publishers.rail_map.faults = dict.fromkeys(publishers.rail_map.stations, Reply(403, b"no"))
    with pytest.raises(SourceError, match="403"):
        prepared(access)
    assert len(publishers.rail_map_server.requests) == 1 + 5
