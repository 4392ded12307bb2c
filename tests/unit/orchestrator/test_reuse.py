from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from mrt_pipeline.contracts.names import JOURNAL_NAME
from mrt_pipeline.contracts.run import Fingerprint, StageStatus
from mrt_pipeline.errors import CorruptCheckpointError, MissingCheckpointError, StaleCheckpointError
from mrt_pipeline.orchestrator.request import RunRequest
from mrt_pipeline.orchestrator.reuse import NOTHING_TO_RETRY, Decision, decide
from mrt_pipeline.orchestrator.stage_specs import STAGES, StageSpec, stage_named
from tests.fakes.manifests import FINGERPRINT, START, make_stage_record, put_run
from tests.fakes.network_builder import provenance

STAGE1 = stage_named("stage1_ingestion")
SKIP = RunRequest(skip_existing=True)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "run"


def _decide(
    folder: Path, request: RunRequest, fingerprint: Fingerprint = FINGERPRINT, **changes: Any
) -> Decision:
    manifest = put_run(folder, "stage1_ingestion").model_copy(update=changes)
    return decide(STAGE1, request, manifest, fingerprint, folder, START, 30)


def _changed(**parts: Any) -> Fingerprint:
    return FINGERPRINT.model_copy(update=parts)


def test_a_stage_is_run_when_requested(folder: Path) -> None:
    assert _decide(folder, RunRequest()).runs


def test_a_stage_is_reused_when_nothing_has_changed(folder: Path) -> None:
    decision = _decide(folder, SKIP)
    assert not decision.runs
    assert decision.checkpoint == b"stage1_ingestion"
    assert "none of its inputs has changed" in decision.reason


@pytest.mark.parametrize(
    ("fingerprint", "reason"),
    [
        (_changed(code="d" * 64), "code version was cccccccccccc and is now dddddddddddd"),
        (_changed(config={"mode": "live", "pipeline.name": "MRT"}), "mode was snapshot and is now live"),
        (_changed(inputs={"as_of": "2026-07-11"}), "as_of was 2026-11-23 and is now 2026-07-11"),
        (
            _changed(inputs={**FINGERPRINT.inputs, "network": "e" * 64}),
            "input network was absent and is now eeee",
        ),
    ],
)
def test_a_stage_is_run_again_when_something_has_changed_and_the_reason_names_it(
    folder: Path, fingerprint: Fingerprint, reason: str
) -> None:
    decision = _decide(folder, SKIP, fingerprint)
    assert decision.runs
    assert reason in decision.reason


def test_a_stage_without_a_checkpoint_is_run(folder: Path) -> None:
    assert "no checkpoint yet" in _decide(folder, SKIP, stages={}).reason


def test_a_stage_that_did_not_end_well_is_run_again(folder: Path) -> None:
    failed = make_stage_record("stage1_ingestion", b"stage1_ingestion", status=StageStatus.INTERRUPTED)
    assert "ended as interrupted" in _decide(folder, SKIP, stages={"stage1_ingestion": failed}).reason


def test_a_missing_checkpoint_is_made_again(folder: Path) -> None:
    manifest = put_run(folder, "stage1_ingestion")
    (folder / "stage1_deterministic.json").unlink()
    decision = decide(STAGE1, SKIP, manifest, FINGERPRINT, folder, START, 30)
    assert (decision.runs, decision.reason) == (True, "stage1_deterministic.json is missing")


@pytest.mark.parametrize("request_", [SKIP, RunRequest()])
def test_a_damaged_checkpoint_is_named_to_be_kept_aside(folder: Path, request_: RunRequest) -> None:
    manifest = put_run(folder, "stage1_ingestion")
    path = folder / "stage1_deterministic.json"
    path.write_bytes(b"stage1_ingest")
    decision = decide(STAGE1, request_, manifest, FINGERPRINT, folder, START, 30)
    assert (decision.runs, decision.damaged) == (True, path)


