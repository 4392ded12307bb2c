from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from mrt_pipeline.contracts.checks import CHECKS as CATALOGUE
from mrt_pipeline.contracts.findings import Finding, Severity
from mrt_pipeline.lineage.checks import CHECKS, judge_checks

STAGE = Path(__file__).parents[3] / "src/mrt_pipeline/stages"
ONLY_TOLD = {check.name for check in CATALOGUE.values() if check.severity is Severity.INFO}
"""checks that find nothing wrong, whatever they find"""


def _finding(check: str, severity: Severity = Severity.ERROR) -> Finding:
    return Finding(check=check, severity=severity, message="It is so.")


def _judge(*findings: Finding, **switches: bool) -> dict[str, Any]:
    config = {"stages": {"stage3_merger": {"validation": switches}}}
    return {judgement.name: judgement for judgement in judge_checks(findings, config)}


def test_every_check_of_stage_3_is_reported() -> None:
    sources = [STAGE / "stage3_merger.py", STAGE / "distant_places.py", *STAGE.glob("checks/*.py")]
    literals = {
        text for source in sources for text in re.findall(r'"([a-z]+(?:-[a-z]+)+)"', source.read_text())
    }
    templates = {"expected-stations", "expected-lines"}
    assert literals - ONLY_TOLD | templates == {name for group in CHECKS.values() for name in group}


def test_the_groups_are_those_of_the_configuration() -> None:
    from mrt_pipeline.config.settings import ValidationSection

    assert set(CHECKS) == {"always", *ValidationSection.model_fields}


def test_checks_that_found_nothing_have_passed() -> None:
    assert {judgement.status for judgement in _judge().values()} == {"pass"}


def test_a_check_that_found_something_has_failed_as_often_as_it_did() -> None:
    found = _judge(_finding("station-missing"), _finding("station-missing"))["station-missing"]
    assert (found.status, found.severity, found.findings) == ("fail", "error", 2)
    assert found.as_assertion()["success"] is False
    assert found.as_test()["actual"] == "2 findings"


def test_a_group_that_is_switched_off_was_skipped() -> None:
    judged = _judge(sanity_check=False)
    assert {judged[name].status for name in CHECKS["sanity_check"]} == {"skip"}
    assert judged["station-missing"].status == "pass"
    assert "actual" not in judged["bus-stop-too-far"].as_test()


def test_after_a_fault_of_form_the_other_groups_were_skipped() -> None:
    judged = _judge(_finding("schema-invalid"))
    assert judged["schema-invalid"].status == "fail"
    assert judged["schema-round-trip"].status == "pass"
    assert {judged[name].status for name in CHECKS["completeness_check"]} == {"skip"}
    assert judged["document-changed"].status == "pass"


def test_a_warning_of_an_earlier_stage_is_reported_and_information_is_not() -> None:
    judged = _judge(
        _finding("bus-stop-exit-ambiguous", Severity.WARNING), _finding("label-bare", Severity.INFO)
    )
    assert judged["bus-stop-exit-ambiguous"].severity == "warn"
    assert "label-bare" not in judged


@pytest.mark.parametrize(
    "name", ["exit-not-enriched", "document-changed", "exits-far-apart", "exits-at-one-point"]
)
def test_a_check_that_never_keeps_the_dataset_back_is_a_warning_even_when_it_passes(name: str) -> None:
    assert _judge()[name].severity == "warn"
