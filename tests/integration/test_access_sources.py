"""Lifts and station pages from end to end: recorded, live on loopback servers, and answered badly."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from mrt_pipeline.config import Secrets
from mrt_pipeline.config.registry import sources_of
from mrt_pipeline.config.settings import Settings
from mrt_pipeline.contracts.evidence import Confidence
from mrt_pipeline.contracts.names import STAGE2_ENRICHMENT
from mrt_pipeline.contracts.network import AccessFeature, LinkedExit, Station, StepFree
from mrt_pipeline.errors import FetchError, SourceError
from mrt_pipeline.extraction.place_names import plain_name
from mrt_pipeline.network import load_network
from mrt_pipeline.runtime.context import RunContext
from mrt_pipeline.runtime.recordings import load_recording
from mrt_pipeline.runtime.source_access import SourceAccess
from mrt_pipeline.sources.lta_lifts.claims import late_source
from mrt_pipeline.sources.lta_lifts.reading import KnownLifts, read_lifts
from mrt_pipeline.sources.sbs_transit.claims import open_source as open_station_pages
from mrt_pipeline.sources.sbs_transit.claims import read_pages
from mrt_pipeline.stages.enrichment.circuit_breaker import CircuitBreaker, enrich_station
from mrt_pipeline.stages.enrichment.registry import open_sources
from mrt_pipeline.stages.stage1_ingestion import Stage1Ingestion
from tests.e2e.command import Workplace, load
from tests.fakes.enrichment_sources import NO_CONFIG
from tests.fakes.fake_time import FakeTime
from tests.fakes.http_server import Reply, gzip_bomb
from tests.fakes.live_world import LiveWorld
from tests.fakes.publishers import (
    ACCOUNT_KEY,
    FACILITIES,
    LocalAccess,
    Publishers,
    bad_replies,
    lift_row,
)
from tests.fakes.real_stations import real_station

LOCAL = tuple(spec.name for spec in sources_of(STAGE2_ENRICHMENT) if spec.is_recorded)
HOUGANG = real_station("hougang", NE14="A B C")
BUGIS_LIFT = lift_row("DT14", "Bugis", "EXIT E STREET LEVEL - CONCOURSE", line="DTL")


@pytest.fixture
def publishers() -> Iterator[Publishers]:
    with Publishers() as running:
        yield running


@pytest.fixture
def access(publishers: Publishers, tmp_path: Path) -> LocalAccess:
    return publishers.access(tmp_path)


def described(known: KnownLifts) -> set[str]:
    return {record.description for record in known.table.records}


# LTA's lifts, live


def test_a_lift_learnt_once_is_known_when_lta_lists_it_no_more(
    publishers: Publishers, access: LocalAccess
) -> None:
    first = read_lifts(access)
    assert {record.first_seen for record in first.table.records if record.station_code == "NE14"} == {
        "2026-11-23"
    }
    publishers.datamall.rows[FACILITIES] = [BUGIS_LIFT]
    publishers.time.advance(days=30)
    second = read_lifts(access)
    assert described(second) == described(first) | {BUGIS_LIFT["LiftDesc"]}
    assert second.out_of_service == {("DT14", "B1L01", BUGIS_LIFT["LiftDesc"])}
    publishers.datamall.rows[FACILITIES] = []
    third = read_lifts(access)
    assert described(third) == described(second)
    assert third.out_of_service == frozenset()


def test_a_lift_is_out_of_service_as_long_as_lta_lists_it(
    publishers: Publishers, access: LocalAccess
) -> None:
    def shown() -> Any:
        source = late_source(lambda: read_lifts(access), load_network())
        source.prepare(())
        (found,) = source.claims_for(HOUGANG, ()).exits
        assert found.access is not None
        return found.access.out_of_service

    assert str(shown()) == "2026-11-23"
    publishers.datamall.rows[FACILITIES] = []
    assert shown() is None


def test_nothing_of_an_answer_is_kept_on_disk_but_what_was_learnt(access: LocalAccess) -> None:
    read_lifts(access)
    assert list((access.cache_dir / "http").glob("*")) == []
    assert [path.name for path in (access.cache_dir / "lta_lifts").iterdir()] == ["lifts.sqlite3"]


def test_a_wrong_account_key_names_the_variable(publishers: Publishers, tmp_path: Path) -> None:
    with pytest.raises(FetchError, match="LTA_ACCOUNT_KEY"):
        read_lifts(publishers.access(tmp_path, lta_account_key="a-wrong-key"))


BAD = [
    *bad_replies(),
    ("status 504", Reply(504, b"Gateway Timeout")),
    ("as value", Reply(body=b'{"value": {"Line": "NEL"}}')),
    ("longer than", gzip_bomb(64)),
]


@pytest.mark.parametrize(("words", "reply"), BAD, ids=[words for words, _ in BAD])
def test_a_bad_list_of_lifts_is_an_error_and_teaches_nothing(
    publishers: Publishers, access: LocalAccess, words: str, reply: Reply
) -> None:
    publishers.datamall.interpose(FACILITIES, *[reply] * 10)
    with pytest.raises(SourceError) as failure:
        read_lifts(access)
    assert failure.value.source_id == "lta-lifts"
    assert not (access.cache_dir / "lta_lifts").exists()


def test_the_key_is_sent_to_lta_and_shown_to_nobody(publishers: Publishers, access: LocalAccess) -> None:
    read_lifts(access)
    (request,) = publishers.datamall_server.requests
    assert request.headers["accountkey"] == ACCOUNT_KEY
    assert ACCOUNT_KEY not in (access.cache_dir / "lta_lifts/lifts.sqlite3").read_bytes().decode("latin-1")


# SBS Transit's pages, live


def test_every_station_of_both_lines_is_read_and_its_page_kept(
    publishers: Publishers, access: LocalAccess
) -> None:
    pages = read_pages(access)
    assert [page.key.station_name for page in pages.read] == ["Hougang", "Bugis"]
    assert [page.provenance.document_id for page in pages.read] == [
        "sbs-station-pages:NEL-HGN",
        "sbs-station-pages:DTL-BGS",
    ]
    assert pages.read[1].provenance.url.endswith("/Service/TrainInformation?TrainLine=DTL&Station=BGS")
    asked = len(publishers.sbs_server.requests)
    assert read_pages(access) == pages
    assert len(publishers.sbs_server.requests) == asked == 4


CUT = Reply(body=b"<html><h4>Exits</h4><b>A</b> Mall")
PAGE_FAULTS = [*(reply for _, reply in bad_replies()), Reply(504), CUT, gzip_bomb(64)]


@pytest.mark.parametrize("reply", PAGE_FAULTS, ids=map(str, range(len(PAGE_FAULTS))))
def test_a_bad_page_fails_its_station_alone_and_is_requested_again(
    publishers: Publishers, access: LocalAccess, reply: Reply
) -> None:
    publishers.sbs.faults["HGN"] = reply
    pages = read_pages(access)
    assert [page.key.operator_code for page in pages.read] == ["BGS"]
    assert [key.operator_code for key, _ in pages.failures] == ["HGN"]
    publishers.sbs.faults.clear()
    assert [page.key.operator_code for page in read_pages(access).read] == ["HGN", "BGS"]


def test_a_site_that_fails_page_after_page_is_left_alone(publishers: Publishers, access: LocalAccess) -> None:
    publishers.sbs.stations["NEL"] = {f"X{number}": f"Station {number}" for number in range(20)}
    publishers.sbs.faults = {code: Reply(403, b"no") for code in publishers.sbs.stations["NEL"]}
    with pytest.raises(FetchError, match="403"):
        read_pages(access)
    assert sum("TrainInformation" in target for target in publishers.sbs_server.targets) == 5


@pytest.mark.parametrize("reply", [Reply(body=b"<html>busy</html>"), Reply(500, b"no")])
def test_an_invalid_list_of_stations_is_an_error(
    publishers: Publishers, access: LocalAccess, reply: Reply
) -> None:
    publishers.sbs.interpose("StationDropdown", *[reply] * 10)
    with pytest.raises(SourceError):
        read_pages(access)


def test_a_site_that_cannot_be_asked_has_failed_for_stations_of_its_lines_alone(
    publishers: Publishers, access: LocalAccess
) -> None:
    publishers.sbs.interpose("StationDropdown", *[Reply(403, b"no")] * 10)
    context = RunContext(access.settings, date(2026, 11, 23), access)
    breaker = CircuitBreaker(open_station_pages(context, NO_CONFIG))
    asked = [HOUGANG, real_station("bugis", EW12="A"), real_station("bishan", NS17="A")]
    breaker.prepare(asked, asked)
    failed = [
        station.slug
        for station in asked
        if enrich_station(station, [breaker], date(2026, 11, 23)).enrichment.failures
    ]
    assert failed == ["hougang", "bugis"]


# the default run


@pytest.fixture(scope="module")
def stations(tmp_path_factory: pytest.TempPathFactory) -> tuple[Station, ...]:
    """Return the real network of a day."""
    return Stage1Ingestion(NO_CONFIG, _context(tmp_path_factory.mktemp("stage1"))).execute(None).stations


def _context(folder: Path, *names: str) -> RunContext:
    stage2 = {"stages": {"stage2_enrichment": {"sources": names}}} if names else {}
    given = Settings.model_validate(stage2)
    access = SourceAccess(given, secrets=Secrets(), cache_dir=folder, now=FakeTime().now)
    return RunContext(given, date(2026, 11, 23), access)


@pytest.fixture(scope="module")
def local(
    stations: tuple[Station, ...], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, CircuitBreaker]:
    """Return the sources that need no network, ready to be asked about any station."""
    opened = open_sources(_context(tmp_path_factory.mktemp("local"), *LOCAL)).sources
    breakers = {source.name: CircuitBreaker(source) for source in opened}
    for breaker in breakers.values():
        breaker.prepare(stations, stations)
    return breakers


@pytest.fixture(scope="module")
def exits(stations: tuple[Station, ...], local: dict[str, CircuitBreaker]) -> tuple[LinkedExit, ...]:
    """Return every exit of the network with what the sources say of it, asked in their own order."""
    return tuple(found for made in _enrich(stations, local, LOCAL) for found in made)


def _enrich(
    stations: Sequence[Station], local: dict[str, CircuitBreaker], names: Iterable[str]
) -> list[tuple[LinkedExit, ...]]:
    breakers = [local[name] for name in names]
    return [enrich_station(station, breakers, date(2026, 11, 23)).enrichment.exits for station in stations]


def test_step_free_access_is_known_of_123_exits_without_a_network(exits: tuple[LinkedExit, ...]) -> None:
    answered = [found for found in exits if found.access and found.access.step_free is not StepFree.UNKNOWN]
    assert (len(answered), len(exits)) == (123, 607)
    for found in answered:
        assert found.access is not None
        assert found.access.step_free is StepFree.YES
        assert found.access.confidence is Confidence.MEDIUM
        documents = {one.document_id for one in found.access.evidence["step_free"]}
        assert documents & {"mot-2022-01-11", "lta-2023-01-03"}
        assert documents & {"lta-lifts", "sbs-station-pages", "lta-station-exits"}
    assert all(found.access is None or found.access.out_of_service is None for found in exits)


def test_each_recorded_pair_of_sbs_transit_comes_to_what_the_page_on_access_says(
    stations: tuple[Station, ...], exits: tuple[LinkedExit, ...]
) -> None:
    """The table is in ``docs/access.md``."""
    names = {plain_name(station.name): station for station in stations}
    made = {found.exit_id: found.access for found in exits}
    came_to: Counter[str] = Counter()
    for row in load_recording("sbs-station-pages").rows:
        station = names[plain_name(row["station_name"])]
        named = [one.exit_id for one in station.exits if one.exit_code == row["exit_code"]]
        found = [access for one in named if (access := made[one]) and AccessFeature.LIFT in access.features]
        came_to[found[0].step_free if found else f"{len(named)} exits"] += 1
    assert came_to == {"yes": 113, "unknown": 3, "2 exits": 4, "0 exits": 2}
    alone = [station for station in stations if len(station.exits) == 1]
    by_lift = [found for found in exits if found.access and AccessFeature.LIFT in found.access.features]
    assert (len(alone), len(by_lift)) == (18, 107 + 3)


@pytest.mark.parametrize(
    ("exit_id", "features"),
    [
        ("harbourfront-nel-A", []),
        ("harbourfront-ccl-A", []),
        ("expo-dtl-A", []),
        ("expo-ewl-A", []),
        ("bukit-panjang-dtl-B", ["lift"]),
        ("bukit-panjang-bpl-B", []),
        ("bedok-north-dtl-B-north", []),
        ("bedok-north-dtl-B-south", []),
        ("upper-changi-dtl-A-east", []),
        ("upper-changi-dtl-A-west", []),
        ("hougang-nel-A", ["lift"]),
        ("clarke-quay-nel-E", ["lift"]),
        ("hume-dtl-1", ["lift"]),
    ],
)
def test_each_trap_of_the_recorded_lists_is_settled_or_left_alone(
    exits: tuple[LinkedExit, ...], exit_id: str, features: list[str]
) -> None:
    (found,) = [one for one in exits if one.exit_id == exit_id]
    assert [one.value for one in (found.access.features if found.access else ())] == features


ROTATIONS = [(*LOCAL[start:], *LOCAL[:start]) for start in range(len(LOCAL))]
"""each source before and behind each other one, with the same reversed"""


@pytest.mark.parametrize(
    "orders",
    [
        pytest.param([*ROTATIONS, *(order[::-1] for order in ROTATIONS)], id="rotated and reversed"),
        pytest.param(list(permutations(LOCAL)), id="every order", marks=pytest.mark.slow),
    ],
)
def test_sources_in_any_order_give_the_same_dataset(
    stations: tuple[Station, ...], local: dict[str, CircuitBreaker], orders: list[tuple[str, ...]]
) -> None:
    wanted = {"hougang", "harbourfront", "simei", "jelapang", "chinatown", "hume", "stevens", "expo"}
    some = [station for station in stations if station.slug in wanted]
    assert len(some) == len(wanted)
    first = _enrich(some, local, LOCAL)
    assert all(_enrich(some, local, order) == first for order in orders)


# whole runs


def access_of(run: Path, exit_id: str) -> Any:
    exits = (found for station in load(run / "stage3_final.json")["stations"] for found in station["exits"])
    return next(found.get("access", {}) for found in exits if found["exit_id"] == exit_id)


@pytest.mark.slow
def test_a_lift_learnt_by_the_first_run_is_in_the_dataset_of_the_third(tmp_path: Path) -> None:
    with LiveWorld() as world:
        sources = "[lta_datamall, lta_lifts, network]"
        place = Workplace(tmp_path).with_variables(
            **world.variables | {"MRT_PIPELINE__STAGES__STAGE2_ENRICHMENT__SOURCES": sources}
        )
        rows = world.publishers.datamall.rows
        seen = []
        for listed in ([lift_row("NS17", "Bishan", "Exit A Street level - Concourse", line="NSL")], [], []):
            rows[FACILITIES] = listed
            result = place.call("run", "--as-of", "1990-12-20")
            assert result.returncode == 0, result.stderr
            seen.append(access_of(place.latest, "bishan-nsl-A"))
    first, _, third = seen
    assert "out_of_service" in first
    assert "out_of_service" not in third
    assert third == {name: value for name, value in first.items() if name != "out_of_service"} | {
        "evidence": {name: given for name, given in first["evidence"].items() if name != "out_of_service"}
    }
    assert third["features"] == ["lift"]
    assert third["step_free"] == "unknown"  # no statement speaks of that day
