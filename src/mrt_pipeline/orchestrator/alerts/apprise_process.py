"""Send alerts through Apprise; a program of its own, run by ``channels`` and never imported.

It reads one order as JSON from stdin, sends all messages at once, and prints ``[name, outcome]`` as soon as
each outcome is known: ``delivered``, ``refused``, ``unknown``, ``late``, or ``crashed`` with the type of the
exception (its text may quote the URL, and is discarded). It imports nothing from this package, so that it
starts fast and works wherever the package is. Apprise keeps the whole answer of a server, so this process has
a memory limit: an endless answer ends in ``crashed MemoryError``.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
import threading
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

if TYPE_CHECKING:
    from apprise import NotifyBase

MAX_MEMORY_BYTES = 2**30
"""of address space; Apprise with all its plug-ins takes a third of that"""
_LOCK = threading.Lock()


def main() -> None:
    """Carry out the order on stdin."""
    _bound_memory()
    order = json.load(sys.stdin)
    services = {name: _open(url, order["fields"]) for name, url in order["destinations"]}
    threads = {
        name: threading.Thread(target=_send, args=(name, service, order), daemon=True)
        for name, service in services.items()
    }
    for thread in threads.values():
        thread.start()
    deadline = time.monotonic() + order["timeout_s"]
    for name, thread in threads.items():
        thread.join(max(0.0, deadline - time.monotonic()))
        if thread.is_alive():
            _tell(name, "late")
    os._exit(0)  # a hanging thread must not be waited for


def _bound_memory() -> None:
    with contextlib.suppress(
        ImportError, ValueError, OSError
    ):  # a system that knows no such bound, or a lower one
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY_BYTES, resource.getrlimit(resource.RLIMIT_AS)[1]))


def _send(name: str, service: NotifyBase | None, order: Mapping[str, Any]) -> None:
    if service is None:
        _tell(name, "unknown")
        return
    try:
        is_taken = service.notify(
            body=order["body"], title=order["title"], notify_type=order["type"], body_format="text"
        )
    except Exception as error:  # noqa: BLE001 # a fault in one of 150 plug-ins is an ordinary outcome
        _tell(name, f"crashed {type(error).__name__}")
    else:
        _tell(name, "delivered" if is_taken else "refused")


def _tell(name: str, outcome: str) -> None:
    with _LOCK:
        sys.stdout.write(json.dumps([name, outcome]) + "\n")
        sys.stdout.flush()


def _open(url: str, fields: Mapping[str, str]) -> NotifyBase | None:
    """Return the service for a URL: one known to Apprise, or otherwise a webhook that takes JSON."""
    from apprise import Apprise, AppriseAsset
    from apprise.plugins import url_to_dict

    asset = AppriseAsset(
        app_id="mrt-pipeline",
        async_mode=False,
        http_redirects=False,  # an alert goes only to its configured destination
        interpret_emojis=False,
        pgp_autogen=False,
        pem_autogen=False,
        storage_mode="memory",
        allow_templates=False,
    )
    try:
        known = url_to_dict(url) or _as_webhook(url)  # type: ignore[no-untyped-call] # Apprise has no types here
    except Exception:  # noqa: BLE001 # each of 150 plug-ins parses URLs in its own way
        return None
    if known is None:
        return None
    if known["schema"] in ("json", "jsons"):
        known["payload"] = {**fields, **known.get("payload", {})}
    return Apprise.instantiate(known, asset=asset)


def _as_webhook(url: str) -> dict[str, Any] | None:
    """Return the Apprise settings that send JSON to an address, if it is a web address."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return None
    return {
        "schema": "jsons" if parts.scheme == "https" else "json",
        "secure": parts.scheme == "https",
        "host": f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname,
        "port": parts.port,
        "user": parts.username,
        "password": parts.password,
        "fullpath": parts.path or "/",
        "params": dict(parse_qsl(parts.query, keep_blank_values=True)),
    }


if __name__ == "__main__":
    main()
