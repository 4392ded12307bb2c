from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.e2e.command import SHOWN, Workplace


@pytest.fixture
def place(tmp_path: Path) -> Workplace:
    """Return an empty workplace."""
    return Workplace(tmp_path)


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Workplace:
    """Return a workplace with one complete run that printed ``SHOWN``; tests only read it."""
    place = Workplace(tmp_path_factory.mktemp("finished"))
    result = place.call("run")
    assert result.returncode == 0, result.stderr
    (place.folder / SHOWN).write_text(result.stdout, encoding="utf-8")
    return place


@pytest.fixture
def after_a_run(finished: Workplace, tmp_path: Path) -> Workplace:
    """Return a workplace of the test's own with one complete run."""
    shutil.copytree(finished.outputs, tmp_path / "outputs", symlinks=True)
    return Workplace(tmp_path)
