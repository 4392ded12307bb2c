"""The words that pages are read by: lists of them (``word_lists.csv``) and wordings (``wordings.toml``).

A list's rows have its name and words divided by ``|``. A wording is a regular expression whose lines are
alternatives; ``{name}`` in it stands for the wording of that name, which is above it.
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
    """Return a list's words."""
    return _lists()[name]


def wording(name: str) -> re.Pattern[str]:
    """Return the pattern of a wording, in any letter case; it is compiled when it is first used."""
    return cast("re.Pattern[str]", _Wording(name))


class _Wording:
    """A pattern that is yet to be compiled: that takes time, and a run that reads no page needs none."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, attribute: str) -> Any:
        """Return an attribute of the pattern, which is from then on found without asking here."""
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