def test_live_answers_past_their_time_make_stage_1_run_again(folder: Path) -> None:
    manifest = put_run(folder, "stage1_ingestion")
    read = provenance("lta-station-exits", retrieved_at=START - timedelta(days=31))
    manifest = manifest.model_copy(update={"sources": {"lta-station-exits": read}})
    live = _changed(inputs={**FINGERPRINT.inputs, "lta-station-exits": "live from https://example.org"})
    record = make_stage_record("stage1_ingestion", b"stage1_ingestion", fingerprint=live)
    manifest = manifest.model_copy(update={"stages": {"stage1_ingestion": record}})
    assert (
        "more than cache_ttl_days (30) ago" in decide(STAGE1, SKIP, manifest, live, folder, START, 30).reason
    )
    assert not decide(STAGE1, SKIP, manifest, live, folder, START, 32).runs


def test_a_stage_whose_dataset_was_refused_asks_its_live_sources_again(folder: Path) -> None:
    manifest = put_run(folder, "stage1_ingestion")
    record = manifest.stages["stage1_ingestion"].model_copy(update={"is_doubted": True})
    doubted = manifest.model_copy(update={"stages": {"stage1_ingestion": record}})
    decision = decide(STAGE1, SKIP, doubted, FINGERPRINT, folder, START, 30)
    assert (decision.runs, "live sources are read again" in decision.reason) == (True, True)
    assert not decide(STAGE1, SKIP, manifest, FINGERPRINT, folder, START, 30).runs


class TestCheckpointsThatARequestNeeds:
    """``--resume-from 2`` needs stage 1's."""

    RESUME = RunRequest(resume_from=2)

    def test_it_is_reused(self, folder: Path) -> None:
        decision = _decide(folder, self.RESUME)
        assert (decision.runs, decision.checkpoint) == (False, b"stage1_ingestion")

    def test_other_code_is_reported_and_accepted(self, folder: Path) -> None:
        decision = _decide(folder, self.RESUME, _changed(code="d" * 64))
        assert not decision.runs
        assert "although code version was" in decision.reason

    def test_other_config_is_refused(self, folder: Path) -> None:
        other = _changed(config={"mode": "live", "pipeline.name": "MRT"})
        with pytest.raises(
            StaleCheckpointError, match=r"mode was snapshot and is now live.*run: mrt-pipeline run"
        ):
            _decide(folder, self.RESUME, other)

    def test_another_day_is_refused(self, folder: Path) -> None:
        with pytest.raises(StaleCheckpointError, match="as_of was 2026-11-23 and is now 2026-07-11"):
            _decide(folder, self.RESUME, _changed(inputs={"as_of": "2026-07-11"}))

    def test_a_missing_record_is_an_error(self, folder: Path) -> None:
        with pytest.raises(MissingCheckpointError, match="Create it with: mrt-pipeline run"):
            _decide(folder, self.RESUME, stages={})

    def test_a_damaged_one_is_an_error(self, folder: Path) -> None:
        manifest = put_run(folder, "stage1_ingestion")
        (folder / "stage1_deterministic.json").write_bytes(b"{}")
        with pytest.raises(CorruptCheckpointError, match="has been changed since it was written"):
            decide(STAGE1, self.RESUME, manifest, FINGERPRINT, folder, START, 30)


def test_every_configuration_key_of_a_stage_exists() -> None:
    from mrt_pipeline.config import Settings
    from mrt_pipeline.runtime.fingerprints import flatten

    for stage in STAGES:
        assert flatten(Settings().model_dump(mode="json"), stage.config_keys)


