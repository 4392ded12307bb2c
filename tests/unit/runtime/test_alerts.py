from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Literal

import pytest

from mrt_pipeline.config.model import AlertingSection, LoggingSection
from mrt_pipeline.contracts.run import StageStatus
from mrt_pipeline.runtime.alerts import ALERTS_NAME, Alert, send_alert
from mrt_pipeline.runtime.run_log import open_run_log
from tests.fakes.fake_time import START
from tests.fakes.manifests import make_manifest, make_stage_record
from tests.fakes.small_disk import small_disk

COMMAND = "mrt-pipeline run --resume-from 2"
FAILED = make_stage_record("stage2_enrichment", b"", status=StageStatus.FAILED)
ALERT = Alert.of_failure(
    make_manifest(
        stages={"stage1_ingestion": make_stage_record("stage1_ingestion", b""), "stage2_enrichment": FAILED}
    ),
    "The disk is full.",
    COMMAND,
    START,
)


def _send(
    folder: Path, *channels: Literal["log", "file"], enabled: bool = True, alert: Alert = ALERT
) -> list[str]:
    with open_run_log(folder, LoggingSection(), run_id="r") as log:
        return send_alert(AlertingSection(enabled=enabled, on_failure=channels), alert, folder, log)


def _alerts(folder: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((folder / ALERTS_NAME).read_bytes())
    return found


def test_an_alert_names_the_stage_that_failed_and_the_command_that_goes_on() -> None:
    assert (ALERT.stage, ALERT.command, ALERT.level) == ("stage2_enrichment", COMMAND, "critical")
    assert Alert.of_failure(make_manifest(), "x", COMMAND, START).stage is None


def test_alerts_go_to_every_channel(tmp_path: Path) -> None:
    assert _send(tmp_path, "log", "file") == []
    [line] = (tmp_path / "run.log.jsonl").read_text().splitlines()
    assert json.loads(line)["message"] == "The disk is full."
    assert json.loads(line)["level"] == "critical"
    assert [alert["command"] for alert in _alerts(tmp_path)] == [COMMAND]


def test_nobody_is_told_if_alerting_is_off(tmp_path: Path) -> None:
    assert _send(tmp_path, "file", enabled=False) == []
    assert not (tmp_path / ALERTS_NAME).exists()


def test_alerts_of_earlier_attempts_are_kept(tmp_path: Path) -> None:
    _send(tmp_path, "file")
    _send(tmp_path, "file", alert=ALERT.model_copy(update={"message": "Again."}))
    assert [alert["message"] for alert in _alerts(tmp_path)] == ["The disk is full.", "Again."]


@pytest.mark.parametrize("content", [b"", b"[{", b"{}", b"null", b"\xff"])
def test_a_damaged_file_of_alerts_is_kept_aside_and_the_alert_written(content: bytes, tmp_path: Path) -> None:
    (tmp_path / ALERTS_NAME).write_bytes(content)
    assert _send(tmp_path, "file") == []
    assert len(_alerts(tmp_path)) == 1
    [aside] = tmp_path.glob(f"{ALERTS_NAME}.damaged-*")
    assert aside.read_bytes() == content


def test_a_channel_that_fails_is_reported_and_the_others_are_used(tmp_path: Path) -> None:
    (tmp_path / ALERTS_NAME).mkdir()
    [fault] = _send(tmp_path, "file", "log")
    assert fault.startswith("Alert channel file failed: ")
    assert "alert" in (tmp_path / "run.log.jsonl").read_text()


def test_a_full_disk_is_a_fault_of_the_channel_only(tmp_path: Path) -> None:
    with small_disk():
        [fault] = _send(tmp_path, "log", "file")
    assert ALERTS_NAME in fault
