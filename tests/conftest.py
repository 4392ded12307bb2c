"""Hypothesis without a deadline, and figures that tests measure for people to read.

A busy machine must not turn a right answer into a failure. ``make test`` tries few examples of each property;
``make real`` many, by ``--hypothesis-profile=thorough``.
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
    """Let each test begin as a process does; what it learns to be secret is not the next one's."""
    SECRETS.forget()
    yield
    SECRETS.forget()


@pytest.fixture
def say(record_property: Callable[[str, object], None]) -> Say:
    """Return what keeps a figure for the end of the session, whichever process the test runs in."""

    def keep(text: str) -> None:
        record_property(FIGURE, text)

    return keep


def pytest_configure() -> None:
    """Let Ctrl-C and a hang-up end a process, in the background and under ``nohup`` too.

    A shell has them ignored there, and the tests' commands inherit that.
    """
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the figures that passing tests have kept."""
    for report in terminalreporter.getreports("passed"):
        for name, text in report.user_properties:
            if name == FIGURE:
                terminalreporter.write_line(str(text))
