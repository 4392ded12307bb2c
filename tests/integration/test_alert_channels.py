"""Alerts through real servers: one SMTP server, one HTTP endpoint, and ones that fail in every way."""

from __future__ import annotations

import base64
import json
import re
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from mrt_pipeline.config import Secrets
from mrt_pipeline.config.settings import AlertingSection, LoggingSection
from mrt_pipeline.orchestrator.alerts import ALERTS_NAME
from mrt_pipeline.orchestrator.alerts.channels import Outlets, send_alert
from mrt_pipeline.orchestrator.alerts.message import Alert, Trigger
from mrt_pipeline.runtime.run_log import open_run_log
from tests.fakes.http_server import LoopbackServer, Reply, SeenRequest
from tests.fakes.smtp_server import RECIPIENT, SENDER, LoopbackSmtp

PASSWORD = "hunter2/&?#@: %41+"
"""with everything that a URL must escape"""
TOKEN = "s3cret-t0ken"
COMMAND = "mrt-pipeline run --output-dir outputs/a --skip-existing"
HOSTILE = "<script>alert(1)</script> \u202egnp.exe \x1b[2J\r\nBcc: all@example.org"


def _alert(**changes: Any) -> Alert:
    facts: dict[str, Any] = {
        "pipeline": "MRT Data Pipeline",
        "run_id": "20261123T081203Z-0badc0de",
        "raised_at": datetime(2026, 11, 23, 8, 12, 3, tzinfo=UTC),
        "level": "critical",
        "trigger": Trigger.STAGE_FAILED,
        "stage": "stage3_merger",
        "cause": "the dataset has 1 finding of severity error",
        "safe": "all files in the run's folder are intact",
        "command": COMMAND,
        "host": "a-host",
    }
    return Alert(**facts | changes)


def _send(folder: Path, alert: Alert | None = None, timeout_seconds: float = 30, **urls: str) -> list[str]:
    secrets = {
        f"mrt_pipeline_alert_{channel}_url{'s' if channel == 'apprise' else ''}": SecretStr(url)
        for channel, url in urls.items()
    }
    told: list[str] = []
    with open_run_log(folder, LoggingSection(), run_id="r") as log:
        section = AlertingSection(enabled=True, on_failure=tuple(urls), timeout_seconds=timeout_seconds)
        faults = send_alert(alert or _alert(), Outlets(section, Secrets(**secrets), told.append, folder, log))
    assert told == faults
    return faults


def _everything_written(folder: Path) -> str:
    return "".join(path.read_text() for path in folder.iterdir())


def _forms(secret: str) -> set[str]:
    """Return a secret as it may appear: plain, or encoded as SMTP and JSON do it."""
    plain = base64.b64encode(secret.encode()).decode().rstrip("=")
    return {secret, plain[:-1], json.dumps(secret).strip('"')}


def test_an_e_mail_arrives_after_a_login(tmp_path: Path) -> None:
    with LoopbackSmtp("operator", PASSWORD) as server:
        assert _send(tmp_path, email=server.url) == []
    [message] = server.messages
    assert server.logins == [True]
    assert server.recipients == [RECIPIENT]
    assert SENDER in message["From"]
    assert message["Subject"] == "MRT Data Pipeline: stage failed (critical), run 20261123T081203Z-0badc0de"
    assert message.get_content_type() == "text/plain"
    for words in ("20261123T081203Z-0badc0de", "stage3_merger", "1 finding of severity error", COMMAND):
        assert words in message.get_content()


def test_a_webhook_gets_the_text_and_each_fact_by_name(tmp_path: Path) -> None:
    with LoopbackServer(lambda _: Reply(204)) as server:
        assert _send(tmp_path, webhook=f"{server.url}/hook/a%20b?token={TOKEN}") == []
    [request] = server.requests
    assert (request.method, request.target) == ("POST", f"/hook/a%20b?token={TOKEN}")
    said = json.loads(request.body)
    assert said["message"] == _alert().body
    assert {name: said[name] for name in ("run_id", "stage", "cause", "command", "level", "trigger")} == {
        "run_id": "20261123T081203Z-0badc0de",
        "stage": "stage3_merger",
        "cause": "the dataset has 1 finding of severity error",
        "command": COMMAND,
        "level": "critical",
        "trigger": "stage_failed",
    }


