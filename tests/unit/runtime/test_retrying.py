"""Asking a server again: how often, after what pause, and for what it is not done."""

from __future__ import annotations

import pytest

from mrt_pipeline.errors import FetchError, ModelCallError
from mrt_pipeline.runtime.retrying import MAX_RETRY_WAIT_S, FailedTry, ask_again, doubling

PASSING = FetchError("s", "busy", retryable=True)


def _ask(*answers: Exception | str, pauses_s: tuple[float, ...] = (1, 2)) -> tuple[str, list[float | None]]:
    """Return what comes of some answers in turn, and the pause after each failed try."""
    waited: list[float | None] = []
    left = iter(answers)

    def ask() -> str:
        answer = next(left)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def go_on(failed: FailedTry) -> None:
        waited.append(failed.pause_s)
        assert failed.number == len(waited)
        if failed.pause_s is None:
            raise failed.error

    return ask_again(ask, pauses_s, go_on), waited


def test_pauses_double_up_to_a_limit() -> None:
    assert doubling(0.5, 4, 3.0) == [0.5, 1.0, 2.0, 3.0]
    assert doubling(100, 2) == [100, MAX_RETRY_WAIT_S]
    assert doubling(1, 0) == []


def test_what_passes_is_asked_again_after_each_pause() -> None:
    busy = ModelCallError("busy", retryable=True)
    assert _ask(PASSING, busy, "answer") == ("answer", [1, 2])


def test_the_last_try_gives_its_error() -> None:
    with pytest.raises(FetchError, match="last"):
        _ask(PASSING, PASSING, FetchError("s", "last", retryable=True))


def test_a_longer_pause_that_the_server_asks_for_is_kept() -> None:
    assert _ask(FetchError("s", "busy", retryable=True, retry_after_s=7), "answer") == ("answer", [7])


@pytest.mark.parametrize(
    "error",
    [
        FetchError("s", "gone"),
        FetchError("s", "busy", retryable=True, retry_after_s=MAX_RETRY_WAIT_S + 1),
        ModelCallError("no key", fatal=True),
        ZeroDivisionError("a bug"),
    ],
)
def test_what_does_not_pass_is_not_asked_again(error: Exception) -> None:
    with pytest.raises(type(error), match=str(error)):
        _ask(error, "never asked for")
