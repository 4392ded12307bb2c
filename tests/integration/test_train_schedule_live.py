"""LTA's train timetable over HTTP: its link, its download, and all that may go wrong with either."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from mrt_pipeline.contracts.claims import EnrichmentSource
from mrt_pipeline.errors import FetchError, SourceError
from mrt_pipeline.runtime.context import RunContext
from mrt_pipeline.sources.lta_train_gtfs import claims
from mrt_pipeline.sources.lta_train_gtfs.claims import open_source
from tests.fakes.enrichment_sources import NO_CONFIG
from tests.fakes.http_server import Reply, gzip_bomb, json_reply
from tests.fakes.publishers import ACCOUNT_KEY, SCHEDULE, LocalAccess, Publishers, bad_replies
from tests.fakes.real_stations import real_station

YISHUN = real_station("yishun", NS13="A")
AS_OF = date(2026, 11, 23)
FILE = "gtfs_schedule.zip"


@pytest.fixture
def publishers() -> Iterator[Publishers]:
    with Publishers() as running:
        yield running


@pytest.fixture
def access(publishers: Publishers, tmp_path: Path) -> LocalAccess:
    return publishers.access(tmp_path)


def prepared(access: LocalAccess) -> EnrichmentSource:
    source = open_source(RunContext(access.settings, AS_OF, access), NO_CONFIG)
    source.prepare([YISHUN])
    return source


def kept(access: LocalAccess) -> list[Path]:
    return list((access.cache_dir / "http").glob("*"))


def test_the_timetable_is_downloaded_once_and_its_letters_are_claimed(
    publishers: Publishers, access: LocalAccess
) -> None:
    said = prepared(access).claims_for(YISHUN, ())
    assert [one.platform_code for one in said.exits[0].platforms] == ["A"]
    assert said.provenance["lta-train-gtfs"].revision == "2026-11-20T02:00:00+08:00"
    prepared(access)
    assert len(publishers.datamall_server.requests) == len(publishers.schedule_server.requests) == 1


def test_the_key_goes_to_datamall_alone_and_the_link_nowhere_but_to_its_host(
    publishers: Publishers, access: LocalAccess
) -> None:
    prepared(access)
    assert publishers.datamall_server.requests[0].headers["accountkey"] == ACCOUNT_KEY
    assert "accountkey" not in publishers.schedule_server.requests[0].headers
    (answer,) = kept(access)
    assert b"train-signature" not in answer.read_bytes()
    assert b"GTFSScheduleTrain" in answer.read_bytes()
    assert not any("train-signature" in line for line in publishers.time.told)


def test_an_old_copy_is_used_while_datamall_gives_the_same_time(
    publishers: Publishers, access: LocalAccess
) -> None:
    prepared(access)
    publishers.time.advance(days=40)
    prepared(access)
    assert (len(publishers.datamall_server.requests), len(publishers.schedule_server.requests)) == (2, 1)


def test_a_link_that_has_run_out_is_requested_again(publishers: Publishers, access: LocalAccess) -> None:
    publishers.datamall.interpose(FILE, Reply(403, b"<Error><Code>AccessDenied</Code></Error>"))
    prepared(access)
    assert len(publishers.datamall_server.requests) == 2
    signatures = {request.query["X-Amz-Signature"] for request in publishers.schedule_server.requests}
    assert signatures == {"train-signature-1", "train-signature-2"}


def test_the_guides_spelling_of_the_link_is_read(publishers: Publishers, access: LocalAccess) -> None:
    link = f"{publishers.schedule_server.url}/{FILE}?X-Amz-Signature=train-signature-0"
    publishers.datamall.interpose(SCHEDULE, json_reply({"value": [{"Link": link}]}))
    assert prepared(access).version_for(YISHUN)


@pytest.mark.parametrize("status", [401, 404])
def test_a_wrong_account_key_names_the_variable(
    publishers: Publishers, access: LocalAccess, status: int
) -> None:
    publishers.datamall.interpose(SCHEDULE, Reply(status, b"The requested API was not found"))
    with pytest.raises(FetchError, match="LTA_ACCOUNT_KEY"):
        prepared(access)


BAD_LINKS = [
    *(reply for _, reply in bad_replies()),
    Reply(504),
    json_reply({"value": []}),
    json_reply({"value": [{"timestamp": "now"}]}),
    json_reply({"value": [{"link": "ftp://files.example/schedule.zip"}]}),
    json_reply({"value": [{"link": "https://a.example/1"}, {"link": "https://a.example/2"}]}),
    json_reply({"value": [{"link": "https://a.example/1", "timestamp": 7}]}),
]
BAD_FILES = [
    *(reply for _, reply in bad_replies()),
    Reply(403, b"<Error>Request has expired</Error>"),
    Reply(404, b"<Error><Code>NoSuchKey</Code></Error>"),
    Reply(504),
    Reply(body=b""),
    gzip_bomb(64),
]


@pytest.mark.parametrize(
    ("asked", "reply"), [*((SCHEDULE, reply) for reply in BAD_LINKS), *((FILE, reply) for reply in BAD_FILES)]
)
def test_a_bad_answer_is_reported_in_a_sentence_and_never_kept(
    publishers: Publishers, access: LocalAccess, asked: str, reply: Reply
) -> None:
    publishers.datamall.interpose(asked, *[reply] * 10)
    with pytest.raises(SourceError) as failure:
        prepared(access)
    assert failure.value.source_id == "lta-train-gtfs"
    assert "train-signature" not in str(failure.value)
    assert kept(access) == []


def test_a_cut_file_is_refused_and_requested_again_by_the_next_run(
    publishers: Publishers, access: LocalAccess
) -> None:
    whole = publishers.datamall.schedule
    publishers.datamall.schedule = whole[:-30]
    with pytest.raises(SourceError, match="cut off"):
        prepared(access)
    publishers.datamall.schedule = whole
    assert prepared(access).version_for(YISHUN)


def test_a_file_that_is_too_long_is_not_read_to_its_end(
    publishers: Publishers, access: LocalAccess, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(claims, "MAX_ZIP_BYTES", 100)
    with pytest.raises(FetchError, match="more than 100 bytes"):
        prepared(access)


def test_without_a_key_nothing_is_asked(publishers: Publishers, tmp_path: Path) -> None:
    source = open_source(_keyless(publishers, tmp_path), NO_CONFIG)
    with pytest.raises(Exception, match="LTA_ACCOUNT_KEY"):
        source.prepare([YISHUN])
    assert publishers.datamall_server.requests == []


def _keyless(publishers: Publishers, folder: Path) -> RunContext:
    access = publishers.access(folder, lta_account_key="")
    return RunContext(access.settings, AS_OF, access)
