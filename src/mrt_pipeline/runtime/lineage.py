"""Where lineage events go: a file in the run's folder, or a server that understands OpenLineage.

The file holds one event a line, as the file transport of the Python client writes it. It is written here,
because loading that client costs a fifth of a second of every run (docs/decisions/0008-lineage.md).

The server is spoken to by the Python client itself, in a thread of its own, so that a slow one holds up
nobody. Events go out in order, one after the other; the first that cannot be delivered ends it, and what was
not delivered is handed back.
"""

from __future__ import annotations

import os
import queue
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson
from pydantic import SecretStr

from mrt_pipeline.errors import RunInterrupted
from mrt_pipeline.runtime.files import append_lines, storage_errors

if TYPE_CHECKING:
    import requests
    from openlineage.client.event_v2 import RunEvent
    from openlineage.client.transport.http import HttpTransport

LINEAGE_NAME = "lineage.jsonl"
RETRIES = 2
"""tries after the first one, for a server that refuses connections or answers that it is overloaded"""

Event = dict[str, Any]


def append_events(path: Path, events: Iterable[Event]) -> None:
    """Add events to a file, one a line.

    Raises:
        StorageError: if they cannot be written; the lines before are untouched.
    """
    content = b"".join(orjson.dumps(event, option=orjson.OPT_SORT_KEYS) + b"\n" for event in events)
    flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
    with storage_errors(path, "could not be written; the lines before are untouched"):
        descriptor = os.open(path, flags, 0o644)
        try:
            append_lines(descriptor, content)
        finally:
            os.close(descriptor)


@dataclass(frozen=True, slots=True)
class Remainder:
    """What did not reach the server, and why."""

    events: tuple[Event, ...]
    reason: str


class LineageSender:
    """Sends events to a server, in a thread, for as long as that goes well."""

    def __init__(self, url: str, api_key: SecretStr | None, timeout_s: float) -> None:
        """Take the server's address, a key if it wants one, and how long one event may take."""
        self._url = url if url.endswith("/") else f"{url}/"
        self._api_key = api_key
        self._timeout_s = timeout_s
        self._sent: list[Event] = []
        self._delivered = 0
        self._failure: str | None = None
        self._queue: queue.SimpleQueue[Event | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._work, name="lineage", daemon=True)

    def send(self, event: Event) -> None:
        """Hand over an event; it is sent in its turn."""
        if not self._sent:
            self._thread.start()
        self._sent.append(event)
        self._queue.put(event)

    def close(self) -> Remainder | None:
        """Wait until everything is sent, or for as long as one event may take, and return what is left."""
        if not self._sent:
            return None
        self._queue.put(None)
        ending = self._wait()
        if self._delivered == len(self._sent):
            return None
        return Remainder(tuple(self._sent[self._delivered :]), self._failure or ending)

    def _wait(self) -> str:
        """Wait for the thread, and return why it has not sent everything if it gives no reason itself."""
        try:
            self._thread.join(self._timeout_s)
        except (RunInterrupted, KeyboardInterrupt):  # the run is over; what is left is kept
            return "a signal came while it was waited for"
        if self._thread.is_alive():
            return f"it did not answer within {self._timeout_s:g} s (lineage.timeout_seconds)"
        return "sending them failed unexpectedly"

    def _work(self) -> None:
        """Send what is handed over; end with a reason, whatever happens.

        The client and what it is made of raise more than they document (a ``ValueError`` for an address that
        a server sends on to, say). In a thread nobody would catch that: the console would show a traceback,
        which may quote the server's address and what it said. So its type is all that is told of it.
        """
        try:
            self._send_all()
        except Exception as error:  # noqa: BLE001 # see above
            self._failure = f"the OpenLineage client failed unexpectedly ({type(error).__name__})"

    def _send_all(self) -> None:
        transport = _open_transport(self._url, self._api_key, self._timeout_s)
        for event in iter(self._queue.get, None):
            self._failure = _deliver(transport, event, self._timeout_s)
            if self._failure is not None:
                break
            self._delivered += 1
        transport.close()


def _open_transport(url: str, api_key: SecretStr | None, timeout_s: float) -> HttpTransport:
    from openlineage.client.transport.http import HttpConfig, HttpTransport

    retry = {"total": RETRIES, "connect": RETRIES, "read": False}  # what is read late may have arrived
    settings: dict[str, Any] = {"url": url, "timeout": timeout_s, "retry": retry}
    if api_key is not None:
        settings["auth"] = {"type": "api_key", "api_key": api_key.get_secret_value()}
    return HttpTransport(HttpConfig.from_dict(settings))


def _deliver(transport: HttpTransport, event: Event, timeout_s: float) -> str | None:
    """Send one event and return why it did not arrive, without anything that the server said."""
    import requests

    try:
        response = transport.emit(_as_client_event(event))
    except requests.HTTPError as error:
        return f"it answered: {_status_of(error)}"
    except requests.Timeout:
        return f"it did not answer within {timeout_s:g} s (lineage.timeout_seconds)"
    except requests.ConnectionError:
        return "it could not be reached"
    except requests.exceptions.RetryError:
        return f"it answered with a failure of its own, {RETRIES + 1} times in a row"
    except requests.RequestException as error:
        return f"no whole answer came ({type(error).__name__})"
    if response.history:
        return "it sends on to another address; put that one into lineage.url"
    if response.status_code // 100 != 2:  # e.g. 302 without an address, which the client takes for success
        return f"it answered: status {response.status_code}"
    return None


def _status_of(error: requests.HTTPError) -> str:
    return "nothing" if error.response is None else f"status {error.response.status_code}"


def _as_client_event(event: Event) -> RunEvent:
    """Return an event as the client's own type, which checks times and ids."""
    from openlineage.client.event_v2 import InputDataset, Job, OutputDataset, Run, RunEvent, RunState

    return RunEvent(
        eventType=RunState(event["eventType"]),
        eventTime=event["eventTime"],
        producer=event["producer"],
        run=Run(**event["run"]),
        job=Job(**event["job"]),
        inputs=[InputDataset(**dataset) for dataset in event["inputs"]],
        outputs=[OutputDataset(**dataset) for dataset in event["outputs"]],
    )
