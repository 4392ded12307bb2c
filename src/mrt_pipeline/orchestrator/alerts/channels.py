"""The alert channels: which are configured, what they lack, and how one alert is sent through all of them.

Apprise loads some two hundred modules, and a mail server may hang for ever. In a separate process both cost
this one nothing, and its output and that of its libraries, which may quote URLs, is discarded. One word per
message comes back.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import orjson

from mrt_pipeline.config.environment import Secrets
from mrt_pipeline.config.settings import AlertingSection
from mrt_pipeline.errors import RunInterrupted, StorageError
from mrt_pipeline.orchestrator.alerts import ALERTS_NAME
from mrt_pipeline.orchestrator.alerts.message import Alert, is_at_least
from mrt_pipeline.runtime.checkpoints import move_aside
from mrt_pipeline.runtime.files import read_bytes, write_record

if TYPE_CHECKING:
    from pydantic import SecretStr

    from mrt_pipeline.runtime.run_log import RunLog


URL_VARIABLES = {
    "email": "MRT_PIPELINE_ALERT_EMAIL_URL",
    "webhook": "MRT_PIPELINE_ALERT_WEBHOOK_URL",
    "apprise": "MRT_PIPELINE_ALERT_APPRISE_URLS",
}
"""each channel that leaves this machine, and the variable that holds its destination"""

EXAMPLES = {
    "email": "mailtos://user:password@mail.example.org?to=you@example.org",
    "webhook": "https://example.org/hook",
    "apprise": "ntfy://topic",
}


@dataclass(frozen=True, slots=True)
class Outlets:
    """Where alerts can be sent in the current state of a run."""

    section: AlertingSection
    secrets: Secrets
    notify: Callable[[str], None]
    """shows a sentence on the console"""
    folder: Path | None = None
    """the run's folder, once this process holds its lock"""
    log: RunLog | None = None


def missing_urls(section: AlertingSection, secrets: Secrets) -> list[str]:
    """Return a sentence for each configured channel whose URL is missing or invalid."""
    return [fault for channel in section.on_failure for fault in _missing_of(channel, secrets)]


def send_alert(alert: Alert, outlets: Outlets) -> list[str]:
    """Send an alert through every configured channel and return a sentence for each that failed."""
    section = outlets.section
    if not is_at_least(alert.level, section.min_level):
        return []
    if "log" in section.on_failure:
        _log(alert, outlets)
    faults = deliver(list(_destinations(section, outlets.secrets)), alert, section.timeout_seconds)
    if outlets.folder is not None and ("file" in section.on_failure or faults):
        try:
            _append_to_file(outlets.folder / ALERTS_NAME, alert, faults)
        except StorageError as error:
            faults.append(f"Alert channel file failed: {error}")
    for fault in faults:
        outlets.notify(fault)
        if outlets.log is not None:
            outlets.log.warning("alert channel failed", fault=fault)
    return faults


def _missing_of(channel: str, secrets: Secrets) -> Iterator[str]:
    variable = URL_VARIABLES.get(channel)
    if variable is None:
        return
    urls = _urls_of(channel, secrets)
    if urls and all("://" in url for url in urls):
        return
    found = "is not a URL" if urls else "is not set"
    yield (
        f"alerting.on_failure includes {channel}, but {variable} {found}. Set it in the environment or in "
        f".env to a URL such as {EXAMPLES[channel]}, or remove {channel} from the list."
    )


def _urls_of(channel: str, secrets: Secrets) -> list[str]:
    secret: SecretStr | None = getattr(secrets, URL_VARIABLES[channel].lower())
    text = secret.get_secret_value() if secret is not None else ""
    return text.split() if channel == "apprise" else [text.strip()] if text.strip() else []


def _destinations(section: AlertingSection, secrets: Secrets) -> Iterator[Destination]:
    for channel in section.on_failure:
        if channel in URL_VARIABLES:
            urls = _urls_of(channel, secrets)
            for number, url in enumerate(urls, start=1):
                yield Destination(f"{channel} {number}" if len(urls) > 1 else channel, url)


