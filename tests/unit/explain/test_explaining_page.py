from __future__ import annotations

import re
from pathlib import Path

import pytest
from typer.main import get_command

from mrt_pipeline.cli.app import app
from mrt_pipeline.orchestrator.dry_run import Action

PAGE = (Path(__file__).parents[3] / "docs" / "explaining-runs.md").read_text(encoding="utf-8")


def _options(name: str) -> set[str]:
    command = get_command(app).commands[name]  # type: ignore[attr-defined]  # a group, as apps with commands are
    return {option for item in command.params for option in item.opts if option.startswith("--")} - {"--help"}


@pytest.mark.parametrize("name", ["plan", "runs", "show", "diff", "explain"])
def test_each_command_and_its_flags_are_explained(name: str) -> None:
    assert f"mrt-pipeline {name}" in PAGE
    assert {option for option in _options(name) if f"`{option}`" not in PAGE} == set()


def test_a_plan_takes_the_flags_of_a_run() -> None:
    assert _options("plan") == _options("run") - {"--quiet"}


def test_everything_that_may_become_of_a_stage_is_explained() -> None:
    explained = set(re.findall(r"^\| `([a-z ]+)` \|", PAGE, flags=re.MULTILINE))
    assert explained == {action.value for action in Action}


def test_the_functions_for_programs_can_be_imported() -> None:
    code = "\n".join(line for line in PAGE.splitlines() if line.startswith("from mrt_pipeline"))
    assert code
    exec(compile(code, "docs", "exec"), {})  # noqa: S102 - our own page
