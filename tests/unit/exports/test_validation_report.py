from __future__ import annotations

import json
from typing import Any

import pytest

from mrt_pipeline.contracts.findings import Finding, Severity
from mrt_pipeline.exports.validation_report import render_validation
from tests.fakes.network_builder import SMALL_NETWORK, make_bus_stop, make_dataset, make_exit, make_station

NS13 = SMALL_NETWORK.codes[0]


def _finding(severity: Severity, check: str = "a-check") -> Finding:
    return Finding(check=check, severity=severity, message="Found 1; expected 2.", slug="yishun")


def _render(*findings: Finding, **changes: Any) -> Any:
    return json.loads(render_validation(make_dataset(findings=findings, **changes)))


@pytest.mark.parametrize(
    ("severity", "status"),
    [(Severity.INFO, "passed"), (Severity.WARNING, "passed"), (Severity.ERROR, "failed")],
)
def test_only_an_error_fails_a_dataset(severity: Severity, status: str) -> None:
    assert _render(_finding(severity))["status"] == status


def test_findings_are_counted_by_severity_and_by_check() -> None:
    report = _render(
        _finding(Severity.INFO, "b"), _finding(Severity.INFO, "a"), _finding(Severity.ERROR, "b")
    )
    assert report["findings_by_severity"] == {"info": 2, "warning": 0, "error": 1}
    assert list(report["findings_by_check"].items()) == [("a", 1), ("b", 2)]


def test_every_finding_is_there_in_full() -> None:
    assert _render(_finding(Severity.WARNING))["findings"] == [
        {"check": "a-check", "severity": "warning", "message": "Found 1; expected 2.", "slug": "yishun"}
    ]


def test_coverage_is_reported_for_each_field() -> None:
    with_stop = make_exit(NS13).model_copy(update={"bus_stops": (make_bus_stop(make_exit(NS13)),)})
    station = make_station(
        SMALL_NETWORK, "yishun", exits=(with_stop, make_exit(NS13, "B"), make_exit(NS13, "C"))
    )
    report = json.loads(render_validation(make_dataset(station)))
    assert report["coverage"]["bus_stops"] == {"filled": 1, "total": 3, "share": 0.3333}
    assert report["coverage"]["landmarks"]["filled"] == 0


def test_the_report_says_which_day_and_when() -> None:
    report = _render()
    assert (report["as_of"], report["generated_at"]) == ("2026-01-05", "2026-01-05T04:00:00+00:00")
    assert report["stations"] == 3
