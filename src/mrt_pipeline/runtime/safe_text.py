"""Make text of others safe to show: without secrets, and without characters that disguise it.

Secrets are removed first, since they are not recognised once escaped or cut. The report escapes text for
browsers itself (``report/texts.py``).
"""

from __future__ import annotations

from mrt_pipeline.secrecy import SECRETS

QUOTABLE_CHARS = 4096
"""how much of a text is processed to show its beginning"""


def printable(text: str) -> str:
    """Return a text that cannot move the cursor, change colours or reverse the reading direction."""
    return "".join(char if char.isprintable() else f"\\x{ord(char):02x}" for char in SECRETS.redact(text))


def cut(text: str, length: int) -> str:
    """Return the beginning of a text, with a question mark for each unprintable character."""
    beginning = SECRETS.redact(text)[: length + 1]
    shown = "".join(char if char.isprintable() else "?" for char in beginning)
    return shown if len(shown) <= length else shown[: length - 1] + "…"


def excerpt(text: str, length: int) -> str:
    """Return the beginning of a text on one line."""
    return cut(" ".join(SECRETS.redact(text)[:QUOTABLE_CHARS].split()), length)