CALLS = (
    *("@everyone", "@here", "<!channel>", "<!here>", "<@U123>", "<@&42>", "<#C1>", "<!subteam^S1>"),
    *("[text](https://evil.example)", "[text][1]", "<https://evil.example|text>", "https://evil.example/a?b"),
    *(
        "HTTP://EVIL.EXAMPLE",
        "www.evil.example",
        "bit.ly/abc",
        "evil.рф/a",
        "evil.xn--p1ai/a",
        "evil.example?a",
        "evil.example:8080/x",
        "1.2.3.4/x",
        "127.0.0.1:80/x",
        ".evil.example/x",
        "evil.example./x",
        "evil.example\u2060/x",
        "evil。example/x",
        "(evil.example/x)",
        "x:1evil.example/x",
        "tel:+6512345678",
        "javascript:alert(1)",
        "<b>",
        "<a href=x>",
    ),
)
"""what chat services make a link or a call to people of"""


@pytest.mark.parametrize("call", CALLS)
def test_a_server_cannot_call_people_or_lay_links_by_its_error(call: str, tmp_path: Path) -> None:
    quoted = f"the service answered: {call} now"
    with LoopbackServer(lambda _: Reply(204)) as server:
        assert _send(tmp_path, _alert(cause=quoted, details=(quoted,)), webhook=server.url) == []
    sent = server.requests[0].body.decode()
    assert "the service answered: " in sent
    said = json.loads(sent)
    assert call not in said["message"] and call not in said["cause"]
    for text in (said["message"], said["cause"]):
        assert not re.search(
            r"@\w|<\S|\][(\[]|\w://|[a-z]:\S|www\.|(?<!\[)[.。]\S*[/:?]", text, re.IGNORECASE
        )


def test_a_command_and_a_folder_stay_as_they_are_to_be_copied(tmp_path: Path) -> None:
    command, folder = "mrt-pipeline run --config a@b/c.d/e", "runs.d/@x"
    body = _alert(command=command, folder=folder, cause="see outputs/a.json").body
    assert command in body and folder in body and "see outputs/a.json" in body


def test_a_webhook_with_a_login_is_given_it(tmp_path: Path) -> None:
    with LoopbackServer(lambda _: Reply()) as server:
        address = server.url.removeprefix("http://")
        assert _send(tmp_path, webhook=f"http://me:hunter%2F2@{address}/hook") == []
    [request] = server.requests
    assert base64.b64decode(request.headers["authorization"].removeprefix("Basic ")) == b"me:hunter/2"


def test_any_url_of_apprise_will_do_and_several(tmp_path: Path) -> None:
    with LoopbackServer(lambda _: Reply()) as one, LoopbackServer(lambda _: Reply()) as other:
        urls = " ".join(f"form://{server.url.removeprefix('http://')}/" for server in (one, other))
        assert _send(tmp_path, apprise=f"\n {urls} \n") == []
    assert [len(server.requests) for server in (one, other)] == [1, 1]


def test_what_data_says_stays_text_in_an_e_mail_of_html(tmp_path: Path) -> None:
    with LoopbackSmtp("operator", "s3cret-pw") as server:
        alert = _alert(cause=HOSTILE, pipeline=HOSTILE)
        assert _send(tmp_path, alert, email=f"{server.url}&format=html") == []
    [message] = server.messages
    page = message.get_body(("html",))
    assert page is not None
    html = page.get_content()
    assert "<script" not in html
    assert "&lt;" in html and "script&gt;" in html
    assert message["Bcc"] is None
    assert server.recipients == [RECIPIENT]
    assert not {"\u202e", "\x1b"} & set(html + message["Subject"])


def _hang(request: SeenRequest) -> Reply:
    request.hang()
    return Reply()


@pytest.mark.parametrize(
    "reply",
    [
        Reply(500),
        Reply(302, headers={"Location": "/elsewhere"}),
        Reply(ending="reset", content_length=10),
    ],
)
def test_a_message_that_is_not_taken_is_a_fault_of_its_channel(reply: Reply, tmp_path: Path) -> None:
    with LoopbackServer(lambda _: reply) as server:
        assert _send(tmp_path, webhook=f"{server.url}/{TOKEN}") == [
            "Alert channel webhook failed: its service could not be reached, or did not accept the message."
        ]
    assert len(server.requests) == 1
    assert TOKEN not in _everything_written(tmp_path)


