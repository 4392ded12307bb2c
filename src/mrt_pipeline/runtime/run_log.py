"""The log of a run: one JSON object per line in ``run.log.jsonl``, or plain lines in ``run.log``.

Values are data, never format: line breaks and control characters in them are escaped, so that no text from
the network can forge a line, and secrets are removed. Every line has the run's id. A line is written
whole or not at all.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import threading
import traceback
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from mrt_pipeline.config.settings import LoggingSection
from mrt_pipeline.runtime.files import append_lines, open_for_lines
from mrt_pipeline.secrecy import SECRETS

LOG_NAMES = {"structured": "run.log.jsonl", "plain": "run.log"}


@contextlib.contextmanager
def open_run_log(folder: Path, section: LoggingSection, **bound: str) -> Iterator[RunLog]:
    """Open the log of a run folder for appending, for the duration of a block."""
    path = folder / LOG_NAMES[section.format]
    descriptor = open_for_lines(path)
    render = _render_json if section.format == "structured" else _render_plain
    try:
        yield RunLog(descriptor, render, section.level, bound)
    finally:
        os.close(descriptor)


class RunLog:
    """Writes events, one per line; a full disk must not end the run here.

    Only log entries are lost then: the manifest says how the run ended.
    """

    def __init__(
        self, descriptor: int, render: Callable[[dict[str, Any]], str], level: str, bound: Mapping[str, str]
    ) -> None:
        self._descriptor = descriptor
        self._render = render
        self._least = logging.getLevelNamesMapping()[level]
        self._bound = bound
        self._lock = threading.Lock()

    def info(self, event: str, **facts: Any) -> None:
        """Log something that is as it should be."""
        self._write("info", event, facts)

    def warning(self, event: str, **facts: Any) -> None:
        """Log something that is not as it should be while the run continues."""
        self._write("warning", event, facts)

    def error(self, event: str, **facts: Any) -> None:
        """Log something that ends the run."""
        self._write("error", event, facts)

    def critical(self, event: str, **facts: Any) -> None:
        """Log something that a person must check."""
        self._write("critical", event, facts)

    def exception(self, event: str, **facts: Any) -> None:
        """Log an error with the traceback of the exception being handled."""
        self._write("error", event, {**facts, "exception": traceback.format_exc().rstrip()})

    def _write(self, level: str, event: str, facts: Mapping[str, Any]) -> None:
        if logging.getLevelNamesMapping()[level.upper()] < self._least:
            return
        now = datetime.now(UTC).isoformat().replace("+00:00", "Z")
        said = SECRETS.redacted({**self._bound, **facts, "event": event})
        line = self._render({**said, "level": level, "timestamp": now})
        with self._lock, contextlib.suppress(OSError):
            append_lines(self._descriptor, f"{line}\n".encode(errors="backslashreplace"))


def _render_json(event: dict[str, Any]) -> str:
    return json.dumps(event, default=str)


def _render_plain(event: dict[str, Any]) -> str:
    time, level, text = event.pop("timestamp"), event.pop("level"), event.pop("event")
    details = " ".join(f"{key}={_one_word(value)}" for key, value in sorted(event.items()))
    return f"{time} {level:<8} {_one_line(text)} {details}".rstrip()


def _one_word(value: Any) -> str:
    """Return a value as one word: in quotes if it has any unusual character."""
    text = str(value)
    is_plain = text.isprintable() and text and not set(text) & set(" ='\"\\")
    return text if is_plain else repr(text)


def _one_line(value: Any) -> str:
    text = str(value)
    return text if text.isprintable() else ascii(text)
