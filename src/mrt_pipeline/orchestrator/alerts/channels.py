"""The channels of alerts: which are configured, what they still need, and one alert through all of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import orjson

from mrt_pipeline.config.environment import Secrets
from mrt_pipeline.config.settings import AlertingSection
from mrt_pipeline.errors import StorageError
from mrt_pipeline.orchestrator.alerts import ALERTS_NAME
from mrt_pipeline.orchestrator.alerts.delivery import Destination, deliver
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
"""each channel that leaves this machine, and the variable that says where to"""

EXAMPLES = {
    "email": "mailtos://user:password@mail.example.org?to=you@example.org",
    "webhook": "https://example.org/hook",
    "apprise": "ntfy://topic",
}


@dataclass(frozen=True, slots=True)
class Outlets:
    """Where alerts can go as a run stands now."""

    section: AlertingSection
    secrets: Secrets
    tell: Callable[[str], None]
    """shows a sentence on the console"""
    folder: Path | None = None
    """the run's folder, once this process holds it"""
    log: RunLog | None = None


def missing_urls(section: AlertingSection, secrets: Secrets) -> list[str]:
    """Return a sentence for each configured channel whose URL is not set or is none."""
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
        outlets.tell(fault)
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
    found = "is no URL" if urls else "is not set"
    yield (
        f"alerting.on_failure names {channel}, and {variable} {found}; expected one such as "
        f"{EXAMPLES[channel]} in the environment or in .env. To run without it, remove {channel} from "
        "the list."
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
    """Write an alert into the run's log, or show it if there is no log yet."""
    if outlets.log is None:
        outlets.tell(f"Alert: {alert.title}: {alert.cause}")
        return
    facts = alert.model_dump(mode="json", exclude={"run_id", "level"}, exclude_none=True)
    getattr(outlets.log, alert.level)("alert", **facts)


def _append_to_file(path: Path, alert: Alert, faults: Iterable[str]) -> None:
    earlier = _read_earlier(path, alert.raised_at)
    entry = {**alert.model_dump(mode="json"), "faults": list(faults)}
    write_record(path, [*earlier, entry])


def _read_earlier(path: Path, now: datetime) -> list[object]:
    """Return the alerts already in a file; a damaged one is kept aside."""
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
