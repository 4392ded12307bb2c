"""The wheel, installed beside nothing of this checkout, in an empty folder."""

from __future__ import annotations

import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from mrt_pipeline.contracts.run import PACKAGED
from mrt_pipeline.runtime.fingerprints import code_version
from tests.e2e.command import Workplace, load
from tests.wheels import ROOT, build_wheel, needs_a_library, python_examples

pytestmark = pytest.mark.slow

OFFLINE = {name: code for name, code in python_examples().items() if not needs_a_library(code)}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_wheel(tmp_path_factory.mktemp("built"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Workplace:
    """Return an empty place whose commands are those of the installed wheel, and have run once."""
    target = tmp_path_factory.mktemp("installed")
    options = ("--quiet", "--no-deps", "--no-index", "--target", str(target))
    subprocess.run([sys.executable, "-m", "pip", "install", *options, str(wheel)], check=True, timeout=60)
    place = Workplace(tmp_path_factory.mktemp("empty"), {"PYTHONPATH": str(target), "PIPELINE_CONFIG": ""})
    where = place.call("-c", "import mrt_pipeline; print(mrt_pipeline.__file__)", program=(sys.executable,))
    assert where.stdout.startswith(str(target))
    result = place.call("run")
    assert result.returncode == 0, result.stderr
    return place


@pytest.mark.parametrize(
    "line",
    [
        "--version",
        "plan",
        "runs",
        "show latest",
        "diff latest latest",
        "explain NS13 --exit A",
        "validate outputs/latest",
        "validate outputs/latest/stage3_final.json",
        "config check",
        "config schema",
        "run --skip-existing",
    ],
)
def test_every_command_works_in_an_empty_folder(installed: Workplace, line: str) -> None:
    result = installed.call(*line.split())
    assert result.returncode == 0, result.stderr


def test_the_run_of_a_wheel_is_that_of_the_checkout_it_was_built_from(installed: Workplace) -> None:
    manifest = load(installed.runs[0] / "manifest.json")
    assert (manifest["config_path"], manifest["code_version"]) == (PACKAGED, code_version())


def test_the_file_that_is_written_is_that_of_the_checkout_and_can_be_run(installed: Workplace) -> None:
    assert installed.call("config", "init", "mine.yaml").returncode == 0
    shipped = (ROOT / "config" / "pipeline.yaml").read_text(encoding="utf-8")
    assert shipped.endswith((installed.folder / "mine.yaml").read_text(encoding="utf-8"))
    result = installed.call("run", "--config", "mine.yaml")
    assert result.returncode == 0, result.stderr


@pytest.mark.parametrize("name", OFFLINE)
def test_the_examples_that_need_no_other_library_run(installed: Workplace, name: str) -> None:
    ran = installed.call("-c", OFFLINE[name], program=(sys.executable,))
    assert (ran.returncode, bool(ran.stdout)) == (0, True), ran.stderr


def test_a_wheel_holds_the_package_and_its_licences_and_nothing_else(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert {"mrt_pipeline/py.typed", "mrt_pipeline/config/pipeline.yaml"} <= set(names)
    packed = {name for name in names if name.startswith("mrt_pipeline/")}
    here = {path.relative_to(ROOT / "src").as_posix() for path in (ROOT / "src/mrt_pipeline").rglob("*.*")}
    here = {name for name in here if "__pycache__" not in name}
    assert packed == here | {"mrt_pipeline/config/pipeline.yaml"}
    others = {name.split("/", 1)[1] for name in set(names) - packed}
    licences = {f"licenses/{name}" for name in ("LICENSE", "DATA-LICENCES.md")}
    assert others == {"METADATA", "RECORD", "WHEEL", "entry_points.txt", *licences}


def test_the_description_for_a_package_index_has_no_link_that_leads_nowhere_there(wheel: Path) -> None:
    archive = zipfile.ZipFile(wheel)
    (name,) = [name for name in archive.namelist() if name.endswith(".dist-info/METADATA")]
    description = archive.read(name).decode().split("\n\n", 1)[1]
    assert "# MRT Data Pipeline" in description
    targets = re.findall(r"\]\(([^)\s]+)", description)
    assert [target for target in targets if not target.startswith(("https://", "#"))] == []
    assert "![" not in description
