"""Make text of sources fit to display: limited in length, and without invisible characters.

A page inserts text as text, so markup in a name has no effect. What remains is text that is displayed
differently from what it is: marks that reverse the writing direction, zero-width characters, names longer
than the page.
"""

from __future__ import annotations

NAME_LENGTH = 160
QUOTE_LENGTH = 600
MESSAGE_LENGTH = 1_200

_JOINERS = frozenset("\u200c\u200d")
"""zero-width, but required by Indic scripts"""


def show(text: str, length: int = NAME_LENGTH) -> str:
    """Return a text for display: limited in length, with hidden characters given by number."""
    if len(text) > length:
        text = f"{text[:length]}… ({len(text):,} characters)"
    if text.isprintable():  # the usual case, and much faster than checking each character
        return text
    return "".join(map(_make_visible, text))


def show_message(text: str) -> str:
    """Return a sentence of a check or a stage for display."""
    return show(text, MESSAGE_LENGTH)


def _make_visible(char: str) -> str:
    if char.isspace():
        return " "
    return char if char.isprintable() or char in _JOINERS else f"⟨U+{ord(char):04X}⟩"
