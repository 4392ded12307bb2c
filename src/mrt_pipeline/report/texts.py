"""Text of sources made fit to be looked at: cut to a length, and with nothing in it that cannot be seen.

A page sets text as text, so markup in a name does nothing. What is left is text that shows itself otherwise
than it is: marks that reverse the writing direction, characters without width, names longer than the page.
"""

from __future__ import annotations

NAME_LENGTH = 160
QUOTE_LENGTH = 600
MESSAGE_LENGTH = 1_200

_JOINERS = frozenset("\u200c\u200d")
"""without width, but Indic scripts need them"""


def show(text: str, length: int = NAME_LENGTH) -> str:
    """Return a text as it is shown: at most so long, hidden characters by their number."""
    if len(text) > length:
        text = f"{text[:length]}… ({len(text):,} characters)"
    if text.isprintable():  # the usual case, and much faster than looking at each character
        return text
    return "".join(map(_make_visible, text))


def show_message(text: str) -> str:
    """Return a sentence of a check or a stage as it is shown."""
    return show(text, MESSAGE_LENGTH)


def _make_visible(char: str) -> str:
    if char.isspace():
        return " "
    return char if char.isprintable() or char in _JOINERS else f"⟨U+{ord(char):04X}⟩"
