"""A document's records, with whom to name for them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from mrt_pipeline.config.settings import ExpectedBusStopsSection
from mrt_pipeline.contracts.documents import Document
from mrt_pipeline.contracts.findings import Finding, Severity
from mrt_pipeline.contracts.source import SourceTable
from mrt_pipeline.errors import SourceFormatError
from mrt_pipeline.runtime.documents import (
    Count,
    Parsed,
    Payload,
    check_number,
    provenance_of,
    refuse_losses,
    table_of,
)
from mrt_pipeline.runtime.files import sha256_of

DOCUMENT = Document(
    document_id="bus-stops",
    title="Bus Stops",
    publisher="LTA",
    url="https://example.org",
    dataset="Bus Stops",
    source="LTA DataMall",
)
PAYLOAD = Payload(b"[]", datetime(2026, 4, 1, 23, tzinfo=UTC), "r1")


def remark(check: str) -> Finding:
    return Finding(check=check, severity=Severity.INFO, message=check)


def test_a_table_carries_every_finding_and_where_it_is_from() -> None:
    payload = Payload(PAYLOAD.content, PAYLOAD.retrieved_at, PAYLOAD.revision, (remark("fetched"),))
    table = table_of(DOCUMENT, payload, Parsed(("a", "b"), (remark("parsed"),)), (remark("counted"),))
    assert table.records == ("a", "b")
    assert [finding.check for finding in table.findings] == ["fetched", "parsed", "counted"]
    assert table.provenance.records == 2
    assert table.provenance.sha256 == sha256_of(b"[]")
    assert table.provenance.revision == "r1"


def test_the_attribution_is_the_sentence_of_the_licence() -> None:
    assert provenance_of(DOCUMENT, PAYLOAD, 0).attribution == (
        "Contains information from Bus Stops accessed on 2026-04-01 from LTA DataMall which is made "
        "available under the terms of the Singapore Open Data Licence version 1.0 https://data.gov.sg/open-data-licence"
    )


COUNT = Count("record", "stages.stage2_enrichment.expected_bus_stops")


def numbers(number: int, *findings: Finding) -> SourceTable[int]:
    return table_of(DOCUMENT, PAYLOAD, Parsed(tuple(range(number)), findings))


def lost(record_id: str, check: str) -> Finding:
    return Finding(check=check, severity=Severity.ERROR, message=f"{record_id} {check}.", record_id=record_id)


def test_fewer_records_than_expected_are_an_error_that_names_the_key() -> None:
    with pytest.raises(SourceFormatError, match=r"2 records; expected at least 3 .*expected_bus_stops\.min"):
        check_number(numbers(2), ExpectedBusStopsSection(min=3), COUNT)


def test_more_records_than_expected_are_a_warning_and_all_are_kept() -> None:
    table = numbers(3)
    assert check_number(table, ExpectedBusStopsSection(min=3, max=3), COUNT) == table
    checked = check_number(table, ExpectedBusStopsSection(min=1, max=2), COUNT)
    assert checked.records == table.records
    [finding] = checked.findings
    assert finding.severity is Severity.WARNING
    assert "gives 3 records; expected at most 2" in finding.message


def test_a_record_with_two_faults_is_one_lost_record_and_its_first_fault_is_reported() -> None:
    table = numbers(1, lost("stop:1", "swapped"), lost("stop:1", "nameless"), lost("stop:2", "elsewhere"))
    message = r"2 records could not be read; expected all to be readable\. The first: stop:1 swapped\."
    with pytest.raises(SourceFormatError, match=message):
        refuse_losses(table)
    with pytest.raises(SourceFormatError, match=message):
        check_number(table, ExpectedBusStopsSection(min=2), COUNT)


def test_a_table_without_a_lost_record_is_not_refused_for_a_remark() -> None:
    table = numbers(1, remark("odd"))
    assert refuse_losses(table) == table
