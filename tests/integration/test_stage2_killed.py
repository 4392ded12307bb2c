"""Stage 2 killed and resumed: nothing finished is done again, and the bytes come out the same."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from mrt_pipeline.contracts.names import CHECKPOINT_NAMES, JOURNAL_NAME
from tests.integration.stage2_process import STATIONS, TOGETHER

ROOT = Path(__file__).parents[2]


def _run(folder: Path, calls: Path, ending: str) -> subprocess.CompletedProcess[str]:
    folder.mkdir(exist_ok=True)
    return subprocess.run(
        [sys.executable, "-m", "tests.integration.stage2_process", folder, calls, ending],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def _checkpoint(folder: Path) -> bytes:
    return (folder / CHECKPOINT_NAMES["stage2_enrichment"]).read_bytes()


def _committed(folder: Path) -> set[str]:
    with closing(sqlite3.connect(folder / JOURNAL_NAME)) as connection:
        return {slug for (slug,) in connection.execute("SELECT slug FROM stations")}


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Return the checkpoint of a run that nothing stopped."""
    folder = tmp_path_factory.mktemp("whole")
    result = _run(folder / "run", folder / "calls", "whole")
    assert result.returncode == 0, result.stderr
    assert len((folder / "calls").read_text().split()) == STATIONS
    return _checkpoint(folder / "run")


RARER = [
    pytest.param(ending, marks=pytest.mark.slow) for ending in ("ask:1", "ask:60", "commit:1", "commit:60")
]


@pytest.mark.parametrize("ending", ["ask:23", "commit:37", *RARER])
def test_a_killed_run_is_resumed_where_it_was(tmp_path: Path, ending: str, whole: bytes) -> None:
    folder = tmp_path / "run"
    killed = _run(folder, tmp_path / "before", ending)
    assert killed.returncode == -signal.SIGKILL
    finished = _committed(folder)
    asked = set((tmp_path / "before").read_text().split())
    assert len(asked - finished) <= TOGETHER

    result = _run(folder, tmp_path / "after", "whole")
    assert result.returncode == 0, result.stderr
    asked_again = (tmp_path / "after").read_text().split()
    assert set(asked_again).isdisjoint(finished)
    assert len(asked_again) == STATIONS - len(finished)
    assert _checkpoint(folder) == whole


@pytest.mark.slow
def test_a_run_killed_again_and_again_comes_to_an_end(tmp_path: Path, whole: bytes) -> None:
    folder, calls = tmp_path / "run", tmp_path / "calls"
    for ending in ("ask:9", "ask:9", "ask:9", "whole"):
        _run(folder, calls, ending)
    asked = calls.read_text().split()
    assert len(asked) <= STATIONS + 3 * TOGETHER
    assert _checkpoint(folder) == whole


def test_a_file_that_may_not_grow_is_a_clear_error_and_harms_no_committed_row(
    tmp_path: Path, whole: bytes
) -> None:
    """A limit of file size stands for a disk that takes no more."""
    folder = tmp_path / "run"
    full = _run(folder, tmp_path / "before", "size:70000")
    assert full.returncode == 1
    assert full.stderr.startswith(f"StorageError: {folder / JOURNAL_NAME} could not be written or read: ")
    assert "What was committed is kept." in full.stderr
    assert "Traceback" not in full.stderr
    finished = _committed(folder)
    assert 0 < len(finished) < STATIONS

    assert _run(folder, tmp_path / "after", "whole").returncode == 0
    assert set((tmp_path / "after").read_text().split()).isdisjoint(finished)
    assert _checkpoint(folder) == whole
