"""Signals as requests: the first asks a run to stop at the next safe point, the second stops it at once.

Outside ``graceful`` there is no later safe point worth waiting for (every file is written whole or not at
all), so the first signal already raises ``RunInterrupted``. A hang-up that the process was started to ignore
stays ignored: ``nohup`` means that a run outlives its terminal.
"""

from __future__ import annotations

import contextlib
import os
import signal
import threading
from collections.abc import Callable, Iterator
from types import FrameType

from mrt_pipeline.errors import RunInterrupted

WATCHED = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
IMPORT_PAUSE_S = 0.02
"""a signal that comes while a module is imported comes again so much later"""
_watching: list[StopRequest] = []
"""those whose handlers are in place, the innermost last; signals are one process's, and so is this list"""


def stopping_signal() -> int | None:
    """Return the signal that asked this process's run to stop, none if there was none.

    For code that works for long within a library and is handed no request, in any thread.
    """
    return _watching[-1].signal_number if _watching else None


class StopRequest:
    """Whether, and by which signal, this run was asked to stop."""

    def __init__(self, announce: Callable[[str], None] = lambda _: None) -> None:
        self.signal_number: int | None = None
        self._announce = announce
        self._is_graceful = False

    def check(self) -> None:
        """Raise ``RunInterrupted`` if a stop was asked for."""
        if self.signal_number is not None:
            raise RunInterrupted(self.signal_number)

    @contextlib.contextmanager
    def graceful(self) -> Iterator[None]:
        """Let the first signal only set the request, for work that looks at it between its steps."""
        self._is_graceful = True
        try:
            yield
        finally:
            self._is_graceful = False

    @contextlib.contextmanager
    def watching(self) -> Iterator[None]:
        """Handle signals in this block; the handlers before it are put back after it.

        Only a process's main thread can do that; in any other one the process has its own plans for signals.
        """
        is_main = threading.current_thread() is threading.main_thread()
        before = {number: signal.getsignal(number) for number in WATCHED} if is_main else {}
        if before.get(signal.SIGHUP) == signal.SIG_IGN:
            del before[signal.SIGHUP]
        _watching.append(self)
        try:
            for number in before:
                signal.signal(number, self._on_signal)
            yield
        finally:
            _watching.remove(self)
            for number, handler in before.items():
                signal.signal(number, handler)

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        if _is_importing(frame):  # a library in C would print a traceback of its own, and a half of it stay
            again = threading.Timer(IMPORT_PAUSE_S, os.kill, (os.getpid(), number))
            again.daemon = True
            again.start()
            return
        is_first = self.signal_number is None
        self.signal_number = self.signal_number or number
        if self._is_graceful and is_first:
            # The signal may come in the middle of a write to the very stream that is written to here.
            with contextlib.suppress(OSError, RuntimeError):
                self._announce("Finishing stations in progress. Press Ctrl-C again to stop now.")
            return
        raise RunInterrupted(self.signal_number)


def _is_importing(frame: FrameType | None) -> bool:
    while frame is not None:
        if frame.f_code.co_filename.startswith("<frozen importlib"):
            return True
        frame = frame.f_back
    return False
