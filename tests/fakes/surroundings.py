"""Isolate tests from the environment of the person who runs them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

OURS = ("MRT_PIPELINE", "PIPELINE_", "ONEMAP", "LTA_", "DATAGOV", "OPENROUTER")


def isolate(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Work in a folder, without our variables and without a proxy, until the test ends."""
    monkeypatch.chdir(folder)
    for name in os.environ:
        if name.upper().startswith(OURS):
            monkeypatch.delenv(name)
    monkeypatch.setenv("NO_PROXY", "*")
