"""What a real run tells through real servers, and that telling never changes how it ends."""

from __future__ import annotations

import base64
import contextlib
import json
import resource
import signal
import sys
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from tests.e2e.command import SHIPPED_CONFIG, Workplace, load
from tests.fakes.http_server import LoopbackServer, Reply, SeenRequest
from tests.fakes.smtp_server import RECIPIENT, LoopbackSmtp

pytestmark = pytest.mark.slow

PASSWORD = "hunter2-Secret"
TOKEN = "t0ken-of-the-hook"
IMPOSSIBLE = {"MRT_PIPELINE__EXPECTED_STATIONS": "999"}


def _alerting(place: Workplace, *channels: str, **variables: str) -> Workplace:
    return place.with_variables(
        MRT_PIPELINE__ALERTING__ENABLED="true",
        MRT_PIPELINE__ALERTING__ON_FAILURE=f"[{', '.join(channels)}]",
        MRT_PIPELINE__ALERTING__TIMEOUT_SECONDS="30",
        **variables,
    )


@contextlib.contextmanager
def _hook(place: Workplace, **variables: str) -> Iterator[tuple[Workplace, list[dict[str, Any]]]]:
    """Yield a workplace that tells a webhook, and what it told."""
    said: list[dict[str, Any]] = []

    def take(request: SeenRequest) -> Reply:
        said.append(json.loads(request.body))
        return Reply(204)

    with LoopbackServer(take) as server:
        url = f"{server.url}/{TOKEN}"
        yield _alerting(place, "webhook", MRT_PIPELINE_ALERT_WEBHOOK_URL=url, **variables), said


def _everything(place: Workplace, *shown: str) -> bytes:
    """Return all that a run left behind: every file of the workplace, and what it showed."""
    files = [path.read_bytes() for path in place.folder.rglob("*") if path.is_file()]
    return b"".join([*files, *(text.encode() for text in shown)])


def test_an_e_mail_and_a_webhook_arrive_for_a_failed_run_and_no_secret_stays_behind(place: Workplace) -> None:
    with LoopbackSmtp("operator", PASSWORD) as smtp, LoopbackServer(lambda _: Reply()) as hook:
        telling = _alerting(
            place,
            *("log", "file", "email", "webhook"),
            MRT_PIPELINE_ALERT_EMAIL_URL=smtp.url,
            MRT_PIPELINE_ALERT_WEBHOOK_URL=f"{hook.url}/{TOKEN}?key={TOKEN}",
            **IMPOSSIBLE,
        )
        result = telling.call("run")
    assert result.returncode == 1
    [run] = place.runs
    manifest = load(run / "manifest.json")
    command = f"mrt-pipeline run --output-dir outputs/{run.name} --skip-existing --as-of {manifest['as_of']}"
    [message] = smtp.messages
    assert smtp.recipients == [RECIPIENT]
    [request] = hook.requests
    for text in (message.get_content(), json.loads(request.body)["message"]):
        for words in (manifest["run_id"], "stage3_merger", "expected_stations", command):
            assert words in text
    [entry] = load(run / "alerts.json")
    assert (entry["trigger"], entry["level"], entry["faults"]) == ("stage_failed", "critical", [])
    left = _everything(place, result.stdout, result.stderr)
    for secret in (PASSWORD, TOKEN):
        encoded = base64.b64encode(secret.encode())[:-4]
        assert secret.encode() not in left
        assert encoded not in left


def test_secrets_stay_secret_when_a_channel_fails_and_the_exit_code_is_as_it_was(place: Workplace) -> None:
    with LoopbackSmtp("operator", "another password") as smtp, LoopbackServer(lambda _: Reply(500)) as hook:
        telling = _alerting(
            place,
            *("email", "webhook", "apprise"),
            MRT_PIPELINE_ALERT_EMAIL_URL=smtp.url.replace("another%20password", PASSWORD),
            MRT_PIPELINE_ALERT_WEBHOOK_URL=f"{hook.url}/{TOKEN}",
            MRT_PIPELINE_ALERT_APPRISE_URLS=f"nonsense://{TOKEN}",
            **IMPOSSIBLE,
        )
        result = telling.call("run")
    assert result.returncode == 1
    assert not any(smtp.logins)
    faults = [f"Alert channel {channel} failed: " for channel in ("email", "webhook", "apprise")]
    for fault in faults:
        assert f"Warning: {fault}" in result.stderr
    [run] = place.runs
    [entry] = load(run / "alerts.json")
    assert all(told.startswith(fault) for told, fault in zip(entry["faults"], faults, strict=True))
    assert "alert channel failed" in (run / "run.log.jsonl").read_text()
    left = _everything(place, result.stdout, result.stderr)
    assert PASSWORD.encode() not in left
    assert TOKEN.encode() not in left


