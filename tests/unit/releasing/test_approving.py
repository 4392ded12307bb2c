"""An approval counts for the bytes that were looked at, and for no others."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from mrt_pipeline.contracts.findings import Finding, Severity
from mrt_pipeline.contracts.release import Review
from mrt_pipeline.errors import MrtPipelineError, ReleaseError, UsageError
from mrt_pipeline.releasing.admission import ReleaseCandidate
from mrt_pipeline.releasing.approving import approve, find_approval, get_approval, read_review
from mrt_pipeline.report import read_checklist
from tests.fakes.network_builder import make_dataset
from tests.fakes.release_scene import NOW, REVIEWER, approve_as_is, put_approved, put_candidate

DOUBTED = make_dataset(
    findings=(Finding(check="exit-far-from-station", severity=Severity.WARNING, message="m", slug="bishan"),)
)


@pytest.fixture
def candidate(tmp_path: Path) -> ReleaseCandidate:
    return put_candidate(tmp_path / "run", DOUBTED)


def save(folder: Path, candidate: ReleaseCandidate, **changes: Any) -> Path:
    """Save a checklist as the report's page does, every point ticked."""
    points = [{"text": text, "ticked": True} for text in read_checklist(candidate.report)]
    content = {
        "checklist_version": "1",
        "run_id": candidate.run.manifest.run_id,
        "dataset_sha256": candidate.sha256,
        "saved_at": NOW.isoformat(),
        "points": points,
    }
    path = folder / "checklist.json"
    path.write_text(json.dumps(content | changes), encoding="utf-8")
    return path


def test_an_approval_says_who_when_and_of_which_bytes(candidate: ReleaseCandidate) -> None:
    made = approve(candidate, f" {REVIEWER} ", "looked at ten exits", None, NOW).approval
    assert find_approval(candidate.run) == get_approval(candidate) == made
    assert (made.approved_by, made.approved_at, made.dataset_sha256) == (REVIEWER, NOW, candidate.sha256)
    assert made.note == "looked at ten exits"


def test_nobody_in_particular_approves_nothing(candidate: ReleaseCandidate) -> None:
    with pytest.raises(UsageError, match="--by is empty"):
        approve(candidate, " ", None, None, NOW)
    assert find_approval(candidate.run) is None


@pytest.mark.parametrize("char", ["\n", "\r", "\t", "\x1b", "\x85", "\u2028", "\u2029", "\u202e", "\udc80"])
def test_a_line_break_or_control_character_in_name_or_note_is_refused(
    char: str, candidate: ReleaseCandidate
) -> None:
    for name, note, flag in ((f"Ann{char}Bob", None, "--by"), ("Ann", f"seen{char}all", "--note")):
        with pytest.raises(UsageError, match=rf"{flag} contains .* \(U\+{ord(char):04X}\)"):
            approve(candidate, name, note, None, NOW)
    assert find_approval(candidate.run) is None


@pytest.mark.parametrize("name", ["Zoë O’Brien", "陈\u3000美玲", "க்\u200cஷ", "Ann\u00a0Lee"])
def test_a_name_of_any_script_is_kept_as_it_is_written(name: str, candidate: ReleaseCandidate) -> None:
    assert approve(candidate, name, name, None, NOW).approval.approved_by == name
    assert get_approval(candidate).note == name


def test_an_approval_that_is_replaced_is_reported(candidate: ReleaseCandidate) -> None:
    first = approve(candidate, "Bob", None, None, NOW)
    assert (first.replaced, first.has_replaced_damaged) == (None, False)
    second = approve(candidate, "Ann", None, None, NOW)
    assert (second.replaced, get_approval(candidate).approved_by) == (first.approval, "Ann")
    (candidate.run.folder / "approval.json").write_text("{}")
    third = approve(candidate, "Ann", None, None, NOW)
    assert (third.replaced, third.has_replaced_damaged) == (None, True)


