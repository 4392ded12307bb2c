"""Our own command with a fate: a fault at its N-th change on disk.

    python tests/fakes/fated_command.py FATE FOLDER run --skip-existing

Every step that changes something below FOLDER is counted: a file opened for writing, flushed, renamed or
removed, a folder created, a link set, a line added to the log, a statement of SQLite that writes. FATE is one
of

- ``count``: nothing happens; the last line of stderr is ``steps: open flush rename … in 0.6``: the kind of
  each step, and the processor time in seconds from the first file with a final name.
- ``kill:7``: the process is killed (SIGKILL) just before its seventh step.
- ``row:7``: the process is killed just before the seventh station is written to the journal.
- ``named:stage1_deterministic.json``: the process is killed at its first step after a file gets that name.
- ``fill:7``: just before the seventh step the file system of FOLDER becomes full, to the last byte and file.
- ``limit:7``: from the seventh step on no file can grow: for machines without a small file system.
- ``eio:7``: the seventh step that flushes a file fails as on a broken disk.
- ``signal:15:7``: the process gets signal 15 just before its seventh step.
"""

from __future__ import annotations

import errno
import os
import resource
import signal
import sqlite3
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

FILLER = ".filler"
"""takes all space; a folder of empty files takes all names"""
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_APPEND
CHANGES = {"os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.symlink", "os.link", "os.truncate"}
READING_STATEMENTS = ("SELECT", "PRAGMA QUICK_CHECK", "PRAGMA APPLICATION_ID", "PRAGMA USER_VERSION")

ROW = "INTO stations"


class Fate:
    """Counts steps and triggers the fault."""

    def __init__(self, text: str, folder: Path) -> None:
        self.kind, _, rest = text.partition(":")
        self.name = rest if self.kind == "named" else None
        *details, last = [int(part) for part in rest.split(":")] if rest and self.name is None else [0]
        self.details = details
        self.last = last
        self.folder = folder
        self.steps: list[str] = []
        self.began_at: float | None = None
        self._lock = threading.RLock()
        self._is_met = False

    def step(self, kind: str) -> None:
        """Count a step, and trigger the fault if it is due."""
        with self._lock:
            if self._is_met:
                return
            self.steps.append(kind)
            if len(self.steps) == self.last:
                self._is_met = True
                self._act()

    def named(self, path: object) -> None:
        """Note that a file is about to get a name: the step after that may be the last."""
        if self.name is not None and Path(str(path)).name == self.name:
            self.last = len(self.steps) + 2

    def step_of(self, statement: str) -> None:
        """Count a step of SQLite."""
        if self.kind != "row" or ROW in statement:
            self.step("journal")

    def _act(self) -> None:
        if self.kind in ("kill", "row", "named"):
            os.kill(os.getpid(), signal.SIGKILL)
        elif self.kind == "signal":
            os.kill(os.getpid(), self.details[0])
        elif self.kind == "fill":
            fill(self.folder)
        elif self.kind == "limit":
            resource.setrlimit(resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))
        elif self.kind == "eio":
            raise OSError(errno.EIO, os.strerror(errno.EIO))

    def concerns(self, path: object) -> bool:
        """Return whether a path is below the folder."""
        if isinstance(path, bytes):
            path = os.fsdecode(path)
        if not isinstance(path, (str, os.PathLike)):
            return False
        return os.path.abspath(path).startswith(f"{self.folder}{os.sep}")  # noqa: PTH100 # an audit hook must not resolve links


def fill(folder: Path) -> None:
    """Take all space and all names of a file system."""
    import contextlib

    with contextlib.suppress(OSError), (folder / FILLER).open("ab", buffering=0) as filler:
        for size in (2**16, 2**12, 1):
            with contextlib.suppress(OSError):
                while filler.write(bytes(size)):
                    pass
    names = folder / f"{FILLER}-names"
    with contextlib.suppress(OSError):
        names.mkdir(exist_ok=True)
        for number in range(100_000):
            (names / str(number)).touch()


def make_room(folder: Path) -> None:
    """Undo ``fill``."""
    import shutil

    (folder / FILLER).unlink(missing_ok=True)
    shutil.rmtree(folder / f"{FILLER}-names", ignore_errors=True)


def watch(fate: Fate) -> None:
    """Count every step of this process from now on."""

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        if event == "open":
            if isinstance(arguments[2], int) and arguments[2] & WRITING and fate.concerns(arguments[0]):
                fate.step("open")
        elif event in CHANGES and any(map(fate.concerns, arguments[:2])):
            if event == "os.rename":
                fate.began_at = fate.began_at or time.process_time()
                fate.named(arguments[1])
            fate.step(event.removeprefix("os."))

    if fate.kind != "row":
        os.fsync = _counted(os.fsync, fate, "flush")
    if fate.kind not in ("row", "eio"):
        sys.addaudithook(hook)
        os.write = _counted(os.write, fate, "log")
    if fate.kind != "eio":
        setattr(sqlite3, "connect", _counted_connect(fate))  # noqa: B010 # mypy knows only its overloads


def _counted(call: Callable[..., Any], fate: Fate, kind: str) -> Callable[..., Any]:
    def counted(descriptor: int, *arguments: Any) -> Any:
        if descriptor > 2:
            fate.step(kind)
        return call(descriptor, *arguments)

    return counted


def _counted_connect(fate: Fate) -> Callable[..., sqlite3.Connection]:
    connect: Callable[..., sqlite3.Connection] = sqlite3.connect

    class CountedConnection(sqlite3.Connection):
        def execute(self, statement: str, *arguments: Any) -> sqlite3.Cursor:
            if not statement.lstrip().upper().startswith(READING_STATEMENTS):
                fate.step_of(statement)
            return super().execute(statement, *arguments)

        def executescript(self, script: str) -> sqlite3.Cursor:
            fate.step_of(script)
            return super().executescript(script)

        def close(self) -> None:
            fate.step_of("close")
            super().close()

    def counted_connect(*arguments: Any, **options: Any) -> sqlite3.Connection:
        fate.step_of("open")
        return connect(*arguments, **{"factory": CountedConnection, **options})

    return counted_connect


def main() -> None:
    """Run the command to its end or its fate."""
    fate = Fate(sys.argv[1], Path(sys.argv[2]).absolute())
    sys.argv[1:3] = []
    watch(fate)
    from mrt_pipeline.cli import main as run_command

    try:
        run_command()
    finally:
        if fate.kind == "count":
            seconds = time.process_time() - (fate.began_at or 0)
            sys.stderr.write(f"\nsteps: {' '.join(fate.steps)} in {seconds}\n")


if __name__ == "__main__":
    main()
