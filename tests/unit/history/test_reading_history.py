from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from mrt_pipeline.cli.history import find_resume_command
from mrt_pipeline.config import Settings
from mrt_pipeline.config.pipeline_config import DEFAULT_PATH
from mrt_pipeline.config.settings import AlertingSection
from mrt_pipeline.contracts.gates import GateReport, GateStatus
from mrt_pipeline.contracts.run import AttemptRecord, RunStatus, StageStatus
from mrt_pipeline.errors import CorruptCheckpointError, MissingCheckpointError, SourceGapError, UsageError
from mrt_pipeline.history.datasets import choose_successful, load_dataset, load_run
from mrt_pipeline.history.details import read_findings, read_rejected
from mrt_pipeline.history.runs import Run, get_run, read_history, read_run
from mrt_pipeline.orchestrator.alerts.run_alerts import AlertContext, alert_of_failure
from mrt_pipeline.orchestrator.request import RunRequest
from mrt_pipeline.runtime.locks import run_lock
from mrt_pipeline.runtime.manifests import save_manifest
from mrt_pipeline.runtime.output_files import render_output
from tests.fakes.manifests import START, make_manifest, make_stage_record, put_run
from tests.fakes.network_builder import make_dataset

FINAL = "stage3_merger"


@pytest.fixture
def outputs(tmp_path: Path) -> Path:
    return tmp_path / "outputs"


def _put_dataset(folder: Path, **changes: Any) -> None:
    """Make a completed run with a dataset that can be read."""
    folder.mkdir(parents=True)
    content = render_output(make_dataset())
    (folder / "stage3_final.json").write_bytes(content)
    save_manifest(folder, make_manifest(stages={FINAL: make_stage_record(FINAL, content)}, **changes))


def _attempt(number: int, seconds: float | None, after_hours: int = 0) -> AttemptRecord:
    start = START + timedelta(hours=after_hours)
    return AttemptRecord(
        number=number,
        started_at=start,
        ended_at=None if seconds is None else start + timedelta(seconds=seconds),
        status=RunStatus.COMPLETED,
        command="mrt-pipeline run",
    )


def _get(folder: Path) -> Run:
    run = read_run(folder)
    assert run is not None
    return run


def test_runs_come_newest_first(outputs: Path) -> None:
    for number, name in enumerate(("b", "a", "c")):
        put_run(outputs / name, timestamp=START + timedelta(hours=number))
    assert [run.name for run in read_history(outputs).runs] == ["c", "a", "b"]


def test_where_there_is_no_folder_there_is_no_run(outputs: Path) -> None:
    history = read_history(outputs)
    assert (history.runs, history.damaged, history.latest) == ((), (), None)


def test_a_damaged_manifest_is_named_and_a_folder_without_one_is_no_run(outputs: Path) -> None:
    put_run(outputs / "good")
    (outputs / "notes").mkdir()
    (outputs / "bad").mkdir()
    (outputs / "bad" / "manifest.json").write_text("{")
    history = read_history(outputs)
    assert [run.name for run in history.runs] == ["good"]
    assert [(damaged.name, "manifest.json" in damaged.fault) for damaged in history.damaged] == [
        ("bad", True)
    ]


def test_the_run_that_latest_shows_is_marked_wherever_it_lies(outputs: Path, tmp_path: Path) -> None:
    put_run(outputs / "one")
    put_run(tmp_path / "elsewhere", timestamp=START + timedelta(hours=1))
    (outputs / "latest").symlink_to("../elsewhere")
    history = read_history(outputs)
    marked = {run.name: history.is_latest(run) for run in history.runs}
    assert marked == {"elsewhere": True, "one": False}


def test_a_link_that_leads_nowhere_is_no_latest(outputs: Path) -> None:
    put_run(outputs / "one")
    (outputs / "latest").symlink_to("gone")
    assert read_history(outputs).latest is None


