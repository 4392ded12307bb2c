"""Every write fails once because the disk is full, broken or not ours: one sentence, exit 1, nothing lost.

The disk is a small file system that is really full, to the last byte and the last file, just before the
write. Where no file system can be mounted, no file may grow from there on.
"""

from __future__ import annotations

import ctypes
import shutil
import subprocess
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.command import Workplace, load
from tests.fakes.crash_scene import (
    Reader,
    assert_as_if_nothing_had_happened,
    fated,
    measure,
    results_of,
)
from tests.fakes.fated_command import make_room
from tests.fakes.live_world import SMALL_DAY, LiveWorld
from tests.fakes.small_disk import set_read_only, small_file_system
from tests.figures import Say
from tests.real.durability.extent import spread

pytestmark = pytest.mark.real_parts

RUN = ("run", "--as-of", SMALL_DAY)
NEEDS_ROOM = {"open", "mkdir", "symlink", "journal", "log"}
EVERY_NTH_WRITE = 3
EVERY_NTH_ROW = 10
"""of the journal's rows, which are all alike"""
PR_CAPBSET_DROP = 24
PERMISSION_BLIND = (1, 2)
"""the capabilities by which an administrator passes over permissions"""


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[tuple[Workplace, str]]:
    """Return a workplace on a small disk with a complete run, and the fate that fills it."""
    with small_file_system(tmp_path / "disk") as is_mounted:
        place = Workplace(tmp_path / "disk")
        result = place.call(*RUN)
        assert result.returncode == 0, result.stderr
        yield place, "fill" if is_mounted else "limit"


def _files_of(run: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in run.iterdir() if path.is_file()}


def _assert_one_sentence(result: subprocess.CompletedProcess[str], what: object, *words: str) -> None:
    assert result.returncode == 1, (what, result.returncode, result.stderr)
    assert "Traceback" not in result.stderr, (what, result.stderr)
    assert result.stderr.count("Error:") == 1, (what, result.stderr)
    error = result.stderr.partition("Error:")[2]
    assert "A bug in" not in error, (what, error)
    assert any(word in error for word in words), (what, error)


def _steps_that_need_room(steps: list[str]) -> Iterator[int]:
    rows = 0
    for number, kind in enumerate(steps, start=1):
        rows += kind == "journal"
        if kind in NEEDS_ROOM and (kind != "journal" or rows % EVERY_NTH_ROW < 4):
            yield number


def test_each_write_fails_once_on_a_full_disk_and_the_run_goes_on_when_there_is_room(
    disk: tuple[Workplace, str], tmp_path: Path, say: Say
) -> None:
    place, fate = disk
    older = place.latest.resolve()
    expected = results_of(older)
    measured = Workplace(tmp_path / "measured")
    measured.folder.mkdir()
    steps = spread(list(_steps_that_need_room(measure(measured, *RUN)[0])), EVERY_NTH_WRITE)
    ends: Counter[int] = Counter()
    for step in steps:
        before = _files_of(older)
        with Reader(place.outputs):
            result = fated(place, f"{fate}:{step}", *RUN)
            ends[result.returncode] += 1
            if result.returncode != 0:  # what only the log or the note beside the lock wanted costs no run
                _assert_one_sentence(result, step, "the disk is full", "file too large")
                assert place.latest.resolve() == older or place.latest.resolve() == place.runs[-1]
            assert _files_of(older) == before, step
            make_room(place.folder)
            result = place.call(*RUN, "--skip-existing")
            assert result.returncode == 0, (step, result.stderr)
        assert_as_if_nothing_had_happened(place, expected)
        for run in place.runs:
            if run != older:
                shutil.rmtree(run)
        place.latest.unlink()
        place.latest.symlink_to(older.name)
    say(f"{fate}: {len(steps)} writes, exit codes {dict(ends)}, all resumed")


