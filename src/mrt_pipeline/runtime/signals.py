"""Signals as requests: the first asks a run to stop at the next safe point, the second stops it at once.

Outside ``graceful``, every point is safe (every file is written whole or not at all), so the first signal
raises ``RunInterrupted`` immediately. A hang-up that the process was started to ignore stays ignored: with
``nohup`` a run outlives its terminal.
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
"""a signal that arrives while a module is being imported is sent again after this time"""
_watching: list[StopRequest] = []
"""requests whose handlers are installed, innermost last; signals belong to the process, and so does this
list"""


def stopping_signal() -> int | None:
    """Return the signal that asked this process's run to stop, or None.

    For code that works for long inside a library and receives no request, in any thread.
    """
    return _watching[-1].signal_number if _watching else None


class StopRequest:
    """Whether, and by which signal, this run was asked to stop."""

    def __init__(self, announce: Callable[[str], None] = lambda _: None) -> None:
        self.signal_number: int | None = None
        self._announce = announce
        self._is_graceful = False

    def check(self) -> None:
        """Raise ``RunInterrupted`` if a stop was requested."""
        if self.signal_number is not None:
            raise RunInterrupted(self.signal_number)

    @contextlib.contextmanager
    def graceful(self) -> Iterator[None]:
        """Let the first signal only set the request, for work that checks it between its steps."""
        self._is_graceful = True
        try:
            yield
        finally:
            self._is_graceful = False

    @contextlib.contextmanager
    def watching(self) -> Iterator[None]:
        """Handle signals in this block; afterwards the previous handlers are restored.

        Only a process's main thread can do that; in any other thread no handler changes.
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
        if _is_importing(frame):  # a C library would print a traceback of its own, and stay half imported
            again = threading.Timer(IMPORT_PAUSE_S, os.kill, (os.getpid(), number))
            again.daemon = True
            again.start()
            return
        is_first = self.signal_number is None
        self.signal_number = self.signal_number or number
        if self._is_graceful and is_first:
            # The signal may arrive in the middle of a write to the same stream.
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
