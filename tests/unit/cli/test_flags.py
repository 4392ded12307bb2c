from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest
import typer
from typer.main import get_command
from typer.testing import CliRunner

from mrt_pipeline.cli.app import app
from mrt_pipeline.cli.flags import DEFAULT_CONFIG, RunFlags, with_run_flags
from mrt_pipeline.orchestrator.request import RunRequest


def _flags_of(*words: str) -> RunFlags:
    """Return the flags that a command is handed."""
    taken: list[RunFlags] = []
    application = typer.Typer()

    @application.command()
    @with_run_flags
    def take(flags: RunFlags) -> None:
        taken.append(flags)

    result = CliRunner().invoke(application, words)
    assert result.exit_code == 0, result.output
    return taken[0]


@pytest.mark.parametrize(
    ("words", "request_made"),
    [
        ("", RunRequest()),
        ("--output-dir here --stage 1", RunRequest(output_dir=Path("here"), stage=1)),
        ("--resume-from 2 --accept-changes", RunRequest(resume_from=2, accept_changes=True)),
        ("--skip-existing", RunRequest(skip_existing=True)),
        ("--retry-failed", RunRequest(retry_failed=True)),
        ("--as-of 2026-11-23", RunRequest(as_of=date(2026, 11, 23))),
    ],
)
def test_each_flag_is_part_of_the_request(words: str, request_made: RunRequest) -> None:
    assert _flags_of(*words.split()).request() == request_made


def test_the_configuration_is_taken_as_a_path() -> None:
    assert _flags_of("--config", "my.yaml").config == Path("my.yaml")


def test_plan_takes_every_flag_of_run() -> None:
    commands = get_command(app).commands  # type: ignore[attr-defined]
    run, plan = ({name for it in commands[command].params for name in it.opts} for command in ("run", "plan"))
    assert run - plan == {"--quiet"} and not plan - run


@pytest.mark.parametrize(
    ("words", "fault"),
    [
        ("--as-of 2020-13-01", "'2020-13-01' is not a date; expected YYYY-MM-DD."),
        ("--as-of tomorrow", "'tomorrow' is not a date; expected YYYY-MM-DD."),
        ("--stage 4", "'4' is not a stage; expected 1, 2 or 3."),
        ("--stage two", "'two' is not a stage; expected 1, 2 or 3."),
        ("--resume-from 0", "'0' is not a stage; expected 1, 2 or 3."),
    ],
)
def test_a_wrong_value_is_refused_in_our_words(words: str, fault: str) -> None:
    result = CliRunner().invoke(app, ["plan", *words.split()])
    assert result.exit_code == 2
    assert result.output.endswith(f"Invalid value for '{words.split()[0]}': {fault}\n")


def test_placeholders_in_help_say_what_to_type() -> None:
    below = [("config", "check"), ("config", "init"), ("snapshot", "refresh")]
    own = [(name,) for name in get_command(app).commands]  # type: ignore[attr-defined]
    for words in (*own, *below):
        shown = CliRunner().invoke(app, [*words, "--help"]).output
        assert not re.search(r"<int|<str|<Path|%Y|[{}]|^  [a-z]+ <", shown, re.MULTILINE), shown


@pytest.mark.parametrize("words", [(), ("config",), ("snapshot",)])
def test_no_summary_in_the_list_of_commands_is_cut_off(words: tuple[str, ...]) -> None:
    shown = CliRunner().invoke(app, [*words, "--help"]).output.partition("Commands:\n")[2].splitlines()
    assert shown
    assert [line for line in shown if not line.endswith(".") or line.endswith("...")] == []


def test_the_default_configuration_is_named_in_the_same_words_everywhere() -> None:
    shown = " ".join(CliRunner().invoke(app, ["config", "check", "--help"]).output.split())
    assert shown.count(f"[default: {DEFAULT_CONFIG}]") == 2
