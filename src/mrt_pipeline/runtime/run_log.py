"""The log of a run: one JSON object a line in ``run.log.jsonl``, or plain lines in ``run.log``.

Values are data, never format: line breaks and control characters in them are escaped, so that no text from
the network can forge a line. Every line carries the run's id. A line reaches the file in one piece, so that a
kill leaves only whole ones; what a full disk cut off is closed by a line break before the next one.
"""

from __future__ import annotations

import contextlib
import logging
import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mrt_pipeline.config.model import LoggingSection
from mrt_pipeline.runtime.files import storage_errors

if TYPE_CHECKING:
    from structlog.typing import EventDict, FilteringBoundLogger, WrappedLogger

LOG_NAMES = {"structured": "run.log.jsonl", "plain": "run.log"}


@contextlib.contextmanager
def open_run_log(folder: Path, section: LoggingSection, **bound: str) -> Iterator[FilteringBoundLogger]:
    """Open (append to) the log of a run folder for the time of a block."""
    import structlog

    path = folder / LOG_NAMES[section.format]
    flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
    with storage_errors(path, "could not be opened"):
        descriptor = os.open(path, flags, 0o644)
    try:
        yield structlog.wrap_logger(
            _LineWriter(descriptor),
            processors=[
                structlog.processors.add_log_level,
                structlog.processors.TimeStamper(fmt="iso", utc=True),
                structlog.processors.format_exc_info,
                structlog.processors.JSONRenderer() if section.format == "structured" else _render_plain,
            ],
            wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(section.level)),
        ).bind(**bound)
    finally:
        os.close(descriptor)


class _LineWriter:
    """The sink below structlog: every level writes one line; a full disk must not end the run here.

    What is lost from the log is lost from the log only: the manifest says how the run ended.
    """

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._lock = threading.Lock()
        self._is_cut_off = _ends_within_a_line(descriptor)

    def _write(self, line: str) -> None:
        content = f"{line}\n".encode(errors="backslashreplace")
        with self._lock, contextlib.suppress(OSError):
            if self._is_cut_off:
                content = b"\n" + content
            written = os.write(self._descriptor, content)
            self._is_cut_off = not content[:written].endswith(b"\n")

    debug = info = warning = error = critical = msg = _write


def _ends_within_a_line(descriptor: int) -> bool:
    with contextlib.suppress(OSError):
        size = os.fstat(descriptor).st_size
        return size > 0 and os.pread(descriptor, 1, size - 1) != b"\n"
    return False


def _render_plain(_logger: WrappedLogger, _method: str, event: EventDict) -> str:
    time, level, text = event.pop("timestamp"), event.pop("level"), event.pop("event")
    details = " ".join(f"{key}={_one_word(value)}" for key, value in sorted(event.items()))
    return f"{time} {level:<8} {_one_line(text)} {details}".rstrip()


def _one_word(value: Any) -> str:
    """Return a value so that it cannot be taken for two: in quotes if there is anything odd in it."""
    text = str(value)
    is_plain = text.isprintable() and text and not set(text) & set(" ='\"\\")
    return text if is_plain else repr(text)


def _one_line(value: Any) -> str:
    text = str(value)
    return text if text.isprintable() else ascii(text)
