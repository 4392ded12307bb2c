"""Flags that several commands have, each declared once."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import date, datetime
from functools import wraps
from inspect import Signature, signature
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer
from typer.core import TyperCommand

if TYPE_CHECKING:
    from mrt_pipeline.orchestrator.request import RunRequest

CommandT = TypeVar("CommandT", bound=Callable[..., Any])

_TYPE = re.compile(r"(?<=[A-Z])( <\w+>)")


class _Command(TyperCommand):
    """A command whose help names its arguments without Python's types, and without braces."""

    def collect_usage_pieces(self, ctx: Any) -> list[str]:
        """Return the parts of the usage line."""
        return [piece.strip("{}") for piece in super().collect_usage_pieces(ctx)]

    def get_help(self, ctx: Any) -> str:
        """Return the help without types such as ``<str>``, which Typer cannot omit; columns stay aligned."""
        return _TYPE.sub(lambda found: " " * len(found[0]), super().get_help(ctx))


class App(typer.Typer):
    """A Typer application whose commands print such help."""

    def command(self, name: str | None = None, **options: Any) -> Callable[[CommandT], CommandT]:
        """Return the decorator that adds a command."""
        return super().command(name, cls=_Command, **options)


def given_path(text: str) -> Path:
    """Return a path from the command line, with home folder and variables expanded."""
    from mrt_pipeline.config.paths import read_path

    return read_path(text)


def path_option(text: str, *names: str) -> Any:
    """Return an option that takes a path."""

    def given(path: str) -> Path:
        from mrt_pipeline.config.paths import read_path

        return read_path(path, *names[:1])

    return typer.Option(*names, parser=given, metavar="PATH", help=text)


def path_argument(name: str, text: str) -> Any:
    """Return an argument that is a path."""
    return typer.Argument(parser=given_path, metavar=name, help=text)


def given_day(text: str) -> date:
    """Return a date from the command line."""
    try:
        return datetime.strptime(text, "%Y-%m-%d").date()  # noqa: DTZ007 - a date has no time zone
    except ValueError:
        raise typer.BadParameter(f"{text!r} is not a date; expected YYYY-MM-DD.") from None


def day_option(text: str, *names: str) -> Any:
    """Return an option that takes a date."""
    return typer.Option(*names, parser=given_day, metavar="YYYY-MM-DD", help=text)


def given_stage(text: str) -> int:
    """Return a stage's number from the command line."""
    if text not in ("1", "2", "3"):
        raise typer.BadParameter(f"{text!r} is not a stage; expected 1, 2 or 3.")
    return int(text)


def stage_option(text: str, *names: str) -> Any:
    """Return an option that takes the number of a stage."""
    return typer.Option(*names, parser=given_stage, metavar="N", help=text)


RunName = Annotated[str, typer.Argument(metavar="RUN", help='Name or path of a run folder, or "latest"')]
DatasetName = Annotated[
    str, typer.Argument(metavar="RUN", help='Run (name, path, or "latest") or stage3_final.json')
]
DEFAULT_CONFIG = "$PIPELINE_CONFIG, config/pipeline.yaml, or the built-in defaults"
Config = Annotated[Path | None, path_option(f"Configuration file [default: {DEFAULT_CONFIG}]", "--config")]
ShowsAll = Annotated[
    bool, typer.Option("--all", help="Show every finding, not only the first few of each kind")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print machine-readable JSON")]

_OutputDir = Annotated[
    Path | None, path_option("Folder for the results [default: a new one in outputs/]", "--output-dir")
]
_Stage = Annotated[int | None, stage_option("Run a single stage only: 1, 2 or 3", "--stage")]
_ResumeFrom = Annotated[
    int | None, stage_option("Resume the newest run from this stage: 1, 2 or 3", "--resume-from")
]
_SkipExisting = Annotated[
    bool,
    typer.Option(
        "--skip-existing",
        help="In the newest run (for the date of --as-of, if given), run only stages whose checkpoint is "
        "missing, damaged or stale",
    ),
]
_AsOf = Annotated[
    date | None,
    day_option("Describe the network as of this date [default: today in Singapore]", "--as-of"),
]
_RetryFailed = Annotated[
    bool, typer.Option("--retry-failed", help="Retry only stations where a source failed")
]
_AcceptChanges = Annotated[
    bool,
    typer.Option(
        "--accept-changes",
        help="Publish even if losses since the last dataset exceed the configured limits (gates), or a "
        "source failed for some stations",
    ),
]
_BeyondHorizon = Annotated[
    bool,
    typer.Option(
        "--beyond-horizon",
        help="Allow an --as-of date beyond what the network table covers; later changes are then left out",
    ),
]
_MoveLatest = Annotated[
    bool,
    typer.Option(
        "--move-latest",
        help="Point latest to this dataset even if its date is in the future, or earlier than the date of "
        "the current one",
    ),
]


@dataclass(frozen=True, slots=True)
class RunFlags:
    """The options of a run, shared by ``run`` and ``plan``; each field is a flag."""

    config: Config = None
    output_dir: _OutputDir = None
    stage: _Stage = None
    resume_from: _ResumeFrom = None
    skip_existing: _SkipExisting = False
    as_of: _AsOf = None
    retry_failed: _RetryFailed = False
    accept_changes: _AcceptChanges = False
    beyond_horizon: _BeyondHorizon = False
    move_latest: _MoveLatest = False

    def request(self) -> RunRequest:
        """Return the request for these flags.

        Raises:
            UsageError: if the flags contradict each other.
        """
        from mrt_pipeline.orchestrator.request import RunRequest

        flags = {name: value for name, value in asdict(self).items() if name != "config"}
        return RunRequest(**flags)


def with_run_flags(command: Callable[..., None]) -> Callable[..., None]:
    """Let Typer see the fields of ``RunFlags`` instead of a command's parameter ``flags``."""
    shared = signature(RunFlags, eval_str=True).parameters
    own = signature(command, eval_str=True).parameters

    @wraps(command)
    def called_by_name(**given: Any) -> None:
        flags = RunFlags(**{name: given.pop(name) for name in shared})
        command(flags=flags, **given)

    seen = [it for name in own for it in (shared.values() if name == "flags" else [own[name]])]
    called_by_name.__signature__ = Signature(seen)  # type: ignore[attr-defined]
    return called_by_name