def test_pace_is_reported_and_not_refused_where_a_checkpoint_is_needed(folder: Path) -> None:
    key = "stages.stage1_ingestion.cache_ttl_days"
    manifest = put_run(folder, "stage1_ingestion")
    then = _changed(config={**FINGERPRINT.config, key: 30})
    record = make_stage_record("stage1_ingestion", b"stage1_ingestion", fingerprint=then)
    manifest = manifest.model_copy(update={"stages": {"stage1_ingestion": record}})
    now = _changed(config={**FINGERPRINT.config, key: 7})
    decision = decide(STAGE1, RunRequest(resume_from=2), manifest, now, folder, START, 30)
    assert not decision.runs
    assert f"although {key} was 30 and is now 7" in decision.reason


class TestNothingToRetry:
    """``--retry-failed`` where no source failed a station."""

    RETRY = RunRequest(retry_failed=True)

    def _decide(
        self,
        folder: Path,
        stage: StageSpec,
        counts: dict[str, float],
        fingerprint: Fingerprint = FINGERPRINT,
    ) -> Decision:
        manifest = put_run(folder, "stage1_ingestion", "stage2_enrichment", "stage3_merger")
        record = manifest.stages["stage2_enrichment"].model_copy(update={"counts": counts})
        manifest = manifest.model_copy(update={"stages": {**manifest.stages, "stage2_enrichment": record}})
        return decide(stage, self.RETRY, manifest, fingerprint, folder, START + timedelta(days=99), 30)

    def test_stage_2_is_kept_and_says_so(self, folder: Path) -> None:
        decision = self._decide(folder, STAGES[1], {"stations_complete": 184, "bus_stops": 3})
        assert (decision.runs, decision.reason) == (False, NOTHING_TO_RETRY)

    def test_stage_3_is_kept_if_it_fits(self, folder: Path) -> None:
        assert not self._decide(folder, STAGES[2], {}).runs

    def test_answers_past_their_time_are_no_failure(self, folder: Path) -> None:
        manifest = put_run(folder, "stage2_enrichment")
        live = _changed(inputs={**FINGERPRINT.inputs, "fandom-wiki": "live from https://example.org"})
        record = make_stage_record("stage2_enrichment", b"stage2_enrichment", fingerprint=live)
        manifest = manifest.model_copy(update={"stages": {"stage2_enrichment": record}})
        later = START + timedelta(days=99)
        assert not decide(STAGES[1], self.RETRY, manifest, live, folder, later, 30).runs
        assert decide(STAGES[1], SKIP, manifest, live, folder, later, 30).runs

    def test_what_has_changed_meanwhile_is_not_skipped(self, folder: Path) -> None:
        assert self._decide(folder, STAGES[2], {}, _changed(code="d" * 64)).runs

    @pytest.mark.parametrize("status", ["partial", "failed", "pending"])
    def test_one_such_station_is_enough_to_run(self, folder: Path, status: str) -> None:
        assert self._decide(folder, STAGES[1], {f"stations_{status}": 1}).runs

    def test_a_stage_2_that_did_not_end_is_run(self, folder: Path) -> None:
        manifest = put_run(folder, "stage1_ingestion")
        (folder / JOURNAL_NAME).touch()  # as after a kill
        assert decide(STAGES[1], self.RETRY, manifest, FINGERPRINT, folder, START, 30).runs

    def test_a_stage_2_that_was_disabled_then_never_began(self, folder: Path) -> None:
        manifest = put_run(folder, "stage1_ingestion")
        record = make_stage_record("stage2_enrichment", b"", status=StageStatus.DISABLED)
        manifest = manifest.model_copy(update={"stages": {**manifest.stages, "stage2_enrichment": record}})
        with pytest.raises(MissingCheckpointError, match="stage 2 has not run yet"):
            decide(STAGES[1], self.RETRY, manifest, FINGERPRINT, folder, START, 30)

    def test_a_stage_2_that_never_began_is_refused_before_anything_is_recorded(self, folder: Path) -> None:
        manifest = put_run(folder, "stage1_ingestion")
        with pytest.raises(MissingCheckpointError, match=r"stage 2 has not run yet.*--resume-from 2$"):
            decide(STAGES[1], self.RETRY, manifest, FINGERPRINT, folder, START, 30)