def test_a_run_whose_manifest_says_running_without_a_process_has_died(outputs: Path) -> None:
    put_run(outputs / "one", status=RunStatus.RUNNING)
    with run_lock(outputs / "one", START):
        assert _get(outputs / "one").state == "running"
    assert _get(outputs / "one").state == "died"


def test_the_time_of_all_attempts_is_added_up(outputs: Path) -> None:
    attempts = (_attempt(1, 90.0), _attempt(2, None, after_hours=1))
    put_run(outputs / "one", attempts=attempts, updated_at=START + timedelta(hours=1, seconds=5))
    assert _get(outputs / "one").seconds == 95.0


def test_figures_are_those_of_the_last_stage_that_has_any(outputs: Path) -> None:
    stages = {
        "stage1_ingestion": make_stage_record("stage1_ingestion", b"1", counts={"stations": 3.0}),
        FINAL: make_stage_record(FINAL, b"3"),
    }
    (outputs / "one").mkdir(parents=True)
    save_manifest(outputs / "one", make_manifest(stages=stages))
    assert _get(outputs / "one").counts == {"stations": 3.0}


def test_a_run_is_found_by_name_by_path_and_as_latest(outputs: Path) -> None:
    put_run(outputs / "one")
    (outputs / "latest").symlink_to("one")
    for name in ("one", str(outputs / "one"), "latest"):
        assert get_run(name, outputs).folder == outputs / "one"


def test_where_no_link_is_kept_latest_is_the_newest_completed_run(outputs: Path) -> None:
    put_run(outputs / "one")
    put_run(outputs / "two", timestamp=START + timedelta(hours=1))
    put_run(outputs / "three", timestamp=START + timedelta(hours=2), status=RunStatus.FAILED)
    assert get_run("latest", outputs).name == "two"


def test_where_no_link_is_kept_latest_is_a_run_with_a_dataset_if_one_has_any(outputs: Path) -> None:
    put_run(outputs / "one", FINAL)
    put_run(outputs / "two", "stage1_ingestion", timestamp=START + timedelta(hours=1))
    assert get_run("latest", outputs).name == "one"


def test_an_unknown_run_is_refused_with_the_newest_names(outputs: Path) -> None:
    put_run(outputs / "one")
    with pytest.raises(UsageError, match=r"Run 'two' not found.*Runs in .*outputs: one"):
        get_run("two", outputs)