def test_the_refusal_of_a_run_without_approval_names_the_report_and_the_command(
    candidate: ReleaseCandidate,
) -> None:
    with pytest.raises(ReleaseError) as caught:
        get_approval(candidate)
    assert f"Review {candidate.run.folder / 'report.html'}" in str(caught.value)
    assert f"mrt-pipeline approve {candidate.run.folder} --by NAME" in str(caught.value)


def test_an_approval_is_void_once_the_dataset_has_changed(candidate: ReleaseCandidate) -> None:
    approve_as_is(candidate)
    changed = put_candidate(candidate.run.folder)
    with pytest.raises(
        ReleaseError, match=f"approved by {REVIEWER} on 2026-11-23, and its dataset has changed"
    ):
        get_approval(changed)


def test_the_approval_of_another_run_with_the_same_dataset_does_not_count(tmp_path: Path) -> None:
    one = put_approved(tmp_path / "one")
    other = put_candidate(tmp_path / "other", run_id="20261124T081203Z-00000000")
    assert one.sha256 == other.sha256
    (other.run.folder / "approval.json").write_bytes((one.run.folder / "approval.json").read_bytes())
    with pytest.raises(ReleaseError, match="has changed since"):
        get_approval(other)


def test_a_damaged_approval_is_named(candidate: ReleaseCandidate) -> None:
    (candidate.run.folder / "approval.json").write_text("{}")
    with pytest.raises(
        ReleaseError, match=r"approval\.json is damaged, or is not an approval of this version"
    ):
        get_approval(candidate)


def test_a_checklist_with_every_point_ticked_is_a_whole_review(
    tmp_path: Path, candidate: ReleaseCandidate
) -> None:
    review = read_review(save(tmp_path, candidate), candidate, is_incomplete_wanted=False)
    assert review == Review(points=len(read_checklist(candidate.report)))
    assert review.points > 1


def test_points_that_are_not_ticked_are_listed_and_refused_unless_that_is_wanted(
    tmp_path: Path, candidate: ReleaseCandidate
) -> None:
    first, *others = read_checklist(candidate.report)
    points = [{"text": first, "ticked": False}, *({"text": text, "ticked": True} for text in others)]
    path = save(tmp_path, candidate, points=points)
    with pytest.raises(ReleaseError) as caught:
        read_review(path, candidate, is_incomplete_wanted=False)
    assert str(caught.value).splitlines()[1:] == [f"  - {first}"]
    assert read_review(path, candidate, is_incomplete_wanted=True).unticked == (first,)


def test_a_point_that_is_listed_twice_counts_only_if_ticked_twice(
    tmp_path: Path, candidate: ReleaseCandidate
) -> None:
    texts = read_checklist(candidate.report)
    points = [{"text": text, "ticked": True} for text in texts] + [{"text": texts[0], "ticked": False}]
    with pytest.raises(ReleaseError):
        read_review(save(tmp_path, candidate, points=points), candidate, is_incomplete_wanted=False)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"run_id": "another"}, "is about another run or an earlier report"),
        ({"dataset_sha256": "0" * 64}, "is about another run or an earlier report"),
        ({"points": []}, "is about another run or an earlier report"),
        ({"points": [{"text": "never asked", "ticked": True}]}, "is about another run or an earlier report"),
        ({"checklist_version": "2"}, "is not a checklist saved from the report"),
        ({"points": "all"}, "is not a checklist saved from the report"),
    ],
)
def test_another_file_than_this_report_s_checklist_is_refused(
    changes: dict[str, Any], said: str, tmp_path: Path, candidate: ReleaseCandidate
) -> None:
    with pytest.raises(UsageError, match=said):
        read_review(save(tmp_path, candidate, **changes), candidate, is_incomplete_wanted=True)


def test_a_checklist_that_is_not_there_is_named(tmp_path: Path, candidate: ReleaseCandidate) -> None:
    with pytest.raises(MrtPipelineError, match=r"none\.json not found"):
        read_review(tmp_path / "none.json", candidate, is_incomplete_wanted=False)
