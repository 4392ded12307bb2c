"""How many rows and columns a cell spans, read as browsers read it.

Rules: HTML Living Standard, "rules for parsing non-negative integers" (2.3.4.2) and the attributes of ``td``
and ``th`` (4.9.11): leading digits count, whatever stands behind them.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lxml.etree import _Element

MAX_COLSPAN = 1000
MAX_ROWSPAN = 65534
TO_THE_END = 0
"""a ``rowspan`` that reaches to the end of the row group"""

_INTEGER = re.compile(r"[ \t\n\f\r]*(?P<sign>[+-]?)(?P<digits>[0-9]+)")
_MAX_DIGITS = 9
"""More digits are a number beyond any bound."""


def rowspan_of(element: _Element) -> int:
    """Return how many rows a cell spans, or ``TO_THE_END``."""
    rows = parse_non_negative_integer(element.get("rowspan") or "")
    return 1 if rows is None else min(rows, MAX_ROWSPAN)


def colspan_of(element: _Element) -> int:
    """Return how many columns a cell spans."""
    return min(parse_non_negative_integer(element.get("colspan") or "") or 1, MAX_COLSPAN)


def parse_non_negative_integer(written: str) -> int | None:
    """Return the number that an attribute begins with: 2 for ``2px``, nothing for ``two`` and ``-2``."""
    match = _INTEGER.match(written)
    if match is None:
        return None
    digits = match["digits"].lstrip("0")
    number = 10**_MAX_DIGITS if len(digits) > _MAX_DIGITS else int(digits or "0")
    return None if match["sign"] == "-" and number else number
