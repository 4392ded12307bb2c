from __future__ import annotations

import os
from pathlib import Path

import pytest

from mrt_pipeline.config import pipeline_config


@pytest.fixture(autouse=True)
def _bare_surroundings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Work in an empty folder, with no variable and no configuration of the person who runs the tests."""
    monkeypatch.chdir(tmp_path)
    for name in os.environ:
        if name.upper().startswith(("MRT_PIPELINE", "PIPELINE_", "ONEMAP", "LTA_", "DATAGOV", "OPENROUTER")):
            monkeypatch.delenv(name)
    monkeypatch.setattr(pipeline_config, "_config", None)
