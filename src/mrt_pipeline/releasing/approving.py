"""``approval.json``: who reviewed a run's dataset and vouches for it; tied to the dataset's bytes."""

from __future__ import annotations

import shlex
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pydantic import ValidationError

from mrt_pipeline.contracts.counting import counted, verb_of
from mrt_pipeline.contracts.names import APPROVAL_NAME
from mrt_pipeline.contracts.release import Approval, Checklist, Review
from mrt_pipeline.errors import ReleaseError, UsageError
from mrt_pipeline.history.runs import Run
from mrt_pipeline.releasing.admission import ReleaseCandidate
from mrt_pipeline.report import REPORT_FILE, read_checklist
from mrt_pipeline.runtime.file_faults import describe_fault
from mrt_pipeline.runtime.files import read_bytes, write_record
from mrt_pipeline.runtime.locks import run_lock

_NOT_OF_ONE_LINE = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_JOINERS = frozenset({"\N{ZERO WIDTH NON-JOINER}", "\N{ZERO WIDTH JOINER}"})


@dataclass(frozen=True, slots=True)
class Approved:
    """The result of approving."""

    approval: Approval
    replaced: Approval | None = None
    """the previous approval in the folder, of any dataset"""
    has_replaced_damaged: bool = False
    """whether the folder had a file that was not an approval of this version"""


def approve(
    candidate: ReleaseCandidate, approved_by: str, note: str | None, review: Review | None, now: datetime
) -> Approved:
    """Write a person's approval of a dataset to its run's folder, replacing an earlier one.

    Raises:
        UsageError: if no name is given, or name or note are not one line of plain text.
        RunLockedError: if a process is working in the run's folder.
    """
    if not approved_by.strip():
        raise UsageError("--by is empty; expected the name of whoever reviewed the dataset.")
    _refuse_controls("--by", approved_by)
    _refuse_controls("--note", note or "")
    run = candidate.run
    approval = Approval(
        run_id=run.manifest.run_id,
        dataset_sha256=candidate.sha256,
        approved_by=approved_by.strip(),
        approved_at=now,
        note=note,
        review=review,
    )
    with run_lock(run.folder, now):
        approved = _replace(run, approval)
        write_record(run.folder / APPROVAL_NAME, approval)
    return approved


def find_approval(run: Run) -> Approval | None:
    """Return the approval in a run's folder, for whatever dataset; None if there is none.

    Raises:
        ReleaseError: if it is damaged.
    """
    path = run.folder / APPROVAL_NAME
    try:
        return Approval.model_validate_json(read_bytes(path))
    except FileNotFoundError:
        return None
    except ValidationError as error:
        raise ReleaseError(
            f"{path} is damaged, or is not an approval of this version ({describe_fault(error)}). Approve "
            f"again with: {_command(run)}"
        ) from error


def get_approval(candidate: ReleaseCandidate) -> Approval:
    """Return the approval of exactly this dataset.

    Raises:
        ReleaseError: if it was not approved, or has changed since.
    """
    run = candidate.run
    approval = find_approval(run)
    if approval is None:
        raise ReleaseError(
            f"{run.folder} is not approved. Review {run.folder / REPORT_FILE}, then: {_command(run)}"
        )
    if (approval.run_id, approval.dataset_sha256) != (run.manifest.run_id, candidate.sha256):
        raise ReleaseError(
            f"{run.folder} was approved by {approval.approved_by} on {approval.approved_at:%Y-%m-%d}, and "
            f"its dataset has changed since. Review it again, then: {_command(run)}"
        )
    return approval


def read_review(path: Path, candidate: ReleaseCandidate, *, is_incomplete_wanted: bool) -> Review:
    """Return the review recorded in a checklist that was saved from the report's page.

    Args:
        path: the saved file.
        candidate: the run that the checklist must belong to.
        is_incomplete_wanted: whether points may be left unticked.

    Raises:
        UsageError: if it is not such a file, or belongs to another run, dataset or report.
        ReleaseError: if points are not ticked.
    """
    points = _points_of_report(candidate)
    ticked = _ticked(path, candidate, points)
    unticked = tuple(text for text in points if text not in ticked)
    if unticked and not is_incomplete_wanted:
        listed = "\n".join(f"  - {text}" for text in unticked)
        raise ReleaseError(
            f"{counted(len(unticked), 'item')} of {path} {verb_of(len(unticked))} not ticked. Tick them in "
            "the report and save the checklist again, or approve without them by adding "
            f"--incomplete:\n{listed}"
        )
    return Review(points=len(points), unticked=unticked)


def _refuse_controls(flag: str, text: str) -> None:
    """Raise if a text has characters that could pass for further lines, or change how others are shown.

    Joiners are formatting characters too, but are needed in names and words of some scripts.
    """
    for char in text:
        if unicodedata.category(char) in _NOT_OF_ONE_LINE and char not in _JOINERS:
            raise UsageError(
                f"{flag} contains a line break or control character (U+{ord(char):04X}); expected one line "
                "of plain text. Remove it."
            )


def _replace(run: Run, approval: Approval) -> Approved:
    try:
        return Approved(approval, find_approval(run))
    except ReleaseError:
        return Approved(approval, has_replaced_damaged=True)


def _points_of_report(candidate: ReleaseCandidate) -> tuple[str, ...]:
    try:
        return read_checklist(candidate.report)
    except ValueError as error:
        raise ReleaseError(
            f"{candidate.run.folder / REPORT_FILE} has no checklist of this version; recreate the report "
            "by running again with --skip-existing."
        ) from error


def _ticked(path: Path, candidate: ReleaseCandidate, points: Sequence[str]) -> set[str]:
    try:
        found = Checklist.model_validate_json(read_bytes(path))
    except FileNotFoundError:
        raise UsageError(f"{path} not found; expected a checklist saved from the report.") from None
    except ValidationError as error:
        raise UsageError(
            f"{path} is not a checklist saved from the report ({describe_fault(error)}); save it "
            "from the report again."
        ) from error
    run = candidate.run
    is_same_run = (found.run_id, found.dataset_sha256) == (run.manifest.run_id, candidate.sha256)
    if not is_same_run or {point.text for point in found.points} != set(points):
        raise UsageError(
            f"{path} is about another run or an earlier report; expected the checklist of "
            f"{run.folder / REPORT_FILE}. Save it from that report."
        )
    return set(points) - {point.text for point in found.points if not point.ticked}


def _command(run: Run) -> str:
    return f"{shlex.join(['mrt-pipeline', 'approve', str(run.folder)])} --by NAME"