def test_a_channel_that_hangs_is_given_up_and_the_others_are_served(tmp_path: Path) -> None:
    with LoopbackServer(_hang) as hanging, LoopbackServer(lambda _: Reply()) as good:
        urls = f"json://{hanging.url.removeprefix('http://')} json://{good.url.removeprefix('http://')}"
        [fault] = _send(tmp_path, timeout_seconds=1.5, apprise=urls)
        assert fault.startswith("Alert channel apprise 1 failed: there was no response within 1.5 s")
    assert len(good.requests) == 1


def test_a_fault_is_in_the_log_and_in_the_file_of_alerts(tmp_path: Path) -> None:
    [fault] = _send(tmp_path, apprise="nonsense://x")
    assert fault == "Alert channel apprise failed: Apprise does not understand the URL."
    lines = [json.loads(line) for line in (tmp_path / "run.log.jsonl").read_text().splitlines()]
    assert [line["fault"] for line in lines if line["event"] == "alert channel failed"] == [fault]
    [entry] = json.loads((tmp_path / ALERTS_NAME).read_bytes())
    assert entry["faults"] == [fault]


PLUGIN = """
from apprise import NotifyBase
from apprise.plugins import N_MGR


class NotifyFaulty(NotifyBase):
    service_name = "Faulty"
    secure_protocol = "faulty"

    def notify(self, **_):
        raise ZeroDivisionError("could not reach {TOKEN}")

    @staticmethod
    def parse_url(url):
        return NotifyBase.parse_url(url, verify_host=False)


N_MGR.add(NotifyFaulty, schemas="faulty")
"""


def test_a_plug_in_that_raises_is_a_fault_of_its_channel_told_by_its_type(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The plug-in is a real one of Apprise, added as Python starts; what it raises quotes a secret."""
    plugins, run = tmp_path / "plugins", tmp_path / "run"
    plugins.mkdir()
    run.mkdir()
    (plugins / "sitecustomize.py").write_text(PLUGIN.replace("{TOKEN}", TOKEN))
    monkeypatch.setenv("PYTHONPATH", str(plugins))
    with LoopbackServer(lambda _: Reply()) as server:
        [fault] = _send(run, apprise=f"faulty://{TOKEN}", webhook=server.url)
    assert fault == "Alert channel apprise failed: sending it failed unexpectedly (ZeroDivisionError)."
    assert len(server.requests) == 1
    assert TOKEN not in _everything_written(run)


@pytest.mark.slow
def test_an_endless_answer_of_a_server_ends_when_it_has_taken_its_bound_of_memory(tmp_path: Path) -> None:
    def pour(request: SeenRequest) -> Reply:
        return Reply(body=iter(lambda: bytes(2**20), None))

    with LoopbackServer(pour) as server:
        [fault] = _send(tmp_path, webhook=server.url, timeout_seconds=60)
    assert fault == "Alert channel webhook failed: sending it failed unexpectedly (MemoryError)."


def test_what_keeps_an_alert_from_being_sent_at_all_keeps_it_from_no_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A Python that is part of another program may not know where it is, and can start no process."""
    monkeypatch.setattr(sys, "executable", None)
    [fault] = _send(tmp_path, webhook=f"http://127.0.0.1:9/{TOKEN}")
    assert fault == "Alert channel webhook failed: sending it could not be attempted (TypeError)."
    [entry] = json.loads((tmp_path / ALERTS_NAME).read_bytes())
    assert entry["faults"] == [fault]
    assert TOKEN not in _everything_written(tmp_path)


@pytest.mark.parametrize("url", ["http://[::1/x", "http://127.0.0.1:x/", "mailto://", "json://", "x://\x00"])
def test_a_url_that_cannot_be_used_harms_no_other_channel(url: str, tmp_path: Path) -> None:
    with LoopbackServer(lambda _: Reply()) as server:
        [fault] = _send(tmp_path, apprise=url, webhook=server.url)
    assert "Alert channel apprise failed" in fault
    assert len(server.requests) == 1


def test_no_form_of_a_secret_is_written_whether_a_login_fails_or_not(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONVERBOSE", "1")  # makes every process talk
    with LoopbackSmtp("operator", "another") as server:
        faults = _send(tmp_path, email=server.url.replace("another", TOKEN))
    assert faults == [
        "Alert channel email failed: its service could not be reached, or did not accept the message."
    ]
    assert not any(server.logins)
    left = _everything_written(tmp_path)
    assert not [form for form in _forms(TOKEN) if form in left]
    assert "operator" not in left
    assert capfd.readouterr() == ("", ""), "what Apprise and its libraries say is never shown"
