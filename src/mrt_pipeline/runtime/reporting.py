"""What a run tells whoever watches it; the base class tells nobody."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import TYPE_CHECKING

from mrt_pipeline.errors import StorageError

if TYPE_CHECKING:
    from mrt_pipeline.runtime.run_log import RunLog


class Reporter:
    """Receives what happens in a run; every method may be overridden."""

    def note(self, text: str) -> None:
        """Take a sentence that the person at the console should read."""

    def warn(self, text: str) -> None:
        """Take a sentence about something that is not as it should be, while the run goes on."""

    def stage_started(self, stage_name: str, reason: str) -> None:
        """Take that a stage begins, and why it is run."""

    def stage_reused(self, stage_name: str, reason: str) -> None:
        """Take that an earlier checkpoint stands in for a stage."""

    def stage_finished(self, stage_name: str, seconds: float) -> None:
        """Take that a stage is done."""

    def progress(self, done: int, total: int, details: str = "") -> None:
        """Take how far the running stage is."""


@contextlib.contextmanager
def after_failure(first: BaseException, reporter: Reporter, log: RunLog | None = None) -> Iterator[None]:
    """Let a block write down what an error leaves to be written; a write that fails too is reported with it.

    What a person must hear in the end is why it went wrong at first. The second error is kept as a note of
    the first; one that says nothing new is not told again.
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
