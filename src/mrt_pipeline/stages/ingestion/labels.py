"""Which label an exit bears: ``Exit A``, a bare ``A`` and ``exit a`` are the exit signed A."""

from __future__ import annotations

import re

_LABEL = re.compile(r"(?:EXIT\s+)?(?P<label>[A-Z][1-9]?|[1-9][0-9]?)", re.ASCII)


def parse_label(text: str) -> str | None:
    """Return the bare label, a letter or a number as signed; nothing for a form that LTA never used."""
    found = _LABEL.fullmatch(text.strip().upper())
    return found["label"] if found else None
