"""Hypothesis without a deadline, and figures that tests report for people.

A busy machine must not turn a correct answer into a failure. ``make test`` tries few examples of each
property; ``make real`` many, by ``--hypothesis-profile=thorough``.
"""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator

import pytest
from hypothesis import settings

from mrt_pipeline.secrecy import SECRETS
from tests.figures import FIGURE, Say

settings.register_profile("project", deadline=None, max_examples=30)
settings.register_profile("thorough", deadline=None, max_examples=200)
settings.load_profile("project")


@pytest.fixture(autouse=True)
def no_secret_is_known() -> Iterator[None]:
    """Let each test start like a new process: secrets learnt by one test are unknown to the next."""
    SECRETS.forget()
    yield
    SECRETS.forget()


@pytest.fixture
def say(record_property: Callable[[str, object], None]) -> Say:
    """Return a function that keeps a figure for the end of the session, in any worker process."""

    def keep(text: str) -> None:
        record_property(FIGURE, text)

    return keep


def pytest_configure() -> None:
    """Let Ctrl-C and a hang-up end a process, also in the background and under ``nohup``.

    A shell makes such processes ignore them, and the tests' commands inherit that.
    """
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the figures kept by passing tests."""
    for report in terminalreporter.getreports("passed"):
        for name, text in report.user_properties:
            if name == FIGURE:
                terminalreporter.write_line(str(text))
