from __future__ import annotations

import signal
import threading
from collections.abc import Iterator

import pytest

from mrt_pipeline.errors import RunInterrupted
from mrt_pipeline.runtime.signals import WATCHED, StopRequest


@pytest.fixture(autouse=True)
def _default_handlers() -> Iterator[None]:
    before = {number: signal.getsignal(number) for number in WATCHED}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.parametrize("number", WATCHED)
def test_a_signal_interrupts_at_once_where_nothing_is_worth_waiting_for(number: signal.Signals) -> None:
    stop = StopRequest()
    with pytest.raises(RunInterrupted) as caught, stop.watching():
        signal.raise_signal(number)
    assert caught.value.exit_code == 128 + number
    assert stop.signal_number == number


@pytest.mark.parametrize("number", WATCHED)
def test_the_first_signal_is_a_request_where_work_is_in_flight(number: signal.Signals) -> None:
    said: list[str] = []
    stop = StopRequest(said.append)
    with stop.watching(), stop.graceful():
        stop.check()
        signal.raise_signal(number)
        with pytest.raises(RunInterrupted):
            stop.check()
    assert len(said) == 1
    assert "Press Ctrl-C again to stop now" in said[0]


def test_the_second_signal_does_not_wait(capsys: pytest.CaptureFixture[str]) -> None:
    stop = StopRequest()
    with stop.watching(), stop.graceful():
        signal.raise_signal(signal.SIGTERM)
        with pytest.raises(RunInterrupted) as caught:
            signal.raise_signal(signal.SIGINT)
    assert caught.value.exit_code == 128 + signal.SIGTERM  # what was asked for first
    assert capsys.readouterr() == ("", "")


def test_after_the_work_in_flight_a_signal_interrupts_at_once_again() -> None:
    stop = StopRequest()
    with stop.watching():
        with stop.graceful():
            pass
        with pytest.raises(RunInterrupted):
            signal.raise_signal(signal.SIGINT)


def test_handlers_are_put_back() -> None:
    signal.signal(signal.SIGTERM, handler := lambda *_: None)
    before = {number: signal.getsignal(number) for number in WATCHED}
    with pytest.raises(ZeroDivisionError), StopRequest().watching():
        assert signal.getsignal(signal.SIGTERM) != handler
        raise ZeroDivisionError
    assert {number: signal.getsignal(number) for number in WATCHED} == before


def test_a_hang_up_that_is_ignored_stays_ignored() -> None:
    """As under ``nohup``."""
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    with StopRequest().watching():
        signal.raise_signal(signal.SIGHUP)
        assert signal.getsignal(signal.SIGHUP) == signal.SIG_IGN
        assert signal.getsignal(signal.SIGTERM) != signal.SIG_DFL


def test_a_run_in_another_thread_leaves_signals_alone() -> None:
    before = {number: signal.getsignal(number) for number in WATCHED}
    seen: list[bool] = []

    def run() -> None:
        with StopRequest().watching():
            seen.append({number: signal.getsignal(number) for number in WATCHED} == before)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    assert seen == [True]


@pytest.mark.parametrize("fault", [OSError("no terminal any more"), RuntimeError("reentrant call")])
def test_a_request_counts_though_it_cannot_be_announced(fault: Exception) -> None:
    def announce(_text: str) -> None:
        raise fault

    stop = StopRequest(announce)
    with stop.watching(), stop.graceful():
        signal.raise_signal(signal.SIGHUP)
    assert stop.signal_number == signal.SIGHUP
