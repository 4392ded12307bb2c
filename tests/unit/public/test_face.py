"""``import mrt_pipeline`` offers what it lists, and loads nothing before it is asked for."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import mrt_pipeline
from mrt_pipeline import public


def _loaded_by(statement: str) -> set[str]:
    """Return the modules of ours and of others that a statement loads in a process of its own."""
    script = f"import sys; before = set(sys.modules); {statement}; print(*(set(sys.modules) - before))"
    told = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return set(told.stdout.split())


def test_every_listed_name_is_that_of_the_public_package() -> None:
    assert {*mrt_pipeline.__all__} == {*public.__all__, "__version__"}
    for name in public.__all__:
        assert getattr(mrt_pipeline, name) is getattr(public, name)
    assert set(mrt_pipeline.__all__) <= set(dir(mrt_pipeline))


def test_importing_loads_the_package_alone() -> None:
    assert _loaded_by("import mrt_pipeline") == {"mrt_pipeline"}


def test_importing_a_part_of_it_loads_no_public_name() -> None:
    loaded = _loaded_by("from mrt_pipeline import errors")
    assert "mrt_pipeline.errors" in loaded
    assert "mrt_pipeline.public" not in loaded


def test_help_loads_neither_the_public_package_nor_the_libraries_of_a_run() -> None:
    statement = "from typer.testing import CliRunner; from mrt_pipeline.cli.app import app; "
    loaded = _loaded_by(f"{statement} assert CliRunner().invoke(app, ['--help']).exit_code == 0")
    assert not loaded & {"mrt_pipeline.public", "mrt_pipeline.config", "pydantic", "shapely", "httpx2"}


def test_reading_a_dataset_needs_no_stage() -> None:
    assert not {name for name in _loaded_by("import mrt_pipeline.public") if "stages" in name}


def test_a_name_that_is_not_there_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="module 'mrt_pipeline' has no attribute 'nosuch'"):
        mrt_pipeline.nosuch  # noqa: B018 # type: ignore[attr-defined] # what the test is about


def test_type_checkers_are_reported_that_the_package_is_typed() -> None:
    assert Path(mrt_pipeline.__file__).with_name("py.typed").is_file()
