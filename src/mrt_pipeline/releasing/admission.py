"""Check whether a run may be approved or released: it ended well, is intact, and passed the gates."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from mrt_pipeline.contracts.gates import GateStatus
from mrt_pipeline.contracts.names import FINAL_NAME
from mrt_pipeline.contracts.outputs import Stage3Output
from mrt_pipeline.contracts.run import RunStatus
from mrt_pipeline.errors import ReleaseError
from mrt_pipeline.history.altered_files import describe_altered, find_contradictions
from mrt_pipeline.history.datasets import load_run
from mrt_pipeline.history.resume_command import finish
from mrt_pipeline.history.runs import Run
from mrt_pipeline.report import REPORT_FILE
from mrt_pipeline.runtime.files import read_bytes, sha256_of
from mrt_pipeline.runtime.integrity import find_altered, recorded_files
from mrt_pipeline.stages.licensing import show_licences


@dataclass(frozen=True, slots=True)
class ReleaseCandidate:
    """A run that may be released, with its dataset and report as they were written."""

    run: Run
    dataset: Stage3Output
    content: bytes
    """content of stage3_final.json"""
    report: bytes

    @property
    def sha256(self) -> str:
        """Return the SHA-256 of its dataset's file."""
        return sha256_of(self.content)


Aim = Literal["approved", "released"]
"""what a run is checked for, as worded in messages"""


def admit(run: Run, today: date, aim: Aim = "released") -> ReleaseCandidate:
    """Return what may be released from a run, after checking that it is fit for release.

    Args:
        run: the run.
        today: date in Singapore; a dataset for a future date is neither approved nor released.
        aim: what the run is checked for.

    Raises:
        ReleaseError: if it did not end well, failed the gates, was changed, or describes a future date.
        CheckpointError: if it has no readable dataset.
    """
    _refuse_unfinished(run)
    if (altered := next(find_altered(run.folder, run.manifest), None)) is not None:
        raise ReleaseError(
            f"{describe_altered(altered)}. Recreate it with: {finish(run.folder, run.manifest)}"
        )
    if REPORT_FILE not in recorded_files(run.manifest):
        raise ReleaseError(
            f"{run.folder} has no {REPORT_FILE}: the run is incomplete. Finish it with: "
            f"{finish(run.folder, run.manifest)}"
        )
    dataset = load_run(run).dataset
    if (contradiction := next(find_contradictions(dataset, run.manifest), None)) is not None:
        raise ReleaseError(contradiction.message)
    if dataset.metadata.as_of > today:
        raise ReleaseError(
            f"{run.folder} describes {dataset.metadata.as_of}, a future date; it can be {aim} from that date."
        )
    if dataset.metadata.licences != "all":
        raise ReleaseError(
            f"{run.folder} was made with output.licences {show_licences(dataset.metadata.licences)}; a "
            "release contains a download for all and one for open licences. Run with output.licences: all. "
            f"{_see(run)}"
        )
    return ReleaseCandidate(
        run, dataset, read_bytes(run.folder / FINAL_NAME), read_bytes(run.folder / REPORT_FILE)
    )


def _refuse_unfinished(run: Run) -> None:
    if run.manifest.status is not RunStatus.COMPLETED:
        raise ReleaseError(
            f"{run.folder} has status {run.state_in_words}; expected a completed run. {_see(run)}"
        )
    gates = run.manifest.gates
    if gates is not None and gates.status is GateStatus.FAILED:
        raise ReleaseError(f"{run.folder} was refused by the gates: {gates.reason} {_see(run)}")


def _see(run: Run) -> str:
    return f"See: {run.show_command}"
