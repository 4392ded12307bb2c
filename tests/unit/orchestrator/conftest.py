from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture
def outputs(tmp_path: Path) -> Path:
    """The folder of all runs, not yet created."""
    return tmp_path / "outputs"
