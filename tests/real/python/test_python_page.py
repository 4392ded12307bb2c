"""The examples of README and docs/python.md, in a fresh environment with the wheel, pandas and geopandas.

They run there, and ``mypy --strict`` finds no fault in them by the types that the wheel declares.
"""

from __future__ import annotations

import subprocess
import sys
import venv
from pathlib import Path

import pytest

from tests.e2e.command import Workplace
from tests.wheels import build_wheel, python_examples

pytestmark = pytest.mark.real_parts

LIBRARIES = ("pandas", "geopandas", "pandas-stubs", "types-geopandas")
EXAMPLES = python_examples()


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the interpreter of a fresh environment that the wheel and the libraries are installed in."""
    folder = tmp_path_factory.mktemp("environment")
    wheel = build_wheel(tmp_path_factory.mktemp("built"))
    venv.create(folder, with_pip=True)
    python = folder / "bin" / "python"
    subprocess.run([python, "-m", "pip", "install", "--quiet", str(wheel), *LIBRARIES], check=True)
    return python


@pytest.fixture(scope="module")
def place(python: Path, tmp_path_factory: pytest.TempPathFactory) -> Workplace:
    """Return a place in which the installed command has run once."""
    place = Workplace(tmp_path_factory.mktemp("empty"), {"PIPELINE_CONFIG": ""})
    result = place.call("run", program=(str(python.with_name("mrt-pipeline")),))
    assert result.returncode == 0, result.stderr
    return place


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_runs(place: Workplace, python: Path, name: str) -> None:
    ran = place.call("-c", EXAMPLES[name], program=(str(python),))
    assert (ran.returncode, bool(ran.stdout)) == (0, True), ran.stderr


def test_the_examples_fit_the_types_that_the_wheel_declares(python: Path, tmp_path: Path) -> None:
    for number, code in enumerate(EXAMPLES.values()):
        (tmp_path / f"example{number}.py").write_text(code, encoding="utf-8")
    checker = (
        sys.executable,
        "-m",
        "mypy",
        "--strict",
        "--config-file",
        "",
        "--python-executable",
        str(python),
    )
    checked = subprocess.run([*checker, "."], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert f"no issues found in {len(EXAMPLES)} source files" in checked.stdout
