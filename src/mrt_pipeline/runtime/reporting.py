"""What a run tells whoever watches it; the base class tells nobody."""

from __future__ import annotations


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
