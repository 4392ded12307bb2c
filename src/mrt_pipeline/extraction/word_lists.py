"""Lists of words that pages are read by; ``word_lists.csv`` has ``list,words``, divided by ``|``."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

PATH = Path(__file__).with_name("word_lists.csv")


def word_list(name: str) -> frozenset[str]:
    """Return a list's words."""
    return _lists()[name]


@cache
def _lists() -> dict[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {}
    with PATH.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            words = frozenset(word.strip() for word in row["words"].split("|"))
            found[row["list"]] = found.get(row["list"], frozenset()) | words
    return found
