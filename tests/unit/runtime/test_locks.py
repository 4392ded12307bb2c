from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from filelock import FileLock, Timeout

from mrt_pipeline.errors import RunLockedError, StorageError
from mrt_pipeline.runtime import locks
from mrt_pipeline.runtime.locks import (
    HOLDER_NAME,
    LOCK_NAME,
    OUTPUTS_LOCK_NAME,
    PATIENCE_S,
    held_if_free,
    is_locked,
    outputs_lock,
    run_lock,
)
from tests.fakes.fake_time import START

HOLD = (
    "import sys, pathlib, datetime\n"
    "from mrt_pipeline.runtime.locks import run_lock\n"
    "with run_lock(pathlib.Path(sys.argv[1]), datetime.datetime.now(datetime.UTC)):\n"
    "    print('held', flush=True)\n"
    "    sys.stdin.read()\n"
)


def _hold_elsewhere(folder: Path) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


def test_a_folder_is_held_while_the_block_runs(tmp_path: Path) -> None:
    assert not is_locked(tmp_path)
    with run_lock(tmp_path, START):
        assert is_locked(tmp_path)
    assert not is_locked(tmp_path)
    assert not (tmp_path / HOLDER_NAME).exists()


def test_a_second_run_is_informed_who_holds_the_folder_and_since_when(tmp_path: Path) -> None:
    with run_lock(tmp_path, START), pytest.raises(RunLockedError) as caught, run_lock(tmp_path, START):
        pass
    assert f"process {os.getpid()} on " in str(caught.value)
    assert "(since 2026-11-23 08:12 UTC)" in str(caught.value)
    assert "choose another --output-dir" in str(caught.value)


def test_the_lock_ends_with_its_process_however_that_dies(tmp_path: Path) -> None:
    with _hold_elsewhere(tmp_path) as process:
        assert is_locked(tmp_path)
        with pytest.raises(RunLockedError, match=f"process {process.pid} on"), run_lock(tmp_path, START):
            pass
        process.kill()
    with run_lock(tmp_path, START):
        assert json.loads((tmp_path / HOLDER_NAME).read_text())["pid"] == os.getpid()


def test_the_lock_is_given_back_after_a_failure(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), run_lock(tmp_path, START):
        raise ZeroDivisionError
    assert not is_locked(tmp_path)


def test_the_lock_is_given_back_though_its_note_is_gone(tmp_path: Path) -> None:
    with run_lock(tmp_path, START):
        (tmp_path / HOLDER_NAME).unlink()
        (tmp_path / HOLDER_NAME).mkdir()
    assert not is_locked(tmp_path)


@pytest.mark.parametrize(
    "note",
    [
        b"",
        b"{}",
        b"[]",
        b'{"pid": "x", "host": 1, "since": 2}',
        b"\xff",
        b'{"pid":1,"host":"\\u001b[2J","since":""}',
        b"[" * 10_000,
        b'{"pid": 1e999, "host": "", "since": ""}',
    ],
)
def test_a_holder_whose_note_is_unreadable_is_called_another_process(note: bytes, tmp_path: Path) -> None:
    with run_lock(tmp_path, START):
        (tmp_path / HOLDER_NAME).write_bytes(note)
        with pytest.raises(RunLockedError, match="by another process\\."), run_lock(tmp_path, START):
            pass


def test_a_folder_that_cannot_hold_a_lock_is_reported(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"in the way")
    with pytest.raises(StorageError, match="could not be locked"), run_lock(tmp_path / "file", START):
        pass
    with pytest.raises(StorageError, match="could not be locked"), outputs_lock(tmp_path / "file"):
        pass
    assert not is_locked(tmp_path / "nowhere")


