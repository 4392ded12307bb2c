"""OpenStreetMap through a server of the Overpass API, which is busy, picky, or cuts its answers short."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from mrt_pipeline.config.registry import get_source, rates_by_host
from mrt_pipeline.config.settings import Settings
from mrt_pipeline.contracts.claims import StationClaims
from mrt_pipeline.contracts.network import StepFree
from mrt_pipeline.errors import FetchError, SourceError
from mrt_pipeline.runtime.context import RunContext
from mrt_pipeline.runtime.table_source import SurveyedSource
from mrt_pipeline.sources.openstreetmap.claims import open_source
from tests.fakes.enrichment_sources import NO_CONFIG
from tests.fakes.http_server import Reply, gzip_bomb, json_reply
from tests.fakes.publishers import LocalAccess, Publishers, bad_replies, osm_node
from tests.fakes.real_stations import real_station

HOUGANG = real_station("hougang", NE14="A")
HERE = (HOUGANG.exits[0].lat, HOUGANG.exits[0].lng)


@pytest.fixture
def publishers() -> Iterator[Publishers]:
    with Publishers() as running:
        running.overpass.elements = [osm_node(1, HERE, ref="A", wheelchair="yes")]
        yield running


@pytest.fixture
def access(publishers: Publishers, tmp_path: Path) -> LocalAccess:
    return publishers.access(tmp_path)


def claims(access: LocalAccess) -> StationClaims:
    source = open_source(RunContext(access.settings, date(2026, 11, 23), access), NO_CONFIG)
    assert isinstance(source, SurveyedSource)
    source.prepare([HOUGANG])
    source.survey([HOUGANG])
    return source.claims_for(HOUGANG, ())


def test_all_entrances_come_in_one_request_and_are_kept(publishers: Publishers, access: LocalAccess) -> None:
    for _ in range(2):
        said = claims(access)
    assert [found.access.step_free for found in said.exits if found.access] == [StepFree.YES]
    (document,) = said.provenance.values()
    assert (document.revision, document.licence) == ("2026-11-23T04:00:00Z", "ODbL-1.0")
    assert "OpenStreetMap contributors" in document.attribution
    assert len(publishers.overpass_server.requests) == 1


def test_without_a_contact_the_refusal_names_what_to_set(publishers: Publishers, tmp_path: Path) -> None:
    access = publishers.access(tmp_path)
    access.settings = access.settings.model_copy(update={"contact": ""})
    with pytest.raises(FetchError, match=r"406.*set contact"):
        claims(access)
    assert len(publishers.overpass_server.requests) == 1


@pytest.mark.parametrize("status", [429, 504])
def test_a_busy_server_is_asked_again(publishers: Publishers, access: LocalAccess, status: int) -> None:
    publishers.overpass.interpose("interpreter", Reply(status), Reply(status, headers={"Retry-After": "40"}))
    assert claims(access).exits
    assert len(publishers.overpass_server.requests) == 3


def test_the_public_server_is_asked_once_in_thirty_seconds_and_by_default_never() -> None:
    limit = rates_by_host()["overpass-api.de"]
    assert limit.describe() == "1 request per 30 s, one request at a time"
    assert not get_source("openstreetmap").is_default
    assert "openstreetmap" not in Settings().stages.stage2_enrichment.sources


BAD = [
    *(reply for _, reply in bad_replies()),
    *(Reply(400), Reply(404), Reply(406), Reply(504), Reply(body=b"")),
    json_reply({"elements": []}),
    json_reply({"elements": [osm_node(1, HERE)], "remark": "runtime error: Query timed out"}),
    gzip_bomb(64),
]


@pytest.mark.parametrize("reply", BAD)
def test_a_bad_answer_is_reported_in_a_sentence_and_not_kept(
    publishers: Publishers, access: LocalAccess, reply: Reply
) -> None:
    publishers.overpass.interpose("interpreter", *[reply] * 10)
    with pytest.raises(SourceError, match="osm-entrances"):
        claims(access)
    assert not list((access.cache_dir / "http").glob("*"))
