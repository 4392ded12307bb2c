"""The audit of requirements fails for what is known to be vulnerable, and never keeps quiet."""

from __future__ import annotations

import json
import runpy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

AUDIT = Path(__file__).parents[3] / ".ci" / "audit.py"
Judge = Callable[[str, str], tuple[list[str], int]]
GOOD = {"name": "orjson", "version": "3.11", "vulns": []}
BAD = {"name": "lxml", "version": "1.0", "vulns": [{"id": "PYSEC-1", "fix_versions": ["1.1"]}]}
SKIPPED = {"name": "rich", "skip_reason": "Dependency not found on PyPI and could not be audited: rich (1)"}


@pytest.fixture(scope="module")
def judge() -> Judge:
    found: Judge = runpy.run_path(str(AUDIT))["judge"]
    return found


def _report(*dependencies: dict[str, Any]) -> str:
    return json.dumps({"dependencies": dependencies, "fixes": []})


def test_a_known_vulnerability_is_a_failure_that_names_it(judge: Judge) -> None:
    lines, code = judge(_report(GOOD, BAD, SKIPPED), "")
    assert code == 1
    assert lines[1] == "  lxml 1.0: PYSEC-1, fixed in 1.1"


def test_good_requirements_are_counted(judge: Judge) -> None:
    assert judge(_report(GOOD, GOOD), "") == (["2 requirements audited, no known vulnerabilities."], 0)


def test_a_requirement_that_could_not_be_audited_while_others_could_is_a_failure(judge: Judge) -> None:
    assert judge(_report(GOOD, SKIPPED), "") == (["1 of 2 requirements could not be audited: rich."], 1)


@pytest.mark.parametrize(
    ("report", "errors"),
    [
        (_report(SKIPPED), "No known vulnerabilities found"),
        ("", "ERROR: pip_audit._service.interface.ConnectionError: Could not connect to the service"),
    ],
)
def test_that_nothing_could_be_audited_is_reported_loudly(report: str, errors: str, judge: Judge) -> None:
    lines, code = judge(report, errors)
    assert code == 0
    assert lines[1].startswith("UNKNOWN")
    assert lines[0] == lines[-1] == "!" * 78


@pytest.mark.parametrize("report", ["", "[]", "{}", "null", '{"dependencies": '])
def test_an_audit_that_fails_in_another_way_is_a_failure(report: str, judge: Judge) -> None:
    assert judge(report, "ERROR: invalid requirement") == (
        ["pip-audit failed: ERROR: invalid requirement"],
        1,
    )
