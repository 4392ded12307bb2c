"""Killed and resumed runs, and a reader that watches every file meanwhile.

What must hold after a crash is asserted here for all crash tests: the resumed run ends well, with the same
bytes as an uninterrupted run; nothing temporary is left; ``latest`` points to it. At every moment in between,
whatever has a final name is whole.
"""

from __future__ import annotations

import contextlib
import json
import os
import random
import re
import shutil
import signal
import sqlite3
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from pathlib import Path
from types import TracebackType
from typing import Self

import orjson

from tests.e2e.command import ROOT, Workplace, load

FATED = ROOT / "tests" / "fakes" / "fated_command.py"
PUBLISHED = ("mrt_transit_graph.json", "mrt_transit_graph.meta.json", "exits.geojson")
SIDE_FILES = ("*.mrt-tmp", ".lock-holder.json", "*.sqlite3-wal", "*.sqlite3-shm", "*.sqlite3-journal")
JOURNAL = "stage2_journal.sqlite3"
PORT_ON_LOOPBACK = re.compile(rb"127\.0\.0\.1:\d+")
LOOK_EVERY_S = 0.005
EARLIER = 0.8


class Reader:
    """Reads a folder of runs repeatedly while its block runs; anything that is not whole is a fault."""

    def __init__(self, outputs: Path) -> None:
        self.outputs = outputs
        self.faults: list[str] = []
        self.looks = 0
        self._seen: set[tuple[int, int, int]] = set()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        self._thread.join()
        if error is None:
            assert not self.faults, self.faults[:3]

    def _watch(self) -> None:
        while not self._stop.wait(LOOK_EVERY_S):
            self._look()
        self._look()

    def _look(self) -> None:
        self.looks += 1
        if not self.outputs.is_dir():
            return
        with contextlib.suppress(FileNotFoundError):  # the folder was just removed as a whole
            self._look_at_latest()
            for folder in self.outputs.iterdir():
                if not folder.name.startswith(".") and folder.is_dir():
                    self._look_into(folder)

    def _look_at_latest(self) -> None:
        """Check that ``latest`` points to a whole run; if it moves meanwhile, it is checked next time."""
        link = self.outputs / "latest"
        try:
            target = link.readlink()
        except FileNotFoundError:
            return
        missing = [
            name
            for name in ("manifest.json", "stage3_final.json")
            if not (self.outputs / target / name).is_file()
        ]
        if missing and link.readlink() == target:
            self.faults.append(f"latest shows {target} without {missing}")

    def _look_into(self, folder: Path) -> None:
        try:
            with os.scandir(folder) as entries:
                for entry in entries:
                    if not entry.name.startswith(".") and entry.name.endswith(
                        (".json", ".jsonl", ".geojson")
                    ):
                        self._look_at(Path(entry.path), entry.stat())
        except FileNotFoundError:
            return  # an old run that was just removed

    def _look_at(self, path: Path, state: os.stat_result) -> None:
        key = (state.st_ino, state.st_mtime_ns, state.st_size)
        if key in self._seen:
            return
        self._seen.add(key)
        content = path.read_bytes()
        if path.suffix == ".jsonl":  # a file being appended to may end within a line
            content = content[: content.rfind(b"\n") + 1]
        try:
            for part in content.splitlines() if path.suffix == ".jsonl" else [content]:
                orjson.loads(part)
        except orjson.JSONDecodeError as error:
            self.faults.append(f"{path} is not whole: {len(content)} bytes, {error}")


def results_of(run: Path) -> dict[str, bytes]:
    """Return what must be equal however often a run was stopped: the stations, and every export.

    An attribution includes the address of its page, and each wiki on loopback has its own port.
    """
    dataset = load(run / "stage3_final.json")
    kept = {
        name: PORT_ON_LOOPBACK.sub(b"127.0.0.1", (run / name).read_bytes())
        for name in PUBLISHED
        if (run / name).exists()
    }
    for name in ("stations", "future_stations"):
        kept[name] = json.dumps(dataset[name], ensure_ascii=False).encode()
    return kept


def assert_as_if_nothing_had_happened(place: Workplace, expected: Mapping[str, bytes]) -> None:
    """Fail unless the newest run is complete, as expected, tidy, and the target of ``latest``."""
    run = place.latest.resolve()
    manifest = load(run / "manifest.json")
    assert manifest["status"] == "completed"
    assert {record["status"] for record in manifest["stages"].values()} == {"completed"}
    found = results_of(run)
    differing = [name for name in expected if found.get(name) != expected[name]]
    assert not differing, differing
    # Files in the cache are removed after an hour: until then another process may be writing them.
    left = [path for pattern in SIDE_FILES[:2] for path in place.outputs.rglob(pattern)]
    left += [path for pattern in SIDE_FILES[2:] for path in run.glob(pattern)]
    assert not left, left