def test_a_second_run_in_place_on_a_full_disk_leaves_whole_files(disk: tuple[Workplace, str]) -> None:
    place, fate = disk
    run = place.latest.resolve()
    expected = results_of(run)
    for step in range(5, 165, 20):
        with Reader(place.outputs):
            result = fated(place, f"{fate}:{step}", *RUN, "--resume-from", "1")
            if result.returncode != 0:
                _assert_one_sentence(result, step, "the disk is full", "file too large")
            assert results_of(run) == expected
            make_room(place.folder)
            assert place.call(*RUN, "--skip-existing").returncode == 0
        assert_as_if_nothing_had_happened(place, expected)


def test_a_full_cache_costs_requests_and_no_run(tmp_path: Path) -> None:
    with LiveWorld() as world, small_file_system(tmp_path / "cache", 2**16, 5):
        place = Workplace(tmp_path, world.variables)
        for _ in range(2):
            result = place.call(*RUN)
            assert result.returncode == 0, result.stderr


def test_a_broken_disk_is_reported_at_each_flush(tmp_path: Path, say: Say) -> None:
    place = Workplace(tmp_path)
    assert place.call(*RUN).returncode == 0
    older = place.latest.resolve()
    before = _files_of(older)
    flushes = [step for step in measure(place, *RUN)[0] if step == "flush"]
    for number in range(1, len(flushes) + 1, 4):
        shutil.rmtree(place.runs[-1])
        place.latest.unlink(missing_ok=True)
        place.latest.symlink_to(older.name)
        result = fated(place, f"eio:{number}", *RUN)
        _assert_one_sentence(result, number, "input/output error")
        assert _files_of(older) == before
    assert place.call(*RUN, "--skip-existing").returncode == 0
    say(f"EIO at every 4th of {len(flushes)} flushes: exit 1, older files identical")


def test_a_read_only_file_system_is_reported(disk: tuple[Workplace, str]) -> None:
    """Where none can be mounted, a folder that may not be written in stands for it."""
    place, fate = disk
    is_mounted = fate == "fill"
    run = place.latest.resolve()
    before = _files_of(run)
    for arguments in (RUN, (*RUN, "--resume-from", "2"), (*RUN, "--output-dir", "elsewhere")):
        if is_mounted:
            set_read_only(place.folder, is_read_only=True)
            result = place.call(*arguments)
            set_read_only(place.folder, is_read_only=False)
        else:
            result = _call_without_rights(place, place.folder, *arguments)
        _assert_one_sentence(result, arguments, "read-only", "permission denied")
        assert _files_of(run) == before
    assert place.call(*RUN, "--resume-from", "2").returncode == 0


@pytest.mark.parametrize("closed", [".", "outputs", "the run"])
def test_a_folder_of_another_user_is_reported(closed: str, tmp_path: Path) -> None:
    place = Workplace(tmp_path)
    assert place.call(*RUN).returncode == 0
    run = place.latest.resolve()
    before = _files_of(run)
    folder = run if closed == "the run" else tmp_path / closed
    arguments = (*RUN, "--resume-from", "2") if closed == "the run" else RUN
    if closed == ".":
        shutil.rmtree(place.outputs)
    result = _call_without_rights(place, folder, *arguments)
    _assert_one_sentence(result, closed, "permission denied")
    if closed != ".":
        assert _files_of(run) == before
    assert place.call(*arguments).returncode == 0


def test_a_manifest_that_may_not_be_read_is_reported(tmp_path: Path) -> None:
    place = Workplace(tmp_path)
    assert place.call(*RUN).returncode == 0
    manifest = place.latest.resolve() / "manifest.json"
    content = load(manifest)
    manifest.chmod(0o000)
    result = place.call(*RUN, "--resume-from", "2", "--output-dir", manifest.parent, preexec_fn=_drop_rights)
    _assert_one_sentence(result, manifest, "permission denied")
    manifest.chmod(0o644)
    assert load(manifest) == content


def _call_without_rights(place: Workplace, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a command that may not write in a folder, administrator or not."""
    folder.chmod(0o555)
    try:
        return place.call(*arguments, preexec_fn=_drop_rights)
    finally:
        folder.chmod(0o755)


def _drop_rights() -> None:
    libc = ctypes.CDLL(None)
    for capability in PERMISSION_BLIND:
        libc.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0)
