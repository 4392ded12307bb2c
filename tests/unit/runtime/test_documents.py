"""A document's records, with whom to name for them."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from mrt_pipeline.contracts.findings import Finding, Severity
from mrt_pipeline.errors import SourceFormatError
from mrt_pipeline.runtime.documents import Document, Parsed, Payload, get_readable
from mrt_pipeline.runtime.files import sha256_of
from mrt_pipeline.runtime.http import HttpClient, HttpOptions
from tests.fakes.fake_time import FakeTime
from tests.fakes.http_server import Handler, LoopbackServer, Reply, in_turn

DOCUMENT = Document("bus-stops", "Bus Stops", "LTA", "https://example.org", "Bus Stops", "LTA DataMall")
PAYLOAD = Payload(b"[]", datetime(2026, 4, 1, 23, tzinfo=UTC), "r1")


def remark(check: str) -> Finding:
    return Finding(check=check, severity=Severity.INFO, message=check)


def test_a_table_carries_every_finding_and_where_it_is_from() -> None:
    payload = Payload(PAYLOAD.content, PAYLOAD.retrieved_at, PAYLOAD.revision, (remark("fetched"),))
    table = DOCUMENT.table(payload, Parsed(("a", "b"), (remark("parsed"),)), (remark("counted"),))
    assert table.records == ("a", "b")
    assert [finding.check for finding in table.findings] == ["fetched", "parsed", "counted"]
    assert table.provenance.records == 2
    assert table.provenance.sha256 == sha256_of(b"[]")
    assert table.provenance.revision == "r1"


def test_the_attribution_is_the_sentence_of_the_licence() -> None:
    assert DOCUMENT.provenance(PAYLOAD, 0).attribution == (
        "Contains information from Bus Stops accessed on 2026-04-01 from LTA DataMall which is made "
        "available under the terms of the Singapore Open Data Licence version 1.0 https://data.gov.sg/open-data-licence"
    )


def read(content: bytes) -> bytes:
    if content == b"bad":
        raise SourceFormatError("bus-stops", "bad")
    return content


def ask_twice(handler: Handler, folder: Path) -> tuple[list[bytes], int]:
    """Ask two times with a cache, and return what was read and how often the service was asked."""
    answers = []
    with LoopbackServer(handler) as server:
        options = HttpOptions(base_urls=(server.url,), cache_folder=folder)
        client = HttpClient(options, now=FakeTime().now)
        for _ in range(2):
            try:
                answers.append(get_readable(client, "x", server.url, read, ttl_days=9)[0])
            except SourceFormatError:
                answers.append(b"refused")
        client.close()
        return answers, len(server.requests)


@pytest.mark.parametrize(
    ("bodies", "answers", "asked"),
    [
        ((b"good",), [b"good", b"good"], 1),
        ((b"bad", b"good"), [b"refused", b"good"], 2),
        ((b"bad",), [b"refused", b"refused"], 2),
    ],
)
def test_an_answer_on_disk_that_cannot_be_read_is_asked_for_again(
    tmp_path: Path, bodies: tuple[bytes, ...], answers: list[bytes], asked: int
) -> None:
    assert ask_twice(in_turn(*(Reply(body=body) for body in bodies)), tmp_path) == (answers, asked)
