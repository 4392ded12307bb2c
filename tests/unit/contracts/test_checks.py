"""The catalogue of checks: all that are made are in it, and what else tells of checks agrees with it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from mrt_pipeline.contracts.checks import CHECKS, Check, Group, finding_of
from mrt_pipeline.contracts.findings import Severity
from mrt_pipeline.errors import InternalError

ROOT = Path(__file__).parents[3]
PACKAGE = ROOT / "src/mrt_pipeline"
EMITTERS = {"finding_of": 0, "lose": 0, "note": 0, "report": 0, "_warn": 0, "_report_odd": 0, "_misfit": 0}
"""functions to which a check is given, and at which place"""
NAME = re.compile(r"[a-z]+(?:-[a-z]+)+")


def _emitting_modules() -> Iterator[ast.Module]:
    for path in sorted(PACKAGE.rglob("*.py")):
        text = path.read_text()
        is_emitting = re.search(r"\bfinding_of\b|\bRecordReader\b|\bNotes\b|\bCount\(", text)
        if is_emitting and path.name != "checks.py":
            yield ast.parse(text)


def _names_in(module: ast.Module) -> Iterator[str]:
    """Yield each literal that looks like a check's name, wherever it is chosen before it is emitted."""
    for node in ast.walk(module):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and NAME.fullmatch(node.value):
            yield node.value


def _names_given(module: ast.Module) -> Iterator[str]:
    """Yield each literal that stands where a function takes a check."""
    for node in ast.walk(module):
        if isinstance(node, ast.Call) and node.args:
            called = node.func
            name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
            if name in EMITTERS:
                yield from _literals(node.args)


def _literals(arguments: list[ast.expr]) -> Iterator[str]:
    for argument in arguments[:2]:  # before it, a feature may stand
        options = [argument.body, argument.orelse] if isinstance(argument, ast.IfExp) else [argument]
        for option in options:
            if isinstance(option, ast.Constant) and NAME.fullmatch(str(option.value)):
                yield str(option.value)


def test_every_check_that_is_made_is_in_the_catalogue() -> None:
    given = {name for module in _emitting_modules() for name in _names_given(module)}
    assert len(given) > 40
    assert given <= CHECKS.keys()


def test_every_check_of_the_catalogue_is_made_somewhere() -> None:
    assert CHECKS.keys() <= {name for module in _emitting_modules() for name in _names_in(module)}


def test_a_finding_is_only_made_through_the_catalogue() -> None:
    makers = {
        path.relative_to(PACKAGE).as_posix()
        for path in PACKAGE.rglob("*.py")
        if re.search(r"(?<!class )\bFinding\((?!Record)", path.read_text())
    }
    assert makers == {"contracts/checks.py"}


def test_an_unknown_check_is_an_internal_error() -> None:
    with pytest.raises(InternalError, match=r"Unknown check 'never-seen'; expected one of contracts"):
        finding_of("never-seen", "It is so.")


def test_how_grave_a_finding_is_follows_from_its_check_unless_there_is_a_reason() -> None:
    assert finding_of("station-missing", "It is so.").severity is Severity.ERROR
    assert finding_of("field-invalid", "It is so.", severity=Severity.WARNING).severity is Severity.WARNING


@pytest.mark.parametrize("check", CHECKS.values(), ids=lambda check: check.name)
def test_a_check_has_words_for_one_finding_and_for_several(check: Check) -> None:
    assert NAME.fullmatch(check.name)
    assert not re.search(r"[][|]|  ", check.one + check.several)
    assert check.one != check.several
    assert bool(check.advice) is (check.severity is not Severity.INFO)
    assert not check.advice.endswith(".")


def test_the_number_of_findings_decides_between_the_words() -> None:
    check = CHECKS["bus-stop-exit-too-far"]
    assert check.one == "bus stop far from the exit it names"
    assert check.several == "bus stops far from the exits they name"


def _documented(page: str) -> Iterator[tuple[str, str]]:
    """Yield each check of a page's table of checks with the severity that it gives."""
    for row in re.findall(r"^\| (`[^|]+) \| (error|warning|info) \|", (ROOT / page).read_text(), re.M):
        for name in re.findall(r"`([^`]+)`", row[0]):
            yield name, row[1]


def test_the_page_about_sources_tells_of_every_check_of_records() -> None:
    documented = dict(_documented("docs/sources/README.md"))
    assert documented == {name: CHECKS[name].severity.value for name in documented}
    assert {check.name for check in CHECKS.values() if check.group is Group.RECORDS} <= documented.keys()


@pytest.mark.parametrize("group", [Group.MERGING, Group.SCHEMA, Group.COMPLETENESS, Group.SANITY])
def test_the_page_about_formats_tells_of_every_check_of_stage_3(group: Group) -> None:
    text = (ROOT / "docs/formats.md").read_text()
    title = "always, while merging" if group is Group.MERGING else f"`{group.value}`"
    [row] = re.findall(rf"^\| {re.escape(title)} \| (.+) \|$", text, re.M)
    names = set(re.findall(r"`([^`]+)`", row))
    assert names == {check.name for check in CHECKS.values() if check.group is group}
