"""Look for faults in what machines are told to run: ``python .ci/automation.py [FOLDER]``, the repository's.

Workflows are read by actionlint and zizmor, units by systemd, lines for cron by croniter. Where systemd is
missing its part is left undone loudly; with AUTOMATION=whole in the environment, that is a failure.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from croniter import croniter

PROGRAM = "/opt/mrt-pipeline/bin/mrt-pipeline"
"""what the unit starts; systemd asks for it to be there"""
WORKFLOWS = ".github/workflows"
_TABLE = re.compile(r"^## cron\n+```\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_SCHEDULE = re.compile(r"^\s*- cron: *[\"'](?P<when>[^\"']*)[\"']", re.MULTILINE)


def main(root: Path, *, is_whole: bool) -> int:
    """Print every fault in the files of a repository, and return the exit code.

    Args:
        root: the repository.
        is_whole: whether it is a fault that systemd is missing.
    """
    faults = [*check_workflows(root / WORKFLOWS), *check_cron(root)]
    if shutil.which("systemd-analyze"):
        faults += check_units(root / "automation")
    elif is_whole:
        faults.append("systemd-analyze is missing. Install systemd.")
    else:
        bar = "!" * 78
        sys.stdout.write(f"{bar}\nUNITS WERE NOT CHECKED: systemd-analyze is missing.\n{bar}\n")
    sys.stdout.write("".join(f"{fault}\n" for fault in faults) or "No faults in the automation.\n")
    return 1 if faults else 0


def check_workflows(folder: Path) -> Iterator[str]:
    """Yield what two linters say of the workflows in a folder, if they find fault."""
    files = sorted(folder.glob("*.yml"))
    if not files:
        yield f"{folder} holds no workflow; expected some."
        return
    yield from _run(_tool("actionlint"), *files)
    yield from _run(_tool("zizmor"), "--offline", "--strict-collection", "--no-progress", "--quiet", *files)


def check_units(folder: Path) -> Iterator[str]:
    """Yield what systemd says of the units in a folder, and of the times of their timers."""
    with tempfile.TemporaryDirectory() as name:
        copies = []
        for unit in sorted(folder.iterdir()):
            text = unit.read_text(encoding="utf-8").replace(PROGRAM, sys.executable)
            copies.append(Path(name) / unit.name)
            copies[-1].write_text(text, encoding="utf-8")
            for when in re.findall(r"^OnCalendar=(.*)$", text, re.MULTILINE):
                yield from _run("systemd-analyze", "calendar", when, may_speak=True)
        yield from _run("systemd-analyze", "verify", *copies)


def check_cron(root: Path) -> Iterator[str]:
    """Yield what is wrong with the page's lines for cron and with the workflows' schedules."""
    page = root / "docs/automation.md"
    table = _TABLE.search(page.read_text(encoding="utf-8"))
    if table is None:
        yield f"{page} holds no lines for cron; expected them between ``` below '## cron'."
    for line in table[1].splitlines() if table is not None else ():
        *times, command = [*line.split(maxsplit=5), *[""] * 5][:6]
        yield from _check_times(page, " ".join(times))
        if not command or re.search(r"(?<!\\)%", command):
            yield f"{page}: {line!r} has no command, or one with a % that cron ends it at (write \\%)."
    for workflow in sorted((root / WORKFLOWS).glob("*.yml")):
        for schedule in _SCHEDULE.finditer(workflow.read_text(encoding="utf-8")):
            yield from _check_times(workflow, schedule["when"])


def _check_times(file: Path, when: str) -> Iterator[str]:
    try:
        croniter(when, datetime(2026, 1, 1, tzinfo=UTC)).get_next()
    except ValueError as error:
        yield f"{file}: {when!r} is not a time of cron ({error}); expected five fields that some day has."


def _run(*command: str | Path, may_speak: bool = False) -> Iterator[str]:
    """Yield what a linter says when it fails; one that may not speak fails as well by a warning."""
    done = subprocess.run(  # noqa: S603 # our own tools, and our own files
        list(map(str, command)), capture_output=True, text=True, check=False
    )
    said = "\n".join(filter(None, (done.stdout.strip(), done.stderr.strip())))
    if done.returncode or (done.stderr.strip() and not may_speak):
        yield f"{Path(command[0]).name} ended with {done.returncode}: {said or 'it said nothing'}"


def _tool(name: str) -> Path:
    return Path(sys.executable).with_name(name)


if __name__ == "__main__":
    given = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parents[1]
    sys.exit(main(given, is_whole=os.environ.get("AUTOMATION") == "whole"))