def test_the_folder_of_all_runs_is_held_by_one_at_a_time(tmp_path: Path) -> None:
    other = FileLock(tmp_path / OUTPUTS_LOCK_NAME)
    with outputs_lock(tmp_path), pytest.raises(Timeout):
        other.acquire(timeout=0)
    with other.acquire(timeout=0):
        pass


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no process wait for a lock."""
    for name in ("PATIENCE_S", "LONG_PATIENCE_S"):
        monkeypatch.setattr(locks, name, 0)


@pytest.mark.usefixtures("hasty")
def test_who_waits_for_the_folder_of_all_runs_says_so_and_gives_up_in_the_end(tmp_path: Path) -> None:
    said: list[str] = []
    path = tmp_path / OUTPUTS_LOCK_NAME
    with outputs_lock(tmp_path):
        with pytest.raises(RunLockedError) as caught, outputs_lock(tmp_path, said.append):
            pass
        [sentence] = said
    holders = (f"process {os.getpid()}", "another process")
    assert sentence in [f"Waiting for {holder}, which holds {path}." for holder in holders]
    assert str(caught.value) in [
        f"{tmp_path} was not changed, because {holder} holds {path}. "
        "Wait for it to end, then run the same command again."
        for holder in holders
    ]


def test_who_waits_for_the_folder_of_all_runs_goes_on_once_it_is_free(tmp_path: Path) -> None:
    said: list[str] = []
    with contextlib.ExitStack() as holding:
        holding.enter_context(outputs_lock(tmp_path))

        def tell(sentence: str) -> None:
            said.append(sentence)
            holding.close()

        with outputs_lock(tmp_path, tell):
            assert len(said) == 1


@pytest.mark.usefixtures("hasty")
@pytest.mark.parametrize(
    ("listed", "holder"),
    [
        ("7: FLOCK  ADVISORY  WRITE 4711 {} 0 EOF\n", "process 4711"),
        ("7: POSIX  ADVISORY  WRITE 4711 {} 0 EOF\n", "another process"),
        ("7: -> FLOCK  ADVISORY  WRITE 4711 {} 0 EOF\n", "another process"),
        ("7: FLOCK  ADVISORY  WRITE 0 {} 0 EOF\n", "another process"),
        ("7: FLOCK  ADVISORY  WRITE 4711 00:00:1 0 EOF\n", "another process"),
        ("", "another process"),
        ("\xff", "another process"),
        (None, "another process"),
    ],
)
def test_the_holder_is_named_if_the_operating_system_tells(
    listed: str | None, holder: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    monkeypatch.setattr(locks, "_KERNELS_LOCKS", tmp_path / "locks")
    with outputs_lock(tmp_path):
        if listed is not None:
            found = (tmp_path / OUTPUTS_LOCK_NAME).stat()
            file = f"{os.major(found.st_dev):02x}:{os.minor(found.st_dev):02x}:{found.st_ino}"
            (tmp_path / "locks").write_bytes(listed.format(file).encode("latin-1"))
        refused = pytest.raises(RunLockedError, match=f"because {holder} holds")
        with refused, outputs_lock(tmp_path, said.append):
            pass
    assert said == [f"Waiting for {holder}, which holds {tmp_path / OUTPUTS_LOCK_NAME}."]


def test_a_run_in_the_folder_of_all_runs_does_not_lock_itself_out(tmp_path: Path) -> None:
    with run_lock(tmp_path, START), outputs_lock(tmp_path):
        assert is_locked(tmp_path)


def test_a_lock_file_that_no_process_holds_is_no_lock(tmp_path: Path) -> None:
    (tmp_path / LOCK_NAME).write_bytes(b"")
    assert not is_locked(tmp_path)


def test_a_look_at_the_lock_does_not_turn_a_run_away(tmp_path: Path) -> None:
    looking, let_go = threading.Event(), threading.Event()

    def look() -> None:
        with held_if_free(tmp_path) as is_free:
            assert is_free
            looking.set()
            let_go.wait(PATIENCE_S * 20)

    somebody = threading.Thread(target=look)
    somebody.start()
    looking.wait()
    threading.Timer(PATIENCE_S / 5, let_go.set).start()
    with run_lock(tmp_path, START):
        assert is_locked(tmp_path)
    somebody.join()


def test_the_note_of_who_holds_the_folder_is_whole_or_not_there(tmp_path: Path) -> None:
    with run_lock(tmp_path, START):
        names = {path.name for path in tmp_path.iterdir()}
    assert names == {LOCK_NAME, HOLDER_NAME}
