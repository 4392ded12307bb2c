"""LTA's and NParks' abbreviations of words in names, written out by ``abbreviations.csv``.

A name is never guessed: an abbreviation that may stand for several words leads to a station only where one
reading is the name of one.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import lru_cache
from itertools import product
from pathlib import Path

from mrt_pipeline.extraction.facts import plain_name

ABBREVIATIONS = Path(__file__).with_name("abbreviations.csv")

MAX_NAME_WORDS = 6
"""No station's name has more words; longer ones are not written out in all their readings."""


class StationNames:
    """Finds a station by the name that LTA abbreviates."""

    def __init__(self, names: Mapping[str, str]) -> None:
        """Take the names to choose from, by slug."""
        self._slugs = {plain_name(name): slug for slug, name in names.items()}

    def find_slug(self, written: str) -> str | None:
        """Return the one station whose name the words can stand for, nothing if none or several can."""
        words = written.split()
        if len(words) > MAX_NAME_WORDS:
            return None
        readings = product(*(_readings(word) for word in words))
        slugs = {self._slugs.get(plain_name(" ".join(words))) for words in readings} - {None}
        return slugs.pop() if len(slugs) == 1 else None


def write_out(word: str) -> str | None:
    """Return what an abbreviation stands for, in lower case; nothing if it is none or may mean several."""
    meanings = load_abbreviations().get(_folded(word), ())
    return meanings[0] if len(meanings) == 1 else None


@lru_cache(maxsize=1)
def load_abbreviations() -> dict[str, tuple[str, ...]]:
    """Return what each abbreviation may stand for, in lower case."""
    found: dict[str, list[str]] = {}
    with ABBREVIATIONS.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            found.setdefault(row["short"], []).append(row["words"])
    return {short: tuple(words) for short, words in found.items()}


def _readings(word: str) -> tuple[str, ...]:
    folded = _folded(word)
    return folded, *load_abbreviations().get(folded, ())


def _folded(word: str) -> str:
    return word.replace("’", "'").rstrip(".").lower()