def test_a_channel_that_hangs_ends_neither_a_good_run_nor_its_exit_code(place: Workplace) -> None:
    def hang(request: SeenRequest) -> Reply:
        request.hang()
        return Reply()

    with LoopbackServer(hang) as server:
        telling = _alerting(place, "webhook", MRT_PIPELINE_ALERT_WEBHOOK_URL=server.url).with_variables(
            MRT_PIPELINE__ALERTING__TIMEOUT_SECONDS="0.5",
            MRT_PIPELINE__ALERTING__COVERAGE_MIN__ACCESS="1",
        )
        result = telling.call("run")
    assert result.returncode == 0
    assert "no response within 0.5 s" in result.stderr
    assert load(place.latest / "manifest.json")["status"] == "completed"


WITH_A_BUG = """
import mrt_pipeline.orchestrator.alerts.run_alerts as occasions

occasions.alert_of_coverage = lambda *_: 1 / 0
from mrt_pipeline.cli import main

main()
"""
NOWHERE = """
import sys

sys.executable = None  # as where Python is a part of another program
from mrt_pipeline.cli import main

main()
"""


@pytest.mark.parametrize(
    ("program", "warning"),
    [
        (WITH_A_BUG, "Not all alerts of this run could be created: an unexpected ZeroDivisionError"),
        (NOWHERE, "Alert channel webhook failed: sending it could not be attempted (TypeError)."),
    ],
)
def test_what_nobody_foresaw_while_alerting_ends_no_good_run(
    place: Workplace, program: str, warning: str
) -> None:
    telling = _alerting(
        place,
        "webhook",
        MRT_PIPELINE_ALERT_WEBHOOK_URL=f"http://127.0.0.1:9/{TOKEN}",
        MRT_PIPELINE__ALERTING__COVERAGE_MIN__STEP_FREE="0.5",
    )
    result = telling.call("run", program=(sys.executable, "-c", program))
    assert result.returncode == 0, result.stderr
    assert warning in result.stderr.replace("\n", " ")
    assert "Traceback" not in result.stderr
    assert load(place.latest / "manifest.json")["status"] == "completed"
    assert warning in (place.latest / "run.log.jsonl").read_text()
    assert TOKEN.encode() not in _everything(place, result.stdout, result.stderr)


@pytest.mark.parametrize(
    ("channel", "variable"),
    [
        ("email", "MRT_PIPELINE_ALERT_EMAIL_URL"),
        ("webhook", "MRT_PIPELINE_ALERT_WEBHOOK_URL"),
        ("apprise", "MRT_PIPELINE_ALERT_APPRISE_URLS"),
    ],
)
def test_a_channel_without_its_url_is_reported_before_any_work(
    place: Workplace, channel: str, variable: str
) -> None:
    telling = _alerting(place, "log", channel)
    result = telling.call("run")
    assert result.returncode == 2
    assert f"{variable} is not set" in result.stderr
    assert not place.outputs.exists()
    assert f"{variable} is not set" in telling.call("plan").stdout


def test_a_url_may_stand_in_the_file_of_secrets(place: Workplace) -> None:
    with LoopbackServer(lambda _: Reply()) as server:
        (place.folder / ".env").write_text(f"MRT_PIPELINE_ALERT_WEBHOOK_URL={server.url}\n")
        assert _alerting(place, "webhook", **IMPOSSIBLE).call("run").returncode == 1
    assert len(server.requests) == 1


def test_a_source_that_is_down_is_reported(place: Workplace) -> None:
    with (
        LoopbackServer(lambda _: Reply(403)) as datamall,
        _hook(
            place,
            MRT_PIPELINE__APIS__DATAMALL__MODE="live",
            MRT_PIPELINE__APIS__DATAMALL__BASE_URL=datamall.url,
            LTA_ACCOUNT_KEY="an-account-key",
        ) as (telling, said),
    ):
        assert telling.call("run").returncode == 1
    [alert] = said
    assert (alert["trigger"], alert["level"], alert["stage"]) == ("source_down", "error", "stage2_enrichment")
    assert "lta-bus-stops" in alert["cause"]


def test_a_gate_that_failed_is_reported_with_the_command_that_accepts(after_a_run: Workplace) -> None:
    with _hook(after_a_run, MRT_PIPELINE__STAGES__STAGE2_ENRICHMENT__SOURCES="[network]") as (telling, said):
        assert telling.call("run").returncode == 1
    [alert] = said
    assert (alert["trigger"], alert["level"]) == ("gate_failed", "error")
    assert "bus_stops: all " in alert["cause"]
    assert "--accept-changes" in alert["command"]


