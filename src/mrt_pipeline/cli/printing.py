"""Plain text on stdout, for people and pipes; quoted text is shown unchanged, without secrets."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from types import TracebackType

import typer

from mrt_pipeline.runtime.safe_text import printable
from mrt_pipeline.secrecy import SECRETS

ITEM = "\n  - "
"""what precedes each item of the list in an error (``errors.py``)"""


def printable_text(text: str) -> str:
    """Return a text with all lines but the first indented, so that none passes for a separate message."""
    return "\n  ".join(map(printable, text.split("\n")))


def printable_error(message: str) -> str:
    """Return an error with each item of its list on a line; other line breaks, as in a name, are escaped."""
    return ITEM.join(map(printable, SECRETS.redact(message).split(ITEM)))


def say(*lines: str) -> None:
    """Print lines."""
    for line in lines:
        typer.echo(printable(line))


def note(text: str) -> None:
    """Print a sentence to stderr."""
    typer.echo(printable_text(text), err=True)


def warn(text: str) -> None:
    """Print a warning to stderr."""
    typer.echo(f"Warning: {printable_text(text)}", err=True)


def say_json(content: bytes) -> None:
    """Print JSON, which escapes control characters itself."""
    typer.echo(SECRETS.redact(content.decode()).rstrip("\n"))


def print_traceback(kind: type[BaseException], error: BaseException, where: TracebackType | None) -> None:
    """Print an unforeseen error to stderr with its traceback, as Python does."""
    import traceback

    sys.stderr.write(SECRETS.redact("".join(traceback.format_exception(kind, error, where))))


def section(title: str, lines: Iterable[str]) -> Iterator[str]:
    """Yield a title and the lines below it, splitting multi-line ones; nothing if there are none."""
    shown = [part for line in lines for part in line.split("\n")]
    if shown:
        yield title
        yield from (f"  {line}" for line in shown)


def align(rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """Yield rows as lines with aligned columns."""
    shown = [[printable(cell) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*shown, strict=True)]
    for row in shown:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        yield "  ".join(cells).rstrip()
