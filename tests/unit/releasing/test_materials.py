"""The bill of materials of a release, judged by the reference library for CycloneDX."""

from __future__ import annotations

import json
from importlib.metadata import PackageNotFoundError, distribution, version

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

import mrt_pipeline
from mrt_pipeline.releasing import materials
from mrt_pipeline.releasing.materials import PROJECT, render_materials


def test_the_bill_is_valid_and_names_what_the_program_uses_in_the_version_that_is_installed() -> None:
    bill = render_materials()
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(bill.decode()) is None
    said = json.loads(bill)
    found = {component["name"]: component["version"] for component in said["components"]}
    direct = {"lxml", "pydantic", "pyyaml", "apprise", "httpx2", "httpcore2", "shapely"}
    assert direct <= set(found), "what the program imports"
    assert "idna" in found, "what that requires in turn"
    assert not {"pytest", "mypy", "ruff", PROJECT} & set(found), "what only development needs"
    assert all(found[name] == version(name) for name in found)
    assert said["metadata"]["component"]["version"] == mrt_pipeline.__version__
    assert [entry["aggregate"] for entry in said["compositions"]] == ["complete"]


def test_the_bill_of_an_installation_never_changes() -> None:
    assert render_materials() == render_materials()


def test_a_program_that_is_not_installed_claims_no_complete_bill(monkeypatch: pytest.MonkeyPatch) -> None:
    def find(name: str) -> object:
        if name == PROJECT:
            raise PackageNotFoundError(name)
        return distribution(name)

    monkeypatch.setattr(materials, "distribution", find)
    said = json.loads(render_materials())
    assert (said["components"], said["compositions"][0]["aggregate"]) == ([], "unknown")
