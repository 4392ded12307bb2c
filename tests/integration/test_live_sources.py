"""The publishers' sources against local servers that answer like the real ones, faults included."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from mrt_pipeline.contracts.findings import Severity
from mrt_pipeline.errors import CredentialError, FetchError, SourceError, SourceFormatError
from mrt_pipeline.runtime.context import RunContext
from mrt_pipeline.runtime.documents import Payload
from mrt_pipeline.runtime.files import sha256_of
from mrt_pipeline.sources.datagov.reading import exits_table, parse_exits, read_exits
from mrt_pipeline.sources.datamall.parsing import parse_bus_stops, parse_routes_file
from mrt_pipeline.sources.datamall.reading import read_bus_services, read_bus_stops
from mrt_pipeline.sources.onemap.reading import read_stations
from mrt_pipeline.stages.stage1_ingestion import Stage1Ingestion
from tests.fakes.http_server import LoopbackServer, RawReply, Reply, SeenRequest, json_reply
from tests.fakes.publishers import (
    ACCOUNT_KEY,
    DATAGOV_KEY,
    EMAIL,
    GIVEN_TOKEN,
    PASSWORD,
    READY_TOKEN,
    UPDATED,
    LocalAccess,
    Publishers,
    bad_replies,
    datagov_envelope,
    stop_rows,
    too_many_requests,
)

DAY = date(2026, 11, 23)
NO_CONFIG: Any = None
"""the stage takes its settings from the context"""
WANTED = (
    ("NS13", "Yishun"),
    ("NS9", "Woodlands"),
    ("TE2", "Woodlands"),
    ("EW24", "Jurong East"),
    ("BP1", "Choa Chu Kang"),
)
ACCOUNT = {"onemap_api_key": "", "onemap_email": EMAIL, "onemap_password": PASSWORD}

Read = Callable[[LocalAccess], Any]
READERS: dict[str, tuple[str, Read]] = {
    "poll-download": ("datagov", lambda access: read_exits(access)),
    "exits.geojson": ("datagov", lambda access: read_exits(access)),
    "search": ("onemap", lambda access: read_stations(access, WANTED)),
    "BusStops": ("datamall", lambda access: read_bus_stops(access)),
    "BusRoutes": ("datamall", lambda access: read_bus_services(access)),
}
EVERY_READER = pytest.mark.parametrize("path_end", READERS)


@pytest.fixture
def publishers() -> Iterator[Publishers]:
    with Publishers() as running:
        yield running


@pytest.fixture
def access(publishers: Publishers, tmp_path: Path) -> LocalAccess:
    return publishers.access(tmp_path)


# stage 1


def _stage1(access: LocalAccess) -> Stage1Ingestion:
    return Stage1Ingestion(NO_CONFIG, RunContext(access.settings, DAY, access, now=access.now))


def _meeting(server: LoopbackServer, met: threading.Barrier) -> None:
    """Let the first request to a server wait for others elsewhere."""
    regular, waiting = server.handler, [met]

    def handle(request: SeenRequest) -> Reply | RawReply:
        if waiting:
            waiting.pop().wait(timeout=30)
        return regular(request)

    server.handler = handle


def test_exits_and_positions_are_requested_at_the_same_time(
    publishers: Publishers, access: LocalAccess
) -> None:
    met = threading.Barrier(2)
    for server in (publishers.datagov_server, publishers.onemap_server):
        _meeting(server, met)
    output = _stage1(access).execute(None)
    assert not met.broken
    assert {"lta-station-exits", "onemap-stations"} <= output.provenance.keys()


@pytest.mark.parametrize("refused", ["datagov", "onemap"])
def test_a_service_that_fails_beside_another_gives_the_error_that_it_gives_alone(
    publishers: Publishers, tmp_path: Path, refused: str
) -> None:
    names = {"datagov": "poll-download", "onemap": "search"}
    read: dict[str, Read] = {"datagov": read_exits, "onemap": lambda access: read_stations(access, WANTED)}
    fake = {"datagov": publishers.datagov, "onemap": publishers.onemap}[refused]
    fake.interpose(names[refused], *[Reply(403, b"Forbidden")] * 500)
    with pytest.raises(FetchError) as alone:
        read[refused](publishers.access(tmp_path / "alone"))
    with pytest.raises(FetchError) as beside:
        _stage1(publishers.access(tmp_path / "beside")).execute(None)
    assert type(beside.value) is type(alone.value)
    assert _without_names(str(beside.value)) == _without_names(str(alone.value))


def test_if_both_services_fail_it_is_the_exits_that_are_reported(
    publishers: Publishers, access: LocalAccess
) -> None:
    publishers.datagov.interpose("poll-download", Reply(403, b"Forbidden"))
    publishers.onemap.interpose("search", *[Reply(403, b"Forbidden")] * 500)
    with pytest.raises(FetchError, match="poll-download"):
        _stage1(access).execute(None)


def _without_names(message: str) -> str:
    """Return a message without the words that were searched for: alone, other stations are wanted."""
    return re.sub(r"searchVal=[^&]*", "", message)


# data.gov.sg


def test_live_exits_are_those_of_the_same_file(publishers: Publishers, access: LocalAccess) -> None:
    table = read_exits(access.keeping(0))
    assert table.records == parse_exits(publishers.datagov.exits).records
    assert table.findings == ()
    assert table.provenance.revision == UPDATED
    assert table.provenance.retrieved_at == publishers.time.now()
    assert "accessed on 2026-11-23 from" in table.provenance.attribution


def test_the_key_goes_to_data_gov_sg_and_not_to_the_host_of_the_signed_link(
    publishers: Publishers, access: LocalAccess
) -> None:
    read_exits(access.keeping(0))
    assert {request.headers.get("x-api-key") for request in publishers.datagov_server.requests} == {
        DATAGOV_KEY
    }
    (download,) = publishers.files_server.requests
    assert DATAGOV_KEY not in str(download.headers)


def test_without_a_key_data_gov_sg_is_asked_without_one(publishers: Publishers, tmp_path: Path) -> None:
    table = read_exits(publishers.access(tmp_path, datagov_api_key="").keeping(0))
    assert len(table.records) == 11
    assert all("x-api-key" not in request.headers for request in publishers.datagov_server.requests)


def test_a_queued_download_is_polled_until_it_is_there(publishers: Publishers, access: LocalAccess) -> None:
    queued = json_reply(datagov_envelope({"status": "QUEUED"}), status=202)
    publishers.datagov.interpose("poll-download", queued, queued)
    table = read_exits(access.keeping(0))
    assert table.provenance.sha256 == sha256_of(publishers.datagov.exits)
    assert publishers.time.naps == [2.0, 4.0]
    assert publishers.time.told == [
        f"lta-station-exits: data.gov.sg says QUEUED; checking again in {seconds} s." for seconds in (2, 4)
    ]


def test_too_many_requests_in_an_answer_of_status_200_is_waited_for(
    publishers: Publishers, access: LocalAccess
) -> None:
    publishers.datagov.interpose("poll-download", too_many_requests())
    assert len(read_exits(access.keeping(0)).records) == 11
    assert publishers.time.naps == [2.0]


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (json_reply(datagov_envelope({"status": "QUEUED"})), "QUEUED 8 times"),
        (too_many_requests(), "TOO_MANY_REQUESTS 8 times"),
    ],
)
def test_the_patience_with_a_download_has_an_end(
    publishers: Publishers, access: LocalAccess, reply: Reply, words: str
) -> None:
    publishers.datagov.interpose("poll-download", *[reply] * 50)
    with pytest.raises(FetchError, match=words) as failure:
        read_exits(access.keeping(0))
    assert failure.value.retryable


@pytest.mark.parametrize(
    ("reply", "error", "words"),
    [
        (json_reply(datagov_envelope({"status": "DOWNLOAD_FAILED"})), FetchError, "DOWNLOAD_FAILED"),
        (json_reply(datagov_envelope({"status": "MOVED"})), SourceFormatError, "'MOVED' as status"),
        (
            json_reply(datagov_envelope({"status": "DOWNLOAD_SUCCESS"})),
            SourceFormatError,
            "without an https URL",
        ),
        (
            json_reply(datagov_envelope({"status": "DOWNLOAD_SUCCESS", "url": "file:///etc/passwd"})),
            SourceFormatError,
            "without an https URL",
        ),
        (
            json_reply(datagov_envelope({"status": "DOWNLOAD_SUCCESS", "url": "https://["})),
            FetchError,
            "a URL that cannot be read",
        ),
        (json_reply(datagov_envelope(None)), SourceFormatError, "None as data"),
        (
            json_reply({"code": 1, "name": "BROKEN", "errorMsg": "sorry"}),
            FetchError,
            "code 1 .'BROKEN' 'sorry'.",
        ),
        (json_reply({"data": {"status": "DOWNLOAD_SUCCESS"}}), FetchError, "code None"),
        (json_reply(["code"]), SourceFormatError, "a list"),
    ],
)
def test_another_reply_to_a_poll_is_one_clear_sentence(
    publishers: Publishers, access: LocalAccess, reply: Reply, error: type[SourceError], words: str
) -> None:
    publishers.datagov.interpose("poll-download", reply)
    with pytest.raises(error, match=words):
        read_exits(access.keeping(0))


def test_a_signed_link_that_ran_out_is_requested_again(publishers: Publishers, access: LocalAccess) -> None:
    publishers.datagov.interpose("exits.geojson", Reply(403), Reply(403))
    assert len(read_exits(access.keeping(0)).records) == 11
    asked = [request.query["X-Signature"] for request in publishers.files_server.requests]
    assert asked == ["signature-1", "signature-2", "signature-3"]


def test_a_link_that_is_always_refused_is_given_up_and_its_signature_never_told(
    publishers: Publishers, access: LocalAccess
) -> None:
    publishers.datagov.interpose("exits.geojson", *[Reply(403)] * 9)
    with pytest.raises(FetchError, match="3 download links") as failure:
        read_exits(access.keeping(0))
    assert len(publishers.files_server.requests) == 3
    assert "signature" not in _everything_told(failure.value)
    assert failure.value.names_way_out


def test_a_file_that_cannot_be_obtained_does_not_tell_its_signature(
    publishers: Publishers, access: LocalAccess
) -> None:
    publishers.datagov.interpose("exits.geojson", *[Reply(500)] * 9)
    with pytest.raises(FetchError) as failure:
        read_exits(access.keeping(0))
    assert "signature" not in _everything_told(failure.value)


def test_exits_on_disk_serve_until_they_are_too_old(publishers: Publishers, access: LocalAccess) -> None:
    first = read_exits(access)
    publishers.time.advance(days=29)
    assert read_exits(access) == first
    assert len(publishers.files_server.requests) == 1
    publishers.time.advance(days=2)
    assert read_exits(access).provenance.retrieved_at == first.provenance.retrieved_at + timedelta(days=31)


def test_neither_signature_nor_secret_gets_onto_the_disk(
    publishers: Publishers, tmp_path: Path, access: LocalAccess
) -> None:
    for _api, read in READERS.values():
        read(access)
    kept = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert b"YISHUN MRT STATION" in kept
    for secret in ("signature", DATAGOV_KEY, ACCOUNT_KEY, READY_TOKEN):
        assert secret.encode() not in kept


@pytest.mark.parametrize(
    "reply", [Reply(404), json_reply(datagov_envelope({"lastUpdatedAt": 7})), Reply(body=b"<html>")]
)
def test_without_metadata_the_exits_are_read_all_the_same(
    publishers: Publishers, access: LocalAccess, reply: Reply
) -> None:
    publishers.datagov.interpose("metadata", reply)
    table = read_exits(access.keeping(0))
    assert len(table.records) == 11
    assert table.provenance.revision is None
    assert [(finding.check, finding.severity) for finding in table.findings] == [
        ("revision-unknown", Severity.INFO)
    ]


def test_exits_without_metadata_are_not_kept_so_that_the_next_run_has_their_revision(
    publishers: Publishers, access: LocalAccess
) -> None:
    publishers.datagov.interpose("metadata", Reply(404))
    assert read_exits(access).provenance.revision is None
    assert read_exits(access).provenance.revision == UPDATED
    assert read_exits(access).provenance.revision == UPDATED
    assert len(publishers.files_server.requests) == 2


def test_a_file_with_too_few_exits_is_refused_with_the_first_reason(
    publishers: Publishers, access: LocalAccess
) -> None:
    document = json.loads(publishers.datagov.exits)
    for feature in document["features"]:
        feature["geometry"]["coordinates"].reverse()
    publishers.datagov.exits = json.dumps(document).encode()
    with pytest.raises(SourceFormatError, match=r"gives 0 exits; expected at least 1 .* swapped"):
        read_exits(access.keeping(0))


def test_a_file_with_more_exits_than_expected_is_a_warning(publishers: Publishers) -> None:
    document = json.loads(publishers.datagov.exits)
    for number, feature in enumerate(document["features"] * 2):
        document["features"].append(json.loads(json.dumps(feature)))
        document["features"][-1]["properties"]["OBJECTID"] = number
    payload = Payload(json.dumps(document).encode(), publishers.time.now())
    findings = exits_table(payload, publishers.settings()).findings
    assert [(finding.check, finding.severity) for finding in findings] == [
        ("more-exits-than-expected", Severity.WARNING)
    ]
    assert "33 exits; expected at most 20" in findings[0].message


# OneMap


def test_live_stations_are_found_by_name_mode_and_code(access: LocalAccess) -> None:
    table = read_stations(access.keeping(0), WANTED)
    assert [(found.station_code, found.lat) for found in table.records] == [
        ("BP1", 1.3847554),
        ("EW24", 1.3331528),
        ("NS9", 1.4368196),
        ("NS13", 1.4294431),
        ("TE2", 1.4360576),
    ]
    assert table.findings == ()
    assert table.provenance.document_id == "onemap-stations"


def test_a_station_on_a_later_page_is_found(publishers: Publishers, access: LocalAccess) -> None:
    decoys = [{"SEARCHVAL": f"YISHUN MRT STATION EXIT {number}", "BUILDING": "NIL"} for number in range(23)]
    publishers.onemap.places = decoys + publishers.onemap.places
    table = read_stations(access.keeping(0), [("NS13", "Yishun")])
    assert [found.station_code for found in table.records] == ["NS13"]
    assert [request.query["pageNum"] for request in publishers.onemap_server.requests] == ["1", "2", "3", "4"]


def test_equal_names_are_searched_once(publishers: Publishers, access: LocalAccess) -> None:
    read_stations(access.keeping(0), [("NS9", "Woodlands"), ("TE2", "Woodlands")])
    assert len({request.query["searchVal"] for request in publishers.onemap_server.requests}) == 1
    assert (
        len([request for request in publishers.onemap_server.requests if request.query["pageNum"] == "1"])
        == 1
    )


def test_a_station_that_onemap_does_not_have_is_a_warning(access: LocalAccess) -> None:
    table = read_stations(access.keeping(0), [*WANTED, ("BP13", "Senja")])
    assert "BP13" not in {found.station_code for found in table.records}
    assert [(finding.check, finding.record_id) for finding in table.findings] == [
        ("station-not-found", "onemap-stations:BP13")
    ]


def test_a_token_is_got_for_the_account_and_used_for_all_searches(
    publishers: Publishers, tmp_path: Path
) -> None:
    table = read_stations(publishers.access(tmp_path, **ACCOUNT).keeping(0), WANTED)
    assert len(table.records) == 5
    asked = publishers.onemap_server.requests
    assert [request.method for request in asked].count("POST") == 1
    assert {request.headers.get("authorization") for request in asked if request.method == "GET"} == {
        f"Bearer {GIVEN_TOKEN}1"
    }


def test_a_ready_token_that_ran_out_is_replaced_by_one_for_the_account(
    publishers: Publishers, tmp_path: Path
) -> None:
    publishers.onemap.tokens.clear()
    access = publishers.access(tmp_path, onemap_email=EMAIL, onemap_password=PASSWORD)
    assert len(read_stations(access.keeping(0), WANTED).records) == 5


def test_a_token_is_renewed_once_and_not_for_ever(publishers: Publishers, tmp_path: Path) -> None:
    publishers.onemap.interpose("search", *[json_reply({"error": "Invalid token."}, 401)] * 9)
    with pytest.raises(FetchError, match="401: the token is invalid"):
        read_stations(publishers.access(tmp_path, **ACCOUNT).keeping(0), WANTED)
    assert [request.method for request in publishers.onemap_server.requests].count("POST") == 2


def test_a_token_that_is_refused_again_is_not_renewed_a_second_time(
    publishers: Publishers, tmp_path: Path
) -> None:
    refusal = json_reply({"error": "Invalid token."}, 401)
    publishers.onemap.interpose("search", *[refusal] * 99)
    with pytest.raises(FetchError, match="401: the token is invalid"):
        read_stations(publishers.access(tmp_path, **ACCOUNT).keeping(0), WANTED)
    assert [request.method for request in publishers.onemap_server.requests].count("POST") == 2


def test_a_token_about_to_run_out_is_renewed_before_it_is_refused(
    publishers: Publishers, tmp_path: Path
) -> None:
    publishers.onemap.lifetime = timedelta(minutes=1)
    read_stations(
        publishers.access(tmp_path, **ACCOUNT).keeping(0), [("NS13", "Yishun"), ("NS9", "Woodlands")]
    )
    tokens = [request.headers.get("authorization") for request in publishers.onemap_server.requests]
    assert {f"Bearer {GIVEN_TOKEN}1", f"Bearer {GIVEN_TOKEN}2"} <= set(tokens)


@pytest.mark.parametrize(
    ("secrets", "words"),
    [
        ({"onemap_password": "wrong-password"}, "401.*ONEMAP_EMAIL and ONEMAP_PASSWORD"),
        ({"onemap_email": "nobody@example.org"}, "404.*check ONEMAP_EMAIL"),
    ],
)
def test_a_wrong_account_is_one_sentence_that_names_the_variable(
    publishers: Publishers, tmp_path: Path, secrets: dict[str, str], words: str
) -> None:
    access = publishers.access(tmp_path, **(ACCOUNT | secrets))
    with pytest.raises(FetchError, match=words) as failure:
        read_stations(access.keeping(0), WANTED)
    assert PASSWORD not in _everything_told(failure.value)
    assert len(publishers.onemap_server.requests) == 1


def test_a_wrong_account_is_tried_once_however_many_searches_wait_for_a_token(
    publishers: Publishers, tmp_path: Path
) -> None:
    read_stations(publishers.access(tmp_path), WANTED[:1])
    publishers.onemap_server.requests.clear()
    with pytest.raises(FetchError, match=r"401.*ONEMAP_EMAIL and ONEMAP_PASSWORD"):
        read_stations(
            publishers.access(tmp_path, **(ACCOUNT | {"onemap_password": "wrong-password"})), WANTED
        )
    assert [request.method for request in publishers.onemap_server.requests] == ["POST"]


@pytest.mark.parametrize(
    "reply",
    [
        json_reply({}),
        json_reply({"access_token": 5}),
        json_reply({"access_token": "short"}),
        json_reply([]),
        Reply(body=b"x"),
    ],
)
def test_an_answer_without_a_token_is_one_sentence(
    publishers: Publishers, tmp_path: Path, reply: Reply
) -> None:
    publishers.onemap.interpose("getToken", reply)
    with pytest.raises(
        SourceFormatError, match=r"expected a token|a token of 5 characters that may be a word"
    ):
        read_stations(publishers.access(tmp_path, **ACCOUNT).keeping(0), WANTED)


@pytest.mark.parametrize(
    ("status", "words"), [(400, "has no token"), (401, "has expired"), (403, "may not use the search")]
)
def test_a_refused_search_is_one_sentence_that_says_what_to_check(
    publishers: Publishers, access: LocalAccess, status: int, words: str
) -> None:
    publishers.onemap.interpose("search", json_reply({"error": "no"}, status))
    with pytest.raises(FetchError, match=f"{status}: .*{words}; check ONEMAP_API_KEY") as failure:
        read_stations(access.keeping(0), WANTED)
    assert READY_TOKEN not in _everything_told(failure.value)
    assert failure.value.names_way_out


def test_results_and_an_error_together_are_a_warning(publishers: Publishers, access: LocalAccess) -> None:
    page = {
        "found": 1,
        "totalNumPages": 1,
        "pageNum": 1,
        "error": "Deprecated.",
        "results": publishers.onemap.places,
    }
    publishers.onemap.interpose("search", json_reply(page))
    table = read_stations(access.keeping(0), [("NS13", "Yishun")])
    assert len(table.records) == 1
    assert [(finding.check, finding.severity) for finding in table.findings] == [
        ("answer-with-error", Severity.WARNING)
    ]


def test_an_error_without_results_is_one_sentence(publishers: Publishers, access: LocalAccess) -> None:
    publishers.onemap.interpose("search", json_reply({"error": "Something went wrong."}))
    with pytest.raises(
        SourceFormatError, match=r"the error 'Something went wrong\.'; expected a list of results"
    ):
        read_stations(access.keeping(0), WANTED)


# LTA DataMall


def test_live_bus_stops_and_services_are_those_of_the_same_rows(
    publishers: Publishers, access: LocalAccess
) -> None:
    rows = publishers.datamall.rows
    assert (
        read_bus_stops(access.keeping(0)).records
        == parse_bus_stops(json.dumps(rows["BusStops"]).encode()).records
    )
    services = parse_routes_file(json.dumps(rows["BusRoutes"]).encode())[0].records
    assert read_bus_services(access.keeping(0)).records == services


@pytest.mark.parametrize("number", [1, 499, 500, 501, 1000, 1203])
def test_pages_are_requested_until_one_is_short_and_that_one_twice_and_then_the_one_beyond_it(
    publishers: Publishers, access: LocalAccess, number: int
) -> None:
    publishers.datamall.rows["BusStops"] = stop_rows(number)
    assert len(read_bus_stops(access.keeping(0)).records) == number
    last = number // 500 * 500
    beyond = [last + 500] * (2 if last == 500 else 1)  # the second and third page are asked for together
    assert _skipped(publishers) == [*range(0, last, 500), last, last, *beyond]


def test_pages_of_a_long_list_are_requested_together_and_few_beyond_its_end(
    publishers: Publishers, access: LocalAccess
) -> None:
    publishers.datamall.rows["BusStops"] = stop_rows(9 * 500 + 7)
    met = threading.Barrier(8)  # the pages after the seventh can only be answered together

    def answer(request: SeenRequest) -> Reply:
        return _page_of(publishers, request)

    def meet(request: SeenRequest) -> Reply:
        met.wait(timeout=30)
        return _page_of(publishers, request)

    publishers.datamall.interpose("BusStops", *[answer] * 7, *[meet] * 8)
    assert len(read_bus_stops(access.keeping(0)).records) == 9 * 500 + 7
    assert _skipped(publishers) == sorted([*range(0, 15 * 500, 500), 9 * 500, 10 * 500])


@pytest.mark.parametrize("rows_late", [507, 1000])
def test_an_end_that_was_only_seen_while_earlier_pages_were_under_way_is_not_believed(
    rows_late: int, publishers: Publishers, access: LocalAccess
) -> None:
    """The pages after the third come to an end too early, until the pages above them have been answered."""
    publishers.datamall.rows["BusStops"] = stop_rows(3 * 500 + rows_late)

    def end_early(request: SeenRequest) -> Reply:
        page = _page_of(publishers, request)
        skipped = int(request.query["$skip"])
        return page if skipped < 1500 else json_reply({"value": stop_rows(1507)[skipped : skipped + 500]})

    publishers.datamall.interpose("BusStops", *[end_early] * 8)
    with pytest.raises(SourceFormatError, match="expected 500 on every page but the last"):
        read_bus_stops(access.keeping(0))


def test_of_pages_requested_together_only_the_first_failure_is_reported(
    publishers: Publishers, access: LocalAccess
) -> None:
    publishers.datamall.rows["BusStops"] = stop_rows(7 * 500)

    def fail(request: SeenRequest) -> Reply:
        skipped = int(request.query["$skip"])
        is_bad = 1500 <= skipped <= 2500
        return Reply(400, f"no page at {skipped}".encode()) if is_bad else _page_of(publishers, request)

    publishers.datamall.interpose("BusStops", *[fail] * 99)
    with pytest.raises(FetchError, match="no page at 1500"):
        read_bus_stops(access.keeping(0))


def _page_of(publishers: Publishers, request: SeenRequest) -> Reply:
    skipped = int(request.query["$skip"])
    return json_reply({"value": publishers.datamall.rows["BusStops"][skipped : skipped + 500]})


def _skipped(publishers: Publishers) -> list[int]:
    return sorted(int(request.query["$skip"]) for request in publishers.datamall_server.requests)


def test_a_service_that_gives_the_same_page_for_ever_is_left(
    publishers: Publishers, access: LocalAccess
) -> None:
    row = publishers.datamall.rows["BusStops"][0]
    publishers.datamall.interpose("BusStops", *[json_reply({"value": [row] * 500})] * 9)
    with pytest.raises(SourceFormatError, match="has no last page"):
        read_bus_stops(access.keeping(0))
    assert len(publishers.datamall_server.requests) == 2


def test_a_wrong_account_key_is_one_sentence_that_names_the_variable(
    publishers: Publishers, tmp_path: Path
) -> None:
    access = publishers.access(tmp_path, lta_account_key="wrong-key-1")
    with pytest.raises(
        FetchError, match=r"404, its reply to an unknown AccountKey; check LTA_ACCOUNT_KEY"
    ) as failure:
        read_bus_stops(access.keeping(0))
    assert "wrong-key-1" not in _everything_told(failure.value)
    assert failure.value.names_way_out, "nobody needs to be told again how to do without"


@pytest.mark.parametrize("value", [None, {}, "rows"])
def test_a_page_without_rows_is_one_sentence(
    publishers: Publishers, access: LocalAccess, value: object
) -> None:
    publishers.datamall.interpose("BusStops", json_reply({"value": value}))
    with pytest.raises(SourceFormatError, match="as value; expected a list of rows"):
        read_bus_stops(access.keeping(0))


def test_an_empty_service_is_no_empty_table(publishers: Publishers, access: LocalAccess) -> None:
    publishers.datamall.rows["BusRoutes"] = []
    with pytest.raises(SourceFormatError, match="has no rows"):
        read_bus_services(access.keeping(0))


# all of them


@pytest.mark.parametrize(
    ("secrets", "path_end", "variable"),
    [
        ({"onemap_api_key": ""}, "search", "ONEMAP_API_KEY"),
        ({"onemap_api_key": "", "onemap_email": EMAIL}, "search", "ONEMAP_PASSWORD"),
        ({"lta_account_key": ""}, "BusStops", "LTA_ACCOUNT_KEY"),
        ({"lta_account_key": ""}, "BusRoutes", "LTA_ACCOUNT_KEY"),
    ],
)
def test_a_missing_secret_is_reported_before_anything_is_asked(
    publishers: Publishers, tmp_path: Path, secrets: dict[str, str], path_end: str, variable: str
) -> None:
    with pytest.raises(CredentialError, match=variable):
        READERS[path_end][1](publishers.access(tmp_path, **secrets))
    assert not publishers.onemap_server.requests
    assert not publishers.datamall_server.requests


@EVERY_READER
@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_failure_that_passes_is_tried_again(
    publishers: Publishers, access: LocalAccess, path_end: str, status: int
) -> None:
    api, read = READERS[path_end]
    undisturbed = read(access).records
    access.close()
    getattr(publishers, api).interpose(path_end, Reply(status))
    publishers.time.advance(days=31)
    assert read(access).records == undisturbed


@EVERY_READER
@pytest.mark.parametrize(("words", "reply"), bad_replies(), ids=[words for words, _ in bad_replies()])
def test_a_failure_that_stays_is_one_clear_sentence(
    publishers: Publishers, access: LocalAccess, path_end: str, words: str, reply: Reply
) -> None:
    api, read = READERS[path_end]
    getattr(publishers, api).interpose(path_end, *[reply] * 99)
    with pytest.raises(SourceError) as failure:
        read(access)
    message = str(failure.value)
    assert words in message
    assert message.isprintable()
    assert len(message) < 400


@EVERY_READER
def test_a_service_that_hangs_is_one_clear_sentence(
    publishers: Publishers, tmp_path: Path, path_end: str
) -> None:
    publishers.timeout_s = 0.1
    api, read = READERS[path_end]
    getattr(publishers, api).interpose(path_end, *[_hang] * 99)
    with pytest.raises(FetchError, match="did not respond completely in time") as failure:
        read(publishers.access(tmp_path))
    assert failure.value.retryable


@pytest.mark.parametrize("path_end", ["search", "BusStops", "BusRoutes", "poll-download", "exits.geojson"])
def test_an_error_page_with_status_200_does_not_stand_in_the_way_next_time(
    publishers: Publishers, access: LocalAccess, path_end: str
) -> None:
    api, read = READERS[path_end]
    getattr(publishers, api).interpose(path_end, Reply(body=b"<html>Maintenance</html>"))
    with pytest.raises(SourceFormatError):
        read(access)
    assert read(access).records


def _hang(request: SeenRequest) -> Reply:
    request.hang()
    return Reply()


def _everything_told(error: BaseException | None) -> str:
    """Return the messages of an error and of all that led to it."""
    told: list[str] = []
    while error is not None:
        assert repr(error) not in told, "an error must not be its own cause"
        told.append(repr(error))
        error = error.__cause__ or error.__context__
    return "\n".join(told)
