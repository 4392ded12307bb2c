"""What the console shows while the pipeline runs, and the summary at the end.

Progress goes to stderr and the summary to stdout. A terminal that disappears never ends a run: what cannot be
shown is skipped, and the run's log and manifest have it all.
"""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table

from mrt_pipeline.cli.printing import printable_error, printable_text
from mrt_pipeline.contracts.counting import age_on
from mrt_pipeline.contracts.fields import COVERED
from mrt_pipeline.contracts.names import CHECKPOINT_NAMES
from mrt_pipeline.contracts.run import REQUESTED, Manifest, RunStatus
from mrt_pipeline.history.runs import final_counts
from mrt_pipeline.runtime.files import describe_os_error
from mrt_pipeline.runtime.reporting import Reporter
from mrt_pipeline.runtime.safe_text import printable

SUMMARY_FIGURES = (
    ("stations", "Stations"),
    ("codes", "Station codes"),
    ("lines", "Lines"),
    ("exits", "Exits"),
)


class PatientConsole(Console):
    """A console whose output may be closed without stopping the program."""

    lost: OSError | None = None
    """why what was to be shown could not be, if its reader did not just close it"""

    def on_broken_pipe(self) -> None:
        """Discard further output, so that the work continues and the exit code stays correct."""
        self.quiet = True
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, (sys.stderr if self.stderr else sys.stdout).fileno())

    def _check_buffer(self) -> None:
        """Treat a lost terminal (EIO) or a full disk like a closed pipe, which is all that rich handles."""
        try:
            super()._check_buffer()
        except OSError as error:
            self.lost = error
            self.on_broken_pipe()


