"""Text of sources made fit to be looked at: cut to a length, and with nothing in it that cannot be seen.

A page sets text as text, so markup in a name does nothing. What is left is text that shows itself otherwise
than it is: marks that reverse the writing direction, characters without width, names longer than the page.
"""

from __future__ import annotations

import re

NAME_LENGTH = 160
QUOTE_LENGTH = 600
MESSAGE_LENGTH = 1_200

# Controls, marks of direction, line separators, invisible operators, halves of surrogate pairs. The joiners
# U+200C and U+200D are left alone: Indic scripts need them.
_HIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]"
)
_SPACES = re.compile("[\t\n\r]+")


def show(text: str, length: int = NAME_LENGTH) -> str:
    """Return a text as it is shown: at most so long, hidden characters by their number."""
    if len(text) > length:
        text = f"{text[:length]}… ({len(text):,} characters)"
    if text.isprintable():  # the usual case, and ten times faster than searching
        return text
    return _HIDDEN.sub(lambda found: f"⟨U+{ord(found[0]):04X}⟩", _SPACES.sub(" ", text))


def show_message(text: str) -> str:
    """Return a sentence of a check or a stage as it is shown."""
    return show(text, MESSAGE_LENGTH)
