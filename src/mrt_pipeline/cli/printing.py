"""Plain text on stdout, for a person and for a pipe alike; whatever it quotes stays text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import typer


def printable(text: str) -> str:
    """Return a text that cannot move the cursor, change colours or reverse the reading direction."""
    return "".join(char if char.isprintable() else f"\\x{ord(char):02x}" for char in text)


def say(*lines: str) -> None:
    """Print some lines."""
    for line in lines:
        typer.echo(printable(line))


def note(text: str) -> None:
    """Print a sentence to stderr."""
    typer.echo(printable(text), err=True)


def warn(text: str) -> None:
    """Print a warning to stderr."""
    typer.echo(f"Warning: {printable(text)}", err=True)


def say_json(content: bytes) -> None:
    """Print JSON, which needs no care: it escapes control characters itself."""
    typer.echo(content.decode().rstrip("\n"))


def align(rows: Iterable[Sequence[str]], gap: str = "  ") -> Iterator[str]:
    """Yield rows as lines whose cells stand below each other."""
    shown = [[printable(cell) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*shown, strict=True)]
    for row in shown:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        yield gap.join(cells).rstrip()