class ConsoleReporter(Reporter):
    """Shows a run in progress: a progress bar on a terminal, plain lines elsewhere; or warnings only."""

    def __init__(self, *, is_quiet: bool = False) -> None:
        self._console = PatientConsole(stderr=True, highlight=False)
        self._chatter = PatientConsole(stderr=True, quiet=True) if is_quiet else self._console
        self._progress = Progress(
            TextColumn("  {task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TextColumn("{task.fields[details]}"),
            console=self._chatter,
            transient=True,
            disable=is_quiet or not self._console.is_terminal,
        )
        self._task: TaskID | None = None

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._progress.stop()

    def note(self, text: str) -> None:
        """Show a sentence."""
        self._chatter.print(escape(printable_text(text)), soft_wrap=True)

    def warn(self, text: str) -> None:
        """Show a warning."""
        self._console.print(f"[yellow]Warning:[/] {escape(printable_text(text))}", soft_wrap=True)

    def stage_started(self, stage_name: str, reason: str) -> None:
        """Show that a stage starts."""
        self._say_of(stage_name, "running" if reason == REQUESTED else f"running ({reason})")
        self._task = self._progress.add_task(stage_name, total=None, details="")

    def stage_reused(self, stage_name: str, reason: str) -> None:
        """Show that a stage is reused."""
        self._say_of(stage_name, f"reused ({reason})")

    def stage_finished(self, stage_name: str, seconds: float) -> None:
        """Show that a stage has finished."""
        if self._task is not None:
            self._progress.remove_task(self._task)
            self._task = None
        self._say_of(stage_name, f"done in {seconds:.2f} s")

    def _say_of(self, stage_name: str, text: str) -> None:
        self._chatter.print(f"[bold]{stage_title(stage_name)}:[/] {escape(printable(text))}", soft_wrap=True)

    def progress(self, done: int, total: int, details: str = "") -> None:
        """Move the bar."""
        if self._task is not None:
            self._progress.update(self._task, completed=done, total=total, details=escape(printable(details)))

    def summarise(self, manifest: Manifest, folder: Path | None, last_stage: int) -> None:
        """Print the run's results, their completeness, the findings, and where everything is."""
        console = PatientConsole(highlight=False)
        console.print(summary_table(manifest, folder, last_stage))
        for source, reason in manifest.passed_over.items():
            console.print(f"Skipped {escape(source)}: {escape(printable(reason))}", soft_wrap=True)
        if manifest.status is RunStatus.STOPPED_AT_BUDGET and folder is not None:
            command = next_command(manifest, folder, last_stage)
            console.print(f"Stopped at its budget. Resume with: {escape(printable(command))}", soft_wrap=True)
        if manifest.status is RunStatus.COMPLETED and folder is not None:
            for line in _next_steps(manifest, folder, last_stage):
                console.print(escape(printable(line)), soft_wrap=True)
        if console.lost is not None:
            self.warn(
                f"The summary could not be written ({console.lost.strerror}); the run is not affected. "
                "To read it, use mrt-pipeline show."
            )


def stage_title(stage_name: str) -> str:
    """Return a stage's name for people: ``Stage 1/3 ingestion``; publishing has no number."""
    names = list(CHECKPOINT_NAMES)
    if stage_name not in names:
        return stage_name.capitalize()
    return f"Stage {names.index(stage_name) + 1}/{len(names)} {stage_name.partition('_')[2]}"


def _next_steps(manifest: Manifest, folder: Path, last_stage: int) -> Iterator[str]:
    """Yield the next steps after a run that ended well."""
    from mrt_pipeline.report import REPORT_FILE

    if last_stage == len(CHECKPOINT_NAMES) and REPORT_FILE in manifest.outputs:
        yield f"Report (open in a browser): {folder / REPORT_FILE}"
    yield f"Next: {next_command(manifest, folder, last_stage)}"


def next_command(manifest: Manifest, folder: Path, last_stage: int) -> str:
    """Return the next command after a run that ended well, or at its budget."""
    from mrt_pipeline.history.resume_command import find_remedy, resume

    if manifest.status is not RunStatus.COMPLETED:
        return find_remedy(folder, manifest)
    if last_stage < len(CHECKPOINT_NAMES):
        return resume(folder, manifest, "--resume-from", str(last_stage + 1))
    return shlex.join(["mrt-pipeline", "show", str(folder)])


def summary_table(manifest: Manifest, folder: Path | None, last_stage: int) -> Table:
    """Return a run's figures as a table; results of stages after the last requested one are older."""
    from mrt_pipeline.explain.figures import measure_ages

    title = f"{manifest.run_id} as of {manifest.as_of}: {manifest.status.value}"
    table = Table("", "", title=title, title_justify="left", show_header=False)
    counts = final_counts(manifest, last_stage)
    for key, label in SUMMARY_FIGURES:
        if key in counts:
            table.add_row(label, f"{counts[key]:,.0f}")
    for field in COVERED:
        if (known := counts.get(f"known_{field.name}")) is not None:
            unknown = counts.get("exits", 0) - known
            table.add_row(f"  {field.title}", f"known for {known:,.0f}, unknown for {unknown:,.0f}")
    for severity, label in (("error", "Errors"), ("warning", "Warnings"), ("info", "Info findings")):
        if (number := counts.get(f"findings_{severity}")) is not None:
            table.add_row(label, f"{number:,.0f}")
    if ages := measure_ages(manifest.sources.values(), manifest.as_of):
        table.add_row("Oldest data by source", f"date, age on {manifest.as_of}")
    for it in ages:
        age = age_on(manifest.as_of, it.age_days)
        table.add_row(f"  {escape(printable(it.source))}", f"{it.oldest}, {age}")
    if folder is not None:
        table.add_row("Files", escape(printable(str(folder))))
    return table


def print_error(message: str, hint: str = "") -> None:
    """Print an error for people."""
    console = PatientConsole(stderr=True, highlight=False)
    console.print(f"[bold red]Error:[/] {escape(printable_error(message))}", soft_wrap=True)
    if hint:
        console.print(escape(printable(hint)), soft_wrap=True)


def give_up_output(error: OSError) -> None:
    """Print why standard output could not be written; discard further output."""
    PatientConsole().on_broken_pipe()
    print_error(f"The output could not be written: {describe_os_error(error)}.")