def fated(place: Workplace, fate: str, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run our command with a fate."""
    program = (place.command()[0], str(FATED), fate, str(place.folder))
    return place.call(*arguments, program=program)


def measure(place: Workplace, *arguments: str | Path) -> tuple[list[str], float]:
    """Make a complete run.

    Returns: the kind of each change on disk (open, flush, rename, journal, …), in order, and the processor
    time in seconds from the run's first file to its end.
    """
    result = fated(place, "count", *arguments)
    assert result.returncode == 0, result.stderr
    steps, seconds = result.stderr.rsplit("steps: ", 1)[1].split(" in ")
    return steps.split(), float(seconds)


def finished_stations(run: Path) -> set[str]:
    """Return the stations in a run's journal; the journal itself is only copied."""
    if not (run / JOURNAL).exists():
        return set()
    aside = run.parent.parent / f"journal-of-{run.name}"
    aside.mkdir()
    for path in run.glob(f"{JOURNAL}*"):
        if not path.name.endswith("-shm"):
            shutil.copy(path, aside)
    try:
        with closing(sqlite3.connect(aside / JOURNAL)) as journal:
            return {slug for (slug,) in journal.execute("SELECT slug FROM stations WHERE status = 'done'")}
    except sqlite3.OperationalError:  # killed before the table was made
        return set()
    finally:
        shutil.rmtree(aside)


def random_moments(seed: int, number: int, seconds: float) -> list[float]:
    """Return moments within a run of a given processor time, the same ones for the same seed."""
    chance = random.Random(seed)  # noqa: S311 # not a secret
    return [chance.uniform(0, seconds) for _ in range(number)]


def kill_at(place: Workplace, moment: float, *arguments: str) -> str:
    """Start a run, kill it after a given processor time, and return what it was doing.

    If it happens to be faster than the measured run and finishes first, it is made again and killed a little
    earlier.
    """
    while not _is_killed_at(place, moment, *arguments):
        aside = place.folder / "through"
        place.outputs.rename(aside)  # at once, because of the reader
        shutil.rmtree(aside)
        shutil.rmtree(place.folder / "cache", ignore_errors=True)
        moment *= EARLIER
    return _doing(place)


def _is_killed_at(place: Workplace, moment: float, *arguments: str) -> bool:
    return is_killed_at(place, moment, lambda: has_manifest(place), *arguments)


def has_manifest(place: Workplace) -> bool:
    """Return whether a run in a folder named by time has written its manifest."""
    return place.outputs.is_dir() and any(place.outputs.glob("2*/manifest.json"))


def is_killed_at(place: Workplace, moment: float, has_begun: Callable[[], bool], *arguments: str) -> bool:
    """Start a command and kill it a given processor time after it has begun; return whether it was killed."""
    with place.start(*arguments) as process:
        for used in _times_since(process, has_begun):
            if used >= moment:
                process.send_signal(signal.SIGKILL)
                break
        process.communicate()
    return process.returncode == -signal.SIGKILL


def time_of(place: Workplace, has_begun: Callable[[], bool], *arguments: str) -> float:
    """Return the processor time that a command takes after it has begun, as in ``is_killed_at``."""
    with place.start(*arguments) as process:
        used = max(_times_since(process, has_begun), default=0.0)
        _, told = process.communicate()
    assert process.returncode == 0, told
    return used


def _times_since(process: subprocess.Popen[str], has_begun: Callable[[], bool]) -> Iterator[float]:
    """Yield the processor time used by a command since it began, repeatedly."""
    clock = (~process.pid << 3) | 2  # a process's own clock, as clock_getcpuclockid(3) makes it
    start: float | None = None
    while process.poll() is None:
        try:
            used = time.clock_gettime(clock)
        except OSError:  # it ended meanwhile
            return
        if start is None and has_begun():
            start = used
        if start is not None:
            yield used - start
        time.sleep(0.0005)  # leave the processor to the command


def _doing(place: Workplace) -> str:
    [run] = place.runs
    stages = load(run / "manifest.json")["stages"]
    running = [name for name, record in stages.items() if record["status"] == "running"]
    return running[0] if running else f"after stage {len(stages)}"
