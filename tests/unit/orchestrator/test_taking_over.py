from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from mrt_pipeline.config import Secrets, Settings
from mrt_pipeline.contracts.names import CHECKPOINT_NAMES, JOURNAL_NAME, REJECTED_NAME
from mrt_pipeline.contracts.run import AttemptRecord, Fingerprint, Manifest, RunStatus, StageStatus
from mrt_pipeline.errors import StorageError
from mrt_pipeline.orchestrator.stage_specs import BY_STATION, FINAL, STAGES
from mrt_pipeline.orchestrator.taking_over import Predecessor, find_predecessor
from mrt_pipeline.runtime.context import EarlierRun, RunContext
from mrt_pipeline.runtime.files import sha256_of
from mrt_pipeline.runtime.manifests import save_manifest
from mrt_pipeline.runtime.source_access import SourceAccess
from tests.fakes.manifests import FINGERPRINT, START, make_manifest, make_stage_record

LIVE = FINGERPRINT.model_copy(update={"inputs": {"as_of": "2026-11-23", "fandom-wiki": "live from a wiki"}})
OWN = make_manifest(run_id="another")
RUN_ID = make_manifest().run_id


def _attempt(**changes: Any) -> AttemptRecord:
    facts: dict[str, Any] = {
        "number": 1,
        "started_at": START,
        "status": RunStatus.COMPLETED,
        "command": "run",
    }
    return AttemptRecord(**facts | changes)


def _put(folder: Path, fingerprint: Fingerprint = LIVE, **changes: Any) -> Manifest:
    folder.mkdir(exist_ok=True)
    stages = {}
    for stage in STAGES:
        content = stage.name.encode()
        (folder / CHECKPOINT_NAMES[stage.name]).write_bytes(content)
        stages[stage.name] = make_stage_record(stage.name, content, fingerprint=fingerprint)
    stages[BY_STATION.name] = stages[BY_STATION.name].model_copy(update={"counts": {"stations_done": 3.0}})
    for name in (JOURNAL_NAME, REJECTED_NAME):
        (folder / name).write_bytes(b"rows")
    facts: dict[str, Any] = {
        "stages": stages,
        "attempts": (_attempt(),),
        "side_files": {REJECTED_NAME: sha256_of(b"rows")},
    }
    manifest = make_manifest(**facts | changes)
    save_manifest(folder, manifest)
    return manifest


def _context(folder: Path, **changes: Any) -> RunContext:
    settings = Settings()
    access = SourceAccess(settings, secrets=Secrets(), cache_dir=folder / "cache", now=lambda: START)
    facts: dict[str, Any] = {"now": lambda: START, "earlier": EarlierRun(RUN_ID, folder)}
    return RunContext(settings, make_manifest().as_of, access, **facts | changes)


def _find(folder: Path, **changes: Any) -> Predecessor | None:
    _put(folder, **changes)
    return find_predecessor(_context(folder), OWN)


def test_a_whole_live_run_of_the_same_day_is_one_to_take_from(tmp_path: Path) -> None:
    found = _find(tmp_path)
    assert found is not None
    assert found.run_id == RUN_ID


@pytest.mark.parametrize(
    "changes",
    [
        {"status": RunStatus.INTERRUPTED},
        {"attempts": (_attempt(status=RunStatus.INTERRUPTED), _attempt(number=2))},
        {"attempts": (_attempt(), _attempt(number=2, retries_failed=True))},
        {"fingerprint": FINGERPRINT},
        {"timestamp": START - timedelta(days=1)},
        {"updated_at": START + timedelta(days=1)},
        {"stages": {}},
    ],
)
def test_an_incomplete_run_is_no_predecessor(changes: dict[str, Any], tmp_path: Path) -> None:
    assert _find(tmp_path, **changes) is None