def test_a_path_without_a_run_is_refused_with_the_runs_beside_it(
    outputs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_run(outputs / "one")
    for path in (outputs / "two", outputs):
        with pytest.raises(UsageError, match=r"Runs in .*outputs: one$"):
            get_run(str(path), Path())
    monkeypatch.chdir(outputs / "one")
    with pytest.raises(UsageError, match=r"No runs in this folder\. Start one with"):
        get_run("./two", Path())


def test_a_file_is_not_taken_for_a_run(tmp_path: Path) -> None:
    file = tmp_path / "notes.txt"
    file.write_text("no run")
    with pytest.raises(UsageError, match="is a file; expected the name of a run or the path of its folder"):
        get_run(str(file), Path())


def test_where_there_is_no_run_the_command_that_makes_one_is_named(outputs: Path) -> None:
    with pytest.raises(UsageError, match="Start one with: mrt-pipeline run"):
        get_run("latest", outputs)


@pytest.mark.parametrize(
    ("status", "how"),
    [
        (RunStatus.FAILED, "--skip-existing"),
        (RunStatus.INTERRUPTED, "--skip-existing"),
        (RunStatus.RUNNING, "--skip-existing"),
        (RunStatus.STOPPED_AT_BUDGET, "--resume-from 2"),
    ],
)
def test_the_command_that_goes_on_names_folder_and_day(outputs: Path, status: RunStatus, how: str) -> None:
    put_run(outputs / "one", status=status)
    assert find_resume_command(_get(outputs / "one")) == (
        f"mrt-pipeline run --output-dir {outputs / 'one'} {how} --as-of 2026-11-23"
    )


def test_a_run_that_a_gate_stopped_is_to_be_looked_into_and_accepted(outputs: Path) -> None:
    gates = GateReport(status=GateStatus.FAILED, reason="Much is gone.")
    put_run(outputs / "one", status=RunStatus.FAILED, gates=gates)
    assert str(find_resume_command(_get(outputs / "one"))).endswith("--resume-from 3 --accept-changes")


def _gap(**changes: Any) -> dict[str, Any]:
    gates = GateReport(status=GateStatus.FAILED, reason="A gap.", gaps=("fandom_wiki gave nothing.",))
    return {"status": RunStatus.FAILED, "gates": gates} | changes


def test_a_run_that_a_source_s_gap_stopped_is_to_ask_again_as_its_alert_says(outputs: Path) -> None:
    put_run(outputs / "one", **_gap())
    run = _get(outputs / "one")
    assert find_resume_command(run) == f"mrt-pipeline run --output-dir {outputs / 'one'} --retry-failed"
    settings = Settings(alerting=AlertingSection(enabled=True))
    occasion = AlertContext(
        settings, DEFAULT_PATH, RunRequest(), run.manifest.run_id, START, run.folder, run.manifest
    )
    alert = alert_of_failure(SourceGapError("fandom_wiki", "x", ()), occasion)
    assert alert is not None
    assert alert.command == find_resume_command(run)


@pytest.mark.parametrize("status", [StageStatus.FAILED, StageStatus.INTERRUPTED, StageStatus.RUNNING])
def test_the_verdict_of_an_earlier_attempt_is_no_advice_for_one_that_ended_before_it(
    outputs: Path, status: StageStatus
) -> None:
    name = "stage2_enrichment"
    attempt = AttemptRecord(
        number=2, started_at=START, status=RunStatus.FAILED, command="mrt-pipeline run", stages_run=(name,)
    )
    stages = {name: make_stage_record(name, b"", status=status)}
    manifest = make_manifest(**_gap(attempts=(attempt,), stages=stages))
    run = Run(outputs / "one", manifest, is_alive=False)
    assert "--skip-existing" in str(find_resume_command(run))


@pytest.mark.parametrize(
    ("asked", "flags"), [({"retries_failed": True}, "--retry-failed"), ({"stage": 2}, "--stage 2")]
)
def test_a_run_of_one_stage_is_resumed_with_that_stage(
    outputs: Path, asked: dict[str, Any], flags: str
) -> None:
    facts = {"status": RunStatus.FAILED, "command": "in other words", "stages_run": (FINAL,)}
    attempt = AttemptRecord(number=1, started_at=START, **facts, **asked)
    put_run(outputs / "one", status=RunStatus.FAILED, attempts=(attempt,))
    assert find_resume_command(_get(outputs / "one")) == (
        f"mrt-pipeline run --output-dir {outputs / 'one'} {flags}"
    )


def test_a_folder_with_a_space_can_be_pasted(outputs: Path) -> None:
    put_run(outputs / "my run", status=RunStatus.FAILED)
    assert f"'{outputs / 'my run'}'" in str(find_resume_command(_get(outputs / "my run")))


def test_a_complete_run_needs_no_command(outputs: Path) -> None:
    put_run(outputs / "one")
    assert find_resume_command(_get(outputs / "one")) is None


class TestDatasets:
    """Of runs, and of files that stand alone."""

    def test_one_is_read_by_the_run_s_name_and_verified(self, outputs: Path) -> None:
        _put_dataset(outputs / "one")
        assert load_dataset("one", outputs).dataset == make_dataset()
        (outputs / "one" / "stage3_final.json").write_bytes(render_output(make_dataset()) + b" ")
        for name in ("one", str(outputs / "one" / "stage3_final.json")):
            with pytest.raises(CorruptCheckpointError, match="has been changed since it was written"):
                load_dataset(name, outputs)

    def test_a_file_without_a_manifest_is_taken_as_it_is(self, tmp_path: Path) -> None:
        path = tmp_path / "mine.json"
        path.write_bytes(render_output(make_dataset()))
        loaded = load_dataset(str(path), tmp_path)
        assert (loaded.name, loaded.run) == (str(path), None)

    def test_a_file_that_is_no_dataset_is_refused(self, tmp_path: Path) -> None:
        (tmp_path / "mine.json").write_bytes(b"{}")
        with pytest.raises(CorruptCheckpointError, match="is damaged, or is not a dataset of this version"):
            load_dataset(str(tmp_path / "mine.json"), tmp_path)

    def test_a_word_that_names_a_file_and_no_run_is_read_as_a_file(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(tmp_path)
        Path("mine.geojson").write_bytes(b"{}")
        with pytest.raises(CorruptCheckpointError, match="is damaged, or is not a dataset of this version"):
            load_dataset("mine.geojson", tmp_path / "outputs")

    def test_a_run_that_did_not_get_so_far_says_how_it_stands(self, outputs: Path) -> None:
        put_run(outputs / "one", "stage1_ingestion", status=RunStatus.STOPPED_AT_BUDGET)
        with pytest.raises(
            MissingCheckpointError,
            match=r"stage 3 was not completed \(status of the run: stopped at budget\)",
        ):
            load_run(_get(outputs / "one"))

    def test_a_completed_run_of_single_stages_made_no_dataset(self, outputs: Path) -> None:
        put_run(outputs / "my run", "stage1_ingestion")
        with pytest.raises(MissingCheckpointError, match=r"stage 3 was not run\. See: mrt-pipeline show '"):
            load_run(_get(outputs / "my run"))

    def test_the_newest_completed_runs_with_a_dataset_are_chosen(self, outputs: Path) -> None:
        for number, name in enumerate(("old", "older", "newest")):
            _put_dataset(outputs / name, timestamp=START + timedelta(hours=number))
        _put_dataset(outputs / "failed", timestamp=START + timedelta(hours=8), status=RunStatus.FAILED)
        put_run(outputs / "stage1", "stage1_ingestion", timestamp=START + timedelta(hours=9))
        history = read_history(outputs)
        assert [run.name for run in choose_successful(history, 2)] == ["newest", "older"]
        with pytest.raises(UsageError, match=r"Expected 4 runs with a dataset; .* has 3"):
            choose_successful(history, 4)


class TestFilesBesideThem:
    """Findings, and claims that were not published."""

    def test_findings_are_read(self, tmp_path: Path) -> None:
        (tmp_path / "validation.json").write_text(
            '{"findings": [{"check": "far", "severity": "warning", "message": "It is far."}]}'
        )
        assert [finding.check for finding in read_findings(tmp_path)] == ["far"]

    def test_rejected_claims_are_read_by_station(self, tmp_path: Path) -> None:
        (tmp_path / "stage2_rejected.jsonl").write_text(
            '{"slug": "yishun", "source": "wiki", "reason": "negated", "field": "access", "value": "x"}\n'
        )
        assert [claim.reason for claim in read_rejected(tmp_path)["yishun"]] == ["negated"]

    def test_where_there_are_none_there_is_nothing(self, tmp_path: Path) -> None:
        assert read_findings(tmp_path) == ()
        assert read_rejected(tmp_path) == {}

    @pytest.mark.parametrize("content", ["{", "[]", '{"slug": 1}', "1", '{"findings": [1]}'])
    def test_damage_is_named_with_a_command_that_can_be_pasted(self, tmp_path: Path, content: str) -> None:
        folder = tmp_path / "my run"
        folder.mkdir()
        for name, stage, read in (
            ("validation.json", 3, read_findings),
            ("stage2_rejected.jsonl", 2, read_rejected),
        ):
            (folder / name).write_text(content)
            with pytest.raises(CorruptCheckpointError) as caught:
                read(folder)
            assert str(caught.value) == (
                f"{folder / name} is damaged. Recreate it with: mrt-pipeline run --output-dir '{folder}' "
                f"--resume-from {stage}"
            )
