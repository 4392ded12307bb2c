"""Which runs may be approved and released."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from mrt_pipeline.contracts.gates import GateReport, GateStatus
from mrt_pipeline.contracts.run import RunStatus
from mrt_pipeline.errors import MissingCheckpointError, ReleaseError
from mrt_pipeline.releasing.admission import Aim, admit
from mrt_pipeline.runtime.manifests import save_manifest
from tests.fakes.network_builder import make_dataset
from tests.fakes.release_scene import TODAY, get_run_of, put_completed

REFUSED = GateReport(status=GateStatus.FAILED, reason="More is gone.")


def test_a_completed_whole_run_is_admitted_with_its_bytes(tmp_path: Path) -> None:
    candidate = admit(put_completed(tmp_path / "run"), TODAY)
    assert candidate.content == (tmp_path / "run/stage3_final.json").read_bytes()
    assert candidate.report == (tmp_path / "run/report.html").read_bytes()
    assert candidate.dataset == make_dataset()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        *(
            ({"status": status}, f"has status {status.value.replace('_', ' ')}; expected a completed run")
            for status in RunStatus
            if status not in (RunStatus.COMPLETED, RunStatus.RUNNING)
        ),
        ({"status": RunStatus.RUNNING}, "has status died"),
        ({"gates": REFUSED}, "was refused by the gates: More is gone."),
        ({"as_of": date(2025, 1, 1)}, "gives as_of as 2025-01-01, the dataset as 2026-01-05"),
    ],
)
def test_a_run_that_is_not_fit_is_refused_in_one_sentence(
    changes: dict[str, Any], said: str, tmp_path: Path
) -> None:
    run = put_completed(tmp_path / "run", **changes)
    with pytest.raises(ReleaseError, match=said):
        admit(run, TODAY)


@pytest.mark.parametrize("status", [GateStatus.PASSED, GateStatus.ACCEPTED, GateStatus.NOT_COMPARED])
def test_a_run_that_the_gates_let_pass_is_admitted(status: GateStatus, tmp_path: Path) -> None:
    run = put_completed(tmp_path / "run", gates=GateReport(status=status, reason="So."))
    assert admit(run, TODAY).run == run


@pytest.mark.parametrize("name", ["stage3_final.json", "report.html"])
@pytest.mark.parametrize("is_gone", [False, True])
def test_a_run_with_a_changed_or_missing_file_is_refused(name: str, is_gone: bool, tmp_path: Path) -> None:
    run = put_completed(tmp_path / "run")
    if is_gone:
        (run.folder / name).unlink()
    else:
        (run.folder / name).write_bytes((run.folder / name).read_bytes() + b" ")
    with pytest.raises(
        ReleaseError, match=rf"{name} (is missing|has been changed since).*Recreate it with: mrt"
    ):
        admit(run, TODAY)


@pytest.mark.parametrize("aim", ["approved", "released"])
def test_a_refusal_says_what_the_run_was_to_be(aim: Aim, tmp_path: Path) -> None:
    run = put_completed(tmp_path / "run")
    with pytest.raises(ReleaseError, match=f"a future date; it can be {aim} from that date"):
        admit(run, date(2026, 1, 4), aim)


def test_a_run_whose_dataset_was_never_published_is_refused(tmp_path: Path) -> None:
    run = put_completed(tmp_path / "run")
    save_manifest(run.folder, run.manifest.model_copy(update={"outputs": {}}))
    with pytest.raises(ReleaseError, match=r"has no report\.html: .* Finish it with: mrt-pipeline run"):
        admit(get_run_of(run.folder), TODAY)


def test_a_run_without_a_dataset_is_refused(tmp_path: Path) -> None:
    run = put_completed(tmp_path / "run")
    save_manifest(run.folder, run.manifest.model_copy(update={"stages": {}}))
    with pytest.raises(MissingCheckpointError, match="stage 3 was not run"):
        admit(get_run_of(run.folder), TODAY)


def test_a_day_still_to_come_is_refused_until_it_has_come(tmp_path: Path) -> None:
    run = put_completed(tmp_path / "run")
    with pytest.raises(ReleaseError, match="describes 2026-01-05, a future date"):
        admit(run, date(2026, 1, 4))
    assert admit(run, date(2026, 1, 5)).run == run
