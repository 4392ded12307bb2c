"""What machines are told to run is what this program understands, and nothing of it drifts."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.main import get_command

from mrt_pipeline.cli.app import app

ROOT = Path(__file__).parents[2]
WORKFLOW = ROOT / ".github/workflows/release.yml"
FILES = (
    WORKFLOW,
    ROOT / "automation/mrt-pipeline.service",
    ROOT / "docs/automation.md",
    ROOT / "docs/orchestrators.md",
    ROOT / "docs/releasing.md",
)
COMMAND = re.compile(r"mrt-pipeline (?P<name>run|approve|release|rollback|show|diff)\b(?P<rest>[^\n`]*)")
COMMANDS: dict[str, Any] = get_command(app).commands  # type: ignore[attr-defined]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_every_command_that_is_named_is_one_with_these_flags(file: Path) -> None:
    found = list(COMMAND.finditer(file.read_text(encoding="utf-8").replace("\\\n", " ")))
    assert found
    for command in found:
        known = {name for parameter in COMMANDS[command["name"]].params for name in parameter.opts}
        assert set(re.findall(r"(?<![\w-])--[a-z][a-z-]*", _own(command["rest"]))) <= known


def test_every_action_is_pinned_and_each_job_has_the_least_permissions() -> None:
    workflow = yaml.safe_load(WORKFLOW.read_text(encoding="utf-8"))
    assert workflow["permissions"] == {}
    jobs = workflow["jobs"]
    assert {name: job["permissions"] for name, job in jobs.items()} == {
        "draft": {"contents": "read"},
        "release": {"actions": "read", "contents": "write"},
    }
    assert jobs["release"]["environment"] == "release"
    steps = [step for job in jobs.values() for step in job["steps"]]
    for step in steps:
        assert re.fullmatch(r"[\w/-]+@[0-9a-f]{40}", step.get("uses", f"own/step@{'0' * 40}"))
        assert "${{" not in step.get("run", ""), "a value of others must not become a command"


def test_the_previous_release_is_fetched_before_the_run_that_is_measured_against_it() -> None:
    draft = yaml.safe_load(WORKFLOW.read_text(encoding="utf-8"))["jobs"]["draft"]
    commands = [step.get("run", "") for step in draft["steps"]]
    fetching = next(place for place, text in enumerate(commands) if "gh release download" in text)
    running = next(place for place, text in enumerate(commands) if "mrt-pipeline run" in text)
    assert fetching < running


def test_the_timer_and_the_line_for_cron_mean_the_same_days() -> None:
    timer = (ROOT / "automation/mrt-pipeline.timer").read_text(encoding="utf-8")
    assert "OnCalendar=*-01,04,07,10-01 03:00:00 Asia/Singapore\n" in timer
    assert "\n0 3 1 1,4,7,10 * cd " in (ROOT / "docs/automation.md").read_text(encoding="utf-8")


def _own(rest: str) -> str:
    """Return the words of our own command: what stands in ``$(…)`` is another one's."""
    return re.sub(r"\$\([^)]*\)", "", rest)