def test_a_budget_that_is_used_up_is_reported(place: Workplace) -> None:
    with _hook(place, MRT_PIPELINE__STAGES__STAGE2_ENRICHMENT__DAILY_TIMEOUT_MINUTES="0.000001") as (
        telling,
        said,
    ):
        assert telling.call("run").returncode == 0
    [alert] = said
    assert (alert["trigger"], alert["level"]) == ("budget_reached", "info")
    assert "stations unfinished" in alert["cause"]


def test_poor_coverage_is_reported(place: Workplace) -> None:
    with _hook(place, MRT_PIPELINE__ALERTING__COVERAGE_MIN__STEP_FREE="0.5") as (telling, said):
        assert telling.call("run").returncode == 0
        assert telling.call("run", "--skip-existing").returncode == 0
    [alert] = said
    assert alert["trigger"] == "coverage_low"
    assert "step_free" in alert["cause"]


def test_a_run_that_finished_after_failures_is_reported_with_what_changed(after_a_run: Workplace) -> None:
    with _hook(after_a_run) as (telling, said):
        assert telling.with_variables(**IMPOSSIBLE).call("run").returncode == 1
        radius = {"MRT_PIPELINE__STAGES__STAGE2_ENRICHMENT__BUS_STOP_RADIUS_M": "255"}
        result = telling.with_variables(**radius).call("run")
        assert result.returncode == 0, result.stderr
        assert telling.call("run", "--skip-existing").returncode == 0
    failed, recovered = said
    assert (failed["trigger"], recovered["trigger"]) == ("stage_failed", "recovered")
    assert after_a_run.runs[1].name in recovered["cause"]
    assert "Changes since the dataset of" in recovered["message"]
    assert ", bus_stop " in recovered["message"]


def test_a_run_that_finds_its_folder_held_is_reported(place: Workplace) -> None:
    arrived = threading.Event()

    def hang(request: SeenRequest) -> Reply:
        arrived.set()
        request.hang()
        return Reply(503)

    with LoopbackServer(hang) as server, _hook(place) as (telling, said):
        live = place.with_variables(
            MRT_PIPELINE__APIS__DATAMALL__MODE="live",
            MRT_PIPELINE__APIS__DATAMALL__BASE_URL=server.url,
            LTA_ACCOUNT_KEY="an-account-key",
        )
        process = live.start("run", "--output-dir", "mine")
        assert arrived.wait(timeout=60)
        result = telling.call("run", "--output-dir", "mine")
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)
    assert result.returncode == 1
    [alert] = said
    assert f"process {process.pid}" in alert["cause"]
    assert alert["command"] == f"mrt-pipeline run --output-dir mine --config {SHIPPED_CONFIG}"


def test_a_signal_while_a_failure_is_reported_leaves_the_exit_code_as_it_was(place: Workplace) -> None:
    arrived = threading.Event()

    def hang(request: SeenRequest) -> Reply:
        arrived.set()
        request.hang()
        return Reply()

    with LoopbackServer(hang) as server:
        telling = _alerting(place, "webhook", MRT_PIPELINE_ALERT_WEBHOOK_URL=server.url, **IMPOSSIBLE)
        process = telling.start("run")
        assert arrived.wait(timeout=60)
        process.send_signal(signal.SIGINT)
        _, stderr = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "interrupted by a signal while sending" in stderr
    assert load(place.runs[0] / "manifest.json")["status"] == "failed"


def test_a_full_disk_keeps_no_one_from_being_told(place: Workplace) -> None:
    def fill_the_disk() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))

    with _hook(place) as (telling, said):
        result = telling.call("run", preexec_fn=fill_the_disk)
    assert result.returncode == 1
    assert "Traceback" not in result.stderr
    [alert] = said
    assert "could not be" in alert["cause"]


def test_a_run_that_concerns_nobody_sends_no_alert(place: Workplace) -> None:
    with _hook(place) as (telling, said):
        assert telling.call("run").returncode == 0
    assert said == []
    assert not (place.latest / "alerts.json").exists()


def test_sending_alerts_costs_a_run_without_any_nothing(place: Workplace) -> None:
    """A run that has nothing to tell must not even import what alerts are made of."""
    script = (
        "import sys, mrt_pipeline.orchestrator.pipeline, mrt_pipeline.orchestrator.dry_run\n"
        "print(*[name for name in sys.modules if name == 'apprise' or '.alerts.' in name])"
    )
    result = place.call("-c", script, program=(sys.executable,))
    assert result.stdout == "mrt_pipeline.orchestrator.alerts.alerting\n", result.stderr
