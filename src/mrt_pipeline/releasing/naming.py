"""What releases and their files are called, and the order of versions."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from typing import Literal

VERSIONS_NAME = "versions.json"
PAGE_NAME = "index.html"
INDEX_NAME = "index.json"
SUMS_NAME = "SHA256SUMS"
DELTA_NAME = "delta.json"
CHANGES_NAME = "CHANGES.md"
CITATION_NAME = "CITATION.cff"
ATTRIBUTION_NAME = "ATTRIBUTION.txt"
OPEN: Literal["open"] = "open"
"""the folder of the same dataset and formats for open licences, and what that set is called"""

_VERSION = re.compile(r"\d{4}\.\d{2}\.\d{2}(\.[1-9]\d*)?")


def is_version(name: str) -> bool:
    """Return whether a folder's name is that of a release."""
    return _VERSION.fullmatch(name) is not None


def order_of(version: str) -> tuple[int, ...]:
    """Return what versions are ordered by: the day, then the number within it."""
    return tuple(map(int, version.split(".")))


def choose_version(day: date, taken: Iterable[str]) -> str:
    """Return the name of a new release of a day: ``2026.07.13``, or ``.1``, ``.2`` … after those taken."""
    name = f"{day:%Y.%m.%d}"
    of_the_day = [order_of(version) for version in taken if order_of(version)[:3] == order_of(name)]
    if not of_the_day:
        return name
    last = max(of_the_day)
    return f"{name}.{last[3] + 1 if len(last) > 3 else 1}"
