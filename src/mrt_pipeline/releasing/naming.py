"""The names of releases and their files, and the order of versions."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from typing import Literal

from mrt_pipeline.contracts.names import VERSION_FORM

VERSIONS_NAME = "versions.json"
PAGE_NAME = "index.html"
INDEX_NAME = "index.json"
SUMS_NAME = "SHA256SUMS"
DELTA_NAME = "delta.json"
CHANGES_NAME = "CHANGES.md"
CITATION_NAME = "CITATION.cff"
ATTRIBUTION_NAME = "ATTRIBUTION.txt"
MATERIALS_NAME = "sbom.cdx.json"
OWN_NAMES = (
    *(INDEX_NAME, SUMS_NAME, DELTA_NAME, CHANGES_NAME, CITATION_NAME, ATTRIBUTION_NAME, MATERIALS_NAME),
)
"""names of release files that no run has"""
OPEN: Literal["open"] = "open"
"""folder, and name, of the set with the same dataset and formats for open licences"""


def is_version(name: str) -> bool:
    """Return whether a folder's name is a version."""
    return re.fullmatch(VERSION_FORM, name) is not None


def order_of(version: str) -> tuple[int, ...]:
    """Return the sort key of versions: the date, then the number within it."""
    return tuple(map(int, version.split(".")))


def choose_version(day: date, taken: Iterable[str]) -> str:
    """Return the name of a new release for a date: ``2026.07.13``, or ``.1``, ``.2`` … if taken."""
    name = f"{day:%Y.%m.%d}"
    of_the_day = [order_of(version) for version in taken if order_of(version)[:3] == order_of(name)]
    if not of_the_day:
        return name
    last = max(of_the_day)
    return f"{name}.{last[3] + 1 if len(last) > 3 else 1}"
