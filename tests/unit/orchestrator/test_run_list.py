from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from mrt_pipeline.contracts.names import JOURNAL_NAME
from mrt_pipeline.orchestrator.run_list import find_ahead, find_earlier, find_resumable, list_runs
from mrt_pipeline.runtime.context import EarlierRun
from mrt_pipeline.runtime.manifests import MANIFEST_NAME, save_manifest
from tests.fakes.manifests import ALL_STAGES, START, make_manifest, make_stage_record, put_run, put_runs


def test_going_on_takes_the_newest_run_that_has_what_is_needed(outputs: Path) -> None:
    put_run(outputs / "older", *ALL_STAGES, timestamp=START)
    put_run(outputs / "newest", ALL_STAGES[0], timestamp=START + timedelta(hours=2))
    put_run(outputs / "newer", *ALL_STAGES[:2], timestamp=START + timedelta(hours=1))
    found = {stage: find_resumable(outputs, stage, START + timedelta(hours=3)) for stage in (1, 2, 3)}
    assert found == {1: outputs / "newest", 2: outputs / "newest", 3: outputs / "newer"}


def test_going_on_with_a_date_takes_the_newest_run_for_that_date(outputs: Path) -> None:
    day = make_manifest().as_of
    put_run(outputs / "older", *ALL_STAGES, timestamp=START)
    put_run(outputs / "newest", *ALL_STAGES, timestamp=START + timedelta(hours=1), as_of=day - timedelta(1))
    now = START + timedelta(hours=2)
    assert find_resumable(outputs, 3, now) == outputs / "newest"
    assert find_resumable(outputs, 3, now, day) == outputs / "older"
    assert find_resumable(outputs, 3, now, day - timedelta(2)) is None


def test_folders_that_are_not_runs_are_skipped(outputs: Path) -> None:
    put_runs(outputs, "20261123_081203")
    (outputs / "notes").mkdir()
    (outputs / "damaged").mkdir()
    (outputs / "damaged" / "manifest.json").write_text("{")
    (outputs / "latest").symlink_to("20261123_081203")
    assert [folder.name for folder, _ in list_runs(outputs)] == ["20261123_081203"]


def test_a_run_that_a_fast_clock_named_is_pointed_out_and_is_neither_resumed_nor_taken_over_from(
    outputs: Path,
) -> None:
    then = START + timedelta(days=7000)
    ahead = f"{then:%Y%m%d_%H%M%S}"
    put_run(outputs / ahead, *ALL_STAGES, timestamp=then)
    (outputs / ahead / JOURNAL_NAME).touch()
    assert find_ahead(outputs, START) == outputs / ahead
    assert find_ahead(outputs, then) is None
    assert find_earlier(outputs, outputs / "own", START) is None
    assert find_resumable(outputs, 3, START) == outputs / ahead, "there is no other"
    put_run(outputs / "now", *ALL_STAGES, timestamp=START)
    assert find_resumable(outputs, 3, START) == outputs / "now"
    assert find_resumable(outputs, 3, then) == outputs / ahead


def _with_journal(outputs: Path, name: str, **record: object) -> Path:
    folder = outputs / name
    folder.mkdir(parents=True)
    (folder / JOURNAL_NAME).touch()
    stage = make_stage_record("stage2_enrichment", b"", **record)
    save_manifest(folder, make_manifest(run_id=f"id-of-{name}", stages={"stage2_enrichment": stage}))
    return folder


def test_rows_are_taken_over_from_the_newest_other_run_with_a_journal(tmp_path: Path) -> None:
    assert find_earlier(tmp_path, tmp_path / "20261124_000000", START) is None
    _with_journal(tmp_path, "20261121_000000")
    newest = _with_journal(tmp_path, "20261122_000000")
    own = _with_journal(tmp_path, "20261124_000000")
    _with_journal(tmp_path, "zz-somebody-elses")
    put_runs(tmp_path, "20261123_000000")  # has no journal
    assert find_earlier(tmp_path, own, START) == EarlierRun("id-of-20261122_000000", newest)


def test_nothing_is_taken_over_from_a_run_whose_dataset_was_refused_or_that_cannot_be_read(
    tmp_path: Path,
) -> None:
    _with_journal(tmp_path, "20261121_000000")
    folder = _with_journal(tmp_path, "20261122_000000", is_doubted=True)
    assert find_earlier(tmp_path, tmp_path / "20261124_000000", START) is None
    (folder / MANIFEST_NAME).write_text("{")
    assert find_earlier(tmp_path, tmp_path / "20261124_000000", START) is None
