"""What ends a command that nobody foresaw."""

from __future__ import annotations

import sys
import threading

import pytest
import typer

from mrt_pipeline.cli.app import _run_app, app


def test_a_command_that_gets_no_more_memory_ends_in_one_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for place in (sys, threading):  # set by the app for its process
        monkeypatch.setattr(place, "excepthook", place.excepthook)
    monkeypatch.setattr(sys, "argv", ["mrt-pipeline"])
    greedy = typer.Typer(pretty_exceptions_enable=False)
    greedy.command()(lambda: bytearray(2**60))
    with pytest.raises(SystemExit) as ended:
        _run_app(greedy)
    assert ended.value.code == 1
    assert "The system refused this process more memory" in " ".join(capsys.readouterr().err.split())


def test_an_error_that_says_what_to_do_is_not_followed_by_a_hint_at_the_help(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for place in (sys, threading):  # set by the app for its process
        monkeypatch.setattr(place, "excepthook", place.excepthook)
    monkeypatch.setattr(sys, "argv", ["mrt-pipeline", "approve", "latest", "--by", "Ann", "--incomplete"])
    with pytest.raises(SystemExit) as ended:
        _run_app(app)
    assert ended.value.code == 2
    assert capsys.readouterr().err.splitlines() == [
        "Error: --incomplete applies to the checklist; use it only with --checklist."
    ]
