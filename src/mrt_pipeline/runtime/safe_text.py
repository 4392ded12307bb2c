"""Text of others made fit to be shown: no secret in it, and nothing that passes for something else.

A secret is taken out first: an escaped one is another text, and of one that was cut nobody would know the
rest. What a browser shows is the page's own affair (``report/texts.py``).
"""

from __future__ import annotations

from mrt_pipeline.secrecy import SECRETS

QUOTABLE_CHARS = 4096
"""so much of a text is looked at to show its beginning"""


def printable(text: str) -> str:
    """Return a text that cannot move the cursor, change colours or reverse the reading direction."""
    return "".join(char if char.isprintable() else f"\\x{ord(char):02x}" for char in SECRETS.redact(text))


def cut(text: str, length: int) -> str:
    """Return the beginning of a text, with a question mark for each character that cannot be printed."""
    beginning = SECRETS.redact(text)[: length + 1]
    shown = "".join(char if char.isprintable() else "?" for char in beginning)
    return shown if len(shown) <= length else shown[: length - 1] + "…"


def excerpt(text: str, length: int) -> str:
    """Return the beginning of a text on one line."""
    return cut(" ".join(SECRETS.redact(text)[:QUOTABLE_CHARS].split()), length)
