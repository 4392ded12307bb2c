from __future__ import annotations

from pathlib import Path

import pytest

from mrt_pipeline.config import pipeline_config
from tests.fakes.surroundings import isolate


@pytest.fixture(autouse=True)
def _bare_surroundings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Work in an empty folder, without variables and configuration of the person who runs the tests."""
    isolate(tmp_path, monkeypatch)
    monkeypatch.setattr(pipeline_config, "_config", None)