def test_a_run_whose_source_failed_for_a_station_is_no_predecessor(tmp_path: Path) -> None:
    manifest = _put(tmp_path)
    partial = {"stations_done": 2.0, "stations_partial": 1.0}
    record = manifest.stages[BY_STATION.name].model_copy(update={"counts": partial})
    save_manifest(
        tmp_path, manifest.model_copy(update={"stages": {**manifest.stages, BY_STATION.name: record}})
    )
    assert find_predecessor(_context(tmp_path), OWN) is None


def test_a_run_whose_manifest_is_damaged_is_no_predecessor(tmp_path: Path) -> None:
    _put(tmp_path)
    (tmp_path / "manifest.json").write_bytes(b"{")
    assert find_predecessor(_context(tmp_path), OWN) is None


def test_a_run_that_goes_on_or_retries_takes_nothing(tmp_path: Path) -> None:
    _put(tmp_path)
    going_on = OWN.model_copy(update={"attempts": (_attempt(), _attempt(number=2))})
    assert find_predecessor(_context(tmp_path), going_on) is None
    assert find_predecessor(_context(tmp_path, retry_failed=True), OWN) is None
    assert find_predecessor(_context(tmp_path, earlier=None), OWN) is None


def _obstacle(folder: Path, fingerprint: Fingerprint | None = LIVE) -> str | None:
    found = find_predecessor(_context(folder), OWN)
    assert found is not None
    return found.find_obstacle(FINAL, fingerprint, _context(folder))


def test_a_stage_of_the_same_inputs_may_be_taken(tmp_path: Path) -> None:
    _put(tmp_path)
    assert _obstacle(tmp_path) is None


def test_a_stage_of_other_inputs_may_not_and_they_are_named(tmp_path: Path) -> None:
    _put(tmp_path)
    other = LIVE.model_copy(update={"code": "d" * 64})
    expected = f"not carried over from run {RUN_ID}: code version was cccccccccccc and is now dddddddddddd"
    assert _obstacle(tmp_path, other) == expected
    assert _obstacle(tmp_path, None) == f"not carried over from run {RUN_ID}: its inputs are unknown"


def test_a_damaged_checkpoint_is_not_taken(tmp_path: Path) -> None:
    _put(tmp_path)
    (tmp_path / CHECKPOINT_NAMES[FINAL.name]).write_bytes(b"stage3_mergeR")
    assert "stage3_final.json is missing or was changed" in (_obstacle(tmp_path) or "")


def test_a_stage_that_did_not_end_is_not_taken(tmp_path: Path) -> None:
    manifest = _put(tmp_path)
    record = manifest.stages[FINAL.name].model_copy(update={"status": StageStatus.DISABLED})
    save_manifest(tmp_path, manifest.model_copy(update={"stages": {**manifest.stages, FINAL.name: record}}))
    assert "it ended there as disabled" in (_obstacle(tmp_path) or "")


def test_what_a_stage_wrote_is_copied_and_its_record_says_from_where(tmp_path: Path) -> None:
    found, to = _find(tmp_path), tmp_path / "new"
    to.mkdir()
    assert found is not None
    assert found.copy_files(BY_STATION, to) == BY_STATION.name.encode()
    assert {path.name for path in to.iterdir()} == {
        JOURNAL_NAME,
        REJECTED_NAME,
        CHECKPOINT_NAMES[BY_STATION.name],
    }
    record = found.record_of(BY_STATION)
    assert (record.taken_from, record.taken_over) == (RUN_ID, {RUN_ID: 3})
    assert found.record_of(FINAL).taken_over == {}


def test_a_file_that_changes_while_it_is_copied_is_refused(tmp_path: Path) -> None:
    found, to = _find(tmp_path), tmp_path / "new"
    to.mkdir()
    (tmp_path / REJECTED_NAME).write_bytes(b"rowS")
    assert found is not None
    with pytest.raises(StorageError, match="was changed while it was copied"):
        found.copy(REJECTED_NAME, to)
    assert list(to.iterdir()) == []
