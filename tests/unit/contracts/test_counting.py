"""Numbers in sentences agree with their nouns and verbs."""

from __future__ import annotations

import pytest

from mrt_pipeline.contracts.counting import age_on, counted, listed, verb_of
from mrt_pipeline.contracts.findings import Finding, Severity, count_records, describe_counts


@pytest.mark.parametrize(
    ("number", "sentence"),
    [(0, "0 stations are"), (1, "1 station is"), (1.0, "1 station is"), (2, "2 stations are")],
)
def test_the_verb_is_singular_for_one_and_plural_for_other_numbers(number: float, sentence: str) -> None:
    assert f"{counted(number, 'station')} {verb_of(number)}" == sentence


def test_an_age_names_the_day_only_for_what_is_later() -> None:
    told = [age_on("2026-11-23", days) for days in (2089, 1, 0, -3)]
    assert told == ["2,089 days old", "1 day old", "0 days old", "3 days after 2026-11-23"]


def test_numbers_of_findings_agree_with_their_severity_and_info_has_no_plural() -> None:
    assert describe_counts({"info": 5, "warning": 23, "error": 1}) == "1 error, 23 warnings, 5 info"


def test_of_many_names_the_first_are_reported_and_how_many_there_are_besides() -> None:
    told = [listed("ABCDE"[:number], 3) for number in (0, 1, 3, 5)]
    assert told == ["", "A", "A, B, C", "A, B, C and 2 more"]


def _finding(record_id: str | None, check: str) -> Finding:
    return Finding(check=check, severity=Severity.ERROR, message="x", record_id=record_id)


def test_a_record_with_two_faults_counts_once_and_each_further_one_under_an_id_again() -> None:
    findings = [
        _finding("a:1", "field-invalid"),
        _finding("a:1", "position-swapped"),
        _finding("a:2", "field-invalid"),
        _finding("a:3", "record-id-not-unique"),
        _finding("a:3", "record-id-not-unique"),
    ]
    assert count_records(findings) == 4
    assert count_records([]) == 0
