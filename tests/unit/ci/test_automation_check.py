"""A fault that is planted in what machines are told to run is found by a program of others."""

from __future__ import annotations

import runpy
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
CHECKS = runpy.run_path(str(ROOT / ".ci" / "automation.py"))
Check = Callable[[Path], Iterable[str]]


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """Return a folder with the files that are checked."""
    for name in (".github/workflows", "automation"):
        shutil.copytree(ROOT / name, tmp_path / name)
    (tmp_path / "docs").mkdir()
    shutil.copy(ROOT / "docs/automation.md", tmp_path / "docs")
    return tmp_path


def _plant(file: Path, right: str, wrong: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert right in text
    file.write_text(text.replace(right, wrong, 1), encoding="utf-8")


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        ("needs: draft", "needs: drafts", "actionlint"),
        ("contents: read", "contents: reed", "actionlint"),
        ("run --json > run.json", "run ${{ github.head_ref }}", "zizmor"),
        ("actions/checkout@08c6903cd8c0fde910a37f88322edcfb5dd907a8", "actions/checkout@main", "zizmor"),
        ('cron: "0 19 1 1,4,7,10 *"', 'cron: "0 19 31 2 *"', "is not a time of cron"),
    ],
)
def test_a_fault_in_a_workflow_is_found(copy: Path, right: str, wrong: str, said: str) -> None:
    _plant(copy / ".github/workflows/release.yml", right, wrong)
    faults = [*CHECKS["check_workflows"](copy / ".github/workflows"), *CHECKS["check_cron"](copy)]
    assert said in "\n".join(faults)


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        ("0 3 1 1,4,7,10 *", "0 3 1 1,4,7,13 *", "is not a time of cron"),
        ("0 3 1 1,4,7,10 * cd", "0 3 1 1,4,7,10 cd", "is not a time of cron"),
        ("run --quiet\n```", "run --quiet > $(date +%F)\n```", "has no command, or one with a %"),
        ("## cron", "## Cron", "holds no lines for cron"),
    ],
)
def test_a_fault_in_a_line_for_cron_is_found(copy: Path, right: str, wrong: str, said: str) -> None:
    _plant(copy / "docs/automation.md", right, wrong)
    assert said in "\n".join(CHECKS["check_cron"](copy))


def test_where_systemd_is_missing_that_is_reported_and_is_a_fault_if_all_must_be_checked(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert CHECKS["main"](ROOT, is_whole=False) == 0
    assert "UNITS WERE NOT CHECKED" in capsys.readouterr().out
    assert CHECKS["main"](ROOT, is_whole=True) == 1
    assert "systemd-analyze is missing. Install systemd." in capsys.readouterr().out


@pytest.mark.real_parts
def test_systemd_finds_no_fault_in_the_units_as_they_are() -> None:
    assert list(CHECKS["check_units"](ROOT / "automation")) == []


@pytest.mark.real_parts
@pytest.mark.parametrize(
    ("file", "right", "wrong", "said"),
    [
        ("service", "Nice=10", "Nicee=10", "Unknown key"),
        ("service", "ExecStart=/opt/", "ExecStart=/opts/", "is not executable"),
        ("timer", "03:00:00 Asia/Singapore", "03:00:00 Asia/Singapor", "calendar"),
        ("timer", "*-01,04,07,10-01", "*-01,04,07,13-01", "calendar"),
    ],
)
def test_systemd_finds_a_fault_in_a_unit(copy: Path, file: str, right: str, wrong: str, said: str) -> None:
    _plant(copy / f"automation/mrt-pipeline.{file}", right, wrong)
    assert said in "\n".join(CHECKS["check_units"](copy / "automation"))
