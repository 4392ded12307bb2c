"""From rows of v2/FacilitiesMaintenance to lifts, and how sightings of one lift become one row."""

from __future__ import annotations

import json
from datetime import date
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mrt_pipeline.contracts.findings import Severity
from mrt_pipeline.contracts.source import LiftRecord
from mrt_pipeline.errors import SourceFormatError
from mrt_pipeline.sources.lta_lifts.parsing import MAX_ROWS, describe_versions, merge_lifts, parse_lifts
from tests.fakes.publishers import lift_row

DAY = date(2026, 9, 18)
HOUGANG = lift_row("NE14", "Hougang", "Exit A Street level - Concourse", "B1 L01")


def answer(*rows: Any) -> bytes:
    return json.dumps({"odata.metadata": "…", "value": list(rows)}).encode()


def test_a_row_is_a_lift_seen_that_day() -> None:
    parsed = parse_lifts(answer(HOUGANG), DAY)
    assert parsed.findings == ()
    assert parsed.records == (
        LiftRecord(
            *("NEL", "NE14", "Hougang", "B1 L01", "Exit A Street level - Concourse"),
            *("2026-09-18", "2026-09-18"),
        ),
    )


def test_an_empty_list_is_normal() -> None:
    assert parse_lifts(answer(), DAY).records == ()


@pytest.mark.parametrize("lift_id", ["", " ", None])
def test_a_lift_may_have_no_number(lift_id: str | None) -> None:
    parsed = parse_lifts(answer({**HOUGANG, "LiftID": lift_id}), DAY)
    assert [record.lift_id for record in parsed.records] == [""]
    assert parsed.findings == ()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("Line", "<b>"),
        ("StationCode", "N E14"),
        ("StationCode", "../NE14"),
        ("StationName", None),
        ("LiftDesc", ""),
        ("LiftDesc", "x" * 300),
        ("LiftDesc", ["Exit A"]),
        ("LiftID", {"a": 1}),
    ],
)
def test_a_row_that_cannot_be_read_is_a_warning_and_the_others_stay(field: str, value: Any) -> None:
    parsed = parse_lifts(answer({**HOUGANG, field: value}, HOUGANG), DAY)
    assert len(parsed.records) == 1
    (finding,) = parsed.findings
    assert finding.severity is Severity.WARNING
    assert finding.record_id == "lta-lifts:value[0]"
    assert field in finding.message


def test_a_row_that_is_no_object_is_a_warning() -> None:
    parsed = parse_lifts(answer("Exit A", HOUGANG), DAY)
    assert len(parsed.records) == 1
    assert parsed.findings


def test_more_lifts_than_there_can_be_are_refused() -> None:
    rows = [lift_row("NE14", "Hougang", f"Lift {number}") for number in range(MAX_ROWS)]
    with pytest.raises(SourceFormatError, match=f"lists {MAX_ROWS} lifts"):
        parse_lifts(answer(*rows), DAY)


@pytest.mark.parametrize("content", [b"", b"<html>", b'{"value": 1}', b'{"value": [', b"[]", b'{"rows": []}'])
def test_what_is_no_list_of_rows_is_refused(content: bytes) -> None:
    with pytest.raises(SourceFormatError):
        parse_lifts(content, DAY)


DAYS = st.dates(date(2026, 1, 1), date(2026, 12, 31)).map(str)
RECORDS = st.lists(
    st.builds(
        lambda code, lift_id, first, last: LiftRecord(
            "NEL", code, "A station", lift_id, "Exit A", min(first, last), max(first, last)
        ),
        st.sampled_from(["NE14", "NE5"]),
        st.sampled_from(["", "B1L01"]),
        DAYS,
        DAYS,
    ),
    max_size=8,
)


@given(RECORDS, st.randoms(use_true_random=False))
def test_sightings_are_united_whatever_their_order(records: list[LiftRecord], random: Random) -> None:
    united = merge_lifts(records)
    assert merge_lifts(random.sample(records, len(records))) == united
    assert merge_lifts(united, records) == united
    for lift in united:
        same = [record for record in records if record.key == lift.key]
        assert lift.first_seen == min(record.first_seen for record in same)
        assert lift.last_seen == max(record.last_seen for record in same)
    assert {record.key for record in united} == {record.key for record in records}


def test_a_table_is_the_same_version_when_a_lift_was_only_seen_again() -> None:
    (before,) = parse_lifts(answer(HOUGANG), DAY).records
    (after,) = merge_lifts([before], parse_lifts(answer(HOUGANG), date(2026, 10, 1)).records)
    assert after.last_seen == "2026-10-01"
    assert describe_versions([after]) == describe_versions([before])
