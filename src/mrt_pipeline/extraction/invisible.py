"""Characters that nobody sees, by which a page could hide words or break them up."""

from __future__ import annotations

import re
import unicodedata

_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
_JOINERS = frozenset("\u200c\u200d")
"""part of correct spelling in Indic scripts"""
_UNWRITABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def is_invisible(char: str) -> bool:
    """Return whether a character is a control character, a mark of writing direction or the like."""
    return unicodedata.category(char) in _CATEGORIES and char not in _JOINERS


def writable(text: str) -> str:
    """Return a text without the characters that lxml reads in a page, but refuses to put into one."""
    return _UNWRITABLE.sub("", text)
