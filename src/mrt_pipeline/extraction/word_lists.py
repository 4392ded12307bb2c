"""Load the words for reading pages: word lists (``word_lists.csv``) and wordings (``wordings.toml``).

Each row of a word list has the list's name and words separated by ``|``. A wording is a regular expression
whose lines are alternatives; ``{name}`` inserts an earlier wording.
"""

from __future__ import annotations

import csv
import re
from functools import cache
from pathlib import Path
from typing import Any, cast

PATH = Path(__file__).with_name("word_lists.csv")
WORDINGS = Path(__file__).with_name("wordings.toml")


def word_list(name: str) -> frozenset[str]:
    """Return the words of a list."""
    return _lists()[name]


def wording(name: str) -> re.Pattern[str]:
    """Return the case-insensitive pattern of a wording, compiled on first use."""
    return cast("re.Pattern[str]", _Wording(name))


class _Wording:
    """A pattern compiled on first use, as compiling takes time and a run that reads no page needs none."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, attribute: str) -> Any:
        """Return an attribute of the pattern, and store it so that this is called only once for each."""
        found = getattr(re.compile(_wordings()[self._name], re.IGNORECASE), attribute)
        setattr(self, attribute, found)
        return found


@cache
def _lists() -> dict[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {}
    with PATH.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            words = frozenset(word.strip() for word in row["words"].split("|"))
            found[row["list"]] = found.get(row["list"], frozenset()) | words
    return found


@cache
def _wordings() -> dict[str, str]:
    import tomllib

    found: dict[str, str] = {}
    for name, lines in tomllib.loads(WORDINGS.read_text(encoding="utf-8")).items():
        pattern = "|".join(lines.strip("\n").split("\n"))
        found[name] = re.sub(r"\{([a-z_]+)\}", lambda other: f"(?:{found[other[1]]})", pattern)
    return found
