"""What people and machines find around the program fits it: versions, the map of changes, workflow, forms."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

import mrt_pipeline

ROOT = Path(__file__).parents[3]
PACKAGE = ROOT / "src" / "mrt_pipeline"
FORMS = sorted((ROOT / ".github" / "ISSUE_TEMPLATE").glob("*.yml"))
WORKFLOW = ROOT / ".github" / "workflows" / "ci.yml"


def _read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def _map_of_changes() -> list[str]:
    """Return every path that the map of CONTRIBUTING.md leads to."""
    section = _read("CONTRIBUTING.md").split("## Where do I change")[1].split("\n## ")[0]
    return [name for name in re.findall(r"`([^`\s]+)`", section) if "/" in name or "." in name]


def test_the_newest_version_of_the_changelog_is_that_of_the_package() -> None:
    newest = re.findall(r"^## \[(.+?)\]", _read("CHANGELOG.md"), re.MULTILINE)[0]
    assert newest == mrt_pipeline.__version__


@pytest.mark.parametrize("name", _map_of_changes())
def test_the_map_of_changes_leads_to_what_is_there(name: str) -> None:
    pattern = name.replace("<name>", "*").replace("<format>", "*").rstrip("/")
    assert any(next(folder.glob(pattern), None) for folder in (ROOT, PACKAGE)), name


def test_the_workflow_runs_the_one_line_of_ci_on_every_python_from_the_oldest_on() -> None:
    job = yaml.safe_load(WORKFLOW.read_bytes())["jobs"]["ci"]
    versions = job["strategy"]["matrix"]["python-version"]
    assert job["steps"][-1] == {"run": "bash .ci/run"}
    assert tomllib.loads(_read("pyproject.toml"))["project"]["requires-python"] == f">={versions[0]}"


def test_the_workflow_may_only_read_and_what_it_uses_is_pinned_by_commit() -> None:
    workflow = yaml.safe_load(WORKFLOW.read_bytes())
    assert workflow["permissions"] == {"contents": "read"}
    used = [step["uses"] for job in workflow["jobs"].values() for step in job["steps"] if "uses" in step]
    assert used
    assert all(re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40}", name) for name in used)


@pytest.mark.parametrize("form", FORMS, ids=lambda path: str(path.stem))
def test_a_form_has_what_a_host_asks_of_one(form: Path) -> None:
    content: dict[str, Any] = yaml.safe_load(form.read_bytes())
    assert content["name"] and content["description"]
    fields = [part for part in content["body"] if part["type"] != "markdown"]
    assert len({field["id"] for field in fields}) == len(fields) > 0
    assert all(field["attributes"]["label"] for field in fields)


def test_every_module_and_test_that_a_page_names_is_there() -> None:
    names = {path.name for folder in ("src", "tests", "automation") for path in (ROOT / folder).rglob("*.py")}
    examples = {"mrt_quarter.py"}  # in docs/orchestrators.md, for the reader to write
    for page in (*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")):
        text = page.read_text("utf-8")
        named = {
            *re.findall(r"`[\w./]*?(\w+\.py)`", text),
            *(f"{it}.py" for it in re.findall(r"`(test_\w+)`", text)),
        }
        assert named - examples <= names, page
