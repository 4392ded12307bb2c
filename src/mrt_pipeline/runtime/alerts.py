"""Tell someone that a run needs them. A channel that fails never fails the run; it is reported instead."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Self

import orjson
from pydantic import AwareDatetime

from mrt_pipeline.config.model import AlertingSection
from mrt_pipeline.contracts.base import Record
from mrt_pipeline.contracts.run import Manifest
from mrt_pipeline.errors import StorageError
from mrt_pipeline.runtime.checkpoints import move_aside
from mrt_pipeline.runtime.files import read_bytes, write_bytes

if TYPE_CHECKING:
    from structlog.typing import FilteringBoundLogger

ALERTS_NAME = "alerts.json"


class Alert(Record):
    """What happened, in which run, and how to go on."""

    run_id: str
    raised_at: AwareDatetime
    level: str
    stage: str | None
    """the stage that failed, if one did"""
    message: str
    command: str
    """the command that goes on from here"""

    @classmethod
    def of_failure(cls, manifest: Manifest, message: str, command: str, now: datetime) -> Self:
        """Return the alert of a failed run."""
        failed = [name for name, record in manifest.stages.items() if record.status.value == "failed"]
        return cls(
            run_id=manifest.run_id,
            raised_at=now,
            level="critical",
            stage=failed[-1] if failed else None,
            message=message,
            command=command,
        )


def send_alert(section: AlertingSection, alert: Alert, folder: Path, log: FilteringBoundLogger) -> list[str]:
    """Send an alert through every configured channel and return a sentence for each that failed."""
    if not section.enabled:
        return []
    faults = []
    for channel in section.on_failure:
        try:
            if channel == "log":
                log.critical("alert", **alert.model_dump(mode="json", exclude={"run_id", "level"}))
            else:
                _append_to_file(folder / ALERTS_NAME, alert)
        except StorageError as error:
            faults.append(f"Alert channel {channel} failed: {error}")
    return faults


def _append_to_file(path: Path, alert: Alert) -> None:
    earlier = _read_earlier(path, alert.raised_at)
    write_bytes(path, orjson.dumps([*earlier, alert.model_dump(mode="json")], option=orjson.OPT_INDENT_2))


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
