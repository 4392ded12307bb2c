"""How a run reports its progress; the base class reports nothing."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import TYPE_CHECKING

from mrt_pipeline.errors import StorageError

if TYPE_CHECKING:
    from mrt_pipeline.runtime.run_log import RunLog


class Reporter:
    """Receives the events of a run; every method may be overridden."""

    def note(self, text: str) -> None:
        """Receive a sentence for the person at the console."""

    def warn(self, text: str) -> None:
        """Receive a warning while the run continues."""

    def stage_started(self, stage_name: str, reason: str) -> None:
        """Receive that a stage starts, and why it runs."""

    def stage_reused(self, stage_name: str, reason: str) -> None:
        """Receive that an earlier checkpoint is reused for a stage."""

    def stage_finished(self, stage_name: str, seconds: float) -> None:
        """Receive that a stage has finished."""

    def progress(self, done: int, total: int, details: str = "") -> None:
        """Receive the progress of the running stage."""


@contextlib.contextmanager
def after_failure(first: BaseException, reporter: Reporter, log: RunLog | None = None) -> Iterator[None]:
    """Run a block that records the consequences of an error; if that fails too, report both.

    The user must finally see the original error. The second one is added to it as a note, and is not repeated
    if it adds nothing.
    """
    try:
        yield
    except StorageError as second:
        sentence = str(second)
        if sentence not in (str(first), *getattr(first, "__notes__", ())):
            first.add_note(sentence)
            reporter.warn(sentence)
            if log is not None:
                log.warning("not written", error=sentence)
