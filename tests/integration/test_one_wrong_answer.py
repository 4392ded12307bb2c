"""A service that once answers wrongly, though well-formed: no later run hears of it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from mrt_pipeline.contracts.sections import ExpectedSection
from mrt_pipeline.contracts.source import BusService, BusStop, SourceTable
from mrt_pipeline.errors import SourceFormatError
from mrt_pipeline.extraction.facts import BusTables, find_unknown_stops
from mrt_pipeline.runtime.context import RunContext
from mrt_pipeline.runtime.http_cache import HttpCache
from mrt_pipeline.sources.datagov.reading import read_exits
from mrt_pipeline.sources.datamall.reading import read_bus_services, read_bus_stops, read_bus_tables
from mrt_pipeline.sources.onemap.reading import read_stations
from tests.fakes.http_server import LoopbackServer, RawReply, Reply, SeenRequest, json_reply
from tests.fakes.publishers import DATASET, LocalAccess, Publishers, call_rows, stop_rows

pytestmark = pytest.mark.slow

Damage = Callable[[Any], Any]
YISHUN = [("NS13", "Yishun")]
SEARCHED = {"searchVal": "YISHUN MRT STATION", "returnGeom": "Y", "getAddrDetails": "Y", "pageNum": "1"}


@pytest.fixture
def publishers() -> Iterator[Publishers]:
    with Publishers() as running:
        yield running


@pytest.fixture
def access(publishers: Publishers, tmp_path: Path) -> LocalAccess:
    access = publishers.access(tmp_path)
    stages = access.settings.stages
    stage1 = stages.stage1_ingestion.model_copy(update={"expected_exits": _expected(9)})
    expected = {"expected_bus_stops": _expected(4), "expected_bus_services": _expected(2)}
    stage2 = stages.stage2_enrichment.model_copy(update=expected)
    changed = stages.model_copy(update={"stage1_ingestion": stage1, "stage2_enrichment": stage2})
    access.settings = access.settings.model_copy(update={"stages": changed})
    return access


def _expected(least: int) -> ExpectedSection:
    return ExpectedSection(min=least, max=2000)


def _nothing(_: Any) -> Any:
    return {"message": "Service temporarily unavailable"}


def _swap(position: dict[str, Any], lat: str, lng: str) -> None:
    position[lat], position[lng] = position[lng], position[lat]


def _fewer(name: str) -> Damage:
    return lambda answer: answer | {name: answer[name][:1]}


def _empty(name: str) -> Damage:
    return lambda answer: answer | {name: []}


def _swapped_exit(answer: Any) -> Any:
    answer["features"][3]["geometry"]["coordinates"].reverse()
    return answer


def _exit_at(lng: float, lat: float) -> Damage:
    def damage(answer: Any) -> Any:
        answer["features"][3]["geometry"]["coordinates"] = [lng, lat]
        return answer

    return damage


def _swapped_stop(answer: Any) -> Any:
    _swap(answer["value"][2], "Latitude", "Longitude")
    return answer


def _stop_at_zero(answer: Any) -> Any:
    answer["value"][2] |= {"Latitude": 0, "Longitude": 0}
    return answer


def _swapped_hits(answer: Any) -> Any:
    for hit in answer["results"]:
        _swap(hit, "LATITUDE", "LONGITUDE")
    return answer


def _hits_at_zero(answer: Any) -> Any:
    for hit in answer["results"]:
        hit |= {"LATITUDE": "0.0", "LONGITUDE": "0"}
    return answer


def _call_nowhere(answer: Any) -> Any:
    answer["value"][1]["BusStopCode"] = "NIL"
    return answer


class Service:
    """One document: how it is read, where its answer is filed, and what the service says."""

    def __init__(
        self, publishers: Publishers, access: LocalAccess, api: str, path_end: str, key: str
    ) -> None:
        self.api, self.path_end = api, path_end
        self.key = key
        self._publishers = publishers
        self._access = access

    def read(self, ttl_days: float = 30) -> Any:
        return READ[self.path_end](self._access.keeping(ttl_days))

    @property
    def server(self) -> LoopbackServer:
        servers = {"exits.geojson": self._publishers.files_server, "search": self._publishers.onemap_server}
        return servers.get(self.path_end, self._publishers.datamall_server)

    @property
    def requests(self) -> list[SeenRequest]:
        return [request for request in self.server.requests if request.path.endswith(self.path_end)]

    def damaged(self, damage: Damage) -> bytes:
        """Return what the service says, damaged."""
        request = SeenRequest("GET", self.key, ASKING, b"", self._publishers.onemap_server.released)
        services = {"datagov": self._publishers.datagov, "onemap": self._publishers.onemap}
        service: Any = services.get(self.api, self._publishers.datamall)
        answer = self._publishers.datagov.exits if self.api == "datagov" else service.handle(request).body
        return json.dumps(damage(json.loads(answer))).encode()

    @contextmanager
    def saying(self, body: bytes) -> Iterator[None]:
        """Let the service say this while the block runs, on the first of several pages."""
        regular = self.server.handler

        def handle(request: SeenRequest) -> Reply | RawReply:
            is_first = request.query.get("$skip", "0") == "0" and request.path.endswith(self.path_end)
            return Reply(body=body) if is_first else regular(request)

        self.server.handler = handle
        yield
        self.server.handler = regular

    def plant(self, body: bytes, headers: Mapping[str, str] | None = None, days_ago: float = 1) -> Path:
        """Put a copy on disk as if it had been kept, and return its file."""
        cache = HttpCache(self._access.cache_dir / "http")
        cache.keep(self.key, self.key, headers or {}, body, self._publishers.time.now())
        if self.api == "datamall":
            beyond = self.key.replace("$skip=0", "$skip=500")
            cache.keep(beyond, beyond, headers or {}, b'{"value": []}', self._publishers.time.now())
        self._publishers.time.advance(days=days_ago)
        return cache.path_of(self.key)


ASKING = {"accountkey": "account-key-77aa", "authorization": "Bearer ready-token-0000"}
READ: dict[str, Callable[[LocalAccess], Any]] = {
    "exits.geojson": read_exits,
    "BusStops": read_bus_stops,
    "BusRoutes": read_bus_services,
    "search": lambda access: read_stations(access, YISHUN),
}
REFUSED: tuple[tuple[str, str, Damage], ...] = (
    ("exits.geojson", "a message", _nothing),
    ("exits.geojson", "an empty list", _empty("features")),
    ("exits.geojson", "too few", _fewer("features")),
    ("exits.geojson", "one swapped", _swapped_exit),
    ("exits.geojson", "one at 0,0", _exit_at(0, 0)),
    ("exits.geojson", "one abroad", _exit_at(101.69, 3.14)),
    ("BusStops", "a message", _nothing),
    ("BusStops", "an empty list", _empty("value")),
    ("BusStops", "too few", _fewer("value")),
    ("BusStops", "one swapped", _swapped_stop),
    ("BusStops", "one at 0,0", _stop_at_zero),
    ("BusRoutes", "a message", _nothing),
    ("BusRoutes", "too few", _fewer("value")),
    ("BusRoutes", "a call nowhere", _call_nowhere),
    ("search", "a message", _nothing),
)
USED: tuple[tuple[str, str, Damage], ...] = (
    ("search", "nothing found", lambda answer: answer | {"results": [], "found": 0, "totalNumPages": 0}),
    ("search", "swapped", _swapped_hits),
    ("search", "at 0,0", _hits_at_zero),
)
"""wrong answers that cost a warning and no run: OneMap only confirms"""


def _ids(cases: tuple[tuple[str, str, Damage], ...]) -> list[str]:
    return [f"{path_end}: {words}" for path_end, words, _ in cases]


@pytest.fixture
def service(request: pytest.FixtureRequest, publishers: Publishers, access: LocalAccess) -> Service:
    path_end: str = request.param
    apis, datamall = access.settings.apis, f"{publishers.datamall_server.url}/ltaodataservice"
    query = "&".join(f"{name}={value.replace(' ', '+')}" for name, value in SEARCHED.items())
    filed = {
        "exits.geojson": ("datagov", f"{apis.datagov.base_url}/datasets/{DATASET}/poll-download"),
        "search": ("onemap", f"{apis.onemap.base_url}/common/elastic/search?{query}"),
    }
    api, key = filed.get(path_end, ("datamall", f"{datamall}/{path_end}?$skip=0"))
    return Service(publishers, access, api, path_end, key)


@pytest.mark.parametrize(("service", "words", "damage"), REFUSED, indirect=["service"], ids=_ids(REFUSED))
@pytest.mark.parametrize("ttl_days", [0, 30])
def test_a_wrong_answer_costs_one_run_and_is_not_kept(
    service: Service, words: str, damage: Damage, ttl_days: float
) -> None:
    bad = service.damaged(damage)
    whole = service.read(0).records
    with (
        service.saying(bad),
        pytest.raises(SourceFormatError, match="This response came from the service itself"),
    ):
        service.read(ttl_days)
    assert service.read(ttl_days).records == whole


@pytest.mark.parametrize(("service", "words", "damage"), USED, indirect=["service"], ids=_ids(USED))
def test_an_answer_without_what_was_looked_for_is_used_and_not_kept(
    service: Service, words: str, damage: Damage
) -> None:
    whole = service.read(0).records
    with service.saying(service.damaged(damage)):
        poorer = service.read()
    assert (len(poorer.records), len(poorer.findings)) == (0, 1)
    assert service.read().records == whole


@pytest.mark.parametrize(
    ("service", "words", "damage"), REFUSED + USED, indirect=["service"], ids=_ids(REFUSED + USED)
)
@pytest.mark.parametrize("ttl_days", [0, 30])
def test_a_wrong_copy_on_disk_is_replaced_at_once(
    service: Service, publishers: Publishers, words: str, damage: Damage, ttl_days: float
) -> None:
    file = service.plant(service.damaged(damage))
    bad = file.read_bytes()
    whole = service.read(ttl_days).records
    assert whole
    assert not file.exists() if ttl_days == 0 else file.read_bytes() != bad
    if ttl_days:
        asked = len(service.requests)
        assert any(str(file) in told for told in publishers.time.told)
        assert service.read(ttl_days).records == whole
        assert len(service.requests) == asked, "what is on disk now is sound"


@pytest.mark.parametrize(("service", "words", "damage"), REFUSED, indirect=["service"], ids=_ids(REFUSED))
def test_the_error_names_the_copy_on_disk_that_failed_before(
    service: Service, words: str, damage: Damage
) -> None:
    bad = service.damaged(damage)
    file = service.plant(bad)
    with service.saying(bad), pytest.raises(SourceFormatError) as caught:
        service.read()
    assert str(file) in str(caught.value)
    assert not file.exists()


@pytest.mark.parametrize("service", ["exits.geojson", "search"], indirect=True)
def test_what_fails_from_the_disk_is_requested_once(service: Service) -> None:
    bad = service.damaged(_nothing)
    service.plant(bad)
    with service.saying(bad), pytest.raises(SourceFormatError):
        service.read()
    assert len(service.requests) == 1


@pytest.mark.parametrize("service", ["BusRoutes", "search"], indirect=True)
@pytest.mark.parametrize("days_ago", [1, 31])
def test_a_wrong_copy_is_not_believed_because_the_service_says_that_it_still_holds(
    service: Service, days_ago: float
) -> None:
    """A cache before the service may have the same wrong answer, under the same tag."""
    file = service.plant(service.damaged(_nothing), {"etag": '"v1"'}, days_ago)
    regular = service.server.handler
    service.server.handler = lambda request: (
        Reply(304, headers={"ETag": '"v1"'}) if "if-none-match" in request.headers else regular(request)
    )
    assert service.read().records
    assert b"unavailable" not in file.read_bytes()
    asked = [request.headers.get("if-none-match") for request in service.requests[:2]]
    assert asked[0] == (None if days_ago == 1 else '"v1"')


def test_pages_of_different_days_make_no_list(publishers: Publishers, access: LocalAccess) -> None:
    """A stop came first since page 1 was kept, so page 2 now begins with what page 1 ended with."""
    rows = _stops(publishers, 700)
    read_bus_stops(access)
    publishers.datamall.rows["BusStops"] = [rows[0] | {"BusStopCode": "99999", "Longitude": 103.9}, *rows]
    last = f"{publishers.datamall_server.url}/ltaodataservice/BusStops?$skip=500"
    HttpCache(access.cache_dir / "http").forget(last)
    table = read_bus_stops(access)
    assert (len(table.records), table.findings) == (701, ())


# pages of DataMall


def _stops(publishers: Publishers, number: int) -> list[Any]:
    rows: list[Any] = stop_rows(number)
    publishers.datamall.rows["BusStops"] = rows
    return rows


def _disturb(
    publishers: Publishers,
    skip: int,
    times: int,
    change: Callable[[list[Any]], list[Any]],
    path_end: str = "",
) -> None:
    """Let the page behind so many rows be another one, so many times."""
    regular, left = publishers.datamall_server.handler, [None] * times

    def handle(request: SeenRequest) -> Any:
        reply = regular(request)
        is_meant = request.query.get("$skip") == str(skip) and request.path.endswith(path_end)
        if not is_meant or not left:
            return reply
        left.pop()
        assert isinstance(reply, Reply)
        assert isinstance(reply.body, bytes)
        return json_reply({"value": change(json.loads(reply.body)["value"])})

    publishers.datamall_server.handler = handle


CHANGES: dict[str, Callable[[list[Any]], list[Any]]] = {
    "is empty": lambda _: [],
    "lacks one row": lambda rows: rows[:-1],
    "has one row": lambda rows: rows[:1],
}


@pytest.mark.parametrize("skip", [0, 500, 1000, 1500])
@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_page_that_is_incomplete_once_is_read_completely_in_the_same_run(
    publishers: Publishers, access: LocalAccess, skip: int, change: Callable[[list[Any]], list[Any]]
) -> None:
    _stops(publishers, 1700)
    _disturb(publishers, skip, 1, change)
    assert len(read_bus_stops(access).records) == 1700
    publishers.datamall_server.requests.clear()
    assert len(read_bus_stops(access).records) == 1700
    assert publishers.datamall_server.requests == []


@pytest.mark.parametrize("skip", [0, 500, 1000])
@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_page_in_the_middle_that_stays_incomplete_is_an_error_that_names_it(
    publishers: Publishers, access: LocalAccess, skip: int, change: Callable[[list[Any]], list[Any]]
) -> None:
    _stops(publishers, 1700)
    _disturb(publishers, skip, 2, change)
    with pytest.raises(SourceFormatError, match=rf"page {skip // 500 + 1} of BusStops .\$skip={skip}. has"):
        read_bus_stops(access)
    assert len(read_bus_stops(access).records) == 1700


def test_two_empty_pages_in_a_row_are_not_the_end(publishers: Publishers, access: LocalAccess) -> None:
    _stops(publishers, 1700)
    for skip in (500, 1000):
        _disturb(publishers, skip, 1, lambda _: [])
    assert len(read_bus_stops(access).records) == 1700


def test_a_last_page_that_says_something_else_each_time_is_an_error(
    publishers: Publishers, access: LocalAccess
) -> None:
    _stops(publishers, 1700)
    sizes = iter((7, 5, 3))
    _disturb(publishers, 1500, 3, lambda rows: rows[: next(sizes)])
    with pytest.raises(SourceFormatError, match="when asked again; expected the same"):
        read_bus_stops(access)


def test_a_page_that_once_repeats_an_earlier_one_is_requested_again(
    publishers: Publishers, access: LocalAccess
) -> None:
    rows = _stops(publishers, 1700)
    _disturb(publishers, 1000, 1, lambda _: rows[:500][::-1])
    table = read_bus_stops(access)
    assert (len(table.records), table.findings) == (1700, ())


@pytest.mark.parametrize("number", [300, 500, 1700])
def test_a_service_that_does_not_skip_is_an_error(
    publishers: Publishers, access: LocalAccess, number: int
) -> None:
    rows = _stops(publishers, number)
    publishers.datamall_server.handler = lambda _: json_reply({"value": rows[:500]})
    with pytest.raises(SourceFormatError, match=r"page [12] of BusStops"):
        read_bus_stops(access)
    assert not list((access.cache_dir / "http").glob("*.answer"))


def test_a_page_of_more_rows_than_documented_is_an_error(publishers: Publishers, access: LocalAccess) -> None:
    rows = _stops(publishers, 1700)
    _disturb(publishers, 500, 2, lambda _: rows[500:1001])
    with pytest.raises(SourceFormatError, match="has 501 rows; expected at most 500"):
        read_bus_stops(access)


OVERLAPS: dict[str, Callable[[list[Any], list[Any]], list[Any]]] = {
    "half": lambda before, rows: before[250:] + rows[:250],
    "one row": lambda before, rows: before[499:] + rows[:499],
    "its own first half twice": lambda before, rows: rows[:250] * 2,
    "a short page of known rows": lambda before, rows: before[:7],
}


def _calls(publishers: Publishers) -> list[Any]:
    rows: list[Any] = call_rows(("1", 400), ("2", 700), ("3", 600))
    publishers.datamall.rows["BusRoutes"] = rows
    return rows


@pytest.mark.parametrize("overlap", OVERLAPS.values(), ids=OVERLAPS)
def test_a_page_that_repeats_known_rows_once_is_read_completely_in_the_same_run(
    publishers: Publishers, access: LocalAccess, overlap: Callable[[list[Any], list[Any]], list[Any]]
) -> None:
    rows = _calls(publishers)
    _disturb(publishers, 500, 1, lambda page: overlap(rows[:500], page))
    table = read_bus_services(access)
    assert [len(service.stop_codes) for service in table.records] == [400, 700, 600]
    assert table.findings == ()


@pytest.mark.parametrize("overlap", OVERLAPS.values(), ids=OVERLAPS)
def test_a_page_that_repeats_known_rows_twice_is_refused_and_nothing_is_kept(
    publishers: Publishers, access: LocalAccess, overlap: Callable[[list[Any], list[Any]], list[Any]]
) -> None:
    rows = _calls(publishers)
    _disturb(publishers, 500, 2, lambda page: overlap(rows[:500], page))
    with pytest.raises(SourceFormatError, match=r"page 2 of BusRoutes .\$skip=500. repeats rows"):
        read_bus_services(access)
    assert sum(len(service.stop_codes) for service in read_bus_services(access).records) == 1700


def _skip_ahead(rows: list[Any]) -> Callable[[list[Any]], list[Any]]:
    return lambda _: rows[505:1000] + [rows[499] | {"ServiceNo": f"9{number}"} for number in range(5)]


def test_calls_missing_within_a_service_are_reported_and_requested_again_by_the_next_run(
    publishers: Publishers, access: LocalAccess
) -> None:
    """The page begins some rows too late; it repeats nothing, so only the numbers of the stops tell."""
    rows = _calls(publishers)
    _disturb(publishers, 500, 1, _skip_ahead(rows))
    table = read_bus_services(access)
    told = {finding.record_id: finding for finding in table.findings if finding.check == "stop-sequence-gap"}
    assert "lta-bus-services:2:1" in told
    assert "no StopSequence 101, 102, 103, 104, 105 (5 calls of 700)" in told["lta-bus-services:2:1"].message
    whole = read_bus_services(access)
    assert (whole.findings, len(whole.records)) == ((), 3)
    publishers.datamall_server.requests.clear()
    assert read_bus_services(access) == whole
    assert publishers.datamall_server.requests == []


# pages that say nothing, though every row of them can be read


ABSURD: dict[str, tuple[str, Callable[[int, Any], Any], str]] = {
    "one point": (
        "BusStops",
        lambda _, row: row | {"Latitude": 1.43, "Longitude": 103.83},
        "of another stop",
    ),
    "two points": (
        "BusStops",
        lambda number, row: row | {"Latitude": 1.43 + number % 2 / 100, "Longitude": 103.83},
        "of another stop",
    ),
    "one description": ("BusStops", lambda _, row: row | {"Description": "NIL"}, "share a description"),
    "one known stop": (
        "BusRoutes",
        lambda _, row: row | {"BusStopCode": "00007"},
        "repeat the previous stop",
    ),
    "stop 00000": ("BusRoutes", lambda _, row: row | {"BusStopCode": "00000"}, "repeat the previous stop"),
}


@pytest.mark.parametrize(("service", "change", "words"), ABSURD.values(), ids=ABSURD)
def test_a_page_of_absurd_rows_costs_one_run_and_is_not_kept(
    publishers: Publishers,
    access: LocalAccess,
    service: str,
    change: Callable[[int, Any], Any],
    words: str,
) -> None:
    _stops(publishers, 1700)
    _calls(publishers)
    whole = READ[service](access.keeping(0))
    _disturb(publishers, 500, 1, lambda page: [change(number, row) for number, row in enumerate(page)])
    with pytest.raises(SourceFormatError, match=rf"\d+ of 1700 .*{words}"):
        READ[service](access)
    assert READ[service](access).records == whole.records


def _context(access: LocalAccess) -> RunContext:
    return RunContext(settings=access.settings, as_of=date(2026, 11, 23), access=access)


@pytest.mark.parametrize("service", ["BusRoutes", "BusStops"])
def test_calls_at_stops_that_are_not_listed_are_requested_again_whichever_table_is_wrong(
    publishers: Publishers, access: LocalAccess, service: str
) -> None:
    """Every code is a number of five digits, no stop follows itself: only both tables together tell."""
    _stops(publishers, 1700)
    _calls(publishers)

    def change(page: list[Any]) -> list[Any]:
        return [row | {"BusStopCode": f"{90_000 + number}"} for number, row in enumerate(page)]

    _disturb(publishers, 500, 1, change, f"/{service}")
    assert find_unknown_stops(*_pair(read_bus_tables(_context(access)))) == ()
    publishers.datamall_server.requests.clear()
    assert find_unknown_stops(*_pair(read_bus_tables(_context(access)))) == ()
    assert publishers.datamall_server.requests == []
    access.forget_answers()
    _disturb(publishers, 500, 2, change, f"/{service}")
    with pytest.raises(SourceFormatError, match="calls are at stops that lta-bus-stops does not list"):
        read_bus_tables(_context(access))
    assert find_unknown_stops(*_pair(read_bus_tables(_context(access)))) == ()


def _pair(tables: BusTables) -> tuple[SourceTable[BusStop], SourceTable[BusService]]:
    return tables.stops, tables.services


# hits of OneMap


def test_a_hit_far_from_where_the_station_is_known_to_be_is_used_and_not_kept(
    publishers: Publishers, access: LocalAccess
) -> None:
    def move(page: Any) -> Any:
        return page | {"results": [hit | {"LATITUDE": "1.41"} for hit in page["results"]]}

    for page in "12345":
        _disturb_search(publishers, page, 1, move)
    assert [found.lat for found in read_stations(access, YISHUN).records] == [1.41]
    assert [found.lat for found in read_stations(access, YISHUN).records] == [1.4294431]
    publishers.onemap_server.requests.clear()
    assert [found.lat for found in read_stations(access, YISHUN).records] == [1.4294431]
    assert publishers.onemap_server.requests == []


# pages of OneMap


@pytest.fixture
def crowded(publishers: Publishers) -> Publishers:
    """Let Yishun be on the third page of three."""
    decoys = [{"SEARCHVAL": f"YISHUN MRT STATION EXIT {number}", "BUILDING": "NIL"} for number in range(23)]
    publishers.onemap.places = decoys + [
        place for place in publishers.onemap.places if "YISHUN" in place["SEARCHVAL"]
    ]
    return publishers


def _disturb_search(publishers: Publishers, page: str, times: int, change: Damage) -> None:
    regular, left = publishers.onemap_server.handler, [None] * times

    def handle(request: SeenRequest) -> Any:
        reply = regular(request)
        if request.query.get("pageNum") != page or not left:
            return reply
        left.pop()
        assert isinstance(reply, Reply)
        assert isinstance(reply.body, bytes)
        return json_reply(change(json.loads(reply.body)))

    publishers.onemap_server.handler = handle


PAGE_FAULTS: dict[str, tuple[str, Damage]] = {
    "empty": ("2", lambda page: page | {"results": []}),
    "short": ("2", lambda page: page | {"results": page["results"][:9]}),
    "short at the end": ("3", lambda page: page | {"results": page["results"][:1]}),
    "another page": ("2", lambda page: page | {"pageNum": 1}),
    "fewer announced": ("2", lambda page: page | {"found": 12, "totalNumPages": 2}),
    "first one short": ("1", lambda page: page | {"results": page["results"][:4]}),
}


@pytest.mark.parametrize(("page", "change"), PAGE_FAULTS.values(), ids=PAGE_FAULTS)
def test_a_page_of_hits_that_is_not_what_it_announces_is_requested_again(
    crowded: Publishers, access: LocalAccess, page: str, change: Damage
) -> None:
    _disturb_search(crowded, page, 1, change)
    assert [found.station_code for found in read_stations(access, YISHUN).records] == ["NS13"]


@pytest.mark.parametrize(("page", "change"), PAGE_FAULTS.values(), ids=PAGE_FAULTS)
def test_a_page_of_hits_that_stays_so_is_an_error_that_names_it(
    crowded: Publishers, access: LocalAccess, page: str, change: Damage
) -> None:
    _disturb_search(crowded, page, 2, change)
    with pytest.raises(SourceFormatError, match=f"page {page} of the search for YISHUN MRT STATION"):
        read_stations(access, YISHUN)
    assert len(read_stations(access, YISHUN).records) == 1


@pytest.mark.parametrize("change", [{"totalNumPages": 1}, {"found": 0}, {"totalNumPages": None}])
def test_of_two_announcements_the_larger_one_counts(
    crowded: Publishers, access: LocalAccess, change: dict[str, Any]
) -> None:
    for page in "123":
        _disturb_search(crowded, page, 9, lambda answer: answer | change)
    assert len(read_stations(access, YISHUN).records) == 1


def test_a_search_that_gives_the_first_page_for_every_page_is_an_error(
    crowded: Publishers, access: LocalAccess
) -> None:
    regular = crowded.onemap.search

    def first_page(request: SeenRequest) -> Any:
        reply = regular(
            SeenRequest(
                request.method,
                request.target.replace("pageNum=2", "pageNum=1"),
                request.headers,
                request.body,
                request.released,
            )
        )
        assert isinstance(reply.body, bytes)
        return json_reply(json.loads(reply.body) | {"pageNum": int(request.query["pageNum"])})

    crowded.onemap_server.handler = first_page
    with pytest.raises(
        SourceFormatError, match=r"page 2 of the search .* repeats the hits of an earlier page"
    ):
        read_stations(access, YISHUN)
