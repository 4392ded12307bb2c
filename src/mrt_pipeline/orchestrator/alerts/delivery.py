"""Hand messages to Apprise in a process of its own, and learn which of them arrived.

Apprise loads some two hundred modules, and a mail server may hang for ever. In its own process both cost this
one nothing, and what it and its libraries log, which may quote URLs, is never seen. One word for each message
comes back.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from mrt_pipeline.errors import RunInterrupted
from mrt_pipeline.orchestrator.alerts.message import Alert

PROGRAM = Path(__file__).with_name("apprise_process.py")
START_TIMEOUT_S = 60
"""how long the other process may take besides sending: on a busy machine Apprise loads slowly"""

OUTCOMES = {
    "refused": "the message was not taken",
    "unknown": "Apprise does not understand the URL",
    "crashed": "sending it failed unexpectedly ({error})",
    "late": "there was no answer within {timeout:g} s (alerting.timeout_seconds)",
}


@dataclass(frozen=True, slots=True)
class Destination:
    """Where a message goes."""

    name: str
    """its channel, with a number if it has several"""
    url: str = field(repr=False)


def deliver(destinations: Sequence[Destination], alert: Alert, timeout_s: float) -> list[str]:
    """Send an alert to all destinations at once and return a sentence for each that it did not reach.

    Nothing that goes wrong here may keep the alert from the file, or the run from its end. The type is all
    that is told of what nobody foresaw: the destinations are secrets.
    """
    if not destinations:
        return []
    try:
        outcomes, failure = _run(_order(destinations, alert, timeout_s), timeout_s + START_TIMEOUT_S)
    except Exception as unforeseen:  # noqa: BLE001 # see above
        outcomes, failure = {}, f"sending it could not be tried ({type(unforeseen).__name__})"
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
    """Return the outcome of each message by name, and the reason for those that have none."""
    failure = "the process that sends alerts ended before it said what became of the message"
    process = subprocess.Popen(  # noqa: S603 # our own program; URLs go through its stdin
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
            said, failure = b"", "a signal came while it was being sent"
        finally:
            process.kill()
    return _read_outcomes(said), failure


def _read_outcomes(said: bytes) -> dict[str, str]:
    """Return the outcomes that the process printed, one ``[name, outcome]`` a line."""
    outcomes = {}
    for line in said.splitlines():
        try:
            name, outcome = json.loads(line)
        except (ValueError, TypeError):
            continue
        outcomes[str(name)] = str(outcome)
    return outcomes
