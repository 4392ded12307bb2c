"""A request to the pipeline."""

from __future__ import annotations

import shlex
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

from mrt_pipeline.config.paths import read_path
from mrt_pipeline.errors import UsageError
from mrt_pipeline.orchestrator.stage_specs import BY_STATION, FINAL, STAGES

LAST_YEAR = 2199
"""the network table covers a few decades ahead; a later year is a typing error"""


@dataclass(frozen=True, slots=True)
class RunRequest:
    """One command line, validated.

    Raises:
        UsageError: if it names no known stage or no path, or combines options that exclude each other.
    """

    output_dir: Path | None = None
    stage: int | None = None
    """run only this stage"""
    resume_from: int | None = None
    """run this stage and later ones, on the checkpoints before it"""
    skip_existing: bool = False
    """run only what is missing, damaged or stale"""
    retry_failed: bool = False
    """resume from stage 2, where only stations for which a source failed are retried"""
    accept_changes: bool = False
    """publish even if losses since the last dataset exceed ``gates``"""
    beyond_horizon: bool = False
    """describe a date beyond the network table's horizon, as known on the horizon"""
    move_latest: bool = False
    """let ``latest`` point to the dataset even if its date is before the current target's, or in the
    future"""
    as_of: date | None = None
    """date of the network to describe; None: today in Singapore, or the resumed run's date"""

    def __post_init__(self) -> None:
        if self.output_dir is not None:
            object.__setattr__(self, "output_dir", read_path(str(self.output_dir), "--output-dir"))
        for flag, number in (("--stage", self.stage), ("--resume-from", self.resume_from)):
            if number is not None and number not in [stage.number for stage in STAGES]:
                raise UsageError(f"{flag} is {number}; expected 1, 2 or 3.")
        self._check_day()
        if self.stage is not None and self.resume_from is not None:
            raise UsageError("--stage runs one stage and --resume-from several; use only one of them.")
        if self.retry_failed and self.first_stage != BY_STATION.number:
            raise UsageError(
                f"--retry-failed applies to stage {BY_STATION.number}; use it alone, or with --resume-from "
                f"{BY_STATION.number} or --stage {BY_STATION.number}."
            )
        for flag, is_given in (
            ("--accept-changes", self.accept_changes),
            ("--move-latest", self.move_latest),
        ):
            if is_given and self.last_stage != FINAL.number:
                raise UsageError(
                    f"{flag} applies to publishing, which follows stage 3; with --stage {self.stage} "
                    "nothing is published. Use only one of them."
                )
        if self.retry_failed and self.skip_existing:
            raise UsageError(
                "--retry-failed retries failed stations and --skip-existing keeps them; use only one."
            )

    def _check_day(self) -> None:
        if self.as_of is not None and self.as_of.year > LAST_YEAR:
            raise UsageError(f"--as-of is {self.as_of}; expected a day before the year {LAST_YEAR + 1}.")
        if self.beyond_horizon and self.as_of is None:
            raise UsageError("--beyond-horizon applies to the day of --as-of; use both, or neither.")

    @property
    def first_stage(self) -> int:
        """Return the first stage that may run."""
        return self.stage or self.resume_from or (BY_STATION.number if self.retry_failed else 1)

    @property
    def last_stage(self) -> int:
        """Return the last stage that may run."""
        return self.stage or FINAL.number

    @property
    def continues(self) -> bool:
        """Return whether this resumes an existing run if no folder is named."""
        return self.first_stage > 1 or self.resume_from is not None or self.skip_existing

    @property
    def command(self) -> str:
        """Return the command line for this request."""
        parts = ["mrt-pipeline", "run"]
        for name, value in asdict(self).items():
            if value is not None and value is not False:
                parts += [f"--{name.replace('_', '-')}", *([] if value is True else [str(value)])]
        return shlex.join(parts)
