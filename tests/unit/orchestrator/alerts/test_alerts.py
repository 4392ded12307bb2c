"""Alerts on this machine: which are sent, into the log, into the file, and what they look like."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from mrt_pipeline.config import Secrets
from mrt_pipeline.config.settings import AlertingSection, Level, LoggingSection, TriggersSection
from mrt_pipeline.orchestrator.alerts import ALERTS_NAME
from mrt_pipeline.orchestrator.alerts.channels import URL_VARIABLES, Outlets, missing_urls, send_alert
from mrt_pipeline.orchestrator.alerts.message import LEVELS, MAX_LINE, MAX_LINES, Alert, Trigger, level_of
from mrt_pipeline.runtime.run_log import open_run_log
from tests.fakes.small_disk import small_disk

COMMAND = "mrt-pipeline run --resume-from 2"
Channel = Literal["log", "file", "email", "webhook", "apprise"]


def _alert(**changes: Any) -> Alert:
    facts: dict[str, Any] = {
        "pipeline": "MRT",
        "run_id": "r-1",
        "raised_at": datetime(2026, 11, 23, 8, 12, 3, tzinfo=UTC),
        "level": "critical",
        "trigger": Trigger.STAGE_FAILED,
        "stage": "stage2_enrichment",
        "cause": "The disk is full.",
        "safe": "all",
        "command": COMMAND,
        "host": "a-host",
    }
    return Alert(**facts | changes)


def _send(folder: Path, *channels: Channel, alert: Alert | None = None, **section: Any) -> list[str]:
    with open_run_log(folder, LoggingSection(), run_id="r") as log:
        alerting = AlertingSection(**{"enabled": True, "on_failure": channels} | section)
        outlets = Outlets(alerting, Secrets(), lambda _: None, folder, log)
        return send_alert(alert or _alert(), outlets)


def _entries(folder: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((folder / ALERTS_NAME).read_bytes())
    return found


def test_alerts_go_to_every_channel(tmp_path: Path) -> None:
    assert _send(tmp_path, "log", "file") == []
    [line] = map(json.loads, (tmp_path / "run.log.jsonl").read_text().splitlines())
    assert (line["cause"], line["level"], line["trigger"]) == (
        "The disk is full.",
        "critical",
        "stage_failed",
    )
    assert [alert["command"] for alert in _entries(tmp_path)] == [COMMAND]


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("least", LEVELS)
def test_an_alert_below_the_least_level_is_not_sent(level: Level, least: Level, tmp_path: Path) -> None:
    _send(tmp_path, "file", alert=_alert(level=level), min_level=least)
    assert (tmp_path / ALERTS_NAME).exists() == (LEVELS.index(level) >= LEVELS.index(least))


@pytest.mark.parametrize("trigger", Trigger)
def test_each_trigger_has_the_level_that_is_configured(trigger: Trigger) -> None:
    assert level_of(trigger, TriggersSection(**{trigger.value: None})) is None
    for level in LEVELS:
        assert level_of(trigger, TriggersSection(**{trigger.value: level})) == level


def test_alerts_of_earlier_attempts_are_kept(tmp_path: Path) -> None:
    _send(tmp_path, "file")
    _send(tmp_path, "file", alert=_alert(cause="Again."))
    assert [alert["cause"] for alert in _entries(tmp_path)] == ["The disk is full.", "Again."]


@pytest.mark.parametrize("content", [b"", b"[{", b"{}", b"null", b"\xff"])
def test_a_damaged_file_of_alerts_is_kept_aside_and_the_alert_written(content: bytes, tmp_path: Path) -> None:
    (tmp_path / ALERTS_NAME).write_bytes(content)
    assert _send(tmp_path, "file") == []
    assert len(_entries(tmp_path)) == 1
    [aside] = tmp_path.glob(f"{ALERTS_NAME}.damaged-*")
    assert aside.read_bytes() == content


def test_a_channel_that_fails_is_reported_and_the_others_are_used(tmp_path: Path) -> None:
    (tmp_path / ALERTS_NAME).mkdir()
    [fault] = _send(tmp_path, "file", "log")
    assert fault.startswith("Alert channel file failed: ")
    events = [json.loads(line)["event"] for line in (tmp_path / "run.log.jsonl").read_text().splitlines()]
    assert events == ["alert", "alert channel failed"]


def test_a_full_disk_is_a_fault_of_the_channel_only(tmp_path: Path) -> None:
    with small_disk():
        [fault] = _send(tmp_path, "log", "file")
    assert ALERTS_NAME in fault


def test_without_a_folder_an_alert_is_shown_and_nothing_is_written(tmp_path: Path) -> None:
    told: list[str] = []
    section = AlertingSection(enabled=True, on_failure=("log", "file"))
    assert send_alert(_alert(), Outlets(section, Secrets(), told.append)) == []
    [shown] = told
    assert "r-1" in shown
    assert "The disk is full." in shown
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("channel", "variable"),
    [
        ("email", "MRT_PIPELINE_ALERT_EMAIL_URL"),
        ("webhook", "MRT_PIPELINE_ALERT_WEBHOOK_URL"),
        ("apprise", "MRT_PIPELINE_ALERT_APPRISE_URLS"),
    ],
)
def test_a_channel_without_a_url_is_reported_with_its_variable(channel: Channel, variable: str) -> None:
    section = AlertingSection(enabled=True, on_failure=("log", "file", channel))
    [fault] = missing_urls(section, Secrets())
    assert f"{variable} is not set" in fault
    [fault] = missing_urls(section, Secrets(**{variable.lower(): SecretStr("hunter22")}))
    assert f"{variable} is not a URL" in fault
    assert "hunter2" not in fault
    assert missing_urls(section, Secrets(**{variable.lower(): SecretStr(" x://hunter2 ")})) == []


def test_an_invalid_url_among_several_is_reported() -> None:
    section = AlertingSection(enabled=True, on_failure=("apprise",))
    secrets = Secrets(mrt_pipeline_alert_apprise_urls=SecretStr("x://a nonsense"))
    assert len(missing_urls(section, secrets)) == 1


PAGE = (Path(__file__).parents[4] / "docs" / "alerts-and-gates.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("trigger", Trigger)
def test_every_trigger_is_documented_with_its_default_level(trigger: Trigger) -> None:
    assert f"| `{trigger.value}` | {level_of(trigger, TriggersSection())} |" in PAGE


@pytest.mark.parametrize("channel", get_args(Channel))
def test_every_channel_is_documented_with_its_variable(channel: str) -> None:
    [row] = [line for line in PAGE.splitlines() if line.startswith(f"| `{channel}` |")]
    assert URL_VARIABLES.get(channel, "") in row


def test_the_text_names_run_stage_cause_and_command() -> None:
    lines = _alert(details=("One more.",)).body.splitlines()
    assert "Run id: r-1" in lines
    assert "Stage: stage2_enrichment" in lines
    assert "The disk is full." in lines
    assert f"Resume with: {COMMAND}" in lines
    assert lines[-1] == "One more."


@given(cause=st.text(), details=st.lists(st.text(), max_size=4))
def test_whatever_is_quoted_stays_text_and_short(cause: str, details: list[str]) -> None:
    alert = _alert(cause=cause, details=tuple(details), pipeline=cause, folder=cause)
    for line in [alert.title, *alert.body.split("\n"), *"\n".join(alert.facts.values()).split("\n")]:
        assert line.isprintable()
        assert len(line) <= 4 * MAX_LINE + 20
    assert alert.title.count("\n") == 0


@pytest.mark.parametrize("hostile", ["\ud800", "\x00", "\u2028", "a\u202eb", "x" * 100_000, "y\n" * 10_000])
def test_a_hostile_text_reaches_log_and_file_without_harm(hostile: str, tmp_path: Path) -> None:
    alert = _alert(cause=hostile, details=(hostile,), folder=hostile)
    assert _send(tmp_path, "log", "file", alert=alert) == []
    assert len((tmp_path / "run.log.jsonl").read_text().splitlines()) == 1
    assert len(_entries(tmp_path)) == 1
    assert len(alert.body.splitlines()) <= 2 * MAX_LINES + 20