def _log(alert: Alert, outlets: Outlets) -> None:
    """Write an alert to the run's log, or show it if there is no log yet."""
    if outlets.log is None:
        outlets.notify(f"Alert: {alert.title}: {alert.cause}")
        return
    facts = alert.model_dump(mode="json", exclude={"run_id", "level"}, exclude_none=True)
    getattr(outlets.log, alert.level)("alert", **facts)


def _append_to_file(path: Path, alert: Alert, faults: Iterable[str]) -> None:
    earlier = _read_earlier(path, alert.raised_at)
    entry = {**alert.model_dump(mode="json"), "faults": list(faults)}
    write_record(path, [*earlier, entry])


def _read_earlier(path: Path, now: datetime) -> list[object]:
    """Return the alerts already in a file; a damaged file is set aside."""
    try:
        earlier = orjson.loads(read_bytes(path))
    except FileNotFoundError:
        return []
    except orjson.JSONDecodeError:
        earlier = None
    if isinstance(earlier, list):
        return earlier
    move_aside(path, now)
    return []


PROGRAM = Path(__file__).with_name("apprise_process.py")
START_TIMEOUT_S = 60
"""how long the other process may take besides sending: on a busy machine Apprise loads slowly"""

OUTCOMES = {
    "refused": "its service could not be reached, or did not accept the message",
    "unknown": "Apprise does not understand the URL",
    "crashed": "sending it failed unexpectedly ({error})",
    "late": "there was no response within {timeout:g} s (alerting.timeout_seconds)",
}


@dataclass(frozen=True, slots=True)
class Destination:
    """The destination of a message."""

    name: str
    """its channel, with a number if it has several"""
    url: str = field(repr=False)


def deliver(destinations: Sequence[Destination], alert: Alert, timeout_s: float) -> list[str]:
    """Send an alert to all destinations at once, and return a sentence for each that it did not reach.

    No failure here may keep the alert from the file, or the run from ending. Of unforeseen errors only the
    type is reported: destinations are secrets.
    """
    if not destinations:
        return []
    try:
        outcomes, failure = _run(_order(destinations, alert, timeout_s), timeout_s + START_TIMEOUT_S)
    except Exception as unforeseen:  # noqa: BLE001 # see above
        outcomes, failure = {}, f"sending it could not be attempted ({type(unforeseen).__name__})"
    faults = []
    for destination in destinations:
        outcome, _, error = outcomes.get(destination.name, "").partition(" ")
        if outcome != "delivered":
            known = OUTCOMES.get(outcome)
            reason = failure if known is None else known.format(timeout=timeout_s, error=error)
            faults.append(f"Alert channel {destination.name} failed: {reason}.")
    return faults


def _order(destinations: Sequence[Destination], alert: Alert, timeout_s: float) -> bytes:
    order = {
        "timeout_s": timeout_s,
        "title": alert.title,
        "body": alert.body,
        "type": {"info": "info", "warning": "warning"}.get(alert.level, "failure"),
        "fields": alert.facts,
        "destinations": [[destination.name, destination.url] for destination in destinations],
    }
    return json.dumps(order).encode()


def _run(order: bytes, timeout_s: float) -> tuple[dict[str, str], str]:
    """Return the outcome of each message by name, and the reason for missing outcomes."""
    failure = "the process that sends alerts ended without reporting whether the message was sent"
    process = subprocess.Popen(  # noqa: S603 # our own program; URLs are passed through its stdin
        [sys.executable, "-P", str(PROGRAM)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,  # Ctrl-C at the console is not meant for it
    )
    with process:
        try:
            said, _ = process.communicate(order, timeout=timeout_s)
        except subprocess.TimeoutExpired as expired:
            said, failure = expired.stdout or b"", "the process that sends alerts hung and was ended"
        except (RunInterrupted, KeyboardInterrupt):
            said, failure = b"", "interrupted by a signal while sending"
        finally:
            process.kill()
    return _read_outcomes(said), failure


def _read_outcomes(said: bytes) -> dict[str, str]:
    """Return the outcomes that the process printed, one ``[name, outcome]`` per line."""
    outcomes = {}
    for line in said.splitlines():
        try:
            name, outcome = json.loads(line)
        except (ValueError, TypeError):
            continue
        outcomes[str(name)] = str(outcome)
    return outcomes
